// Which keys sign the log, and which part of it, as its own entries tell: genesis names the first, each log_key_changed the
// one that signs from there on. This is the rule that the table of the log's keys, exports and verifiers follow. Pure.
#pragma once
#include "ledger/note.hpp"
#include <nlohmann/json.hpp>

namespace cbmx::ledger {

// record: what such an entry commits to, {"key": verifier key, "overlap": true or false (or absent), ...}. The key begins at
// the entry, unless it has begun before; without an overlap every other ends before the entry. keys: present first.
// false, and keys as they were, when the record names no key.
bool change_keys(std::vector<VerifierKey>& keys, std::int64_t seq, const nlohmann::json& record);

// {"keys": [{"text", "from_seq", "until_seq"}]}, as /v1/log/key gives them; nullopt for anything else. A last
// number that is null there is no limit; a first one that is null (a key that begins beyond what is published) is this one.
std::optional<std::vector<VerifierKey>> parse_keys(const nlohmann::json& list, std::int64_t unknown_from = 0);

}  // namespace cbmx::ledger
