// The member "statement" of a request's body (rules.md 27c): the same for every step by which a State says something, and for an item of a
// batch. It goes to the transaction, whose append() judges it; no service and no handler looks at it.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// Takes the member out of a schema-valid body; nullopt: it has none. is_rehearsal: a dry run, in which a client may ask what to sign by
// naming key and time. Errors: validation_failed at "/statement/...".
Result<std::optional<store::BroughtStatement>> take_statement(nlohmann::json& body, bool is_rehearsal);
// Checks the signature by the key that it names, on a snapshot, so that the writer need not (rules.md 27a). What does not fit is left for
// append() to refuse.
void prove_statement(Connection& db, const domain::Home& home, store::BroughtStatement& statement);
// Once the work is done: what the word was refused for, or validation_failed (statement_unused) where none was said. is_known: the answer
// is that of an earlier request, whose word was said then.
Result<void> check_statement(const Transaction& transaction, bool is_known);
// {"text", "content", "recipients"?}; nullopt: nothing was to be signed.
std::optional<nlohmann::json> statement_to_sign(const Transaction& transaction);

}  // namespace cbmx::service
