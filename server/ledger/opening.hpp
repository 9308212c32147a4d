// The opening of an entry: the values and salts behind its salted hashes, for those who may read them. Closed: `salt`, one of `content` and
// `record`, `authority` and `authority_salt` where the entry has an authority, `statement` {salt, signature, statement} where it has one,
// and to the author's own State `actor` {account, salt} and `recipients` {list, salt}. What a statement says: verify/word.hpp.
// Pure, any thread.
#pragma once
#include "base/bytes.hpp"
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace cbmx::ledger {

// What of it is not what the entry commits to.
enum class OpeningFault { form, content, recipients, authority, actor, statement };
std::string_view sentence_of(OpeningFault fault);  // "its content is not what the entry commits to"

// entry: one that a receipt or a tree proves; opening: not null. Empty: each value that is shown is what the entry commits to, and
// nothing else is shown. A fault of form stands alone; others in the order above.
std::vector<OpeningFault> faults_of_opening(const nlohmann::json& entry, const nlohmann::json& opening);

std::optional<base::Hash> hash_in(const nlohmann::json& text);  // 32 bytes in canonical base64; nullopt for anything else
// nullopt when the value is outside the JSON that is committed to.
std::optional<std::string> committed_text(const nlohmann::json& value);

}  // namespace cbmx::ledger
