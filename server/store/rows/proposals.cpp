// SQL of proposals, and the stable names of their kinds.
#include "store/rows/proposals.hpp"
#include "store/visibility/reports.hpp"
#include <array>

namespace cbmx::store {
namespace {

// After the parameters of visibility/reports.hpp: ?4 home, ?5 decides, ?6 secretariat.
constexpr auto proposal_visible =
    "((p.home = ?4 AND (p.kind <> 'report_audience' OR (?5 AND (json_extract(p.body, '$.rescue') IS 1 OR EXISTS ("
    "SELECT 1 FROM report r LEFT JOIN report_draft d ON d.report = r.id WHERE r.id = p.subject AND " +
    report_visible + ")))))" + " OR (?6 AND p.by_secretariat = 1))";

// The columns that row_from reads.
constexpr SqlText proposal_columns =
    "p.id, p.home, p.kind, p.body, p.subject, p.proposed_by, p.credential, p.by_secretariat, p.status, p.decided_by,"
    " p.created_at, p.version, p.seq";

constexpr std::array<std::string_view, static_cast<std::size_t>(ProposalKind::report_audience) + 1> kind_names{
    "account_create",   "account_change",  "credential_register", "credential_revoke",
    "first_credential", "settings_change", "report_audience"};

ProposalRow row_from(const Rows& rows)
{
    ProposalRow row;
    row.id = rows.text(0);
    row.home = rows.text(1);
    row.kind = proposal_kind_from(rows.view(2)).value();
    row.body = rows.text(3);
    row.subject = rows.optional_text(4);
    row.proposed_by = rows.text(5);
    row.credential = rows.text(6);
    row.by_secretariat = rows.integer(7) != 0;
    row.status = rows.text(8);
    row.decided_by = rows.optional_text(9);
    row.created_at = rows.text(10);
    row.version = rows.integer(11);
    row.seq = rows.optional_integer(12);
    return row;
}

std::optional<ProposalRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

}  // namespace

std::string_view name_of(ProposalKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::optional<ProposalKind> proposal_kind_from(std::string_view name)
{
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        if (kind_names[i] == name)
            return static_cast<ProposalKind>(i);
    return std::nullopt;
}

std::optional<ProposalRow> find_proposal(Connection& connection, const std::string& id)
{
    static constexpr auto statement = "SELECT " + proposal_columns + " FROM proposal p WHERE p.id = ?1";
    return first_of(connection.query(statement, id));
}

std::optional<ProposalRow> find_visible_proposal(Connection& connection, const ProposalReach& reach, const std::string& id)
{
    static constexpr auto statement = "SELECT " + proposal_columns + " FROM proposal p WHERE " + proposal_visible + " AND p.id = ?7";
    return first_of(connection.query(statement, reach.visibility.tokens, reach.visibility.draft_state, reach.visibility.account, reach.own,
                                     reach.deciders, reach.secretariat, id));
}

std::vector<ProposalRow> visible_proposals_after(Connection& connection, const ProposalReach& reach,
                                                 const std::optional<std::string>& status, const std::string& id, std::int64_t limit)
{
    static constexpr auto statement = "SELECT " + proposal_columns + " FROM proposal p WHERE " + proposal_visible +
                                      " AND p.id > ?7 AND (?8 IS NULL OR p.status = ?8) ORDER BY p.id LIMIT ?9";
    auto rows = connection.query(statement, reach.visibility.tokens, reach.visibility.draft_state, reach.visibility.account, reach.own,
                                 reach.deciders, reach.secretariat, id, status, limit);
    std::vector<ProposalRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

bool came_of_first_credential(Connection& connection, const std::string& account)
{
    return connection.query("SELECT 1 FROM proposal WHERE kind = 'first_credential' AND status = 'confirmed' AND subject = ?1", account)
        .next();
}

void insert_proposal(Connection& connection, const ProposalRow& row)
{
    connection.run("INSERT INTO proposal (id, home, kind, body, subject, proposed_by, credential, by_secretariat, status, decided_by, "
                   "created_at, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                   row.id, row.home, name_of(row.kind), row.body, row.subject, row.proposed_by, row.credential, row.by_secretariat,
                   row.status, row.decided_by, row.created_at, row.version, row.seq);
}

bool update_proposal(Connection& connection, const ProposalRow& row)
{
    return connection.run("UPDATE proposal SET subject = ?2, status = ?3, decided_by = ?4, version = ?5, seq = ?6"
                          " WHERE id = ?1 AND version = ?5 - 1 AND status = 'waiting'",
                          row.id, row.subject, row.status, row.decided_by, row.version, row.seq) == 1;
}

}  // namespace cbmx::store
