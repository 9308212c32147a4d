// SQL of proposals.
#include "store/rows/proposals.hpp"
#include "store/visibility/hidden.hpp"
#include "store/visibility/reports.hpp"
#include <algorithm>

namespace cbmx::store {
namespace {

// After the parameters of visibility/reports.hpp: ?4 home, ?5 decides, ?6 secretariat. Each half has an index.
constexpr auto proposal_of_home =
    "(p.home = ?4 AND (p.kind <> 'report_audience' OR (?5 AND (json_extract(p.body, '$.rescue') IS 1 OR EXISTS ("
    "SELECT 1 FROM report r LEFT JOIN report_draft d ON d.report = r.id WHERE r.id = p.subject AND " +
    report_visible + ")))))";
constexpr SqlText proposal_of_secretariat = "(?6 AND p.by_secretariat = 1)";
constexpr auto proposal_visible = "(" + proposal_of_home + " OR " + proposal_of_secretariat + ")";

// The columns that row_from reads.
constexpr SqlText proposal_columns = "p.id, p.home, p.kind, p.body";
// For a caller: what was proposed about an account that is going to be erased is hidden with it.
constexpr auto shown_columns = "p.id, p.home, p.kind, CASE WHEN " + proposal_hidden + " THEN '{}' ELSE p.body END";
constexpr SqlText proposal_rest = ", p.subject, p.proposed_by, p.credential, p.by_secretariat, p.status, p.decided_by,"
                                  " p.created_at, p.due_at, p.version, p.seq";

ProposalRow row_from(const Rows& rows)
{
    ProposalRow row;
    row.id = rows.id<domain::ProposalId>(0);
    row.home = domain::Home::from(rows.text(1));
    row.kind = rows.named<domain::ProposalKind>(2);
    row.body = rows.text(3);
    row.subject = rows.optional_text(4);
    row.proposed_by = rows.optional_id<domain::AccountId>(5);
    row.credential = rows.optional_id<domain::CredentialId>(6);
    row.by_secretariat = rows.integer(7) != 0;
    row.status = rows.named<domain::ProposalStatus>(8);
    row.decided_by = rows.optional_id<domain::AccountId>(9);
    row.created_at = rows.text(10);
    row.due_at = rows.text(11);
    row.version = rows.integer(12);
    row.seq = rows.optional_integer(13);
    return row;
}

std::optional<ProposalRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

std::vector<ProposalRow> all_of(Rows rows)
{
    std::vector<ProposalRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

}  // namespace

std::optional<ProposalRow> find_proposal(Connection& connection, const domain::ProposalId& id)
{
    static constexpr auto statement = "SELECT " + proposal_columns + proposal_rest + " FROM proposal p WHERE p.id = ?1";
    return first_of(connection.query(statement, id));
}

std::optional<ProposalRow> find_visible_proposal(Connection& connection, const ProposalReach& reach, const domain::ProposalId& id)
{
    static constexpr auto statement =
        "SELECT " + shown_columns + proposal_rest + " FROM proposal p WHERE " + proposal_visible + " AND p.id = ?7";
    return first_of(connection.query(statement, reach.visibility.tokens, reach.visibility.draft_state, reach.visibility.account, reach.own,
                                     reach.deciders, reach.secretariat, id));
}

namespace {

constexpr auto select_shown = "SELECT " + shown_columns + proposal_rest + " FROM proposal p WHERE ";
constexpr SqlText page_of_proposals = " AND p.id > ?7 AND (?8 IS NULL OR p.status = ?8) ORDER BY p.id LIMIT ?9";
constexpr auto proposals_of_home = select_shown + proposal_of_home + page_of_proposals;
constexpr auto proposals_of_secretariat = select_shown + proposal_of_secretariat + page_of_proposals;

}  // namespace

std::vector<ProposalRow> visible_proposals_after(Connection& connection, const ProposalReach& reach,
                                                 std::optional<domain::ProposalStatus> status, const std::string& after, std::int64_t limit)
{
    const auto ask = [&](Sql statement) {
        return all_of(connection.query(statement, reach.visibility.tokens, reach.visibility.draft_state, reach.visibility.account,
                                       reach.own, reach.deciders, reach.secretariat, after, status, limit));
    };
    auto found = ask(proposals_of_home);
    if (!reach.secretariat)
        return found;
    for (auto& row : ask(proposals_of_secretariat))
        found.push_back(std::move(row));
    std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) { return one.id.value < other.id.value; });
    found.erase(std::unique(found.begin(), found.end(), [](const auto& one, const auto& other) { return one.id == other.id; }),
                found.end());
    if (found.size() > static_cast<std::size_t>(limit))
        found.erase(found.begin() + limit, found.end());
    return found;
}

