// SQL of quotas.
#include "store/rows/quotas.hpp"

namespace cbmx::store {
namespace {

std::vector<QuotaUse> all_of(Rows rows)
{
    std::vector<QuotaUse> list;
    while (rows.next())
        list.push_back({.holder = rows.text(0), .quota = rows.text(1), .day = rows.text(2), .used = rows.integer(3)});
    return list;
}

}  // namespace

std::int64_t quota_used(Connection& connection, const std::string& holder, domain::Quota quota, const std::string& day)
{
    auto rows =
        connection.query("SELECT used FROM quota_use WHERE holder = ?1 AND quota = ?2 AND day = ?3", holder, domain::name_of(quota), day);
    return rows.next() ? rows.integer(0) : 0;
}

StateQuotasRow find_state_quotas(Connection& connection, const std::string& state)
{
    StateQuotasRow row{.state = state};
    auto rows = connection.query("SELECT raised, version, seq FROM state_quotas WHERE state = ?1", state);
    if (rows.next()) {
        row.raised = rows.text(0);
        row.version = rows.integer(1);
        row.seq = rows.integer(2);
    }
    return row;
}

bool write_state_quotas(Connection& connection, const StateQuotasRow& row)
{
    if (row.version == 1)
        return connection.run("INSERT INTO state_quotas (state, raised, version, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                              row.state, row.raised, row.version, row.seq) == 1;
    return connection.run("UPDATE state_quotas SET raised = ?2, version = ?3, seq = ?4 WHERE state = ?1 AND version = ?3 - 1", row.state,
                          row.raised, row.version, row.seq) == 1;
}

std::vector<QuotaUse> stored_quota_use(Connection& connection)
{
    return all_of(
        connection.query("SELECT holder, quota, day, used FROM quota_use WHERE quota <> 'submitted_bytes' ORDER BY holder, quota, day"));
}

std::vector<QuotaUse> counted_quota_use(Connection& connection)
{
    return all_of(connection.query(
        "SELECT 'state:' || r.state, 'drafts', '', COUNT(*) FROM report_draft d JOIN report r ON r.id = d.report GROUP BY r.state"
        " UNION ALL SELECT 'state:' || r.state, 'draft_bytes', '',"
        " SUM(length(CAST(d.fields AS BLOB))) FROM report_draft d JOIN report r ON r.id = d.report GROUP BY r.state"
        " UNION ALL SELECT home, 'entries', substr(at, 1, 10), COUNT(*) FROM ledger_entry"
        " WHERE home IS NOT NULL AND actor_role NOT IN ('portal', 'operator', 'secretariat') GROUP BY home, substr(at, 1, 10)"
        " UNION ALL SELECT home, 'accounts', '', COUNT(*) FROM account WHERE status IN ('active', 'suspended') GROUP BY home"
        " UNION ALL SELECT account, 'credentials', '', COUNT(*) FROM (SELECT account FROM credential WHERE status <> 'revoked'"
        " UNION ALL SELECT account FROM enrolment WHERE status = 'open') GROUP BY account"
        " UNION ALL SELECT CASE by_secretariat WHEN 1 THEN 'office:secretariat' ELSE home END, 'proposals', '', COUNT(*) FROM proposal"
        " WHERE status = 'waiting' GROUP BY 1"
        " UNION ALL SELECT account, 'retries', '', COUNT(*) FROM idempotency GROUP BY account"
        " ORDER BY 1, 2, 3"));
}

}  // namespace cbmx::store
