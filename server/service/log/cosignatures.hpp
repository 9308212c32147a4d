// Witnesses: a State's own program checks that the log only grows, signs the checkpoint that it has seen and submits the
// signature here; the checkpoint then carries it, so that its readers know who else has checked the log.
// Registering a witness's key: service/accounts/signing_keys.hpp. A cosignature is no entry of the ledger.
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

inline constexpr std::chrono::seconds witness_clock_tolerance{300};  // between the witness's clock and the portal's
inline constexpr std::size_t max_cosignatures_of_state = 2;          // for one size; see max_witness_keys

// note: a published checkpoint with lines by witnesses of the caller's own State; lines of others are ignored. Status 201
// when something new was said, 200 when all was known: of each key and size the first stays. All broken rules at "/checkpoint".
// Errors: forbidden; validation_failed: not_this_log, unknown_reference (no line by a witness of this State), not_active
// (by revoked ones alone), below_minimum and above_maximum (the time), too_many_items; signature_invalid.
Result<Outcome> add_cosignatures(const Portal& portal, Transaction& transaction, const Principal& principal, const std::string& note);

// What add_cosignatures answers with: the checkpoint of this size as it stands now, and who has signed it. Only for whom
// that size has been published.
Result<Representation> get_cosignatures(Connection& db, const std::string& size);

// A checkpoint's note with the lines of its witnesses.
std::string cosigned(Connection& db, const store::CheckpointRow& checkpoint);

// {"name", "state", "verifier_key", "status", "registered_at", "revoked_at"} of each witness, revoked ones too. Public.
Page list_witnesses(Connection& db, std::int64_t limit, const std::string& after);

}  // namespace cbmx::service
