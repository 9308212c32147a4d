// How much of its room each State, office and account uses, and where a State was given more (domain/quotas.hpp). The counts are kept
// by triggers (0008_quotas.sql); counted_quota_use() counts again, for verify.
#pragma once
#include "domain/quotas.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

// holder: a home or an account's id. day: "2027-01-15" of entries, else empty.
std::int64_t quota_used(Connection& connection, const std::string& holder, domain::Quota quota, const std::string& day = "");

struct StateQuotasRow {  // a State without a row has the limits of the table, at version 0
    std::string state;
    std::string raised = "{}";  // canonical JSON: quota -> limit
    std::int64_t version = 0;
    std::optional<std::int64_t> seq;
};
StateQuotasRow find_state_quotas(Connection& connection, const std::string& state);
// Inserts version 1, updates any later one where the stored version is row.version - 1; false when it is another.
bool write_state_quotas(Connection& connection, const StateQuotasRow& row);

struct QuotaUse {
    std::string holder, quota, day;
    std::int64_t used = 0;
    bool operator==(const QuotaUse&) const = default;
};
// Without the bytes that were submitted on a day: nothing is left to count them by. In the order of holder, quota, day.
std::vector<QuotaUse> stored_quota_use(Connection& connection);
std::vector<QuotaUse> counted_quota_use(Connection& connection);  // likewise, out of what is counted

}  // namespace cbmx::store
