// SQL of enrolments.
#include "store/rows/enrolments.hpp"
#include "store/rows/credentials.hpp"

namespace cbmx::store {
namespace {

using domain::AccountId;
using domain::CredentialId;
using domain::EnrolmentId;

// The columns that row_from reads.
constexpr SqlText enrolment_columns =
    "n.id, n.account, n.kind, n.code, n.tries_left, n.label, n.scopes, n.bound_to, n.days, n.until_at, n.status, n.credential, n.made_by, "
    "n.made_with, n.check_words, n.attested_at, n.attested_by, n.attested_with, n.attested_note, n.created_at, n.version, n.seq, "
    "n.second_code, n.proposal";
constexpr SqlText enrolments_in_reach =
    " FROM enrolment n JOIN account a ON a.id = n.account WHERE (a.home = ?2 OR ?4 OR (?3 AND a.home LIKE 'office:%')"
    " OR EXISTS (SELECT 1 FROM account w WHERE w.id = n.attested_by AND w.home = ?2))";

EnrolmentRow row_from(const Rows& rows)
{
    EnrolmentRow row;
    row.id = rows.id<EnrolmentId>(0);
    row.account = rows.id<AccountId>(1);
    row.kind = rows.named<domain::CredentialKind>(2);
    row.code = rows.hash(3);
    row.tries_left = rows.integer(4);
    row.label = rows.text(5);
    row.scopes = scopes_from_json(rows.view(6));
    if (!rows.is_null(7))
        row.bound_to = rows.hash(7);
    if (!rows.is_null(8))
        row.days = rows.integer(8);
    row.until_at = rows.text(9);
    row.status = rows.named<domain::EnrolmentStatus>(10);
    row.credential = rows.optional_id<CredentialId>(11);
    row.made_by = rows.optional_id<AccountId>(12);
    row.made_with = rows.optional_id<CredentialId>(13);
    row.check_words = rows.optional_text(14);
    row.attested_at = rows.optional_text(15);
    row.attested_by = rows.optional_id<AccountId>(16);
    row.attested_with = rows.optional_id<CredentialId>(17);
    row.attested_note = rows.optional_text(18);
    row.created_at = rows.text(19);
    row.version = rows.integer(20);
    row.seq = rows.integer(21);
    if (!rows.is_null(22))
        row.second_code = rows.hash(22);
    row.proposal = rows.optional_id<domain::ProposalId>(23);
    return row;
}

std::optional<EnrolmentRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

std::vector<EnrolmentRow> all_of(Rows rows)
{
    std::vector<EnrolmentRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

}  // namespace

std::optional<EnrolmentRow> find_enrolment(Connection& connection, const EnrolmentId& id)
{
    static constexpr auto statement = "SELECT " + enrolment_columns + " FROM enrolment n WHERE n.id = ?1";
    return first_of(connection.query(statement, id));
}

std::optional<EnrolmentRow> find_visible_enrolment(Connection& connection, const HomeReach& reach, const EnrolmentId& id)
{
    static constexpr auto statement = "SELECT " + enrolment_columns + enrolments_in_reach + " AND n.id = ?1";
    return first_of(connection.query(statement, id, reach.own, reach.offices, reach.all));
}

std::vector<EnrolmentRow> visible_enrolments_after(Connection& connection, const HomeReach& reach, const std::string& after,
                                                   std::int64_t limit)
{
    static constexpr auto statement = "SELECT " + enrolment_columns + enrolments_in_reach + " AND n.id > ?1 ORDER BY n.id LIMIT ?5";
    return all_of(connection.query(statement, after, reach.own, reach.offices, reach.all, limit));
}

std::vector<EnrolmentId> attested_enrolments(Connection& connection)
{
    auto rows = connection.query("SELECT id FROM enrolment WHERE attested_at IS NOT NULL"
                                 " UNION SELECT subject FROM ledger_entry WHERE subject_kind = 'enrolment' AND kind = 'enrolment_attested'"
                                 " ORDER BY 1");
    std::vector<EnrolmentId> found;
    while (rows.next())
        found.push_back(rows.id<EnrolmentId>(0));
    return found;
}

std::vector<EnrolmentRow> open_enrolments(Connection& connection, const AccountId& account)
{
    static constexpr auto statement =
        "SELECT " + enrolment_columns + " FROM enrolment n WHERE n.account = ?1 AND n.status = 'open' ORDER BY n.id";
    return all_of(connection.query(statement, account));
}

std::vector<EnrolmentRow> open_enrolments_of(Connection& connection, const domain::Home& home, const std::string& now)
{
    static constexpr auto statement = "SELECT " + enrolment_columns +
                                      " FROM enrolment n JOIN account a ON a.id = n.account WHERE a.home = ?1 AND a.status = 'active'"
                                      " AND n.status = 'open' AND n.until_at > ?2 ORDER BY n.id";
    return all_of(connection.query(statement, home, now));
}

std::vector<UsedEnrolment> enrolments_to_attest(Connection& connection, const domain::Home& home, const std::string& now)
{
    auto rows = connection.query("SELECT n.id, c.created_at FROM enrolment n JOIN account a ON a.id = n.account"
                                 " JOIN credential c ON c.id = n.credential WHERE a.home = ?1 AND a.status = 'active'"
                                 " AND n.status = 'used' AND n.attested_at IS NULL AND c.status = 'active' AND c.not_after > ?2"
                                 " ORDER BY n.id",
                                 home, now);
    std::vector<UsedEnrolment> found;
    while (rows.next())
        found.push_back({rows.id<EnrolmentId>(0), rows.text(1)});
    return found;
}

void insert_enrolment(Connection& connection, const EnrolmentRow& row)
{
    connection.run(
        "INSERT INTO enrolment (id, account, kind, code, tries_left, label, scopes, bound_to, days, until_at, status, credential,"
        " made_by, made_with, created_at, version, seq, second_code, proposal)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        row.id, row.account, row.kind, row.code, row.tries_left, row.label, scopes_to_json(row.scopes), row.bound_to, row.days,
        row.until_at, row.status, row.credential, row.made_by, row.made_with, row.created_at, row.version, row.seq, row.second_code,
        row.proposal);
}

bool update_enrolment(Connection& connection, const EnrolmentRow& row)
{
    return connection.run("UPDATE enrolment SET status = ?2, credential = ?3, check_words = ?4, attested_at = ?5, attested_by = ?6,"
                          " attested_with = ?7, attested_note = ?8, version = ?9, seq = ?10 WHERE id = ?1 AND version = ?9 - 1",
                          row.id, row.status, row.credential, row.check_words, row.attested_at, row.attested_by, row.attested_with,
                          row.attested_note, row.version, row.seq) == 1;
}

std::vector<EnrolmentId> open_enrolments_of_foundings(Connection& connection, const domain::Home& state)
{
    auto rows = connection.query("SELECT n.id FROM enrolment n JOIN account a ON a.id = n.account"
                                 " WHERE a.home = ?1 AND n.status = 'open' AND n.proposal IS NOT NULL ORDER BY n.id",
                                 state);
    std::vector<EnrolmentId> found;
    while (rows.next())
        found.push_back(rows.id<EnrolmentId>(0));
    return found;
}

void set_tries_left(Connection& connection, const EnrolmentId& id, std::int64_t tries)
{
    connection.run("UPDATE enrolment SET tries_left = ?2 WHERE id = ?1", id, tries);
}

}  // namespace cbmx::store
