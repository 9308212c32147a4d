// `cbmx verify`: nothing in the database is believed because it stands there. Entries, tree, signatures, openings and
// every row that the entries account for are recomputed; the first wrong entry is named. Opens read-only.
#pragma once
#include "ledger/note.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::service {

struct Fault {
    std::optional<std::int64_t> seq;  // the entry concerned; none: the file, a key, a checkpoint kept outside
    std::string what;                 // English, for the operator
};

// What is compared with a checkpoint kept outside that signs more than is here.
struct OlderCopy {
    std::uint64_t size = 0, outside_size = 0;
};

struct VerifyReport {
    static constexpr std::size_t max_faults = 100;
    std::vector<Fault> faults;         // as found; bounded
    std::uint64_t further_faults = 0;  // beyond the bound
    std::vector<Fault> remarks;        // no damage, but worth knowing: a clock that ran backwards
    std::uint64_t entries = 0, checkpoints = 0, cosignatures = 0;
    std::string last_checkpoint;     // signed note
    std::optional<OlderCopy> older;  // the copy is older than the checkpoint kept outside; no fault by itself
    bool log_only = false;

    bool ok() const { return faults.empty(); }
    std::optional<Fault> first_wrong_entry() const;  // the fault with the lowest entry number
    std::string summary() const;                     // several lines: what is wrong, or what was checked
};

struct VerifyOptions {
    // Keys known from outside the database; they speak for the log's others. Empty: those that its entries name are believed
    // (weaker: says nothing about who signed).
    std::vector<ledger::VerifierKey> trusted_keys;
    std::optional<std::string> outside_checkpoint;  // path of a signed checkpoint kept elsewhere
    bool log_only = false;                          // entries, tree and signatures; not the file's pages and the rows beside them
    bool low_priority = false;                      // one thread beside its own: concurrent writers go first
};

// Throws store::StoreError when the file cannot be opened or is not a database.
VerifyReport verify(const std::string& database_path, const VerifyOptions& options);

}  // namespace cbmx::service
