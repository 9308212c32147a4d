// See four_eyes.hpp. What counts as the same hands: same_hands in credentials.cpp.
#include "service/four_eyes.hpp"
#include "service/credentials.hpp"

namespace cbmx::service {

bool has_touched(Connection& db, const domain::AccountId& approver, const store::ReportRow& report, domain::Instant now)
{
    const auto since = domain::from_rfc3339(report.published_at.value_or(report.created_at));
    for (const auto& touch : store::touches(db, report.id))
        if (same_hands(db, approver, domain::AccountId(touch.account), domain::CredentialId(touch.credential), now, since))
            return true;
    return false;
}

}  // namespace cbmx::service
