// A new log for an old database (rules.md 44): when what was restored is behind what was signed, the
// old log must not go on, or one size would be signed twice. Entry 0 quotes the last known checkpoint of the old.
#pragma once
#include "ledger/note.hpp"
#include "service/portal.hpp"
#include <filesystem>

namespace cbmx::service {

struct PreviousLog {
    std::string checkpoint;  // signed note
    std::string key;         // verifier key text
};
struct NewEpoch {
    ledger::Signer signer;  // its name is the new log's origin
    PreviousLog previous;
    domain::Clock clock;
    base::RandomSource random;
};
// Makes the file fresh: the old one's rows, each with one entry by the operator; published revisions in their order,
// with their contents. Gives the new log's size.
std::uint64_t build_new_epoch(const std::filesystem::path& old, const std::filesystem::path& fresh, const NewEpoch& epoch);

}  // namespace cbmx::service
