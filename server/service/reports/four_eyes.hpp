// Four eyes (rules.md 18): an account that edited a report's content since its last publication, itself or through a
// credential that it issued or lent, does not publish it. What counts as the same actor: service/accounts/credentials.hpp.
#pragma once
#include "service/accounts/credentials.hpp"
#include "store/rows/reports.hpp"

namespace cbmx::service {

bool has_edited(Connection& db, const Actor& approver, const store::ReportRow& report, domain::Instant now);
// With one of the credentials that the approver has, at least.
bool can_approve(Connection& db, const domain::AccountId& approver, const store::ReportRow& report, domain::Instant now);

}  // namespace cbmx::service
