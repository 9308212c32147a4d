// `cbmx verify`: what the file is, which keys count, what is told, and how the program ends.
#pragma once
#include "config.hpp"
#include "ledger/note.hpp"
#include "verify/word.hpp"
#include <string>
#include <vector>

namespace cbmx {

// How a command line ends.
inline constexpr int done_status = 0;
inline constexpr int refused_status = 1;  // the command was refused, or what was verified is not what it seems
inline constexpr int broken_status = 2;   // the machine, the files or the command line
inline constexpr int older_status = 3;    // intact, and older than the checkpoint kept outside

struct VerifyCommand {
    std::string file;               // an export, a database or receipts, by its first bytes; empty: the next two, or the data directory
    std::string database, receipt;  // said to be such
    std::string earlier;            // the export that this one goes on from
    std::vector<std::string> keys;  // of the log, as text
    std::string key_list;           // a file of them
    std::vector<std::string> state_keys;  // "CL=FILE"
    bool log_only = false;
    bool is_outside_named = false;  // on the command line: then it must be there
};

// Prints the verdict. Throws std::runtime_error for what cannot be read, store::StoreError for what is no database.
int carry_out(const Config& config, const VerifyCommand& command);

// On the portal's own machine the key file is trusted, under the name that the log bears (a new epoch has another). Empty: there is none. A
// log whose keys it does not account for is checked with --key.
std::vector<ledger::VerifierKey> own_keys(const Config& config, const std::string& database);

}  // namespace cbmx
