// Whether an approver could have held a credential that touched the content since the last publication, and what an entry says of
// those who had a hand in it (rules.md 18).
#pragma once
#include "domain/workflow.hpp"
#include "service/accounts/credentials.hpp"
#include "store/log/transaction.hpp"
#include "store/rows/reports.hpp"

namespace cbmx::service {

bool has_edited(Connection& db, const Actor& approver, const store::ReportRow& report, domain::Instant now);
// The account has a usable credential by which it has not edited the report.
bool can_approve(Connection& db, const domain::AccountId& approver, const store::ReportRow& report, domain::Instant now);

// Whether a second person was needed; nullopt: for this step nobody is.
using FourEyes = std::optional<bool>;
// What the entry commits to (store/log/hands.hpp). text: whether the entry is about the text, whose touches it then names. proposer:
// of a change of audience that somebody else has confirmed. Before the step is settled: a publication ends the touches.
store::NewHands hands_of(Transaction& transaction, const store::ReportRow& report, bool text, FourEyes four_eyes,
                         const std::optional<Actor>& proposer);

}  // namespace cbmx::service
