// See report_ranges.hpp.
#include "store/rows/report_ranges.hpp"
#include <stdexcept>

namespace cbmx::store {
namespace {

// The rows of a query that are in order of the report's id, their first column.
class ById {
public:
    explicit ById(Rows rows) : rows_(std::move(rows)), has_row_(rows_.next()) {}

    std::optional<std::string_view> id() const { return has_row_ ? std::optional(rows_.view(0)) : std::nullopt; }

    // Goes behind the rows of this id; those before it are of no report.
    template <class Take>
    void take(const std::string& id, Take take_row)
    {
        for (; has_row_ && rows_.view(0) <= id; step())
            if (rows_.view(0) == id)
                take_row(rows_);
    }

private:
    void step()
    {
        last_ = rows_.view(0);
        has_row_ = rows_.next();
        if (has_row_ && rows_.view(0) < last_)  // a damaged tree; followed, it may have no end
            throw std::runtime_error("the rows of reports cannot be read in order");
    }

    Rows rows_;
    bool has_row_;
    std::string last_;
};

// The lesser of two ids; nullopt: neither is left.
std::optional<std::string> lesser(std::optional<std::string_view> one, std::optional<std::string_view> other)
{
    if (!one || (other && *other < *one))
        one = other;
    return one ? std::optional(std::string(*one)) : std::nullopt;
}

}  // namespace

std::vector<std::string> report_ranges(Connection& connection, std::int64_t rows)
{
    std::vector<std::string> firsts{""};
    auto ids = connection.query("SELECT id FROM report ORDER BY id");
    std::string last;
    for (std::int64_t i = 0; ids.next(); ++i) {
        if (i > 0 && ids.view(0) <= last)  // a damaged tree; followed, it may have no end
            throw std::runtime_error("the ids of reports cannot be read in order");
        last = ids.view(0);
        if (i > 0 && i % rows == 0)
            firsts.push_back(last);
    }
    return firsts;
}

void scan_reports(Connection& connection, const std::string& first, const std::optional<std::string>& end,
                  const std::function<void(const StoredReport&)>& each)
{
    ById reports(connection.query(
        "SELECT r.id, r.state, r.measure, r.period, r.record_state, r.erased, r.label, r.status, r.language, r.version, "
        "r.revision, r.changed_seq,"
        " d.label, r.touches_published, d.recipients, r.drafted FROM report r LEFT JOIN report_draft d ON d.report = r.id WHERE r.id "
        ">= ?1 ORDER BY r.id",
        first));
    ById entries(connection.query(
        "SELECT e.subject, e.body, o.salt, o.content, o.actor, o.credential, o.actor_salt, o.recipients, o.recipients_salt,"
        " o.authority, o.authority_salt, o.statement, o.statement_salt FROM ledger_entry e LEFT JOIN ledger_opening o ON o.seq = e.seq "
        "WHERE e.subject_kind = 'report' "
        "AND e.subject "
        ">= ?1 ORDER BY e.subject, e.seq",
        first));
    ById revisions(
        connection.query("SELECT report, revision, seq, label FROM report_revision WHERE report >= ?1 ORDER BY report, revision", first));
    ById recipients(
        connection.query("SELECT report, recipient, from_revision, state, changed_seq, withdrawn FROM report_recipient WHERE report >= ?1"
                         " ORDER BY report, recipient",
                         first));
    ById tags(connection.query("SELECT report, tag, reach, changed_seq FROM report_tag WHERE report >= ?1 ORDER BY report, tag", first));
    ById named(
        connection.query("SELECT report, account, state FROM report_draft_reader WHERE report >= ?1 ORDER BY report, account", first));
    ById touches(connection.query("SELECT report, number, account, credential, salt, hand, at, hash FROM report_touch WHERE report >= ?1"
                                  " ORDER BY report, number",
                                  first));
    for (auto id = lesser(reports.id(), entries.id()); id && (!end || *id < *end); id = lesser(reports.id(), entries.id())) {
        StoredReport report{.id = *id};
        reports.take(*id, [&report](Rows& rows) {
            report.state = ReportState{.id = rows.text(0),
                                       .state = rows.text(1),
                                       .measure = rows.text(2),
                                       .period = rows.text(3),
                                       .record_state = rows.text(4),
                                       .erased = rows.integer(5) != 0,
                                       .label = rows.text(6),
                                       .status = rows.text(7),
                                       .language = rows.text(8),
                                       .version = rows.integer(9),
                                       .revision = rows.integer(10),
                                       .changed_seq = rows.optional_integer(11),
                                       .touches_published = rows.integer(13)};
            if (!rows.is_null(12))
                report.draft = StoredDraft{rows.text(12), rows.text(14)};
            report.is_drafted = rows.integer(15) != 0;
        });
        entries.take(*id, [&report](Rows& rows) {
            report.entries.push_back({.body = rows.text(1),
                                      .opening = {.salt = rows.optional_text(2),
                                                  .content = rows.optional_text(3),
                                                  .actor = rows.optional_text(4),
                                                  .credential = rows.optional_text(5),
                                                  .actor_salt = rows.optional_text(6),
                                                  .recipients = rows.optional_text(7),
                                                  .recipients_salt = rows.optional_text(8),
                                                  .authority = rows.optional_text(9),
                                                  .authority_salt = rows.optional_text(10),
                                                  .statement = rows.optional_text(11),
                                                  .statement_salt = rows.optional_text(12)}});
        });
        revisions.take(*id, [&report](Rows& rows) { report.revisions.push_back({rows.integer(1), rows.integer(2), rows.text(3)}); });
        recipients.take(*id, [&report](Rows& rows) {
            report.recipients.push_back({rows.text(1), rows.integer(2), {rows.text(3), rows.optional_integer(4), rows.integer(5) != 0}});
        });
        tags.take(*id, [&report](Rows& rows) { report.tags.push_back({rows.text(1), rows.optional_text(2), rows.optional_integer(3)}); });
        named.take(*id, [&report](Rows& rows) { report.named.emplace_back(rows.text(1), rows.text(2)); });
        touches.take(*id, [&report](Rows& rows) { report.touches.push_back(touch_from(rows, 1)); });
        each(report);
    }
}

}  // namespace cbmx::store
