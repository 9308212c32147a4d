// What waits for a second person: all that the secretariat would change about a State's accounts and credentials
// (rules.md 34) or of its membership (rules.md 36), turning off a State's own safeguards, widening a report's audience.
// kinds.cpp holds the table of kinds: who decides, and what a confirmation does. How a proposal is kept: second_person.hpp.
#pragma once
#include "domain/status.hpp"
#include "service/portal.hpp"
#include "service/proposals/founding.hpp"
#include "service/registry/decision.hpp"
#include "store/rows/proposals.hpp"

namespace cbmx::service {

Result<Representation> get_proposal(Connection& connection, const Principal& principal, i18n::Language language,
                                    const domain::ProposalId& id);
Result<Page> list_proposals(Connection& connection, const Principal& principal, i18n::Language language,
                            std::optional<domain::ProposalStatus> status, std::int64_t limit, const std::string& after);

// Those that wait and that this caller could confirm now, among the first so many that it sees; more: there are others behind them.
struct ToConfirm {
    std::vector<store::ProposalRow> rows;
    bool more = false;
};
ToConfirm proposals_to_confirm(Connection& connection, const Principal& principal, domain::Instant now, std::int64_t limit);

// The report that a proposal would erase, as long as it has not; nullopt: none, or not this caller's to see.
std::optional<std::string> report_to_be_erased(Connection& connection, const Principal& principal, const domain::ProposalId& id);

// By the secretariat; body: valid by proposal-create; decision: of a membership_change or acting_alone, read from this body. Errors:
// forbidden, validation_failed, conflict.
Result<Outcome> make_proposal(Transaction& transaction, const Principal& principal, const nlohmann::json& body,
                              const std::optional<CitedDecision>& decision = std::nullopt);
// Where a second person of a State is asked for, and by its note one official acts alone, the same person is asked again: after this, or
// after the delay of what is destroyed slowly, which is then destroyed at once.
inline constexpr std::chrono::hours second_thought{24};
// Carries the change out. Two rows change, so two entries: the change's own, then proposal_confirmed. Outcome::subject
// is the proposal, Outcome::seq the change's entry. What destroys is only scheduled, and carried out after the delay (none: at once);
// personal data, whose erasure one person has scheduled (rules.md 38), is erased at once.
// sha256, in hex: of the document that the caller has compared with what cites it; of the code that the caller has made for an
// enrolment; nullopt for every other kind.
// Errors: not_found, forbidden, not_eligible (with the rule), conflict (also: its proposer or their credential is no longer active;
// it is older than max_waiting).
Result<Outcome> confirm_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected, std::chrono::seconds delay = std::chrono::days(7),
                                 const std::optional<std::string>& sha256 = std::nullopt);
// By who may confirm it in principle, or by the office that proposed it; also one that is scheduled, until it is carried out. The
// portal's own offers are declined by nobody: they end by themselves.
Result<Outcome> decline_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected);
// When it is due, by the portal itself (service/clock/due.hpp): one that waits ends, one that is scheduled is carried out, or ends
// when that is no longer possible. not_found: it was decided before.
Result<Outcome> let_proposal_fall_due(Transaction& transaction, const std::string& id);
// A State's first officials, by the operator at the machine, who has compared their note verbale. Errors: also validation_failed, with
// all that is wrong in the operator's part.
Result<Outcome> confirm_founding(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                 const OperatorsPart& part);

// A suspension, by the operator, who has compared the note and names the official's accounts. Errors: also conflict (unknown_account,
// not_active, at /accounts/N).
Result<Outcome> confirm_suspension(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                   const std::string& compared, const std::vector<std::string>& accounts);

// What a note verbale says of a State's key, by the operator, who has compared it and brings the fingerprint as the note gives it. The
// State's nominator then registers the key (service/accounts/signing_keys.hpp). Errors: also validation_failed (another fingerprint).
Result<Outcome> confirm_key_note(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                 const std::string& compared, const base::Hash& fingerprint);

// What a document decides, by the operator, who has compared it: a membership_change only while nobody else of the secretariat could,
// an acting_alone always.
Result<Outcome> confirm_by_document(Transaction& transaction, const Principal& machine_operator, domain::ProposalKind kind,
                                    const domain::ProposalId& proposal_id, const std::string& compared);

}  // namespace cbmx::service
