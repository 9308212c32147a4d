// The SQL of reports. Who sees one: report_visibility.hpp, part of every read.
#include "store/rows/reports.hpp"
#include "store/visibility/reports.hpp"
#include <set>
#include <stdexcept>

#define REPORT_COLUMNS                                                                                                                     \
    "r.id, r.state, r.measure, r.period, r.record_state, r.erased, r.label, r.status, r.language, r.version, r.revision, r.changed_seq, "  \
    "r.created_by, r.created_at, e.seq, e.at, o.content, o.salt, "                                                                         \
    "CASE WHEN " DRAFT_VISIBLE                                                                                                             \
    " THEN d.draft_state END, d.fields, d.label, d.recipients, d.submitted, d.ever_submitted, d.return_reason, "                           \
    "d.version, d.updated_at"
#define REPORT_JOINS                                                                                                                       \
    " FROM report r LEFT JOIN report_draft d ON d.report = r.id"                                                                           \
    " LEFT JOIN report_revision p ON p.report = r.id AND p.revision = r.revision"                                                          \
    " LEFT JOIN ledger_entry e ON e.seq = p.seq LEFT JOIN ledger_opening o ON o.seq = p.seq"
// ?4 state ?5 measure ?6 period ?7 status ?8 workflow_state ?9 label ?10 language ?11 tag ?12 changed since
#define REPORT_FILTER                                                                                                                      \
    " AND (?4 IS NULL OR r.state = ?4) AND (?5 IS NULL OR r.measure = ?5) AND (?6 IS NULL OR r.period = ?6) AND (?7 IS NULL OR r.status "  \
    "= "                                                                                                                                   \
    "?7) AND (?8 IS NULL OR r.record_state = ?8 OR (d.draft_state = ?8 AND " DRAFT_VISIBLE                                                 \
    ")) AND (?9 IS NULL OR r.label = ?9) AND (?10 IS NULL OR r.language = ?10)"                                                            \
    " AND (?11 IS NULL OR EXISTS (SELECT 1 FROM report_tag t WHERE t.report = r.id AND t.tag = ?11))"                                      \
    " AND (?12 IS NULL OR r.changed_seq > ?12)"
// A working copy has no number yet: it counts as the newest, and among others as when it was begun.
#define CHANGED "COALESCE(r.changed_seq, 9223372036854775807)"

