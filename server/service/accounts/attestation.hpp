// ATTESTATION (rules.md 18): whose hands a person is in who came in by an enrolment, and how that ends. Whoever made the enrolment alone
// could have come in by it himself. So he counts as its user's hands, until somebody else says that the official came in, after comparing
// the six check words that the portal gave to the user alone (base/check_words.hpp). verify judges each attestation again.
#pragma once
#include "service/accounts/credentials.hpp"
#include "service/registry/decision.hpp"
#include "store/rows/enrolments.hpp"

namespace cbmx::service {

// Whose hands whoever came in, or will come in, by it is in until it is attested: its account, its maker, and whose hands he was in then.
std::set<domain::AccountId> hands_of_enrolment(Connection& connection, const store::EnrolmentRow& row);
bool are_apart(const std::set<domain::AccountId>& some, const std::set<domain::AccountId>& others);
// Accounts of the same State or office, with this role, that have a credential in no hand that is in this enrolment.
std::set<std::string> accounts_apart_from(Connection& connection, const store::EnrolmentRow& row, domain::Instant now,
                                          std::optional<domain::Role> role = {});

// From then on inviter and holder are two people; what was touched before stays as it was. body: valid by enrolment-attest; note: its
// note, read. By any account of the same State or office, or by the secretariat with the note verbale that gives name, function and
// words. Errors: not_found, forbidden, token_scope, conflict (not used, attested already), validation_failed (no note), not_eligible
// (own_hands, wrong_words).
Result<Outcome> attest_enrolment(Transaction& transaction, const Principal& principal, const domain::EnrolmentId& id,
                                 const nlohmann::json& body, const std::optional<CitedDecision>& note);

}  // namespace cbmx::service
