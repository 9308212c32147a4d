// A State's public keys: those with which it signs its statements, and those of its witnesses, which sign checkpoints of the log
// (service/log/cosignatures.hpp). Both are public, but for the label and who registered them; neither counts as the other.
// Only who holds a key registers it (rules.md 17), and before that is shown no answer says where else it is registered. One for
// statements is the State's by what shows it, which its entry says (rules.md 27f): the key before, two nominators, or a note verbale.
#pragma once
#include "service/rights.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/signing_keys.hpp"

namespace cbmx::service {

// Active ones of a State, so that a checkpoint cosigned by every State stays within the hundred lines that readers of notes
// accept; the second is for changing the key.
inline constexpr std::size_t max_witness_keys = 2;

// The State's key before: its signature over base::signing_key_text() of the new key.
struct PreviousKey {
    std::string key;        // its fingerprint in hex
    std::string signature;  // base64
};

// A key as its holder brings it.
struct BroughtKey {
    std::string public_key;  // PEM
    std::string label;
    std::string proof;  // base64: the key's own signature over base::signing_key_text() of this log and the caller's State
    std::optional<PreviousKey> previous = {};
};

Result<Representation> get_signing_key(Connection& connection, const Principal& principal, i18n::Language language,
                                       const domain::SigningKeyId& id);
Result<Page> list_signing_keys(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                               const std::string& after);
// Those of one State, and of every State; also those that are revoked. The own State is shown the labels. Error: not_found (the State).
Result<Page> list_state_keys(Connection& connection, const Principal& principal, i18n::Language language, const std::string& state,
                             std::int64_t limit, const std::string& after);
Result<Page> list_public_keys(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                              const std::string& after);

// For statements. 201 with the key's entry where the key before has signed it, or a confirmed note verbale gives its fingerprint; else
// 202 with that of a proposal that another nominator confirms. Errors: forbidden, validation_failed (no such key form; no_possession; of
// the key before: unknown_reference, no_possession), conflict (already_exists, in the own State; key_not_shown: nobody could confirm it).
Result<Outcome> register_signing_key(const Portal& portal, Transaction& transaction, const Principal& principal, const BroughtKey& key);
// name: of the key in the lines of a checkpoint; a State may give it to a new key once the old one is revoked. Ed25519 alone.
// Errors: as above; conflict also for a name of another State or of the log, for a key that is a witness's already, and for
// more than max_witness_keys (too_many_items).
Result<Outcome> register_witness(const Portal& portal, Transaction& transaction, const Principal& principal, const BroughtKey& key,
                                 const std::string& name);
Result<Outcome> revoke_signing_key(Transaction& transaction, const Principal& principal, const domain::SigningKeyId& id);

// What another nominator has confirmed. proposal.subject then names the key.
Result<Outcome> carry_out_key(Transaction& transaction, const Principal& principal, store::ProposalRow& proposal,
                              const nlohmann::json& body);
// BY NOTE: body: fingerprint, decision. Errors: conflict (two_nominators: at /state; already_exists: at /fingerprint).
Result<void> check_key_note(Connection& connection, domain::Instant now, const domain::StateCode& state, const nlohmann::json& body);
// Of a State, whose credentials nobody else could hold.
bool has_two_nominators(Connection& connection, const domain::StateCode& state, domain::Instant now);

std::string signing_key_record(Connection& connection, const domain::SigningKeyId& id);
std::string verifier_text(const store::SigningKeyRow& witness);  // "<name>+<id>+<key>", C2SP verifier key of type 4

}  // namespace cbmx::service