namespace cbmx::store {
namespace {

domain::RecordState record_state_from(std::string_view text)
{
    if (text == "published")
        return domain::RecordState::published;
    return text == "withdrawn" ? domain::RecordState::withdrawn : domain::RecordState::none;
}

std::string_view text_of(domain::RecordState state)
{
    switch (state) {
    case domain::RecordState::none: return "none";
    case domain::RecordState::published: return "published";
    case domain::RecordState::withdrawn: return "withdrawn";
    }
    throw std::logic_error("record state");
}

std::string_view text_of(domain::DraftState state)
{
    switch (state) {
    case domain::DraftState::none: break;
    case domain::DraftState::draft: return "draft";
    case domain::DraftState::submitted: return "submitted";
    }
    throw std::logic_error("a stored draft is draft or submitted");
}

ReportRow row_from(Rows& rows)
{
    ReportRow row{rows.text(0),
                  rows.text(1),
                  rows.text(2),
                  rows.text(3),
                  record_state_from(rows.view(4)),
                  rows.integer(5) != 0,
                  rows.text(6),
                  rows.text(7),
                  rows.text(8),
                  rows.integer(9),
                  rows.integer(10),
                  rows.optional_integer(11),
                  rows.text(12),
                  rows.text(13),
                  rows.optional_integer(14),
                  rows.optional_text(15),
                  rows.optional_text(16),
                  std::nullopt,
                  std::nullopt};
    if (!rows.is_null(17))
        row.salt = rows.hash(17);
    if (!rows.is_null(18)) {
        const auto state = rows.view(18) == "submitted" ? domain::DraftState::submitted : domain::DraftState::draft;
        row.draft = DraftRow{row.id,
                             state,
                             rows.text(19),
                             rows.text(20),
                             rows.text(21),
                             rows.optional_text(22),
                             rows.integer(23) != 0,
                             rows.optional_text(24),
                             rows.integer(25),
                             rows.text(26)};
    }
    return row;
}

}  // namespace

std::optional<ReportRow> visible_report(Connection& db, const domain::Visibility& v, const std::string& id)
{
    auto rows =
        db.query("SELECT " REPORT_COLUMNS REPORT_JOINS " WHERE r.id = ?4 AND " REPORT_VISIBLE, v.tokens, v.draft_state, v.account, id);
    return rows.next() ? std::optional(row_from(rows)) : std::nullopt;
}

std::optional<ReportRow> report_of_state(Connection& db, const std::string& state, const std::string& id)
{
    auto rows = db.query("SELECT r.id, r.state, r.measure, r.period, r.record_state, r.erased, r.label, r.status, r.language, r.version, "
                         "r.revision, r.changed_seq,"
                         " r.created_by, r.created_at, e.seq, e.at, o.content, o.salt,"
                         " d.draft_state, d.fields, d.label, d.recipients, d.submitted, d.ever_submitted, d.return_reason, d.version, "
                         "d.updated_at" REPORT_JOINS " WHERE r.id = ?1 AND r.state = ?2",
                         id, state);
    return rows.next() ? std::optional(row_from(rows)) : std::nullopt;
}

namespace {

constexpr std::int64_t before_all = -1, behind_all = std::numeric_limits<std::int64_t>::max();

// Where a page begins: behind this in the order of change, or in that of the States.
struct Begin {
    std::int64_t changed, row;
    std::string state = {}, measure = {}, period = {}, id = {};
};

std::optional<Begin> begin_behind(Connection& db, const ReportPlace& after, bool goes_down)
{
    const auto first_row = goes_down ? behind_all : before_all, last_row = goes_down ? before_all : behind_all;
    if (after.id.empty())
        return Begin{first_row, first_row};
    auto rows = db.query("SELECT " CHANGED ", r.rowid, r.state, r.measure, r.period FROM report r WHERE r.id = ?1", after.id);
    if (!rows.next())
        return after.changed ? std::optional(Begin{*after.changed, last_row}) : std::nullopt;
    Begin begin{rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.text(4), after.id};
    if (after.changed && *after.changed != begin.changed) {
        begin.changed = *after.changed;
        if (*after.changed != ReportPlace::working_copy)
            begin.row = last_row;  // no other report has that number
    }
    return begin;
}

}  // namespace

std::vector<ReportRow> visible_reports(Connection& db, const domain::Visibility& v, const ReportFilter& f, ReportOrder order,
                                       const ReportPlace& after, std::int64_t limit)
{
    auto place = begin_behind(db, after, order == ReportOrder::newest);
    if (!place)
        return {};
    const auto collect = [](Rows rows) {
        std::vector<ReportRow> list;
        while (rows.next())
            list.push_back(row_from(rows));
        return list;
    };
    // changed_since must not tell an anonymous caller numbers beyond the published size: those rows count as changed.
    auto since = f.changed_since;
    if (since && *since >= v.visible_before)
        since = v.visible_before - 1;
    // The bounds say to the index where to begin and to end; the filter decides.
    const auto lowest = since.value_or(before_all);
    switch (order) {
    case ReportOrder::changed:
        if (lowest > place->changed)
            place = Begin{lowest, behind_all};
        return collect(db.query("SELECT " REPORT_COLUMNS REPORT_JOINS " WHERE " CHANGED " >= ?13 AND (" CHANGED
                                " > ?13 OR r.rowid > ?14) AND " REPORT_VISIBLE REPORT_FILTER " ORDER BY " CHANGED ", r.rowid LIMIT ?15",
                                v.tokens, v.draft_state, v.account, f.state, f.measure, f.period, f.status, f.workflow_state, f.label,
                                f.language, f.tag, since, place->changed, place->row, limit));
    case ReportOrder::newest:
        return collect(db.query("SELECT " REPORT_COLUMNS REPORT_JOINS " WHERE " CHANGED " BETWEEN ?15 AND ?13 AND (" CHANGED
                                " < ?13 OR r.rowid < ?14) AND " REPORT_VISIBLE REPORT_FILTER " ORDER BY " CHANGED
                                " DESC, r.rowid DESC LIMIT ?16",
                                v.tokens, v.draft_state, v.account, f.state, f.measure, f.period, f.status, f.workflow_state, f.label,
                                f.language, f.tag, since, place->changed, place->row, lowest, limit));
    case ReportOrder::state:
        return collect(db.query("SELECT " REPORT_COLUMNS REPORT_JOINS
                                " WHERE (r.state, r.measure, r.period, r.id) > (?13, ?14, ?15, ?16) AND " REPORT_VISIBLE REPORT_FILTER
                                " ORDER BY r.state, r.measure, r.period, r.id LIMIT ?17",
                                v.tokens, v.draft_state, v.account, f.state, f.measure, f.period, f.status, f.workflow_state, f.label,
                                f.language, f.tag, since, place->state, place->measure, place->period, place->id, limit));
    }
    throw std::logic_error("report order");
}

#define REVISION_COLUMNS "SELECT p.revision, p.seq, e.at, o.content, o.salt, p.signature, p.signing_key, r.revision"
#define REVISION_JOINS                                                                                                                     \
    " FROM report r JOIN report_revision p ON p.report = r.id JOIN ledger_entry e ON e.seq = p.seq LEFT JOIN ledger_opening o ON o.seq = " \
    "p.seq"                                                                                                                                \
    " WHERE r.id = ?2 AND EXISTS (SELECT 1 FROM report_recipient v WHERE v.report = r.id AND v.from_revision <= p.revision"                \
    " AND v.recipient IN (SELECT value FROM json_each(?1)))"

namespace {

RevisionRow revision_from(Rows& rows)
{
    RevisionRow row{rows.integer(0), rows.integer(1),       rows.text(2),          rows.optional_text(3),
                    std::nullopt,    rows.optional_text(5), rows.optional_text(6), rows.integer(0) < rows.integer(7)};
    if (!rows.is_null(4))
        row.salt = rows.hash(4);
    return row;
}

}  // namespace

std::vector<RevisionRow> visible_revisions(Connection& db, const domain::Visibility& v, const std::string& id, std::int64_t after,
                                           std::int64_t limit)
{
    std::vector<RevisionRow> list;
    auto rows = db.query(REVISION_COLUMNS REVISION_JOINS " AND p.revision > ?3 ORDER BY p.revision LIMIT ?4", v.tokens, id, after, limit);
    while (rows.next())
        list.push_back(revision_from(rows));
    return list;
}

std::optional<RevisionRow> visible_revision(Connection& db, const domain::Visibility& v, const std::string& id, std::int64_t revision)
{
    auto rows = db.query(REVISION_COLUMNS REVISION_JOINS " AND p.revision = ?3", v.tokens, id, revision);
    return rows.next() ? std::optional(revision_from(rows)) : std::nullopt;
}

std::vector<ReportRow> earlier_publications(Connection& db, const domain::Visibility& v, const std::string& state,
                                            const std::string& measure, const std::string& except, std::int64_t limit)
{
    std::vector<ReportRow> list;
    auto rows = db.query("SELECT " REPORT_COLUMNS REPORT_JOINS
                         " WHERE r.record_state = 'published' AND r.state = ?4 AND r.measure = ?5 AND r.id <> ?6 AND " REPORT_VISIBLE
                         " ORDER BY r.changed_seq DESC LIMIT ?7",
                         v.tokens, v.draft_state, v.account, state, measure, except, limit);
    while (rows.next())
        list.push_back(row_from(rows));
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

std::vector<std::string> readers_of(Connection& db, const std::string& report)
{
    std::vector<std::string> list;
    auto rows = db.query("SELECT recipient || CASE WHEN from_revision > 1 THEN '@' || from_revision ELSE '' END FROM report_recipient "
                         "WHERE report = ?1 ORDER BY recipient",
                         report);
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

// Recipient words hold no character that JSON escapes (domain::is_recipient).
std::string recipients_as_json(const std::vector<domain::Recipient>& recipients)
{
    std::string text = "[";
    for (const auto& recipient : recipients)
        text += (text.size() > 1 ? ",\"" : "\"") + recipient + "\"";
    return text + "]";
}

std::vector<domain::Recipient> recipients_from_json(const std::string& text)
{
    std::vector<domain::Recipient> list;
    std::size_t at = 0;
    while ((at = text.find('"', at)) != std::string::npos) {
        const auto end = text.find('"', at + 1);
        list.push_back(text.substr(at + 1, end - at - 1));
        at = end + 1;
    }
    return list;
}

void insert_report(Connection& db, const ReportRow& row, const DraftRow& draft)
{
    db.run("INSERT INTO report (id, state, measure, period, record_state, label, status, language, version, revision, changed_seq, "
           "created_by, created_at)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
           row.id, row.state, row.measure, row.period, text_of(row.record_state), row.label, row.status, row.language, row.version,
           row.revision, row.changed_seq, row.created_by, row.created_at);
    insert_draft(db, draft);
}

bool insert_draft(Connection& db, const DraftRow& draft)
{
    return db.run("INSERT OR IGNORE INTO report_draft (report, draft_state, fields, label, recipients, submitted, ever_submitted, "
                  "return_reason, version, updated_at)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                  draft.report, text_of(draft.state), draft.fields, draft.label, draft.recipients, draft.submitted, draft.ever_submitted,
                  draft.return_reason, draft.version, draft.updated_at) == 1;
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
    return db.run("UPDATE report_draft SET draft_state = ?2, fields = ?3, label = ?4, recipients = ?5, submitted = ?6, ever_submitted = "
                  "?7, return_reason = ?8,"
                  " version = ?9, updated_at = ?10 WHERE report = ?1 AND version = ?11",
                  draft.report, text_of(draft.state), draft.fields, draft.label, draft.recipients, draft.submitted, draft.ever_submitted,
                  draft.return_reason, draft.version, draft.updated_at, expected_version) == 1;
}

bool delete_draft(Connection& db, const std::string& report, std::int64_t expected_version)
{
    return db.run("DELETE FROM report_draft WHERE report = ?1 AND version = ?2", report, expected_version) == 1;
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
    return db.run("UPDATE report SET record_state = ?2, erased = ?3, label = ?4, status = ?5, language = ?6, version = ?7, revision = ?8, "
                  "changed_seq = ?9 WHERE id = ?1 AND version = ?10",
                  row.id, text_of(row.record_state), row.erased, row.label, row.status, row.language, row.version, row.revision,
                  row.changed_seq, expected_version) == 1;
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
        db.run("INSERT OR IGNORE INTO report_tag (report, tag) VALUES (?1, ?2)", report, tag);
}

void set_recipient(Connection& db, const std::string& report, const domain::Recipient& recipient, std::int64_t from_revision)
{
    // Who reads it already keeps what they may read: only those added begin at this revision.
    db.run("INSERT INTO report_recipient (report, recipient, from_revision) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", report, recipient,
           from_revision);
}

void remove_recipient(Connection& db, const std::string& report, const domain::Recipient& recipient)
{
    db.run("DELETE FROM report_recipient WHERE report = ?1 AND recipient = ?2", report, recipient);
}

void insert_revision(Connection& db, const std::string& report, std::int64_t revision, std::int64_t seq,
                     const std::optional<std::string>& signature, const std::optional<std::string>& signing_key)
{
    const auto bytes = signature ? std::optional(Blob{*signature}) : std::nullopt;
    db.run("INSERT INTO report_revision (report, revision, seq, signature, signing_key) VALUES (?1, ?2, ?3, ?4, ?5)", report, revision, seq,
           bytes, signing_key);
}

void erase_traces_of_report(Connection& db, const std::string& report)
{
    db.run("DELETE FROM report_draft WHERE report = ?1", report);
    db.run("DELETE FROM report_tag WHERE report = ?1", report);
    db.run("DELETE FROM report_touch WHERE report = ?1", report);
    db.run("UPDATE report_revision SET signature = NULL WHERE report = ?1", report);
    db.run("UPDATE proposal SET body = '{}' WHERE kind = 'report_audience' AND subject = ?1", report);
    db.run("DELETE FROM idempotency WHERE subject_kind IN ('report', 'report_draft') AND subject = ?1", report);
    db.run("UPDATE client_reference SET fingerprint = zeroblob(32) WHERE subject = ?1", report);  // the reference stays taken
}

void record_editor(Connection& db, const std::string& report, const std::string& account, const std::string& credential)
{
    db.run("INSERT OR IGNORE INTO report_touch (report, account, credential) VALUES (?1, ?2, ?3)", report, account, credential);
}

std::vector<Editor> editors_of(Connection& db, const std::string& report)
{
    std::vector<Editor> list;
    auto rows = db.query("SELECT account, credential FROM report_touch WHERE report = ?1 ORDER BY account, credential", report);
    while (rows.next())
        list.push_back({rows.text(0), rows.text(1)});
    return list;
}

void clear_touches(Connection& db, const std::string& report) { db.run("DELETE FROM report_touch WHERE report = ?1", report); }

std::vector<std::string> active_named_accounts(Connection& db, const std::string& state, const std::string& recipients, bool approvers_only)
{
    std::vector<std::string> list;
    auto rows = db.query("SELECT a.id FROM json_each(?1) n JOIN account a ON n.value = 'account:' || a.id WHERE a.status = 'active' AND "
                         "a.home = 'state:' || ?3"
                         " AND (?2 = 0 OR EXISTS (SELECT 1 FROM json_each(a.roles) WHERE value = 'approver')) ORDER BY a.id",
                         recipients, approvers_only, state);
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

bool measure_exists(Connection& db, const std::string& code) { return db.query("SELECT 1 FROM measure WHERE code = ?1", code).next(); }
bool period_exists(Connection& db, const std::string& code) { return db.query("SELECT 1 FROM period WHERE code = ?1", code).next(); }
bool state_exists(Connection& db, const std::string& code) { return db.query("SELECT 1 FROM state WHERE code = ?1", code).next(); }
bool account_is_active(Connection& db, const std::string& account)
{
    return db.query("SELECT 1 FROM account WHERE id = ?1 AND status = 'active'", account).next();
}

std::optional<ClientReference> client_reference(Connection& db, const std::string& account, const std::string& reference)
{
    auto rows = db.query("SELECT fingerprint, subject FROM client_reference WHERE account = ?1 AND reference = ?2", account, reference);
    if (!rows.next())
        return std::nullopt;
    return ClientReference{rows.hash(0), rows.text(1)};
}

void insert_client_reference(Connection& db, const std::string& account, const std::string& reference, const ClientReference& value)
{
    db.run("INSERT INTO client_reference (account, reference, fingerprint, subject) VALUES (?1, ?2, ?3, ?4)", account, reference,
           value.fingerprint, value.subject);
}

}  // namespace cbmx::store
