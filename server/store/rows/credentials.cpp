// SQL of credentials. A credential is visible with its account.
#include "store/rows/credentials.hpp"
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

std::vector<CredentialId> unrevoked_credentials(Connection& connection, const AccountId& account)
{
    auto rows = connection.query("SELECT id FROM credential WHERE account = ?1 AND status <> 'revoked' ORDER BY created_at, id", account);
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

struct Origin {
    AccountId account;
    std::optional<CredentialId> replaces;
    std::optional<domain::EnrolmentId> enrolment;
    std::optional<AccountId> by;  // who issued it, or made its enrolment, with which credential and when
    std::optional<CredentialId> with;
    std::string at;
    std::optional<std::string> attested_at;
    bool by_operator = false;  // who made a State's account without its word, and held the secret
};

std::optional<Origin> origin_of(Connection& connection, const CredentialId& credential)
{
    auto rows = connection.query(
        "SELECT c.account, c.replaces, c.enrolment, coalesce(n.made_by, c.issued_by), "
        "coalesce(n.made_with, c.issued_with), coalesce(n.created_at, c.created_at), n.attested_at,"
        " a.authority = 'none' AND n.id IS NULL AND c.issued_by IS NULL"
        " FROM credential c JOIN account a ON a.id = c.account LEFT JOIN enrolment n ON n.id = c.enrolment WHERE c.id = ?1",
        credential);
    if (!rows.next())
        return std::nullopt;
    return Origin{.account = rows.id<AccountId>(0),
                  .replaces = rows.optional_id<CredentialId>(1),
                  .enrolment = rows.optional_id<domain::EnrolmentId>(2),
                  .by = rows.optional_id<AccountId>(3),
                  .with = rows.optional_id<CredentialId>(4),
                  .at = rows.text(5),
                  .attested_at = rows.optional_text(6),
                  .by_operator = !rows.is_null(7) && rows.integer(7) != 0};
}

// Of the first of its chain of renewals.
std::optional<Origin> first_origin_of(Connection& connection, const CredentialId& credential)
{
    std::set<CredentialId> seen;
    auto origin = origin_of(connection, credential);
    while (origin && origin->replaces && seen.insert(*origin->replaces).second)
        origin = origin_of(connection, *origin->replaces);
    return origin;
}

}  // namespace

// Chains are short, and a recursive query costs a table of its own.
std::set<AccountId> hands_of(Connection& connection, const CredentialId& credential, const std::string& at)
{
    std::set<AccountId> hands;
    std::set<CredentialId> seen;
    auto when = at;
    for (auto id = std::optional(credential); id && seen.insert(*id).second;) {
        const auto origin = first_origin_of(connection, *id);
        if (!origin)
            break;
        hands.insert(origin->account);
        if (origin->by_operator)
            hands.insert(AccountId("operator"));
        const bool is_attested = origin->attested_at && *origin->attested_at <= when;
        if (is_attested || !origin->by)
            break;
        hands.insert(*origin->by);
        id = origin->with;
        when = origin->at;
    }
    return hands;
}

std::optional<domain::EnrolmentId> enrolment_of(Connection& connection, const CredentialId& credential)
{
    const auto origin = first_origin_of(connection, credential);
    return origin ? origin->enrolment : std::nullopt;
}

}  // namespace cbmx::store
