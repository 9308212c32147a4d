// See report_lists.hpp. A list is the walks of all the caller's words (report_walks.hpp), merged in its order.
#include "store/rows/report_lists.hpp"
#include "store/rows/report_columns.hpp"
#include "store/rows/report_walks.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace cbmx::store {
namespace {

constexpr std::int64_t most_at_once = 512;  // rows of an index that are read together

// What the report says is shown to the caller of State ?13: of one that was withdrawn from others, they see what it is about alone.
constexpr SqlText says_shown = "(r.record_state <> 'withdrawn' OR r.state = ?13)";
// ?4 state ?5 measure ?6 period ?7 status ?8 workflow_state ?9 label ?10 language ?11 tag ?12 changed since. A filter uses what the
// row would show to the caller and nothing else (rules.md 13); an erased report has neither status nor language nor tags.
constexpr auto report_filter = " AND (?4 IS NULL OR r.state = ?4) AND (?5 IS NULL OR r.measure = ?5) AND (?6 IS NULL OR r.period = ?6)"
                               " AND (?8 IS NULL OR r.record_state = ?8 OR (d.draft_state = ?8 AND " +
                               draft_visible +
                               ")) AND (?9 IS NULL OR r.label = ?9) AND ((?7 IS NULL AND ?10 IS NULL AND ?11 IS NULL) OR (" + says_shown +
                               " AND (?7 IS NULL OR r.status = ?7) AND (?10 IS NULL OR r.language = ?10)"
                               " AND (?11 IS NULL OR EXISTS (SELECT 1 FROM report_tag t WHERE t.report = r.id AND t.tag = ?11))))"
                               " AND (?12 IS NULL OR r.changed_seq > ?12)";
// Of the reports ?14 (JSON array of ids, in their order), those that the filter finds.
constexpr auto select_listed =
    "SELECT " + report_columns + " FROM json_each(?14) listed CROSS JOIN report r ON r.id = listed.value" + report_parts + " WHERE ";
// All of them came by an index of what is addressed to the caller: that is what makes a record visible (record_visible).
constexpr auto listed_records = select_listed + "r.record_state <> 'none'" + report_filter + " LIMIT ?15";
constexpr auto listed_reports = select_listed + report_visible + report_filter + " LIMIT ?15";

constexpr std::int64_t before_all = -1, behind_all = std::numeric_limits<std::int64_t>::max();

std::optional<ListKey> begin_behind(Connection& db, const ReportPlace& after, ReportOrder order)
{
    const bool goes_down = order == ReportOrder::newest;
    const auto first = goes_down ? behind_all : before_all, last = goes_down ? before_all : behind_all;
    if (after.id.empty())
        return ListKey{.changed = first, .made = first, .id = {}};
    static constexpr auto statement = "SELECT COALESCE(r.changed_seq, ?2), " + report_made + ", r.state FROM report r WHERE r.id = ?1";
    auto rows = db.query(statement, after.id, ReportPlace::working_copy);
    if (!rows.next())  // by its number a place in the order of change stands by itself
        return after.changed && order != ReportOrder::state
                   ? std::optional(ListKey{.changed = *after.changed, .made = last, .id = after.id})
                   : std::nullopt;
    return ListKey{.state = rows.text(2), .changed = after.changed.value_or(rows.integer(0)), .made = rows.integer(1), .id = after.id};
}

struct List {
    const domain::Visibility& visibility;
    const ReportFilter& filter;
    ReportOrder order;
    std::optional<std::int64_t> since;