std::optional<std::string> founding_of(Connection& connection, const domain::Home& home, const domain::AccountId& account)
{
    auto rows = connection.query("SELECT p.body FROM proposal p WHERE p.home = ?1 AND p.kind = 'founding' AND p.status = 'confirmed' AND "
                                 "CASE WHEN p.body = '{}' THEN 1"
                                 " WHEN json_valid(p.body) THEN EXISTS (SELECT 1 FROM json_each(p.body, '$.officials') o"
                                 " WHERE json_extract(o.value, '$.account') = ?2) END ORDER BY p.body = '{}' LIMIT 1",
                                 home, account);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

std::vector<ProposalRow> confirmed_key_notes(Connection& connection, const domain::Home& home)
{
    static constexpr auto statement =
        "SELECT " + proposal_columns + proposal_rest +
        " FROM proposal p WHERE p.home = ?1 AND p.kind = 'key_note' AND p.status = 'confirmed' ORDER BY p.created_at, p.seq";
    return all_of(connection.query(statement, home));
}

std::optional<ProposalRow> registration_of(Connection& connection, const domain::SigningKeyId& key)
{
    static constexpr auto statement = "SELECT " + proposal_columns + proposal_rest +
                                      " FROM proposal p WHERE p.subject = ?1 AND p.kind = 'key_registration' AND p.status = 'confirmed'";
    return first_of(connection.query(statement, key));
}

bool has_waiting_proposal(Connection& connection, domain::ProposalKind kind, const std::string& subject)
{
    return connection.query("SELECT 1 FROM proposal WHERE kind = ?1 AND subject = ?2 AND status = 'waiting'", kind, subject).next();
}

void insert_proposal(Connection& connection, const ProposalRow& row)
{
    connection.run("INSERT INTO proposal (id, home, kind, body, subject, proposed_by, credential, by_secretariat, status, decided_by, "
                   "created_at, due_at, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                   row.id, row.home, row.kind, row.body, row.subject, row.proposed_by, row.credential, row.by_secretariat, row.status,
                   row.decided_by, row.created_at, row.due_at, row.version, row.seq);
}

bool update_proposal(Connection& connection, const ProposalRow& row)
{
    return connection.run("UPDATE proposal SET subject = ?2, status = ?3, decided_by = ?4, due_at = ?5, version = ?6, seq = ?7"
                          " WHERE id = ?1 AND version = ?6 - 1 AND status IN ('waiting', 'scheduled')",
                          row.id, row.subject, row.status, row.decided_by, row.due_at, row.version, row.seq) == 1;
}

bool has_open_erasure(Connection& connection, const std::string& report)
{
    return connection
        .query("SELECT 1 FROM proposal WHERE subject = ?1 AND kind = 'report_erasure' AND status IN ('waiting', 'scheduled')", report)
        .next();
}

bool has_offer_to_restore(Connection& connection, const domain::Home& home, const domain::AccountId& account, const std::string& since)
{
    return connection
        .query("SELECT 1 FROM proposal WHERE home = ?1 AND kind = 'report_restoring' AND status = 'waiting' AND created_at > ?3"
               " AND json_extract(body, '$.account') = ?2",
               home, account, since)
        .next();
}

void complete_proposal(Connection& connection, const ProposalRow& row)
{
    connection.run("UPDATE proposal SET body = ?2, subject = ?3, seq = ?4 WHERE id = ?1", row.id, row.body, row.subject, row.seq);
}

std::vector<ProposalRow> open_proposals(Connection& connection, const domain::Home& home, domain::ProposalKind kind)
{
    static constexpr auto statement =
        "SELECT " + proposal_columns + proposal_rest +
        " FROM proposal p WHERE p.home = ?1 AND p.kind = ?2 AND p.status IN ('waiting', 'scheduled') ORDER BY p.id";
    return all_of(connection.query(statement, home, kind));
}

std::vector<ProposalRow> waiting_by_secretariat(Connection& connection, const domain::Home& home)
{
    static constexpr auto statement = "SELECT " + proposal_columns + proposal_rest +
                                      " FROM proposal p WHERE p.home = ?1 AND p.by_secretariat = 1 AND p.status = 'waiting' ORDER BY p.id";
    return all_of(connection.query(statement, home));
}

}  // namespace cbmx::store
