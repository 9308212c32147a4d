// A change that waits for a second person: the proposal's row and its entries, whatever is proposed. Who decides on each
// kind, and what its confirmation does: service/proposals/proposals.hpp.
#pragma once
#include "service/portal.hpp"
#include "store/rows/proposals.hpp"
#include <functional>

namespace cbmx::service {

using domain::ProposalKind;

// Whether a proposal is entered in the ledger, or is a workspace matter of the State (no entry: Outcome::seq is nullopt).
enum class Entered { in_ledger, nowhere };

inline constexpr std::chrono::days max_waiting{90};  // after which the portal ends it

// The caller has judged the right and the body. After due_in the portal ends it if it still waits, or carries it out if it was
// scheduled at once.
Result<Outcome> propose(Transaction& transaction, const Principal& principal, const domain::Home& home, ProposalKind kind,
                        const std::optional<std::string>& subject, const nlohmann::json& body, Entered entered,
                        domain::ProposalStatus status = domain::ProposalStatus::waiting, std::chrono::seconds due_in = max_waiting);

// Appends the entry that says how the proposal's row stands now; nullopt for a workspace matter.
std::optional<Seq> record_proposal(Transaction& transaction, const Principal& principal, const store::ProposalRow& proposal,
                                   domain::EventKind kind, domain::Permission permission);

// Ends those of the home's open proposals of this kind that have lost their point, in the transaction of what took it: by that
// act's caller and permission, with an entry where the proposal was one.
void end_proposals(Transaction& transaction, const Principal& principal, const domain::Home& home, ProposalKind kind,
                   domain::Permission permission, const std::function<bool(const store::ProposalRow&)>& has_lost_its_point);

// Canonical JSON of the row. The row must exist.
std::string proposal_record(Connection& connection, const domain::ProposalId& id);
std::string record_of_proposal(const store::ProposalRow& row);

// For personal data (rules.md 38): what erase does now is only judged, and scheduled; until then it is hidden (store/visibility). Without
// a delay it is done at once. Outcome: about the record, with the entry that says so.
Result<Outcome> schedule_erasure(Transaction& transaction, const Principal& principal, const domain::Home& home, ProposalKind kind,
                                 domain::Subject subject, const std::string& id, std::chrono::seconds delay,
                                 const std::function<Result<Outcome>(Transaction&)>& erase);

}  // namespace cbmx::service
