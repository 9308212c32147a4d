// SQL of proposals, and the stable names of their kinds.
#include "store/proposals.hpp"
#include <array>

// ?2 home, ?3 decides, ?4 secretariat, ?5 "account:<id>". What is proposed about a TLP:RED report is seen by those named
// in it; its rescue, when nobody named is left, by the State's nominators and approvers.
#define PROPOSAL_VISIBLE                                                                                                                      \
    "((home = ?2 AND (kind <> 'report_audience' OR (?3 AND (json_extract(body, '$.rescue') IS 1 OR NOT EXISTS (SELECT 1 FROM report r"        \
    " WHERE r.id = subject AND r.label = 'TLP:RED' AND NOT EXISTS (SELECT 1 FROM report_recipient p WHERE p.report = r.id AND p.recipient = ?5))))))" \
    " OR (?4 AND by_secretariat = 1))"

namespace cbmx::store {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(ProposalKind::report_audience) + 1> kind_names{
    "account_create", "account_change", "credential_register", "credential_revoke", "first_credential", "settings_change", "report_audience"};

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

std::optional<ProposalRow> first_of(Rows rows)
{
    return rows.next() ? std::optional(row_from(rows)) : std::nullopt;
}

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
    return first_of(connection.query("SELECT id, home, kind, body, subject, proposed_by, credential, by_secretariat, status, decided_by, created_at, version, seq"
                                     " FROM proposal WHERE id = ?1",
                                     id));
}

std::optional<ProposalRow> find_visible_proposal(Connection& connection, const ProposalReach& reach, const std::string& id)
{
    return first_of(connection.query("SELECT id, home, kind, body, subject, proposed_by, credential, by_secretariat, status, decided_by, created_at, version, seq"
                                     " FROM proposal WHERE id = ?1"
                                     " AND " PROPOSAL_VISIBLE,
                                     id, reach.own, reach.deciders, reach.secretariat, reach.account));
}

std::vector<ProposalRow> visible_proposals_after(Connection& connection, const ProposalReach& reach, const std::optional<std::string>& status,
                                                 const std::string& id, std::int64_t limit)
{
    auto rows = connection.query("SELECT id, home, kind, body, subject, proposed_by, credential, by_secretariat, status, decided_by, created_at, version, seq"
                                 " FROM proposal WHERE id > ?1"
                                 " AND " PROPOSAL_VISIBLE
                                 " AND (?6 IS NULL OR status = ?6) ORDER BY id LIMIT ?7",
                                 id, reach.own, reach.deciders, reach.secretariat, reach.account, status, limit);
    std::vector<ProposalRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

void insert_proposal(Connection& connection, const ProposalRow& row)
{
    connection.run("INSERT INTO proposal (id, home, kind, body, subject, proposed_by, credential, by_secretariat, status, decided_by, created_at, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                   row.id, row.home, name_of(row.kind), row.body, row.subject, row.proposed_by, row.credential, row.by_secretariat, row.status,
                   row.decided_by, row.created_at, row.version, row.seq);
}

bool update_proposal(Connection& connection, const ProposalRow& row)
{
    return connection.run("UPDATE proposal SET subject = ?2, status = ?3, decided_by = ?4, version = ?5, seq = ?6"
                          " WHERE id = ?1 AND version = ?5 - 1 AND status = 'waiting'",
                          row.id, row.subject, row.status, row.decided_by, row.version, row.seq) == 1;
}

}  // namespace cbmx::store
