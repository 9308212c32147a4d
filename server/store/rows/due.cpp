// See due.hpp. Instants are compared as texts: all are RFC 3339 UTC with milliseconds.
#include "store/rows/due.hpp"
#include "domain/table.hpp"
#include <array>

namespace cbmx::store {
namespace {

using domain::Due;

struct ExpectedRow {
    Due what;
    Sql times;  // id, time
};
constexpr std::array expected_table{
    ExpectedRow{Due::delegation_end, "SELECT id, until_at FROM delegation WHERE status = 'given' ORDER BY id"},
    ExpectedRow{Due::proposal, "SELECT id, due_at FROM proposal WHERE status IN ('waiting', 'scheduled') ORDER BY id"},
    // A record that is no JSON is a fault of its row, which verify names there.
    ExpectedRow{Due::state_access, "SELECT code, json_extract(record, '$.access.changes_at') FROM state WHERE CASE WHEN json_valid(record)"
                                   " THEN json_extract(record, '$.access.changes_at') IS NOT NULL END ORDER BY code"},
};
static_assert(domain::has_row_for_each(expected_table, &ExpectedRow::what, domain::due_count), "one row for each, in the enum's order");

std::vector<DueRow> all_of(Rows rows)
{
    std::vector<DueRow> list;
    while (rows.next())
        list.push_back({rows.named<Due>(0), rows.text(1), rows.text(2)});
    return list;
}

}  // namespace

void set_due(Connection& connection, const DueRow& row)
{
    connection.run("INSERT INTO due_at (what, subject, at) VALUES (?1, ?2, ?3) ON CONFLICT (what, subject) DO UPDATE SET at = ?3", row.what,
                   row.subject, row.at);
}

void drop_due(Connection& connection, Due what, const std::string& subject)
{
    connection.run("DELETE FROM due_at WHERE what = ?1 AND subject = ?2", what, subject);
}

bool take_due(Connection& connection, const DueRow& row, const std::string& now)
{
    return connection.run("DELETE FROM due_at WHERE what = ?1 AND subject = ?2 AND at = ?3 AND at <= ?4", row.what, row.subject, row.at,
                          now) == 1;
}

std::vector<DueRow> due_by(Connection& connection, const std::string& now, const std::optional<DueRow>& after, std::int64_t limit)
{
    if (!after)
        return all_of(
            connection.query("SELECT what, subject, at FROM due_at WHERE at <= ?1 ORDER BY at, what, subject LIMIT ?2", now, limit));
    return all_of(connection.query("SELECT what, subject, at FROM due_at WHERE at <= ?1 AND (at, what, subject) > (?2, ?3, ?4)"
                                   " ORDER BY at, what, subject LIMIT ?5",
                                   now, after->at, after->what, after->subject, limit));
}

DueSummary due_summary(Connection& connection)
{
    auto rows = connection.query("SELECT COUNT(*), MIN(at) FROM due_at");
    rows.next();
    return {rows.integer(0), rows.optional_text(1)};
}

std::vector<StoredDue> stored_due(Connection& connection)
{
    std::vector<StoredDue> list;
    for (auto rows = connection.query("SELECT what, subject, at FROM due_at ORDER BY what, subject"); rows.next();)
        list.push_back({rows.text(0), rows.text(1), rows.text(2)});
    return list;
}

std::vector<DueRow> expected_due(Connection& connection)
{
    std::vector<DueRow> list;
    for (const auto& row : expected_table) {
        auto rows = connection.query(row.times);
        while (rows.next())
            list.push_back({row.what, rows.text(0), rows.text(1)});
    }
    return list;
}

}  // namespace cbmx::store
