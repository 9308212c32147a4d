// See entries.hpp. entry_visible is the only place that says who sees an entry; it is part of every read below.
#include "store/log/entries.hpp"
#include "store/log/hands.hpp"
#include "store/visibility/contacts.hpp"
#include "store/visibility/hidden.hpp"
#include "store/visibility/reports.hpp"
#include <string_view>

namespace cbmx::store {
namespace {

// Parameters, always the first six: ?1 tokens, ?2 draft_state, ?3 account, ?4 home, ?5 secretariat, ?6 auditor.
// Needs ledger_entry as e and event_kind as k. Judged now, by the present label, recipients and states.
constexpr auto entry_visible =
    "(?6 OR CASE k.audience"
    " WHEN 'everyone' THEN 1"
    " WHEN 'own_state' THEN (?4 <> '' AND e.home = ?4) OR (?5 AND (e.actor_role = 'secretariat' OR e.home LIKE 'office:%'))"
    " WHEN 'drafters' THEN " +
    submission_visible +
    " WHEN 'readers' THEN EXISTS (SELECT 1 FROM report r JOIN report_recipient p ON p.report = r.id WHERE r.id = e.subject"
    " AND r.record_state IN ('published', 'withdrawn') AND p.recipient IN (SELECT " +
    recipient_of_word +
    " FROM json_each(?1) w) AND e.revision >= p.from_revision)"
    " WHEN 'registrars' THEN (?4 <> '' AND e.home = ?4) OR ?5"
    " WHEN 'directory' THEN (?4 <> '' AND e.home = ?4) OR ?5 OR (" +
    directory_reader +
    " AND EXISTS (SELECT 1 FROM contact c WHERE c.id = e.subject AND c.status = 'listed'))"
    " ELSE 0 END)";
// The caller was named among those who lost sight of the record at this entry.
constexpr SqlText entry_lost =
    "EXISTS (SELECT 1 FROM ledger_loss l WHERE l.seq = e.seq AND l.recipient IN (SELECT substr(w.value, CASE WHEN substr(w.value, 1, 3)"
    " = substr(e.home, 7) || '/' THEN 4 ELSE 1 END) FROM json_each(?1) w))";
constexpr SqlText entry_columns = "e.seq, e.kind, e.at, e.actor_role, e.home, e.subject_kind, e.subject, e.version, e.revision, e.body";
constexpr SqlText entries_with_kinds = " FROM ledger_entry e JOIN event_kind k ON k.kind = e.kind";

// 'a', 'b': the names of those rows of a table that pick says.
constexpr void quoted_names(auto take, const auto& table, auto pick)
{
    std::string_view before = "'";
    for (const auto& row : table)
        if (pick(row)) {
            take(before), take(row.name), take("'");
            before = ", '";
        }
}

// What an entry can be about, and the kinds that say that something was erased: lists for IN.
constexpr SqlText subject_kinds = domain::joined<[](auto take) {
    quoted_names(take, domain::subject_table, [](const auto& row) { return row.entries == domain::Entries::own; });
}>();
constexpr SqlText erasure_kinds = domain::joined<[](auto take) {
    quoted_names(take, domain::event_table, [](const auto& row) { return row.commits == domain::Commits::erasure; });
}>();

EntryRow entry_from(Rows& rows)
{
    return {rows.integer(0),          rows.text(1), rows.text(2), rows.text(3),
            rows.optional_text(4),    rows.text(5), rows.text(6), rows.integer(7),
            rows.optional_integer(8), rows.text(9), false};
}

std::vector<EntryRow> all_entries(Rows rows)
{
    std::vector<EntryRow> list;
    while (rows.next())
        list.push_back(entry_from(rows));
    return list;
}

std::optional<CheckpointRow> one_checkpoint(Rows rows)
{
    if (!rows.next())
        return std::nullopt;
    return CheckpointRow{static_cast<std::uint64_t>(rows.integer(0)), rows.text(1), rows.text(2)};
}

[[noreturn]] void lacks_node(unsigned level, std::uint64_t index)
{
    throw std::runtime_error("the ledger lacks the node at level " + std::to_string(level) + ", position " + std::to_string(index));
}

constexpr unsigned block_levels = 3;
constexpr std::uint64_t block_width = 1U << block_levels;

// Nodes of one level that stand side by side, as many as there are of block_width.
class Block {
public:
    bool holds(unsigned level, std::uint64_t position) const { return level == level_ && position >= first_ && position < first_ + count_; }

