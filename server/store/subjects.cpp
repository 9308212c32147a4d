// THE TABLE OF SUBJECTS in the database: see subjects.hpp; how to add one: domain/subject.hpp.
#include "store/subjects.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/contacts.hpp"
#include "store/rows/nominations.hpp"
#include "store/rows/reports.hpp"
#include <array>
#include <stdexcept>

namespace cbmx::store {
namespace {

using domain::Subject;

// A statement, or none. It has no default, so that a row that forgets it does not compile.
struct Statement {
    std::optional<Sql> sql;
    template <std::size_t N>
    consteval Statement(const char (&literal)[N]) : sql(Sql(literal))
    {
    }
    constexpr Statement(std::nullopt_t) {}
};
constexpr auto none = std::nullopt;

using Blank = void (*)(Connection& connection, const std::string& id);

void blank_account(Connection& connection, const std::string& id)
{
    erase_traces_of_account(connection, domain::AccountId(id));
    connection.run("UPDATE account SET name = '', status = 'erased' WHERE id = ?1", id);
}

void blank_report(Connection& connection, const std::string& id)
{
    connection.run("UPDATE report SET record_state = 'withdrawn', erased = 1, status = NULL, language = NULL WHERE id = ?1", id);
    delete_draft(connection, id);
    erase_traces_of_report(connection, id);
    list_anew(connection, id);
}

void blank_nomination(Connection& connection, const std::string& id)
{
    connection.run(
        "UPDATE nomination SET status = CASE status WHEN 'open' THEN 'withdrawn' ELSE status END, erased = 1, reason = NULL WHERE id = ?1",
        id);
    erase_traces_of_nomination(connection, id);
}

void blank_contact(Connection& connection, const std::string& id)
{
    connection.run("UPDATE contact SET status = 'removed', erased = 1 WHERE id = ?1", id);
    erase_traces_of_contact(connection, id);
}

struct SubjectSql {
    Subject subject;
    Statement copy;             // its tables' rows out of the old database
    Statement numbered;         // id, version, seq of each row; those with none are numbered otherwise, or not at all
    Statement set_seq;          // ?1 id, ?2 number
    Statement known_ids;        // of those with content of their own, whose rows are numbered one by one
    Statement set_content_seq;  // likewise; ?1 id, ?2 number
    Statement repeated;         // id, record, {column: value}, seq
    Statement json;             // id, what stands as canonical JSON
    Statement is_erased;        // ?1 id; a row if it is
    domain::Cell<Blank> blank;
};

constexpr SubjectSql without_rows(Subject subject)
{
    return {.subject = subject,
            .copy = none,
            .numbered = none,
            .set_seq = none,
            .known_ids = none,
            .set_content_seq = none,
            .repeated = none,
            .json = none,
            .is_erased = none,
            .blank = nullptr};
}

constexpr std::array table{
    without_rows(Subject::portal),
    SubjectSql{.subject = Subject::state,
               .copy = "INSERT INTO state SELECT * FROM old.state; INSERT INTO decision_file SELECT * FROM old.decision_file;",
               .numbered = "SELECT code, version, seq FROM state ORDER BY code",
               .set_seq = "UPDATE state SET seq = ?2 WHERE code = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = "SELECT code, record, json_object('code', code), seq FROM state ORDER BY code",
               .json = "SELECT code, record FROM state",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::state_settings,
               .copy = "INSERT INTO state_settings SELECT * FROM old.state_settings;",
               .numbered = "SELECT state, version, seq FROM state_settings ORDER BY state",
               .set_seq = "UPDATE state_settings SET seq = ?2 WHERE state = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = none,
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::state_quotas,
               .copy = "INSERT INTO state_quotas SELECT * FROM old.state_quotas;",
               .numbered = "SELECT state, version, seq FROM state_quotas ORDER BY state",
               .set_seq = "UPDATE state_quotas SET seq = ?2 WHERE state = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT state, raised FROM state_quotas",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::measure,
               .copy = "INSERT INTO measure SELECT * FROM old.measure;",
               .numbered = "SELECT code, version, seq FROM measure ORDER BY code",
               .set_seq = "UPDATE measure SET seq = ?2 WHERE code = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = "SELECT code, record, json_object('code', code, 'number', number), seq FROM measure ORDER BY code",
               .json = "SELECT code, record FROM measure",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::period,
               .copy = "INSERT INTO period SELECT * FROM old.period;",
               .numbered = "SELECT code, version, seq FROM period ORDER BY code",
               .set_seq = "UPDATE period SET seq = ?2 WHERE code = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = "SELECT code, record, json_object('code', code), seq FROM period ORDER BY code",
               .json = "SELECT code, record FROM period",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::office_term,
               .copy = "INSERT INTO office_term SELECT * FROM old.office_term;",
               .numbered = "SELECT code, version, seq FROM office_term ORDER BY code",
               .set_seq = "UPDATE office_term SET seq = ?2 WHERE code = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = "SELECT code, record, json_object('code', code), seq FROM office_term ORDER BY code",
               .json = "SELECT code, record FROM office_term",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::document,
               .copy = "INSERT INTO document SELECT * FROM old.document;",
               .numbered = "SELECT id, version, seq FROM document ORDER BY id",
               .set_seq = "UPDATE document SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = "SELECT id, record, json_object('id', id, 'state', state, 'year', year, 'language', language, 'kind', kind), "
                           "seq FROM document ORDER BY id",
               .json = "SELECT id, record FROM document",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::account,
               .copy = "INSERT INTO account SELECT * FROM old.account; INSERT INTO client_reference SELECT * FROM old.client_reference;",
               .numbered = "SELECT id, version, seq FROM account ORDER BY id",
               .set_seq = "UPDATE account SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT id, roles FROM account UNION ALL SELECT id, authority_note FROM account WHERE authority_note IS NOT NULL",
               .is_erased = "SELECT 1 FROM account WHERE id = ?1 AND status = 'erased'",
               .blank = &blank_account},
    SubjectSql{.subject = Subject::enrolment,
               .copy = "INSERT INTO enrolment SELECT * FROM old.enrolment;",
               .numbered = "SELECT id, version, seq FROM enrolment ORDER BY id",
               .set_seq = "UPDATE enrolment SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT id, scopes FROM enrolment UNION ALL SELECT id, attested_note FROM enrolment WHERE attested_note IS NOT NULL",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::credential,
               .copy = "INSERT INTO credential SELECT * FROM old.credential;",
               .numbered = "SELECT id, version, seq FROM credential ORDER BY id",
               .set_seq = "UPDATE credential SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT id, scopes FROM credential",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::signing_key,
               .copy = "INSERT INTO signing_key SELECT * FROM old.signing_key;",
               .numbered = "SELECT id, version, seq FROM signing_key ORDER BY id",
               .set_seq = "UPDATE signing_key SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT id, shown FROM signing_key WHERE shown IS NOT NULL",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::delegation,
               .copy = "INSERT INTO delegation SELECT * FROM old.delegation;",
               .numbered = "SELECT id, version, seq FROM delegation ORDER BY id",
               .set_seq = "UPDATE delegation SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT id, roles FROM delegation",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::proposal,
               .copy = "INSERT INTO proposal SELECT * FROM old.proposal;",
               .numbered = "SELECT id, version, seq FROM proposal ORDER BY id",
               .set_seq = "UPDATE proposal SET seq = ?2 WHERE id = ?1",
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = "SELECT id, body FROM proposal",
               .is_erased = none,
               .blank = nullptr},
    SubjectSql{.subject = Subject::report,
               .copy = "INSERT INTO report SELECT * FROM old.report;"
                       "INSERT INTO report_recipient SELECT * FROM old.report_recipient;"
                       "INSERT INTO report_revision SELECT * FROM old.report_revision;"
                       "INSERT INTO report_tag SELECT * FROM old.report_tag;"
                       "INSERT INTO report_draft SELECT * FROM old.report_draft;"
                       "INSERT INTO report_draft_reader SELECT * FROM old.report_draft_reader;"
                       "INSERT INTO report_touch SELECT * FROM old.report_touch;"
                       "UPDATE report_revision SET seq = -1 - seq;",
               .numbered = none,
               .set_seq = none,
               .known_ids = none,
               .set_content_seq = none,
               .repeated = none,
               .json = none,
               .is_erased = "SELECT 1 FROM report WHERE id = ?1 AND erased = 1",
               .blank = &blank_report},
    SubjectSql{.subject = Subject::nomination,
               .copy = "INSERT INTO nomination SELECT * FROM old.nomination;"
                       "INSERT INTO nomination_file SELECT * FROM old.nomination_file;",
               .numbered = none,
               .set_seq = "UPDATE nomination SET seq = ?2 WHERE id = ?1",
               .known_ids =
                   "SELECT id FROM nomination UNION SELECT DISTINCT subject FROM ledger_entry WHERE subject_kind = 'nomination' ORDER BY 1",
               .set_content_seq = "UPDATE nomination SET content_seq = ?2, seq = ?2 WHERE id = ?1",
               .repeated = none,
               .json = none,
               .is_erased = "SELECT 1 FROM nomination WHERE id = ?1 AND erased = 1",
               .blank = &blank_nomination},
    SubjectSql{.subject = Subject::contact,
               .copy = "INSERT INTO contact SELECT * FROM old.contact;"
                       "INSERT INTO contact_reduction SELECT * FROM old.contact_reduction;"
                       "INSERT INTO contact_language SELECT * FROM old.contact_language;"
                       "INSERT INTO contact_hours SELECT * FROM old.contact_hours;",
               .numbered = none,
               .set_seq = "UPDATE contact SET seq = ?2 WHERE id = ?1",
               .known_ids =
                   "SELECT id FROM contact UNION SELECT DISTINCT subject FROM ledger_entry WHERE subject_kind = 'contact' ORDER BY 1",
               .set_content_seq = "UPDATE contact SET content_seq = ?2, seq = ?2 WHERE id = ?1",
               .repeated = none,
               .json = none,
               .is_erased = "SELECT 1 FROM contact WHERE id = ?1 AND erased = 1",
               .blank = &blank_contact},
    without_rows(Subject::batch),
    without_rows(Subject::cosignature),
};
static_assert(domain::has_row_for_each(table, &SubjectSql::subject, domain::subject_count), "one row per subject, in the enum's order");
static_assert(
    [] {
        for (const auto& row : table)
            if (domain::is_erasable(row.subject) != row.is_erased.sql.has_value() ||
                row.is_erased.sql.has_value() != (row.blank != nullptr))
                return false;
        return true;
    }(),
    "what can be erased can be blanked, and asked whether it is");

const SubjectSql& sql_of(Subject subject) { return table[static_cast<std::size_t>(subject)]; }

Sql needed(const Statement& statement, const char* what)
{
    if (!statement.sql)
        throw std::logic_error(what);
    return *statement.sql;
}

}  // namespace

std::vector<Subject> subjects_with_numbered_rows()
{
    std::vector<Subject> list;
    for (const auto& row : table)
        if (row.numbered.sql)
            list.push_back(row.subject);
    return list;
}

std::vector<NumberedRow> numbered_rows(Connection& connection, Subject subject)
{
    std::vector<NumberedRow> list;
    auto rows = connection.query(needed(sql_of(subject).numbered, "no table of this subject has a row an entry"));
    while (rows.next())
        list.push_back({.id = rows.text(0), .version = rows.integer(1), .seq = rows.optional_integer(2)});
    return list;
}

void set_seq(Connection& connection, Subject subject, const std::string& id, std::int64_t seq)
{
    connection.run(needed(sql_of(subject).set_seq, "rows of this subject carry no number of their own"), id, seq);
}

std::vector<std::string> known_ids(Connection& connection, Subject subject)
{
    std::vector<std::string> list;
    auto rows = connection.query(needed(sql_of(subject).known_ids, "rows of this subject have no content of their own"));
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

void set_content_seq(Connection& connection, Subject subject, const std::string& id, std::int64_t seq)
{
    connection.run(needed(sql_of(subject).set_content_seq, "rows of this subject have no content of their own"), id, seq);
}

std::vector<RepeatedColumns> repeated_columns(Connection& connection, Subject subject)
{
    std::vector<RepeatedColumns> list;
    if (!sql_of(subject).repeated.sql)
        return list;
    auto rows = connection.query(*sql_of(subject).repeated.sql);
    while (rows.next())
        list.push_back({.id = rows.text(0), .record = rows.text(1), .columns = rows.text(2), .seq = rows.integer(3)});
    return list;
}

std::vector<JsonText> json_texts(Connection& connection, Subject subject)
{
    std::vector<JsonText> list;
    if (!sql_of(subject).json.sql)
        return list;
    auto rows = connection.query(*sql_of(subject).json.sql);
    while (rows.next())
        list.push_back({.id = rows.text(0), .text = rows.text(1)});
    return list;
}

std::string_view copy_statements(Subject subject)
{
    const auto& statements = sql_of(subject).copy.sql;
    return statements ? std::string_view(statements->text) : std::string_view();
}

void copy_rows(Connection& fresh)
{
    fresh.defer_references();
    for (const auto& row : table)
        fresh.run_script(std::string(copy_statements(row.subject)));
}

void blank(Connection& connection, Subject subject, const std::string& id)
{
    if (const auto take_out = sql_of(subject).blank.value)
        take_out(connection, id);
}

bool is_erased(Connection& connection, Subject subject, const std::string& id)
{
    const auto& statement = sql_of(subject).is_erased.sql;
    return statement && connection.query(*statement, id).next();
}

}  // namespace cbmx::store
