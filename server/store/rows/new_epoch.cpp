// See new_epoch.hpp.
#include "store/rows/new_epoch.hpp"
#include "store/rows/reports.hpp"

namespace cbmx::store {

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
    list_anew(connection, report);
}

void insert_checkpoint(Connection& connection, std::uint64_t size, const std::string& at, const std::string& note)
{
    connection.run("INSERT INTO ledger_checkpoint (size, at, note) VALUES (?1, ?2, ?3)", static_cast<std::int64_t>(size), at, note);
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
