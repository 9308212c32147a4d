// SQL of accounts. Every read made for a caller takes its HomeReach as parameters.
#include "store/rows/accounts.hpp"
#include "store/log/hands.hpp"
#include "store/rows/decisions.hpp"
#include "store/visibility/hidden.hpp"
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace cbmx::store {
namespace {

template <class Set>
Set set_from_json(std::string_view text, Set (*from)(const std::vector<std::string>&))
{
    const auto names = nlohmann::json::parse(text).get<std::vector<std::string>>();
    const auto set = from(names);
    if (domain::names_of(set) != names)
        throw std::invalid_argument("no list of names in order: " + std::string(text));
    return set;
}

constexpr SqlText account_rest =
    "a.id, a.home, a.roles, a.status, a.authority, a.authority_note, a.suspended_by, a.objected_at, a.acts_from, a.created_by, "
    "a.created_at, a.version, a.seq FROM account a";
// For a caller.
constexpr auto shown_columns = "CASE WHEN " + account_hidden + " THEN '' ELSE a.name END, " + account_hidden + ", " + account_rest;
constexpr SqlText in_reach = " AND (a.home = ?2 OR ?4 OR (?3 AND a.home LIKE 'office:%'))";

// Of account ?1: what was proposed for it, for a credential or an enrolment of it, or the founding by which it came.
constexpr SqlText proposal_about_account = "(p.subject = ?1 OR p.subject IN (SELECT id FROM credential WHERE account = ?1)"
                                           " OR p.subject IN (SELECT id FROM enrolment WHERE account = ?1)"
                                           " OR (p.kind = 'founding' AND EXISTS (SELECT 1 FROM json_each(p.body, '$.officials') o WHERE "
                                           "json_extract(o.value, '$.account') = ?1)))";

AccountRow row_from(const Rows& rows)
{
    return {.id = rows.id<domain::AccountId>(2),
            .home = domain::Home::from(rows.text(3)),
            .name = rows.text(0),
            .roles = roles_from_json(rows.view(4)),
            .status = rows.named<domain::AccountStatus>(5),
            .authority = rows.named<domain::Authority>(6),
            .authority_note = rows.optional_text(7),
            .suspended_by = rows.optional_text(8),
            .objected_at = rows.optional_text(9),
            .acts_from = rows.optional_text(10),
            .created_by = rows.optional_id<domain::AccountId>(11),
            .created_at = rows.text(12),
            .version = rows.integer(13),
            .seq = rows.integer(14),
            .hidden = rows.integer(1) != 0};
}

std::optional<AccountRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

}  // namespace

std::string roles_to_json(const domain::RoleSet& roles) { return nlohmann::json(domain::names_of(roles)).dump(); }

domain::RoleSet roles_from_json(std::string_view text) { return set_from_json<domain::RoleSet>(text, domain::roles_from); }

std::string scopes_to_json(const domain::TokenScopeSet& scopes) { return nlohmann::json(domain::names_of(scopes)).dump(); }

domain::TokenScopeSet scopes_from_json(std::string_view text)
{
    return set_from_json<domain::TokenScopeSet>(text, domain::token_scopes_from);
}

std::optional<AccountRow> find_account(Connection& connection, const domain::AccountId& id)
{
    static constexpr auto statement = "SELECT a.name, 0, " + account_rest + " WHERE a.id = ?1";
    return first_of(connection.query(statement, id));
}

std::optional<AccountRow> find_visible_account(Connection& connection, const HomeReach& reach, const domain::AccountId& id)
{
    static constexpr auto statement = "SELECT " + shown_columns + " WHERE a.id = ?1" + in_reach;
    return first_of(connection.query(statement, id, reach.own, reach.offices, reach.all));
}

std::vector<AccountRow> visible_accounts_after(Connection& connection, const HomeReach& reach, const std::string& after, std::int64_t limit)
{
    static constexpr auto of_own = "SELECT " + shown_columns + " WHERE a.home = ?2 AND a.id > ?1 ORDER BY a.id LIMIT ?5";
    static constexpr auto of_more = "SELECT " + shown_columns + " WHERE a.id > ?1" + in_reach + " ORDER BY a.id LIMIT ?5";
    auto rows =
        connection.query(reach.offices || reach.all ? Sql(of_more) : Sql(of_own), after, reach.own, reach.offices, reach.all, limit);
    std::vector<AccountRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

Suspended suspended_of(Connection& connection, const domain::Home& home)
{
    auto rows = connection.query("SELECT COUNT(*), COUNT(objected_at) FROM account WHERE home = ?1 AND status = 'suspended'"
                                 " AND NOT json_extract(suspended_by, '$.in_person')",
                                 home);
    rows.next();
    return {rows.integer(0) != 0, rows.integer(1) != 0};
}

bool has_suspended(Connection& connection, const domain::Home& home)
{
    return connection.query("SELECT 1 FROM account WHERE home = ?1 AND status = 'suspended'", home).next();
}

bool is_hidden(Connection& connection, const domain::AccountId& account)
{
    static constexpr auto statement = "SELECT 1 FROM account a WHERE a.id = ?1 AND " + account_hidden;
    return connection.query(statement, account).next();
}

void insert_account(Connection& connection, const AccountRow& row)
{
    connection.run("INSERT INTO account (id, home, name, roles, status, authority, authority_note, suspended_by, objected_at,"
                   " acts_from, created_by, created_at, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                   row.id, row.home, row.name, roles_to_json(row.roles), row.status, row.authority, row.authority_note, row.suspended_by,
                   row.objected_at, row.acts_from, row.created_by, row.created_at, row.version, row.seq);
}

bool update_account(Connection& connection, const AccountRow& row)
{
    return connection.run("UPDATE account SET name = ?2, roles = ?3, status = ?4, authority = ?5, authority_note = ?6, suspended_by = ?7,"
                          " objected_at = ?8, acts_from = ?9, version = ?10, seq = ?11 WHERE id = ?1 AND version = ?10 - 1",
                          row.id, row.name, roles_to_json(row.roles), row.status, row.authority, row.authority_note, row.suspended_by,
                          row.objected_at, row.acts_from, row.version, row.seq) == 1;
}

bool has_usable_nominator(Connection& connection, const domain::Home& home, const std::string& now)
{
    return connection
        .query("SELECT 1 FROM account a WHERE a.home = ?1 AND a.status = 'active' AND a.authority <> 'none'"
               " AND EXISTS (SELECT 1 FROM json_each(a.roles) WHERE value = 'nominator')"
               " AND EXISTS (SELECT 1 FROM credential c WHERE c.account = a.id AND c.status = 'active' AND c.not_after > ?2)",
               home, now)
        .next();
}

bool may_name_account(Connection& connection, const domain::Home& own, const std::string& id)
{
    return connection.query("SELECT 1 FROM account WHERE id = ?1 AND (status = 'active' OR home <> ?2)", id, own).next();
}

std::vector<std::string> active_named_accounts(Connection& connection, const std::string& state, const std::string& recipients,
                                               bool approvers_only)
{
    std::vector<std::string> list;
    auto rows =
        connection.query("SELECT a.id FROM json_each(?1) n JOIN account a ON n.value = 'account:' || a.id WHERE a.status = 'active' AND "
                         "a.home = 'state:' || ?3"
                         " AND (?2 = 0 OR EXISTS (SELECT 1 FROM json_each(a.roles) WHERE value = 'approver')) ORDER BY a.id",
                         recipients, approvers_only, state);
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

void erase_traces_of_account(Connection& connection, const domain::AccountId& id)
{
    static constexpr auto take_out_openings =
        "UPDATE ledger_opening SET salt = NULL, content = NULL WHERE seq IN ("
        " SELECT seq FROM ledger_entry WHERE subject_kind = 'account' AND subject = ?1"
        " UNION SELECT e.seq FROM ledger_entry e JOIN credential c ON c.id = e.subject WHERE e.subject_kind = 'credential' AND "
        "c.account = ?1"
        " UNION SELECT e.seq FROM ledger_entry e JOIN enrolment n ON n.id = e.subject WHERE e.subject_kind = 'enrolment' AND "
        "n.account = ?1"
        " UNION SELECT e.seq FROM ledger_entry e JOIN proposal p ON p.id = e.subject WHERE e.subject_kind = 'proposal' AND " +
        proposal_about_account + ")";
    static constexpr auto empty_proposals = "UPDATE proposal AS p SET body = '{}' WHERE " + proposal_about_account;
    connection.run(take_out_openings, id);
    connection.run("UPDATE ledger_opening SET actor = NULL, actor_salt = NULL, credential = NULL WHERE actor = ?1", id);
    erase_hands_of_account(connection, id.value);
    connection.run(empty_proposals, id);
    forget_uncited_decision_files(connection);
    connection.run("UPDATE credential SET label = '' WHERE account = ?1", id);
    connection.run("UPDATE enrolment SET label = '', attested_note = NULL WHERE account = ?1", id);
    forget_uncited_decision_files(connection);
    connection.run("DELETE FROM idempotency WHERE account = ?1", id);
    connection.run("DELETE FROM batch WHERE account = ?1", id);
    connection.run("DELETE FROM client_reference WHERE account = ?1", id);
}

std::optional<base::Hash> salt_of_content(Connection& connection, std::int64_t seq, const std::string& content)
{
    auto rows = connection.query("SELECT salt FROM ledger_opening WHERE seq = ?1 AND content = ?2 AND salt IS NOT NULL", seq, content);
    return rows.next() ? std::optional(rows.hash(0)) : std::nullopt;
}

}  // namespace cbmx::store
