// Whether there is room for something new, and the limits of a State as it and the secretariat read and the latter raises them
// (domain/quotas.hpp, rules.md 27e). How far they are used, the own State alone is told, and in tenths, so that one record that the
// reader does not see changes nothing.
#pragma once
#include "domain/quotas.hpp"
#include "service/rights.hpp"

namespace cbmx::service {

// quota_exceeded with the quota's rule when so many more would be beyond the limit.
Result<void> check_quota(Connection& db, const domain::Home& home, domain::Quota quota, std::int64_t more);
Result<void> check_quota_of(Connection& db, const store::AccountRow& account, domain::Quota quota, std::int64_t more);
// The same of what came on one day: the violation says from when on there is room again.
Result<void> check_days_quota(Transaction& transaction, const domain::Home& home, domain::Quota quota, std::int64_t more);
// Of everything new, whatever it is: the day's entries, and the record of its Idempotency-Key if it has one.
Result<void> check_new_material(Transaction& transaction, const Principal& principal, bool has_key);

Result<Representation> get_state_quotas(Connection& connection, const Principal& principal, i18n::Language language,
                                        const std::string& state, domain::Instant now);
Result<Page> list_state_quotas(Connection& connection, const Principal& principal, std::int64_t limit, const std::string& after,
                               domain::Instant now);
// body: valid by state-quotas-change: quota -> limit, null: that of the table. validation_failed (below_minimum, above_maximum).
// A change that changes nothing is no entry.
Result<Outcome> change_state_quotas(Transaction& transaction, const Principal& principal, const std::string& state,
                                    const ExpectedVersion& expected, const nlohmann::json& body);

std::string state_quotas_record(Connection& connection, const std::string& state);

}  // namespace cbmx::service