    bool asks_for(std::string_view workflow_state) const { return filter.workflow_state == workflow_state; }
    bool asks_for_drafts() const { return asks_for("draft") || asks_for("submitted"); }
};

// The index with the fewest rows that hold what this word finds. A word "NI/state:NI" counts for that State's own reports alone.
std::optional<Walk> walk_of_word(const List& list, const std::string& word)
{
    constexpr std::size_t state_letters = 2;
    const bool is_of_own = word.size() > state_letters && word[state_letters] == '/';
    const auto own = is_of_own ? word.substr(0, state_letters) : std::string();
    const auto recipient = is_of_own ? word.substr(state_letters + 1) : word;
    const auto& filter = list.filter;
    if (is_of_own && filter.state && *filter.state != own)
        return std::nullopt;
    // A record whose working copy not all who draft read is one that names accounts: all others come by the working copies.
    if (list.asks_for_drafts() && !recipient.starts_with("account:"))
        return std::nullopt;
    if (!is_of_own && list.order != ReportOrder::state) {
        if (list.asks_for("withdrawn"))
            return Walk(WalkedBy::withdrawn, recipient);
        if (filter.tag && (recipient == "public" || recipient == "members"))
            return Walk(WalkedBy::tag, recipient, *filter.tag);
    }
    if (is_of_own || filter.state)
        return Walk(WalkedBy::state, recipient, is_of_own ? own : *filter.state);
    return Walk(WalkedBy::recipient, recipient);
}

std::vector<Walk> walks_of(const List& list)
{
    std::vector<Walk> walks;
    for (const auto& word : domain::recipients_from_json(list.visibility.tokens))
        if (auto walk = walk_of_word(list, word))
            walks.push_back(std::move(*walk));
    // What was withdrawn from others is found by its tags by its own State alone: it stands in no index of tags.
    if (list.filter.tag && !list.visibility.own_state.empty() && list.order != ReportOrder::state)
        walks.emplace_back(WalkedBy::withdrawn, "public");
    const auto& drafting = list.visibility.draft_state;
    const bool unpublished = !list.asks_for_drafts();  // of a record the walks above tell
    if (drafting.empty() || list.asks_for("published") || list.asks_for("withdrawn") || (unpublished && list.since))
        return walks;
    if (drafting == "*") {
        walks.emplace_back(WalkedBy::all_drafts, "", "", unpublished);
    } else if (!list.filter.state || *list.filter.state == drafting) {
        walks.emplace_back(WalkedBy::drafts, drafting, "", unpublished);
        if (!list.visibility.account.empty())
            walks.emplace_back(WalkedBy::named_drafts, list.visibility.account, drafting, unpublished);
    }
    return walks;
}

// The next reports of all walks together; fewer than so many: the list ends.
std::vector<ListKey> take(Connection& db, std::vector<Walk>& walks, ReportOrder order, std::int64_t count)
{
    std::vector<ListKey> taken;
    while (static_cast<std::int64_t>(taken.size()) < count) {
        const ListKey* least = nullptr;
        for (auto& walk : walks)
            if (const auto* key = walk.next(db, std::min(count, most_at_once)); key && (!least || stands_before(*key, *least, order)))
                least = key;
        if (!least)
            break;
        taken.push_back(*least);
        for (auto& walk : walks)  // several words may stand for it
            if (const auto* key = walk.next(db, most_at_once); key && key->id == taken.back().id)
                walk.step();
    }
    return taken;
}

std::vector<ReportRow> find_among(Connection& db, const List& list, const std::vector<ListKey>& keys, bool has_drafts, std::int64_t limit)
{
    const auto& v = list.visibility;
    const auto& f = list.filter;
    auto ids = nlohmann::json::array();
    for (const auto& key : keys)
        ids.push_back(key.id);
    auto rows = db.query(has_drafts ? Sql(listed_reports) : Sql(listed_records), v.tokens, v.draft_state, v.account, f.state, f.measure,
                         f.period, f.status, f.workflow_state, f.label, f.language, f.tag, list.since, v.own_state, ids.dump(), limit);
    std::vector<ReportRow> found;
    while (rows.next())
        found.push_back(report_from(rows));
    return found;
}

}  // namespace

ReportPage visible_reports(Connection& db, const domain::Visibility& v, const ReportFilter& filter, ReportOrder order,
                           const ReportPlace& after, std::int64_t limit, std::int64_t steps)
{
    ReportPage page;
    auto begin = begin_behind(db, after, order);
    if (!begin)
        return page;
    // changed_since must not tell an anonymous caller numbers beyond the published size: those rows count as changed.
    auto since = filter.changed_since;
    if (since && *since >= v.visible_before)
        since = v.visible_before - 1;
    if (since && order == ReportOrder::changed && *since > begin->changed)
        begin = ListKey{.changed = *since, .made = behind_all, .id = "~"};  // behind every id
    const List list{v, filter, order, since};
    auto walks = walks_of(list);
    for (auto& walk : walks)
        walk.begin(*begin, order, since.value_or(before_all));
    const bool has_drafts = std::any_of(walks.begin(), walks.end(), [](const Walk& walk) { return walk.is_of_drafts(); });

    const auto items = static_cast<std::size_t>(limit);
    for (auto at_once = limit + 1;; at_once = std::min(4 * at_once, most_at_once)) {
        const auto wanted = std::min(at_once, steps);
        const auto keys = take(db, walks, order, wanted);
        for (auto& row : find_among(db, list, keys, has_drafts, limit + 1 - static_cast<std::int64_t>(page.rows.size()))) {
            if (page.rows.size() == items) {
                const auto& last = page.rows.back();
                page.next = ReportPlace{last.id, last.changed_seq.value_or(ReportPlace::working_copy)};
                return page;
            }
            page.rows.push_back(std::move(row));
        }
        if (static_cast<std::int64_t>(keys.size()) < wanted)
            return page;
        steps -= wanted;
        if (steps > 0)
            continue;
        if (!take(db, walks, order, 1).empty())
            page.next = ReportPlace{keys.back().id, keys.back().changed};
        return page;
    }
}

std::vector<Sql> list_statements()
{
    auto statements = walk_statements();
    statements.push_back(Sql(listed_records));
    statements.push_back(Sql(listed_reports));
    return statements;
}

}  // namespace cbmx::store
