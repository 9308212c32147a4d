// See scan.hpp.
#include "store/log/scan.hpp"

namespace cbmx::store {
namespace {

std::vector<std::string> texts(Rows rows)
{
    std::vector<std::string> list;
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

OpeningRow opening_from(Rows& rows, int first)
{
    return {.salt = rows.optional_text(first),
            .content = rows.optional_text(first + 1),
            .actor = rows.optional_text(first + 2),
            .credential = rows.optional_text(first + 3),
            .actor_salt = rows.optional_text(first + 4),
            .recipients = rows.optional_text(first + 5),
            .recipients_salt = rows.optional_text(first + 6),
            .authority = rows.optional_text(first + 7),
            .authority_salt = rows.optional_text(first + 8),
            .statement = rows.optional_text(first + 9),
            .statement_salt = rows.optional_text(first + 10)};
}

}  // namespace

std::optional<base::Hash> stored_node(Connection& connection, unsigned level, std::uint64_t position)
{
    auto rows = connection.query("SELECT hash FROM ledger_node WHERE level = ?1 AND position = ?2", static_cast<int>(level),
                                 static_cast<std::int64_t>(position));
    return rows.next() ? base::to_hash(rows.view(0)) : std::nullopt;
}

std::uint64_t node_count(Connection& connection)
{
    auto rows = connection.query("SELECT COUNT(*) FROM ledger_node");
    rows.next();
    return static_cast<std::uint64_t>(rows.integer(0));
}

std::vector<KindRow> event_kinds(Connection& connection)
{
    std::vector<KindRow> list;
    auto rows = connection.query("SELECT kind, audience FROM event_kind ORDER BY kind");
    while (rows.next())
        list.push_back({rows.text(0), rows.text(1)});
    return list;
}

std::vector<LossRow> losses(Connection& connection)
{
    std::vector<LossRow> list;
    auto rows = connection.query(
        "SELECT l.seq, l.recipient, e.kind FROM ledger_loss l LEFT JOIN ledger_entry e ON e.seq = l.seq ORDER BY l.seq, l.recipient");
    while (rows.next())
        list.push_back({rows.integer(0), rows.text(1), rows.optional_text(2)});
    return list;
}

std::vector<LastEntry> last_entries(Connection& connection, domain::Subject subject)
{
    std::vector<LastEntry> list;
    auto rows = connection.query(
        "SELECT e.subject, e.seq, e.version, e.kind, e.home, o.content FROM ledger_entry e LEFT JOIN ledger_opening o ON o.seq = e.seq"
        " WHERE e.subject_kind = ?1 AND e.seq = (SELECT MAX(m.seq) FROM ledger_entry m WHERE m.subject_kind = e.subject_kind AND m.subject "
        "= e.subject)"
        " ORDER BY e.subject",
        domain::name_of(subject));
    while (rows.next())
        list.push_back({.subject = rows.text(0),
                        .seq = rows.integer(1),
                        .version = rows.integer(2),
                        .kind = rows.text(3),
                        .home = rows.optional_text(4),
                        .content = rows.optional_text(5)});
    return list;
}

ErasedTraces erased_traces(Connection& connection)
{
    return {
        .credentials = texts(connection.query(
            "SELECT c.id FROM credential c JOIN account a ON a.id = c.account WHERE a.status = 'erased' AND c.label = '' ORDER BY c.id")),
        .enrolments = texts(connection.query("SELECT n.id FROM enrolment n JOIN account a ON a.id = n.account WHERE a.status = 'erased'"
                                             " AND n.label = '' AND n.attested_note IS NULL ORDER BY n.id")),
        .proposals = texts(connection.query(
            "SELECT p.id FROM proposal p WHERE p.body = '{}' AND (p.subject IN (SELECT id FROM account WHERE status = 'erased')"
            " OR (p.kind = 'founding' AND p.home IN (SELECT home FROM account WHERE status = 'erased'))"
            " OR p.subject IN (SELECT c.id FROM credential c JOIN account a ON a.id = c.account WHERE a.status = 'erased')"
            " OR p.subject IN (SELECT n.id FROM enrolment n JOIN account a ON a.id = n.account WHERE a.status = 'erased')) ORDER BY "
            "p.id"))};
}

std::map<std::string, std::string, std::less<>> accounts_of_credentials(Connection& connection)
{
    std::map<std::string, std::string, std::less<>> accounts;
    auto rows = connection.query("SELECT id, account FROM credential");
    while (rows.next())
        accounts.emplace(rows.text(0), rows.text(1));
    return accounts;
}

std::vector<std::string> untold_proposals(Connection& connection)
{
    return texts(connection.query("SELECT id FROM proposal WHERE seq IS NULL AND kind <> 'report_audience' ORDER BY id"));
}

std::vector<std::string> all_recipients(Connection& connection)
{
    return texts(connection.query("SELECT DISTINCT recipient FROM report_recipient ORDER BY recipient"));
}

std::optional<ReportState> report_state(Connection& connection, const std::string& id)
{
    auto rows = connection.query("SELECT id, state, measure, period, record_state, erased, label, status, language, version, revision, "
                                 "changed_seq FROM report WHERE id = ?1",
                                 id);
    if (!rows.next())
        return std::nullopt;
    return ReportState{.id = rows.text(0),
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
                       .changed_seq = rows.optional_integer(11)};
}

std::optional<std::string> state_of_report(Connection& connection, const std::string& id)
{
    auto rows = connection.query("SELECT state FROM report WHERE id = ?1", id);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

std::vector<SubjectEntry> entries_about(Connection& connection, domain::Subject subject, const std::string& id)
{
    std::vector<SubjectEntry> list;
    auto rows = connection.query(
        "SELECT e.body, o.salt, o.content, o.actor, o.credential, o.actor_salt, o.recipients, o.recipients_salt, o.authority,"
        " o.authority_salt, o.statement, o.statement_salt FROM ledger_entry e LEFT JOIN ledger_opening o ON o.seq = e.seq WHERE "
        "e.subject_kind = ?1 AND e.subject = ?2 "
        "ORDER BY e.seq",
        domain::name_of(subject), id);
    while (rows.next())
        list.push_back({rows.text(0), opening_from(rows, 1)});
    return list;
}

std::vector<std::string> lost_at(Connection& connection, domain::Seq seq)
{
    return texts(connection.query("SELECT recipient FROM ledger_loss WHERE seq = ?1 ORDER BY recipient", seq));
}

}  // namespace cbmx::store
