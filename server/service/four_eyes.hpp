// Four eyes (security.md 18): whoever touched a report's content since its last publication, by its own hands or by
// hands that it lent or armed, does not publish it.
#pragma once
#include "service/portal.hpp"
#include "store/reports.hpp"

namespace cbmx::service {

bool has_touched(Connection& db, const domain::AccountId& approver, const store::ReportRow& report, domain::Instant now);

}  // namespace cbmx::service
