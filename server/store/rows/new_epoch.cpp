// See new_epoch.hpp.
#include "store/rows/new_epoch.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/contacts.hpp"
#include "store/rows/nominations.hpp"
#include "store/rows/reports.hpp"
#include <stdexcept>

namespace cbmx::store {

void copy_rows(Connection& fresh)
{
    fresh.defer_references();
    fresh.run_script(
        "INSERT INTO state SELECT * FROM old.state; INSERT INTO measure SELECT * FROM old.measure; INSERT INTO period SELECT * FROM "
        "old.period;"
        "INSERT INTO document SELECT * FROM old.document; INSERT INTO state_settings SELECT * FROM old.state_settings;"
        "INSERT INTO account SELECT * FROM old.account; INSERT INTO credential SELECT * FROM old.credential;"
        "INSERT INTO signing_key SELECT * FROM old.signing_key; INSERT INTO delegation SELECT * FROM old.delegation;"
        "INSERT INTO proposal SELECT * FROM old.proposal; INSERT INTO report SELECT * FROM old.report;"
        "INSERT INTO report_recipient SELECT * FROM old.report_recipient; INSERT INTO report_revision SELECT * FROM old.report_revision;"
        "INSERT INTO report_tag SELECT * FROM old.report_tag; INSERT INTO report_draft SELECT * FROM old.report_draft;"
        "INSERT INTO nomination SELECT * FROM old.nomination; INSERT INTO nomination_file SELECT * FROM old.nomination_file;"
        "INSERT INTO contact SELECT * FROM old.contact; INSERT INTO contact_reduction SELECT * FROM old.contact_reduction;"
        "INSERT INTO contact_language SELECT * FROM old.contact_language; INSERT INTO contact_hours SELECT * FROM old.contact_hours;"
        "INSERT INTO report_touch SELECT * FROM old.report_touch; INSERT INTO client_reference SELECT * FROM old.client_reference;"
        // Old numbers out of the way of the new ones: the column is unique.
        "UPDATE report_revision SET seq = -1 - seq;");
}

void set_seq(Connection& connection, domain::Subject subject, const std::string& id, std::int64_t seq)
{
    switch (subject) {
    case domain::Subject::portal:
    case domain::Subject::batch:
    case domain::Subject::cosignature:
    case domain::Subject::report: break;
    case domain::Subject::nomination: connection.run("UPDATE nomination SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::contact: connection.run("UPDATE contact SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::state: connection.run("UPDATE state SET seq = ?2 WHERE code = ?1", id, seq); return;
    case domain::Subject::state_settings: connection.run("UPDATE state_settings SET seq = ?2 WHERE state = ?1", id, seq); return;
    case domain::Subject::measure: connection.run("UPDATE measure SET seq = ?2 WHERE code = ?1", id, seq); return;
    case domain::Subject::period: connection.run("UPDATE period SET seq = ?2 WHERE code = ?1", id, seq); return;
    case domain::Subject::document: connection.run("UPDATE document SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::account: connection.run("UPDATE account SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::credential: connection.run("UPDATE credential SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::signing_key: connection.run("UPDATE signing_key SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::delegation: connection.run("UPDATE delegation SET seq = ?2 WHERE id = ?1", id, seq); return;
    case domain::Subject::proposal: connection.run("UPDATE proposal SET seq = ?2 WHERE id = ?1", id, seq); return;
    }
    throw std::logic_error("rows of this subject carry no number of their own");
}

void set_revision_seq(Connection& connection, const std::string& report, std::int64_t revision, std::int64_t seq)
{
    connection.run("UPDATE report_revision SET seq = ?3 WHERE report = ?1 AND revision = ?2", report, revision, seq);
}

void forget_revisions(Connection& connection, const std::string& report)
{
    connection.run("DELETE FROM report_revision WHERE report = ?1", report);
}
void set_changed_seq(Connection& connection, const std::string& report, std::int64_t seq)
{
    connection.run("UPDATE report SET changed_seq = ?2 WHERE id = ?1", report, seq);
}

void insert_checkpoint(Connection& connection, std::uint64_t size, const std::string& at, const std::string& note)
{
    connection.run("INSERT INTO ledger_checkpoint (size, at, note) VALUES (?1, ?2, ?3)", static_cast<std::int64_t>(size), at, note);
}

namespace {

void blank_account(Connection& connection, const std::string& id)
{
    connection.run("UPDATE account SET name = '', status = 'erased' WHERE id = ?1", id);
}

void blank_report(Connection& connection, const std::string& id)
{
    connection.run("UPDATE report SET record_state = 'withdrawn', erased = 1 WHERE id = ?1", id);
    erase_traces_of_report(connection, id);
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

}  // namespace

void blank(Connection& connection, domain::Subject subject, const std::string& id)
{
    if (subject == domain::Subject::account) {
        erase_traces_of_account(connection, id);
        blank_account(connection, id);
    } else if (subject == domain::Subject::report) {
        blank_report(connection, id);
    } else if (subject == domain::Subject::nomination) {
        blank_nomination(connection, id);
    } else if (subject == domain::Subject::contact) {
        blank_contact(connection, id);
    }
}

bool is_erased(Connection& connection, domain::Subject subject, const std::string& id)
{
    if (subject == domain::Subject::account)
        return connection.query("SELECT 1 FROM account WHERE id = ?1 AND status = 'erased'", id).next();
    if (subject == domain::Subject::nomination)
        return connection.query("SELECT 1 FROM nomination WHERE id = ?1 AND erased = 1", id).next();
    if (subject == domain::Subject::contact)
        return connection.query("SELECT 1 FROM contact WHERE id = ?1 AND erased = 1", id).next();
    return connection.query("SELECT 1 FROM report WHERE id = ?1 AND erased = 1", id).next();
}

void set_content_seq(Connection& connection, domain::Subject subject, const std::string& id, std::int64_t seq)
{
    if (subject == domain::Subject::nomination)
        connection.run("UPDATE nomination SET content_seq = ?2, seq = ?2 WHERE id = ?1", id, seq);
    else
        connection.run("UPDATE contact SET content_seq = ?2, seq = ?2 WHERE id = ?1", id, seq);
}

std::vector<std::string> directory_ids(Connection& connection, domain::Subject subject)
{
    std::vector<std::string> list;
    auto rows =
        subject == domain::Subject::nomination
            ? connection.query(
                  "SELECT id FROM nomination UNION SELECT DISTINCT subject FROM ledger_entry WHERE subject_kind = 'nomination' ORDER BY 1")
            : connection.query(
                  "SELECT id FROM contact UNION SELECT DISTINCT subject FROM ledger_entry WHERE subject_kind = 'contact' ORDER BY 1");
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

std::vector<SubmittedDraft> submitted_drafts(Connection& connection)
{
    std::vector<SubmittedDraft> list;
    auto rows = connection.query("SELECT d.report, r.state, d.submitted, d.label, d.recipients, d.version, r.revision + 1 FROM "
                                 "report_draft d JOIN report r ON r.id = d.report"
                                 " WHERE d.draft_state = 'submitted' AND d.submitted IS NOT NULL ORDER BY d.updated_at, d.report");
    while (rows.next())
        list.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.integer(5), rows.integer(6)});
    return list;
}

std::vector<std::string> published_reports(Connection& connection)
{
    std::vector<std::string> list;
    auto rows = connection.query("SELECT id FROM report WHERE record_state <> 'none' ORDER BY changed_seq, id");
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

}  // namespace cbmx::store
