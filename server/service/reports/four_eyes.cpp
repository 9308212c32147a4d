// See four_eyes.hpp.
#include "service/reports/four_eyes.hpp"
#include <algorithm>

namespace cbmx::service {

bool has_edited(Connection& db, const Actor& approver, const store::ReportRow& report, domain::Instant now)
{
    const auto since = domain::from_rfc3339(report.published_at.value_or(report.created_at));
    for (const auto& touch : store::editors_of(db, report.id))
        if (is_same_actor(db, approver, {domain::AccountId(touch.account), domain::CredentialId(touch.credential)}, now, since))
            return true;
    return false;
}

bool can_approve(Connection& db, const domain::AccountId& approver, const store::ReportRow& report, domain::Instant now)
{
    const auto credentials = store::usable_credentials(db, approver, domain::to_rfc3339(now));
    return std::any_of(credentials.begin(), credentials.end(), [&](const domain::CredentialId& credential) {
        return !has_edited(db, {approver, credential}, report, now);
    });
}

}  // namespace cbmx::service
