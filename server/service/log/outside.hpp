// The separate place (rules.md 44): the latest signed checkpoint and the list of erasures, kept
// outside the data directory, so that truncation and a rollback to an old copy show. follower/outside_copy.hpp writes it.
#pragma once
#include "ledger/note.hpp"
#include "service/portal.hpp"
#include "store/log/entries.hpp"
#include <filesystem>

namespace cbmx::service {

inline constexpr const char* outside_checkpoint_file = "checkpoint";
inline constexpr const char* outside_erasures_file = "erasures.jsonl";

// Replaces the file as a whole: written beside it, fsync, rename, fsync of the directory. It stays its owner's, when root does it
// for the portal's user. Throws std::system_error.
void write_durably(const std::filesystem::path& file, std::string_view bytes, unsigned mode = 0640);
void sync_directory(const std::filesystem::path& directory);
std::optional<std::string> read_whole(const std::filesystem::path& file);  // nullopt: there is none

enum class OutsideState {
    absent,  // nothing is kept there yet
    ok,      // the database contains what the checkpoint kept there says
    behind,  // older, forked, or the checkpoint is not by one of our keys: start read-only
};
struct OutsideComparison {
    OutsideState state = OutsideState::absent;
    std::string reason;  // one sentence for behind
};
// Empty when the database contains the tree that the note signs; else one sentence that says what is wrong.
std::string behind_checkpoint(Connection& db, const std::string& note, const std::vector<ledger::VerifierKey>& keys);
OutsideComparison compare_with_outside(Connection& db, const std::filesystem::path& directory,
                                       const std::vector<ledger::VerifierKey>& keys);

// {"seq", "kind", "subject": {"kind", "id"}} a line.
std::string erasures_text(const std::vector<store::ErasureRow>& erasures);
std::vector<store::ErasureRow> parse_erasures(std::string_view text);  // throws std::runtime_error on a line that is none

}  // namespace cbmx::service
