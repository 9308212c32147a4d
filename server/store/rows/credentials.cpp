// SQL of credentials. A credential is visible with its account.
#include "store/rows/credentials.hpp"
#include <algorithm>
#include <set>

namespace cbmx::store {
namespace {

using domain::AccountId;
using domain::CredentialId;

// The columns that row_from reads.
constexpr SqlText credential_columns =
    "c.id, c.account, c.kind, c.fingerprint, c.label, c.scopes, c.bound_to, c.not_after, c.proven, c.prove_by, c.status, c.enrolment, "
    "c.replaces, c.issued_by, c.issued_with, c.created_at, c.version, c.seq";

std::optional<base::Hash> optional_hash(const Rows& rows, int column)
{
    return rows.is_null(column) ? std::nullopt : std::optional(rows.hash(column));
}

CredentialRow row_from(const Rows& rows)
{
    CredentialRow row;
    row.id = rows.id<CredentialId>(0);
    row.account = rows.id<AccountId>(1);
    row.kind = rows.named<domain::CredentialKind>(2);
    row.fingerprint = rows.hash(3);
    row.label = rows.text(4);
    row.scopes = scopes_from_json(rows.view(5));
    row.bound_to = optional_hash(rows, 6);
    row.not_after = rows.text(7);
    row.proven = rows.integer(8) != 0;
    row.prove_by = rows.optional_text(9);
    row.status = rows.named<domain::CredentialStatus>(10);
    row.enrolment = rows.optional_id<domain::EnrolmentId>(11);
    row.replaces = rows.optional_id<CredentialId>(12);
    row.issued_by = rows.optional_id<AccountId>(13);
    row.issued_with = rows.optional_id<CredentialId>(14);
    row.created_at = rows.text(15);
    row.version = rows.integer(16);
    row.seq = rows.integer(17);
    return row;
}

std::optional<CredentialRow> first_of_all(Rows& rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }
std::optional<CredentialRow> first_of(Rows rows) { return first_of_all(rows); }

std::vector<CredentialRow> all_of(Rows rows)
{
    std::vector<CredentialRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

}  // namespace

std::optional<CredentialRow> find_credential(Connection& connection, const CredentialId& id)
{
    static constexpr auto statement = "SELECT " + credential_columns + " FROM credential c WHERE c.id = ?1";
    return first_of(connection.query(statement, id));
}

std::optional<CredentialRow> find_credential(Connection& connection, domain::CredentialKind kind, const base::Hash& fingerprint,
                                             const std::string& now)
{
    static constexpr auto statement = "SELECT " + credential_columns +
                                      " FROM credential c WHERE c.fingerprint = ?1 AND c.kind = ?2"
                                      " AND (c.proven = 1 OR (c.status = 'unproven' AND c.prove_by > ?3)) ORDER BY c.proven DESC LIMIT 2";
    auto rows = connection.query(statement, fingerprint, kind, now);
    auto first = first_of_all(rows);
    return first && (first->proven || !rows.next()) ? first : std::nullopt;
}

std::optional<CredentialRow> find_proven_credential(Connection& connection, const base::Hash& fingerprint)
{
    static constexpr auto statement = "SELECT " + credential_columns + " FROM credential c WHERE c.fingerprint = ?1 AND c.proven = 1";
    return first_of(connection.query(statement, fingerprint));
}

std::optional<CredentialRow> find_visible_credential(Connection& connection, const HomeReach& reach, const CredentialId& id)
{
    static constexpr auto statement = "SELECT " + credential_columns +
                                      " FROM credential c JOIN account a ON a.id = c.account WHERE c.id = ?1"
                                      " AND (a.home = ?2 OR ?4 OR (?3 AND a.home LIKE 'office:%'))";
    return first_of(connection.query(statement, id, reach.own, reach.offices, reach.all));
}

std::vector<CredentialRow> visible_credentials_after(Connection& connection, const HomeReach& reach, const AccountId& account,
                                                     const std::string& after, std::int64_t limit)
{
    static constexpr auto statement = "SELECT " + credential_columns +
                                      " FROM credential c JOIN account a ON a.id = c.account WHERE c.account = ?1 AND c.id > ?2"
                                      " AND (a.home = ?3 OR ?5 OR (?4 AND a.home LIKE 'office:%'))"
                                      " ORDER BY c.id LIMIT ?6";
    auto rows = connection.query(statement, account, after, reach.own, reach.offices, reach.all, limit);
    return all_of(std::move(rows));
}

std::vector<CredentialRow> successors(Connection& connection, const CredentialId& credential)
{
    static constexpr auto statement =
        "SELECT " + credential_columns + " FROM credential c WHERE c.replaces = ?1 AND c.status <> 'revoked' ORDER BY c.created_at, c.id";
    return all_of(connection.query(statement, credential));
}

std::string chain_began_at(Connection& connection, const CredentialRow& row)
{
    auto began = row.created_at;
    for (auto before = row.replaces; before;) {
        auto rows = connection.query("SELECT replaces, created_at FROM credential WHERE id = ?1", *before);
        if (!rows.next())
            break;
        began = rows.text(1);
        before = rows.optional_id<CredentialId>(0);
    }
    return began;
}

bool is_successor_of(Connection& connection, const CredentialId& credential, const CredentialId& other)
{
    static constexpr Sql statement = "WITH RECURSIVE replaced (id) AS (SELECT replaces FROM credential WHERE id = ?1"
                                     " UNION SELECT c.replaces FROM replaced JOIN credential c ON c.id = replaced.id)"
                                     " SELECT 1 FROM replaced WHERE id = ?2";
    return connection.query(statement, credential, other).next();
}

std::vector<CredentialRow> active_successors(Connection& connection, const CredentialId& credential)
{
    static constexpr auto statement = "WITH RECURSIVE renewed (id) AS ("
                                      " SELECT id FROM credential WHERE replaces = ?1"
                                      " UNION SELECT r.id FROM renewed JOIN credential r ON r.replaces = renewed.id)"
                                      " SELECT " +
                                      credential_columns +
                                      " FROM credential c JOIN renewed ON renewed.id = c.id WHERE c.status <> 'revoked'"
                                      " ORDER BY c.created_at, c.id";
    auto rows = connection.query(statement, credential);
    std::vector<CredentialRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

std::vector<CredentialId> usable_credentials(Connection& connection, const AccountId& account, const std::string& now)
{
    auto rows =
        connection.query("SELECT id FROM credential WHERE account = ?1 AND status = 'active' AND not_after > ?2 ORDER BY id", account, now);
    std::vector<CredentialId> found;
    while (rows.next())
        found.push_back(rows.id<CredentialId>(0));
    return found;
}

std::vector<CredentialRow> usable_credentials_of(Connection& connection, const domain::Home& home, const std::string& now)
{
    static constexpr auto statement = "SELECT " + credential_columns +
                                      " FROM credential c JOIN account a ON a.id = c.account WHERE a.home = ?1 AND a.status = 'active'"
                                      " AND c.status = 'active' AND c.not_after > ?2 ORDER BY c.id";
    auto rows = connection.query(statement, home, now);
    std::vector<CredentialRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

void insert_credential(Connection& connection, const CredentialRow& row)
{
    connection.run("INSERT INTO credential (id, account, kind, fingerprint, label, scopes, bound_to, not_after, proven, prove_by, status,"
                   " enrolment, replaces, issued_by, issued_with, created_at, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                   row.id, row.account, row.kind, row.fingerprint, row.label, scopes_to_json(row.scopes), row.bound_to, row.not_after,
                   row.proven, row.prove_by, row.status, row.enrolment, row.replaces, row.issued_by, row.issued_with, row.created_at,
                   row.version, row.seq);
}

bool update_credential(Connection& connection, const CredentialRow& row)
{
    return connection.run("UPDATE credential SET status = ?2, proven = ?3, version = ?4, seq = ?5 WHERE id = ?1 AND version = ?4 - 1",
                          row.id, row.status, row.proven, row.version, row.seq) == 1;
}

namespace {

// Who issued a credential, who issued the one that it was issued with, and so on: a renewal keeps its first issuer in
// issued_by, and issued_with names the token that was renewed. Chains are short, and a recursive query costs a table of its own.
std::set<AccountId> issuers_of(Connection& connection, const CredentialId& credential)
{
    std::set<AccountId> issuers;
    std::set<CredentialId> seen;
    for (auto id = std::optional(credential); id && seen.insert(*id).second;) {
        auto rows = connection.query("SELECT issued_by, issued_with FROM credential WHERE id = ?1", *id);
        if (!rows.next())
            break;
        if (auto issuer = rows.optional_id<AccountId>(0))
            issuers.insert(std::move(*issuer));
        id = rows.optional_id<CredentialId>(1);
    }
    return issuers;
}

bool is_token(Connection& connection, const CredentialId& credential)
{
    return connection.query("SELECT 1 FROM credential WHERE id = ?1 AND kind = 'token'", credential).next();
}

}  // namespace

bool is_issued_through(Connection& connection, const CredentialId& credential, const AccountId& account)
{
    return issuers_of(connection, credential).contains(account);
}

bool are_tokens_of_one_issuer(Connection& connection, const CredentialId& first, const CredentialId& second)
{
    if (!is_token(connection, first) || !is_token(connection, second))
        return false;
    const auto others = issuers_of(connection, second);
    const auto issuers = issuers_of(connection, first);
    return std::any_of(issuers.begin(), issuers.end(), [&others](const AccountId& issuer) { return others.contains(issuer); });
}

}  // namespace cbmx::store
