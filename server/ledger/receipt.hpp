// What proves an accepted change: commitments, the receipt and its C2SP tlog-proof form, and their verification.
// A receipt is {"v":1, "entry":{...}, "index":N, "proof":["base64",...], "checkpoint":"signed note"}, canonical JSON.
// Pure, any thread.
#pragma once
#include "ledger/note.hpp"
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::ledger {

// SHA-256(salt || canonical content). salt is 32 bytes.
Hash commitment(const Hash& salt, std::string_view canonical_content);

// entry: the canonical JSON text as it was hashed.
std::string receipt(std::string_view entry, std::uint64_t index, const std::vector<Hash>& proof, std::string_view checkpoint_note);
std::string tlog_proof(std::uint64_t index, const std::vector<Hash>& proof, std::string_view checkpoint_note);  // c2sp.org/tlog-proof@v1

enum class ReceiptFault { none, malformed, wrong_index, bad_signature, not_included, wrong_opening };
std::string_view name_of(ReceiptFault fault);
// opening: null, or {"salt": base64, "content": {...}} / {"salt": base64, "record": {...}} checked against entry.commitment; with
// {"authority": {...}, "authority_salt": base64}, both or neither, against entry.authority.
ReceiptFault verify_receipt(const nlohmann::json& receipt, const nlohmann::json& opening, const std::vector<VerifierKey>& keys);

}  // namespace cbmx::ledger
