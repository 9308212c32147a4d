// The SQL of reports. Who sees one: visibility/reports.hpp, part of every read.
#include "store/rows/reports.hpp"
#include "store/rows/report_columns.hpp"
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace cbmx::store {

ReportRow report_from(Rows& rows)
{
    ReportRow row{.id = rows.text(0),
                  .state = rows.text(1),
                  .measure = rows.text(2),
                  .period = rows.text(3),
                  .record_state = domain::value_named<domain::RecordState>(rows.view(4)).value_or(domain::RecordState::none),
                  .erased = rows.integer(5) != 0,
                  .label = rows.text(6),
                  .status = rows.text(7),
                  .language = rows.text(8),
                  .version = rows.integer(9),
                  .revision = rows.integer(10),
                  .changed_seq = rows.optional_integer(11),
                  .created_by = rows.text(12),
                  .created_at = rows.text(13),
                  .published_seq = rows.optional_integer(14),
                  .published_at = rows.optional_text(15),
                  .content = rows.optional_text(16)};
    if (!rows.is_null(17))
        row.salt = rows.hash(17);
    row.draft_versions = rows.integer(18);
    if (!rows.is_null(19))
        row.draft = DraftRow{.report = row.id,
                             .state = domain::value_named<domain::DraftState>(rows.view(19)).value_or(domain::DraftState::draft),
                             .fields = rows.text(20),
                             .label = rows.text(21),
                             .recipients = rows.text(22),
                             .submitted = rows.optional_text(23),
                             .ever_submitted = rows.integer(24) != 0,
                             .return_reason = rows.optional_text(25),
                             .version = rows.integer(26),
                             .updated_at = rows.text(27)};
    return row;
}

std::optional<ReportRow> visible_report(Connection& db, const domain::Visibility& v, const std::string& id)
{
    static constexpr auto statement = select_reports + " WHERE r.id = ?4 AND " + report_visible;
    auto rows = db.query(statement, v.tokens, v.draft_state, v.account, id);
    return rows.next() ? std::optional(report_from(rows)) : std::nullopt;
}

std::vector<ReportRow> visible_among(Connection& db, const domain::Visibility& v, const std::vector<std::string>& ids)
{
    static constexpr auto statement = select_reports + " WHERE r.id IN (SELECT value FROM json_each(?4)) AND " + report_visible;
    std::vector<ReportRow> list;
    if (ids.empty())
        return list;
    auto rows = db.query(statement, v.tokens, v.draft_state, v.account, nlohmann::json(ids).dump());
    while (rows.next())
        list.push_back(report_from(rows));
    return list;
}

std::optional<ReportRow> report_of_state(Connection& db, const std::string& state, const std::string& id)
{
    static constexpr auto statement = "SELECT " + record_columns + "d.draft_state" + draft_columns + " FROM report r" + report_parts +
                                      " WHERE r.id = ?1 AND r.state = ?2";
    auto rows = db.query(statement, id, state);
    return rows.next() ? std::optional(report_from(rows)) : std::nullopt;
}

namespace {

constexpr auto select_revisions =
    "SELECT p.revision, p.seq, e.at, o.content, o.salt, r.revision, p.label"
    " FROM report r JOIN report_revision p ON p.report = r.id JOIN ledger_entry e ON e.seq = p.seq"
    " LEFT JOIN ledger_opening o ON o.seq = p.seq"
    " WHERE r.id = ?2 AND EXISTS (SELECT 1 FROM report_recipient v WHERE v.report = r.id AND v.from_revision <= p.revision"
    " AND v.recipient IN (SELECT " +
    recipient_of_word + " FROM json_each(?1) w))";

RevisionRow revision_from(Rows& rows)
{
    RevisionRow row{.revision = rows.integer(0),
                    .seq = rows.integer(1),
                    .at = rows.text(2),
                    .label = rows.text(6),
                    .content = rows.optional_text(3),
                    .superseded = rows.integer(0) < rows.integer(5)};
    if (!rows.is_null(4))
        row.salt = rows.hash(4);
    return row;
}

}  // namespace

std::vector<RevisionRow> visible_revisions(Connection& db, const domain::Visibility& v, const std::string& id, std::int64_t after,
                                           std::int64_t limit)
{
    std::vector<RevisionRow> list;
    static constexpr auto statement = select_revisions + " AND p.revision > ?3 ORDER BY p.revision LIMIT ?4";
    auto rows = db.query(statement, v.tokens, id, after, limit);
    while (rows.next())
        list.push_back(revision_from(rows));
    return list;
}

std::optional<RevisionRow> visible_revision(Connection& db, const domain::Visibility& v, const std::string& id, std::int64_t revision)
{
    static constexpr auto statement = select_revisions + " AND p.revision = ?3";
    auto rows = db.query(statement, v.tokens, id, revision);
    return rows.next() ? std::optional(revision_from(rows)) : std::nullopt;
}

std::vector<ReportRow> earlier_publications(Connection& db, const domain::Visibility& v, const std::string& state,
                                            const std::string& measure, const std::string& except, std::int64_t limit)
{
    std::vector<ReportRow> list;
    static constexpr auto statement = select_reports +
                                      " WHERE r.record_state = 'published' AND r.state = ?4 AND r.measure = ?5 AND r.id <> ?6 AND " +
                                      report_visible + " ORDER BY r.changed_seq DESC LIMIT ?7";
    auto rows = db.query(statement, v.tokens, v.draft_state, v.account, state, measure, except, limit);
    while (rows.next())
        list.push_back(report_from(rows));
    return list;
}

std::vector<domain::Recipient> recipients_of(Connection& db, const std::string& report)
{
    std::vector<domain::Recipient> list;
    auto rows = db.query("SELECT recipient FROM report_recipient WHERE report = ?1 ORDER BY recipient", report);
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

std::map<std::string, std::vector<domain::Recipient>> recipients_of(Connection& db, const std::vector<std::string>& reports)
{
    std::map<std::string, std::vector<domain::Recipient>> lists;
    if (reports.empty())
        return lists;
    auto rows = db.query("SELECT report, recipient FROM report_recipient WHERE report IN (SELECT value FROM json_each(?1))"
                         " ORDER BY report, recipient",
                         nlohmann::json(reports).dump());
    while (rows.next())
        lists[rows.text(0)].push_back(rows.text(1));
    return lists;
}

domain::Readers readers(Connection& db, const std::string& report)
{
    domain::Readers readers;
    for (auto rows = db.query("SELECT label FROM report_revision WHERE report = ?1 ORDER BY revision", report); rows.next();)
        readers.labels.push_back(domain::label_from(rows.view(0)).value());
    for (auto rows = db.query("SELECT recipient, from_revision FROM report_recipient WHERE report = ?1", report); rows.next();)
        readers.from.emplace(rows.text(0), rows.integer(1));
    return readers;
}

void set_readers(Connection& db, const std::string& report, const domain::Readers& before, const domain::Readers& after,
                 std::optional<std::int64_t> changed_seq)
{
    for (const auto& [recipient, from] : before.from)
        if (!after.from.contains(recipient))
            db.run("DELETE FROM report_recipient WHERE report = ?1 AND recipient = ?2", report, recipient);
    for (const auto& [recipient, from] : after.from)
        if (!before.from.contains(recipient))
            db.run(
                "INSERT INTO report_recipient (report, recipient, from_revision, state, changed_seq, withdrawn) SELECT id, ?2, ?3, state,"
                " CASE WHEN ?5 THEN COALESCE(?4, changed_seq) END, record_state = 'withdrawn' FROM report WHERE id = ?1",
                report, recipient, from, changed_seq, recipient == "public" || !after.from.contains("public"));
    for (std::size_t i = 0; i < before.labels.size(); ++i)
        if (after.labels[i] != before.labels[i])
            db.run("UPDATE report_revision SET label = ?3 WHERE report = ?1 AND revision = ?2", report, static_cast<std::int64_t>(i) + 1,
                   domain::name_of(after.labels[i]));
}

std::optional<std::int64_t> first_read(Connection& db, const domain::Visibility& v, const std::string& report)
{
    static constexpr auto statement = "SELECT MIN(v.from_revision) FROM report r JOIN report_recipient v ON v.report = r.id"
                                      " WHERE r.id = ?2 AND v.recipient IN (SELECT " +
                                      recipient_of_word + " FROM json_each(?1) w)";
    auto rows = db.query(statement, v.tokens, report);
    return rows.next() ? rows.optional_integer(0) : std::nullopt;
}

std::vector<std::string> readers_of(Connection& db, const std::string& report)
{
    std::vector<std::string> list;
    auto rows = db.query("SELECT recipient || CASE WHEN from_revision > 1 THEN '#' || from_revision ELSE '' END FROM report_recipient "
                         "WHERE report = ?1 ORDER BY recipient",
                         report);
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

void insert_report(Connection& db, const ReportRow& row, const DraftRow& draft)
{
    db.run("INSERT INTO report (id, state, measure, period, record_state, label, status, language, version, revision, changed_seq, "
           "drafted, created_by, created_at)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
           row.id, row.state, row.measure, row.period, row.record_state, row.label, row.status, row.language, row.version, row.revision,
           row.changed_seq, draft.label != domain::name_of(domain::Label::red), row.created_by, row.created_at);
    insert_draft(db, draft);
}

namespace {

// Who finds the working copy in lists: all who draft for its State, or under TLP:RED, its own or its record's, those whom that names.
void list_draft_anew(Connection& db, const DraftRow& draft)
{
    const bool is_red = draft.label == domain::name_of(domain::Label::red);
    db.run("UPDATE report SET drafted = now.drafted FROM (SELECT NOT ?2 AND (record_state = 'none' OR label <> 'TLP:RED') AS drafted"
           " FROM report WHERE id = ?1) now WHERE id = ?1 AND report.drafted <> now.drafted",
           draft.report, is_red);
    db.run("DELETE FROM report_draft_reader WHERE report = ?1", draft.report);
    if (is_red)
        db.run("INSERT INTO report_draft_reader (report, account, state) SELECT DISTINCT r.id, n.value, r.state FROM report r,"
               " json_each(?2) n WHERE r.id = ?1",
               draft.report, draft.recipients);
}

}  // namespace

bool insert_draft(Connection& db, const DraftRow& draft)
{
    const bool is_new = db.run("INSERT INTO report_draft (report, draft_state, fields, label, recipients, submitted, ever_submitted, "
                               "return_reason, version, updated_at)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
                               draft.report, draft.state, draft.fields, draft.label, draft.recipients, draft.submitted,
                               draft.ever_submitted, draft.return_reason, draft.version, draft.updated_at) == 1;
    if (is_new)
        list_draft_anew(db, draft);
    return is_new;
}

void copy_draft_columns(Connection& db, const std::string& report, const std::string& label, const std::string& status,
                        const std::string& language, const std::vector<std::string>& tags)
{
    // Only while nothing is published: then lists filter drafts by the same columns.
    if (db.run("UPDATE report SET label = ?2, status = ?3, language = ?4 WHERE id = ?1 AND record_state = 'none'", report, label, status,
               language) == 1)
        replace_tags(db, report, tags);
}

bool update_draft(Connection& db, const DraftRow& draft, std::int64_t expected_version)
{
    const bool is_updated =
        db.run("UPDATE report_draft SET draft_state = ?2, fields = ?3, label = ?4, recipients = ?5, submitted = ?6, ever_submitted = "
               "?7, return_reason = ?8,"
               " version = ?9, updated_at = ?10 WHERE report = ?1 AND version = ?11",
               draft.report, draft.state, draft.fields, draft.label, draft.recipients, draft.submitted, draft.ever_submitted,
               draft.return_reason, draft.version, draft.updated_at, expected_version) == 1;
    if (is_updated)
        list_draft_anew(db, draft);
    return is_updated;
}

namespace {

// No version is used twice in a report's life: whoever has read one has not read another text (rules.md 20).
void keep_draft_versions(Connection& db, const std::string& report)
{
    db.run("UPDATE report SET draft_versions = d.version, drafted = 0 FROM report_draft d WHERE d.report = report.id AND report.id = ?1",
           report);
}

}  // namespace

bool delete_draft(Connection& db, const std::string& report, std::int64_t expected_version)
{
    keep_draft_versions(db, report);
    return db.run("DELETE FROM report_draft WHERE report = ?1 AND version = ?2", report, expected_version) == 1;
}

void delete_draft(Connection& db, const std::string& report)
{
    keep_draft_versions(db, report);
    db.run("DELETE FROM report_draft WHERE report = ?1", report);
}

std::optional<Submission> last_submission(Connection& db, const std::string& report)
{
    auto rows = db.query("SELECT o.content, o.salt, o.recipients, e.body, e.seq FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq"
                         " WHERE e.subject_kind = 'report' AND e.subject = ?1 AND e.kind = 'report_submitted' ORDER BY e.seq DESC LIMIT 1",
                         report);
    if (!rows.next() || rows.is_null(0) || rows.is_null(1))
        return std::nullopt;
    return Submission{rows.text(0), rows.hash(1), rows.text(2), rows.text(3), rows.integer(4)};
}

void delete_report(Connection& db, const std::string& report)
{
    db.run("DELETE FROM client_reference WHERE subject = ?1", report);
    db.run("DELETE FROM report WHERE id = ?1 AND record_state = 'none'", report);
}

bool update_record(Connection& db, const ReportRow& row, std::int64_t expected_version)
{
    const bool is_updated =
        db.run("UPDATE report SET record_state = ?2, erased = ?3, label = ?4, status = CASE WHEN ?3 THEN NULL ELSE ?5 END,"
               " language = CASE WHEN ?3 THEN NULL ELSE ?6 END, version = ?7, revision = ?8, changed_seq = ?9, drafted = ?4 <> 'TLP:RED'"
               " AND EXISTS (SELECT 1 FROM report_draft d WHERE d.report = ?1 AND d.label <> 'TLP:RED') WHERE id = ?1 AND version = ?10",
               row.id, row.record_state, row.erased, row.label, row.status, row.language, row.version, row.revision, row.changed_seq,
               expected_version) == 1;
    if (is_updated)
        list_anew(db, row.id);
    return is_updated;
}

void list_anew(Connection& db, const std::string& report)
{
    // Everyone answers to "public": what is public stands in lists under that word alone. Most often both find nothing to change.
    db.run("UPDATE report_recipient SET changed_seq = r.changed_seq, withdrawn = r.record_state = 'withdrawn' FROM report r WHERE r.id = ?1"
           " AND report_recipient.report = ?1 AND (report_recipient.changed_seq IS NOT r.changed_seq"
           " OR report_recipient.withdrawn <> (r.record_state = 'withdrawn')) AND (report_recipient.recipient = 'public' OR NOT EXISTS"
           " (SELECT 1 FROM report_recipient p WHERE p.report = ?1 AND p.recipient = 'public'))",
           report);
    db.run("UPDATE report_recipient SET changed_seq = NULL, withdrawn = (SELECT record_state = 'withdrawn' FROM report WHERE id = ?1)"
           " WHERE report = ?1 AND recipient <> 'public' AND (changed_seq IS NOT NULL"
           " OR withdrawn <> (SELECT record_state = 'withdrawn' FROM report WHERE id = ?1))"
           " AND EXISTS (SELECT 1 FROM report_recipient p WHERE p.report = ?1 AND p.recipient = 'public')",
           report);
    // What a withdrawn report said is no longer what others find it by (rules.md 13).
    db.run("UPDATE report_tag SET (changed_seq, reach) = (SELECT r.changed_seq, CASE r.record_state WHEN 'published' THEN (SELECT"
           " MAX(v.recipient) FROM report_recipient v WHERE v.report = ?1 AND v.recipient IN ('public', 'members')) END FROM report r"
           " WHERE r.id = ?1) WHERE report = ?1",
           report);
}

// Most often they are those of the working copy, and nothing need be written.
void replace_tags(Connection& db, const std::string& report, const std::vector<std::string>& tags)
{
    std::set<std::string, std::less<>> present;
    for (auto rows = db.query("SELECT tag FROM report_tag WHERE report = ?1", report); rows.next();)
        present.emplace(rows.view(0));
    if (present == std::set<std::string, std::less<>>(tags.begin(), tags.end()))
        return;
    db.run("DELETE FROM report_tag WHERE report = ?1", report);
    for (const auto& tag : tags)
        db.run("INSERT INTO report_tag (report, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING", report, tag);
}

void insert_revision(Connection& db, const std::string& report, std::int64_t revision, std::int64_t seq, const std::string& label)
{
    db.run("INSERT INTO report_revision (report, revision, seq, label) VALUES (?1, ?2, ?3, ?4)", report, revision, seq, label);
}

void erase_traces_of_report(Connection& db, const std::string& report)
{
    db.run("DELETE FROM report_tag WHERE report = ?1", report);
    db.run("DELETE FROM report_touch WHERE report = ?1", report);
    db.run("UPDATE report SET touches_published = 0 WHERE id = ?1", report);
    db.run("UPDATE proposal SET body = '{}' WHERE kind = 'report_audience' AND subject = ?1", report);
    db.run("DELETE FROM idempotency WHERE subject_kind IN ('report', 'report_draft') AND subject = ?1", report);
    db.run("UPDATE client_reference SET fingerprint = zeroblob(32) WHERE subject = ?1", report);  // the reference stays taken
}

std::vector<Withdrawal> withdrawals_by(Connection& db, const domain::Home& home, const domain::AccountId& account, const std::string& since)
{
    std::vector<Withdrawal> list;
    auto rows = db.query("SELECT e.subject, e.at, r.record_state = 'withdrawn' AND r.erased = 0 AND r.changed_seq = e.seq"
                         " FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq JOIN report r ON r.id = e.subject"
                         " WHERE e.kind = 'report_withdrawn' AND e.home = ?1 AND e.at >= ?3 AND o.actor = ?2 ORDER BY e.seq",
                         home, account, since);
    while (rows.next())
        list.push_back({rows.text(0), rows.text(1), rows.integer(2) != 0});
    return list;
}

}  // namespace cbmx::store
