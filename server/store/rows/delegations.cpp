// SQL of delegations. Instants are compared as texts: all are RFC 3339 UTC with milliseconds.
#include "store/rows/delegations.hpp"

namespace cbmx::store {
namespace {

DelegationRow row_from(const Rows& rows)
{
    return {.id = rows.id<domain::DelegationId>(0),
            .home = domain::Home::from(rows.text(1)),
            .giver = rows.id<domain::AccountId>(2),
            .delegate = rows.id<domain::AccountId>(3),
            .roles = roles_from_json(rows.view(4)),
            .from_at = rows.text(5),
            .until_at = rows.text(6),
            .status = rows.named<domain::DelegationStatus>(7),
            .version = rows.integer(8),
            .seq = rows.integer(9)};
}

std::optional<DelegationRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

}  // namespace

std::optional<DelegationRow> find_delegation(Connection& connection, const domain::DelegationId& id)
{
    return first_of(connection.query(
        "SELECT id, home, giver, delegate, roles, from_at, until_at, status, version, seq FROM delegation WHERE id = ?1", id));
}

std::optional<DelegationRow> find_visible_delegation(Connection& connection, const HomeReach& reach, const domain::DelegationId& id)
{
    return first_of(
        connection.query("SELECT id, home, giver, delegate, roles, from_at, until_at, status, version, seq FROM delegation WHERE id = ?1"
                         " AND (home = ?2 OR ?4 OR (?3 AND home LIKE 'office:%'))",
                         id, reach.own, reach.offices, reach.all));
}

std::vector<DelegationRow> visible_delegations_after(Connection& connection, const HomeReach& reach, const std::string& after,
                                                     std::int64_t limit)
{
    constexpr Sql of_own =
        "SELECT id, home, giver, delegate, roles, from_at, until_at, status, version, seq FROM delegation WHERE home = ?2"
        " AND id > ?1 ORDER BY id LIMIT ?5";
    constexpr Sql of_more = "SELECT id, home, giver, delegate, roles, from_at, until_at, status, version, seq FROM delegation WHERE id > ?1"
                            " AND (home = ?2 OR ?4 OR (?3 AND home LIKE 'office:%')) ORDER BY id LIMIT ?5";
    auto rows = connection.query(reach.offices || reach.all ? of_more : of_own, after, reach.own, reach.offices, reach.all, limit);
    std::vector<DelegationRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

void insert_delegation(Connection& connection, const DelegationRow& row)
{
    connection.run("INSERT INTO delegation (id, home, giver, delegate, roles, from_at, until_at, status, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                   row.id, row.home, row.giver, row.delegate, roles_to_json(row.roles), row.from_at, row.until_at, row.status, row.version,
                   row.seq);
}

bool update_delegation(Connection& connection, const DelegationRow& row)
{
    return connection.run("UPDATE delegation SET until_at = ?2, status = ?3, version = ?4, seq = ?5 WHERE id = ?1 AND version = ?4 - 1",
                          row.id, row.until_at, row.status, row.version, row.seq) == 1;
}

std::vector<Lent> lent_to(Connection& connection, const domain::AccountId& account, const std::string& now)
{
    auto rows =
        connection.query("SELECT d.roles, a.roles, d.until_at FROM delegation d JOIN account a ON a.id = d.giver"
                         " WHERE d.delegate = ?1 AND d.status = 'given' AND d.from_at <= ?2 AND d.until_at > ?2 AND a.status = 'active'"
                         " ORDER BY d.id",
                         account, now);
    std::vector<Lent> found;
    while (rows.next())
        found.push_back({roles_from_json(rows.view(0)), roles_from_json(rows.view(1)), rows.text(2)});
    return found;
}

bool has_lent(Connection& connection, const domain::AccountId& first, const domain::AccountId& second, const std::string& since,
              const std::string& now)
{
    return connection
        .query("SELECT 1 FROM delegation WHERE ((giver = ?1 AND delegate = ?2) OR (giver = ?2 AND delegate = ?1)) AND until_at >= ?3 AND "
               "from_at <= ?4",
               first, second, since, now)
        .next();
}

bool share_a_giver(Connection& connection, const domain::AccountId& first, const domain::AccountId& second, const std::string& since,
                   const std::string& now)
{
    return connection
        .query(
            "SELECT 1 FROM delegation one JOIN delegation other ON other.giver = one.giver WHERE one.delegate = ?1 AND other.delegate = ?2"
            " AND one.until_at >= ?3 AND one.from_at <= ?4 AND other.until_at >= ?3 AND other.from_at <= ?4",
            first, second, since, now)
        .next();
}

}  // namespace cbmx::store
