// What proves an accepted change: commitments, the receipt and its C2SP tlog-proof form, and their verification.
// A receipt is {"v":1, "entry":{...}, "index":N, "proof":["base64",...], "checkpoint":"signed note"}, canonical JSON.
// Pure, any thread.
#pragma once
#include "ledger/note.hpp"
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::ledger {

// Which member of an entry a salted hash stands in.
enum class Part { commitment, actor, recipients, authority, hands, statement };
std::string_view name_of(Part part);
// SHA-256("cbmx/commitment/v1\n" PART "\n" KIND "\n" SEQ "\n" || salt || value): of an entry of that kind and number, so that it opens
// neither another entry nor another member. value: canonical JSON, also of an actor (the JSON string of the account's id).
Hash commitment(Part part, std::string_view kind, std::int64_t seq, const Hash& salt, std::string_view canonical_value);
Hash actor_handle(std::string_view kind, std::int64_t seq, const Hash& salt, std::string_view account);  // Part::actor, of an id
// SHA-256(salt || value): inside of texts that are themselves committed to, or signed.
Hash salted(const Hash& salt, std::string_view canonical_value);

// entry: the canonical JSON text as it was hashed.
std::string receipt(std::string_view entry, std::uint64_t index, const std::vector<Hash>& proof, std::string_view checkpoint_note);
std::string tlog_proof(std::uint64_t index, const std::vector<Hash>& proof, std::string_view checkpoint_note);  // c2sp.org/tlog-proof@v1

enum class ReceiptFault { none, malformed, wrong_index, bad_signature, not_included, wrong_opening };
std::string_view name_of(ReceiptFault fault);
// Both are closed forms: exactly known members at every level. opening: null, or what ledger/opening.hpp checks. What a statement says, and
// what stands beside the two in a file, are for verify/receipt_file.hpp.
ReceiptFault verify_receipt(const nlohmann::json& receipt, const nlohmann::json& opening, const std::vector<VerifierKey>& keys);

}  // namespace cbmx::ledger