    void read(Connection& connection, unsigned level, std::uint64_t position)
    {
        level_ = level;
        first_ = position - position % block_width;
        count_ = 0;
        auto rows = connection.query(
            "SELECT position, hash FROM ledger_node WHERE level = ?1 AND position >= ?2 AND position < ?3 ORDER BY position",
            static_cast<int>(level), static_cast<std::int64_t>(first_), static_cast<std::int64_t>(first_ + block_width));
        while (rows.next() && rows.integer(0) == static_cast<std::int64_t>(first_ + count_))
            nodes_[count_++] = rows.hash(1);
    }

    // Of the subtree of so many levels over the node at this position.
    base::Hash root(std::uint64_t position, unsigned levels) const
    {
        if (levels == 0)
            return nodes_[position - first_];
        const auto half = std::uint64_t{1} << (levels - 1);
        const auto left = root(position, levels - 1);
        return ledger::node_hash(left, root(position + half, levels - 1));
    }

private:
    unsigned level_ = 0;
    std::uint64_t first_ = 0, count_ = 0;
    std::array<base::Hash, block_width> nodes_{};
};

}  // namespace

std::uint64_t ledger_size(Connection& connection)
{
    auto rows = connection.query("SELECT COALESCE(MAX(seq) + 1, 0) FROM ledger_entry");
    rows.next();
    return static_cast<std::uint64_t>(rows.integer(0));
}

std::vector<EntryRow> feed(Connection& connection, const domain::Visibility& v, domain::Seq after, domain::Seq before, std::int64_t limit)
{
    // What is not visible was lost: only where somebody lost it has the last column to be judged a second time.
    static constexpr auto statement = "SELECT " + entry_columns +
                                      ", CASE WHEN EXISTS (SELECT 1 FROM ledger_loss z WHERE z.seq = e.seq) THEN " + entry_visible +
                                      " ELSE 1 END" + entries_with_kinds + " WHERE e.seq > ?7 AND e.seq < ?8 AND (" + entry_visible +
                                      " OR " + entry_lost + ") ORDER BY e.seq LIMIT ?9";
    auto rows = connection.query(statement, v.tokens, v.draft_state, v.account, v.home, v.secretariat, v.auditor, after, before, limit);
    std::vector<EntryRow> list;
    while (rows.next()) {
        list.push_back(entry_from(rows));
        list.back().tombstone = rows.integer(10) == 0;
    }
    return list;
}

std::optional<domain::Seq> last_fed(Connection& connection, const domain::Visibility& v, domain::Seq from, domain::Seq up_to)
{
    static constexpr auto statement = "SELECT e.seq" + entries_with_kinds + " WHERE e.seq >= ?7 AND e.seq <= ?8 AND (" + entry_visible +
                                      " OR " + entry_lost + ") ORDER BY e.seq DESC LIMIT 1";
    auto rows = connection.query(statement, v.tokens, v.draft_state, v.account, v.home, v.secretariat, v.auditor, from, up_to);
    return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

std::optional<domain::Seq> first_concerned(Connection& connection, const domain::Visibility& v, domain::Seq after, domain::Seq seen,
                                           domain::Seq before)
{
    static constexpr auto statement =
        "SELECT MIN((SELECT o.seq FROM ledger_entry o WHERE o.subject_kind = e.subject_kind AND o.subject = e.subject AND o.seq > ?9"
        " ORDER BY o.seq LIMIT 1))" +
        entries_with_kinds + " WHERE e.seq > ?7 AND e.seq < ?8 AND (" + entry_visible + " OR " + entry_lost + ")";
    auto rows = connection.query(statement, v.tokens, v.draft_state, v.account, v.home, v.secretariat, v.auditor, seen, before, after);
    return rows.next() ? rows.optional_integer(0) : std::nullopt;
}

std::optional<EntryRow> visible_entry(Connection& connection, const domain::Visibility& v, domain::Seq seq)
{
    static constexpr auto statement = "SELECT " + entry_columns + entries_with_kinds + " WHERE e.seq = ?7 AND " + entry_visible;
    auto rows = connection.query(statement, v.tokens, v.draft_state, v.account, v.home, v.secretariat, v.auditor, seq);
    return rows.next() ? std::optional(entry_from(rows)) : std::nullopt;
}

namespace {

// Audit, by number: ?7 behind which, ?8 the kind ('' : any), ?9 how many. The kinds of which most entries are stand side by side
// anyway; all others have indexes of their own, which a statement uses that says so.
constexpr SqlText is_rare = " AND e.kind NOT IN ('report_submitted', 'report_published')";
constexpr SqlText page_by_number = " AND e.seq > ?7 ORDER BY e.seq LIMIT ?9";
// The list of subject kinds lets the database use the index by subject.
constexpr auto audit_of_subject = "SELECT " + entry_columns + entries_with_kinds + " WHERE e.subject_kind IN (" + subject_kinds +
                                  ") AND e.subject = ?10 AND (?8 = '' OR e.kind = ?8) AND (?6 OR (?4 <> '' AND e.home = ?4 AND " +
                                  entry_visible + "))" + page_by_number;
constexpr auto select_audited = "SELECT " + entry_columns + " FROM ledger_entry e WHERE ";
constexpr auto audit_of_all = select_audited + "(?8 = '' OR e.kind = ?8)" + page_by_number;
constexpr auto audit_of_kind = select_audited + "e.kind = ?8" + is_rare + page_by_number;
constexpr auto select_of_home = "SELECT " + entry_columns + entries_with_kinds + " WHERE e.home = ?4 AND " + entry_visible;
constexpr auto audit_of_home = select_of_home + " AND (?8 = '' OR e.kind = ?8)" + page_by_number;
constexpr auto audit_of_home_and_kind = select_of_home + " AND e.kind = ?8" + is_rare + page_by_number;

bool is_rare_kind(std::string_view kind)
{
    return !kind.empty() && kind != domain::row_of(domain::EventKind::report_submitted).name &&
           kind != domain::row_of(domain::EventKind::report_published).name;
}

}  // namespace

std::vector<EntryRow> audit(Connection& connection, const domain::Visibility& v, const AuditFilter& filter)
{
    const auto ask = [&](Sql statement) {
        return all_entries(connection.query(statement, v.tokens, v.draft_state, v.account, v.home, v.secretariat, v.auditor, filter.after,
                                            filter.kind, filter.limit));
    };
    if (!filter.subject.empty())
        return all_entries(connection.query(audit_of_subject, v.tokens, v.draft_state, v.account, v.home, v.secretariat, v.auditor,
                                            filter.after, filter.kind, filter.limit, filter.subject));
    if (v.auditor)
        return ask(is_rare_kind(filter.kind) ? Sql(audit_of_kind) : Sql(audit_of_all));
    if (v.home.empty())
        return {};
    return ask(is_rare_kind(filter.kind) ? Sql(audit_of_home_and_kind) : Sql(audit_of_home));
}

std::vector<Sql> audit_statements() { return {audit_of_all, audit_of_kind, audit_of_home, audit_of_home_and_kind}; }

bool has_entry_after(Connection& connection, const std::string& subject, domain::EventKind kind, domain::Seq seq)
{
    const auto& row = domain::row_of(kind);
    return connection
        .query("SELECT 1 FROM ledger_entry WHERE subject_kind = ?1 AND subject = ?2 AND seq > ?3 AND kind = ?4",
               domain::name_of(row.subject), subject, seq, row.name)
        .next();
}

std::optional<std::string> entry_body(Connection& connection, domain::Seq seq)
{
    auto rows = connection.query("SELECT body FROM ledger_entry WHERE seq = ?1", seq);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

std::optional<OpeningRow> opening(Connection& connection, domain::Seq seq)
{
    static constexpr auto statement =
        "SELECT o.salt, o.content, o.actor, o.credential, o.actor_salt, o.recipients, o.recipients_salt, o.authority, o.authority_salt,"
        " o.statement, o.statement_salt FROM ledger_opening o WHERE o.seq = ?1 AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.seq = "
        "?1 AND " +
        entry_hidden + ")";
    auto rows = connection.query(statement, seq);
    if (!rows.next())
        return std::nullopt;
    return OpeningRow{rows.optional_text(0), rows.optional_text(1), rows.optional_text(2), rows.optional_text(3),
                      rows.optional_text(4), rows.optional_text(5), rows.optional_text(6), rows.optional_text(7),
                      rows.optional_text(8), rows.optional_text(9), rows.optional_text(10)};
}

std::optional<domain::Seq> publication_of(Connection& connection, const std::string& report)
{
    auto rows = connection.query("SELECT seq FROM report_revision WHERE report = ?1 ORDER BY revision DESC LIMIT 1", report);
    return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

std::optional<CheckpointRow> first_checkpoint(Connection& connection)
{
    return one_checkpoint(connection.query("SELECT size, at, note FROM ledger_checkpoint ORDER BY size LIMIT 1"));
}

std::optional<CheckpointRow> last_checkpoint(Connection& connection)
{
    return one_checkpoint(connection.query("SELECT size, at, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"));
}

std::optional<CheckpointRow> last_checkpoint_until(Connection& connection, const std::string& at)
{
    return one_checkpoint(connection.query("SELECT size, at, note FROM ledger_checkpoint WHERE at <= ?1 ORDER BY size DESC LIMIT 1", at));
}

std::optional<CheckpointRow> checkpoint_of_size(Connection& connection, std::uint64_t size)
{
    return one_checkpoint(
        connection.query("SELECT size, at, note FROM ledger_checkpoint WHERE size = ?1", static_cast<std::int64_t>(size)));
}

std::optional<CheckpointRow> checkpoint_over(Connection& connection, domain::Seq seq)
{
    return one_checkpoint(connection.query("SELECT size, at, note FROM ledger_checkpoint WHERE size > ?1 ORDER BY size LIMIT 1", seq));
}

ledger::NodeReader node_reader(Connection& connection)
{
    return [&connection](unsigned level, std::uint64_t index) {
        auto rows = connection.query("SELECT hash FROM ledger_node WHERE level = ?1 AND position = ?2", static_cast<int>(level),
                                     static_cast<std::int64_t>(index));
        if (!rows.next())
            lacks_node(level, index);
        return rows.hash(0);
    };
}

ledger::Frontier stored_frontier(Connection& connection)
{
    return ledger::Frontier::read(ledger_size(connection), node_reader(connection));
}

ledger::NodeReader path_reader(Connection& connection)
{
    return [&connection, block = Block()](unsigned level, std::uint64_t index) mutable {
        const unsigned above = level % block_levels, bottom = level - above;
        const auto first = index << above;
        if (!block.holds(bottom, first))
            block.read(connection, bottom, first);
        if (!block.holds(bottom, first + (std::uint64_t{1} << above) - 1))
            lacks_node(level, index);
        return block.root(first, above);
    };
}

std::vector<LeafRow> leaves(Connection& connection, domain::Seq from, domain::Seq to)
{
    std::vector<LeafRow> list;
    auto rows = connection.query(
        "SELECT position, hash FROM ledger_node WHERE level = 0 AND position >= ?1 AND position <= ?2 ORDER BY position", from, to);
    while (rows.next())
        list.push_back({rows.integer(0), rows.hash(1)});
    return list;
}

std::vector<ledger::VerifierKey> log_keys(Connection& connection)
{
    std::vector<ledger::VerifierKey> list;
    auto rows = connection.query("SELECT name, public_key, from_seq, until_seq FROM log_key ORDER BY from_seq DESC, public_key");
    while (rows.next())
        list.push_back({rows.text(0), rows.hash(1), rows.integer(2), rows.optional_integer(3)});
    return list;
}

std::vector<ErasureRow> erasures(Connection& connection, domain::Seq after)
{
    std::vector<ErasureRow> list;
    static constexpr auto statement =
        "SELECT seq, kind, subject_kind, subject FROM ledger_entry WHERE seq > ?1 AND kind IN (" + erasure_kinds + ") ORDER BY seq";
    auto rows = connection.query(statement, after);
    while (rows.next())
        list.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.text(3)});
    return list;
}

void erase_openings(Transaction& transaction, domain::Subject subject, const std::string& id)
{
    erase_openings(transaction.db(), subject, id);
    transaction.mark_erased();
}

void erase_openings(Connection& connection, domain::Subject subject, const std::string& id)
{
    const auto erasure = domain::kind_that(domain::Commits::erasure, subject).value();
    connection.run(
        "UPDATE ledger_opening SET salt = NULL, content = NULL, recipients = NULL, recipients_salt = NULL, statement = NULL,"
        " statement_salt = NULL WHERE seq IN (SELECT seq FROM ledger_entry WHERE subject_kind = ?1 AND subject = ?2 AND kind <> ?3)",
        domain::name_of(subject), id, domain::row_of(erasure).name);
    if (subject == domain::Subject::report)
        erase_hands_of_report(connection, id);
}

}  // namespace cbmx::store
