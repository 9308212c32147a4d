// A State's public keys: those with which it signs its submissions, and those of its witnesses, which sign checkpoints of
// the log (service/log/cosignatures.hpp) and are public. Its nominator registers and revokes both; neither counts as the other.
// Only who holds a key registers it (rules.md 17), and before that is shown no answer says where else it is registered.
#pragma once
#include "service/rights.hpp"
#include "store/rows/signing_keys.hpp"

namespace cbmx::service {

// Active ones of a State, so that a checkpoint cosigned by every State stays within the hundred lines that readers of notes
// accept; the second is for changing the key.
inline constexpr std::size_t max_witness_keys = 2;

// A key as its holder brings it.
struct BroughtKey {
    std::string public_key;  // PEM
    std::string label;
    std::string proof;  // base64: the key's own signature over base::signing_key_text() of this log and the caller's State
};

Result<Representation> get_signing_key(Connection& connection, const Principal& principal, i18n::Language language,
                                       const domain::SigningKeyId& id);
Result<Page> list_signing_keys(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                               const std::string& after);
// Errors: forbidden, validation_failed (no such key form; no_possession), conflict (already_exists, in the own State).
Result<Outcome> register_signing_key(const Portal& portal, Transaction& transaction, const Principal& principal, const BroughtKey& key);
// name: of the key in the lines of a checkpoint; a State may give it to a new key once the old one is revoked. Ed25519 alone.
// Errors: as above; conflict also for a name of another State or of the log, for a key that is a witness's already, and for
// more than max_witness_keys (too_many_items).
Result<Outcome> register_witness(const Portal& portal, Transaction& transaction, const Principal& principal, const BroughtKey& key,
                                 const std::string& name);
Result<Outcome> revoke_signing_key(Transaction& transaction, const Principal& principal, const domain::SigningKeyId& id);

std::string signing_key_record(Connection& connection, const domain::SigningKeyId& id);
std::string verifier_text(const store::SigningKeyRow& witness);  // "<name>+<id>+<key>", C2SP verifier key of type 4

}  // namespace cbmx::service
