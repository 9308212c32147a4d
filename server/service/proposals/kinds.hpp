// THE TABLE OF KINDS of proposals, which kinds.cpp holds: who decides on each, what its confirmation does, and when. What may be
// proposed is checked when it is proposed, and again, by the same functions, when it takes effect. The steps: proposals.cpp.
#pragma once
#include "domain/policy.hpp"
#include "domain/table.hpp"
#include "service/accounts/deciders.hpp"
#include "service/portal.hpp"
#include "store/rows/proposals.hpp"

namespace cbmx::service {

// Carries the change out; may name the record that came of it in proposal.subject.
using Effect = Result<Outcome> (*)(Transaction&, const Principal&, store::ProposalRow& proposal, const nlohmann::json& body);

// slowly: the portal carries it out, some time after it was confirmed; by_itself: so without a confirmation, which only hastens it.
enum class Pace { at_once, slowly, by_itself };
enum class Refusal { possible, pointless };  // pointless: an offer of the portal, which ends by itself

struct KindRow {
    domain::ProposalKind kind;
    domain::Cell<Decider> decider;
    domain::Cell<domain::Permission> needs;  // which a State that does not participate must have left (domain/policy.cpp)
    domain::Cell<Effect> effect;
    domain::Cell<Pace> pace;
    domain::Cell<Refusal> refusal;
};

const KindRow& row_of(domain::ProposalKind kind);
Decider decider_of(const store::ProposalRow& proposal);

}  // namespace cbmx::service
