// What waits for a second person: all that the secretariat would change about a State's accounts and credentials
// (rules.md 34), turning off a State's own safeguards, widening a report's audience.
// proposals.cpp holds the table of kinds: who decides, and what a confirmation does. How a proposal is kept: second_person.hpp.
#pragma once
#include "domain/status.hpp"
#include "service/portal.hpp"

namespace cbmx::service {

inline constexpr std::chrono::days max_waiting{90};  // after which it is not confirmed any more

Result<Representation> get_proposal(Connection& connection, const Principal& principal, i18n::Language language,
                                    const domain::ProposalId& id);
Result<Page> list_proposals(Connection& connection, const Principal& principal, i18n::Language language,
                            std::optional<domain::ProposalStatus> status, std::int64_t limit, const std::string& after);

// By the secretariat; body: valid by proposal-create. Errors: forbidden, validation_failed, conflict.
Result<Outcome> make_proposal(Transaction& transaction, const Principal& principal, const nlohmann::json& body);
// Carries the change out. Two rows change, so two entries: the change's own, then proposal_confirmed. Outcome::subject
// is the proposal, Outcome::seq the change's entry. Errors: not_found, forbidden, not_eligible (with the rule), conflict (also:
// its proposer or their credential is no longer active; it is older than max_waiting).
Result<Outcome> confirm_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected);
// By who may confirm it in principle, or by the office that proposed it.
Result<Outcome> decline_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected);
// A State's first credential: by the operator at the machine, who has the note verbale with the fingerprint in hand.
Result<Outcome> confirm_first_credential(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                         const base::Hash& fingerprint_seen_on_paper);

}  // namespace cbmx::service
