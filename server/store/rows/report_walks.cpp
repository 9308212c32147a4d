// See report_walks.hpp. Each statement runs along one index from where it goes on, which report_lists_test.cpp asks the database about.
#include "store/rows/report_walks.hpp"
#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace cbmx::store {
namespace {

// Parameters by change: ?1 word, ?2 and ?3 where it goes on, ?4 how many; then what narrows it, and how far down it goes.
constexpr SqlText up = " AND (v.changed_seq, v.report) > (?2, ?3) ORDER BY v.changed_seq, v.report LIMIT ?4";
constexpr SqlText down =
    " AND v.changed_seq > ?5 AND (v.changed_seq, v.report) < (?2, ?3) ORDER BY v.changed_seq DESC, v.report DESC LIMIT ?4";
constexpr SqlText addressed =
    "SELECT v.changed_seq, 0, v.report FROM report_recipient v WHERE v.recipient = ?1 AND v.changed_seq IS NOT NULL";
constexpr auto addressed_up = addressed + up;
constexpr auto addressed_down = addressed + down;
constexpr auto of_state_up = addressed + " AND v.state = ?5" + up;
constexpr auto of_state_down = addressed + " AND v.state = ?6" + down;
constexpr auto withdrawn_up = addressed + " AND v.withdrawn = 1" + up;
constexpr auto withdrawn_down = addressed + " AND v.withdrawn = 1" + down;
constexpr SqlText tagged = "SELECT v.changed_seq, 0, v.report FROM report_tag v WHERE v.reach = ?1";
constexpr auto tagged_up = tagged + " AND v.tag = ?5" + up;
constexpr auto tagged_down = tagged + " AND v.tag = ?6" + down;

// A working copy has no number yet: it counts as the newest, and among others as when it was begun.
constexpr SqlText changed = "COALESCE(r.changed_seq, 9223372036854775807)";
constexpr auto drafted =
    "SELECT " + changed + ", " + report_made + ", r.id FROM report r WHERE r.state = ?1 AND r.drafted = 1 AND " + changed;
constexpr auto drafted_up =
    drafted + " >= ?2 AND (" + changed + " > ?2 OR " + report_made + " > ?3) ORDER BY " + changed + ", " + report_made + " LIMIT ?4";
constexpr auto drafted_down = drafted + " BETWEEN ?5 AND ?2 AND (" + changed + " < ?2 OR " + report_made + " < ?3) ORDER BY " + changed +
                              " DESC, " + report_made + " DESC LIMIT ?4";

// By State: ?2 to ?4 where it goes on.
constexpr SqlText addressed_by_state =
    "SELECT v.changed_seq, 0, v.report, v.state FROM report_recipient v WHERE v.recipient = ?1 AND v.changed_seq IS NOT NULL"
    " AND (v.state, v.changed_seq, v.report) > (?2, ?3, ?4) ORDER BY v.state, v.changed_seq, v.report LIMIT ?5";

// Few: read as a whole, and put in order here.
constexpr auto place_columns = "SELECT " + changed + ", " + report_made + ", r.id, r.state, r.record_state";
// Of a record under TLP:RED, whoever reads the record too.
constexpr auto drafts_that_name = place_columns +
                                  " FROM report_draft_reader x CROSS JOIN report r ON r.id = x.report WHERE x.account = ?1 AND x.state = ?2"
                                  " AND (r.record_state = 'none' OR r.label <> 'TLP:RED' OR EXISTS (SELECT 1 FROM report_recipient v"
                                  " WHERE v.report = r.id AND v.recipient = x.account))";
constexpr auto every_draft = place_columns + " FROM report_draft d CROSS JOIN report r ON r.id = d.report";

}  // namespace

bool stands_before(const ListKey& one, const ListKey& other, ReportOrder order)
{
    if (order == ReportOrder::state && one.state != other.state)
        return one.state < other.state;
    const auto& [first, second] = order == ReportOrder::newest ? std::tie(other, one) : std::tie(one, other);
    if (first.changed != second.changed || first.changed != ReportPlace::working_copy)
        return std::tie(first.changed, first.id) < std::tie(second.changed, second.id);
    return std::tie(first.made, first.id) < std::tie(second.made, second.id);
}

Walk::Walk(WalkedBy by, std::string word, std::string narrowed_to, bool unpublished)
    : by_(by), word_(std::move(word)), narrowed_to_(std::move(narrowed_to)), unpublished_(unpublished)
{
}

void Walk::begin(const ListKey& behind, ReportOrder order, std::int64_t since)
{
    order_ = order;
    behind_ = position_ = behind;
    since_ = since;
    // Within one State the order by State is that of change: from its beginning, unless the list goes on behind a report of it.
    const auto& only = by_ == WalkedBy::drafts ? word_ : narrowed_to_;
    if (order == ReportOrder::state && (by_ == WalkedBy::drafts || by_ == WalkedBy::state) && only != behind.state) {
        has_ended_ = only < behind.state;
        position_ = ListKey{.state = only, .changed = -1, .made = -1, .id = {}};
    }
    if (!unpublished_ || by_ != WalkedBy::drafts)
        return;
    // They stand together at the end of the order of change.
    if (order == ReportOrder::newest)
        since_ = ReportPlace::working_copy;
    else if (position_.changed != ReportPlace::working_copy)
        position_ = ListKey{.state = position_.state, .changed = ReportPlace::working_copy, .made = -1, .id = {}};
}

const ListKey* Walk::next(Connection& db, std::int64_t at_once)
{
    while (ahead_.empty() && !has_ended_)
        read(db, at_once);
    return ahead_.empty() ? nullptr : &ahead_.front();
}

void Walk::read(Connection& db, std::int64_t at_once)
{
    if (by_ == WalkedBy::named_drafts || by_ == WalkedBy::all_drafts)
        return read_unordered(db);
    auto rows = ask(db, at_once);
    const bool of_one_state = by_ == WalkedBy::drafts || by_ == WalkedBy::state;
    std::int64_t count = 0;
    for (; rows.next(); ++count) {
        ListKey key{.changed = rows.integer(0), .made = rows.integer(1), .id = rows.text(2)};
        if (order_ == ReportOrder::state)
            key.state = of_one_state ? position_.state : rows.text(3);
        position_ = std::move(key);
        if (stands_before(behind_, position_, order_))
            ahead_.push_back(position_);
    }
    has_ended_ = count < at_once;
}

Rows Walk::ask(Connection& db, std::int64_t at_once) const
{
    const bool goes_up = order_ != ReportOrder::newest;
    const auto& [seq, id, made] = std::tie(position_.changed, position_.id, position_.made);
    switch (by_) {
    case WalkedBy::recipient:
        if (order_ == ReportOrder::state)
            return db.query(addressed_by_state, word_, position_.state, seq, id, at_once);
        return goes_up ? db.query(addressed_up, word_, seq, id, at_once) : db.query(addressed_down, word_, seq, id, at_once, since_);
    case WalkedBy::state:
        return goes_up ? db.query(of_state_up, word_, seq, id, at_once, narrowed_to_)
                       : db.query(of_state_down, word_, seq, id, at_once, since_, narrowed_to_);
    case WalkedBy::withdrawn:
        return goes_up ? db.query(withdrawn_up, word_, seq, id, at_once) : db.query(withdrawn_down, word_, seq, id, at_once, since_);
    case WalkedBy::tag:
        return goes_up ? db.query(tagged_up, word_, seq, id, at_once, narrowed_to_)
                       : db.query(tagged_down, word_, seq, id, at_once, since_, narrowed_to_);
    case WalkedBy::drafts:
        return goes_up ? db.query(drafted_up, word_, seq, made, at_once) : db.query(drafted_down, word_, seq, made, at_once, since_);
    case WalkedBy::named_drafts:
    case WalkedBy::all_drafts: break;
    }
    throw std::logic_error("a walk in no order");
}

void Walk::read_unordered(Connection& db)
{
    auto rows = by_ == WalkedBy::named_drafts ? db.query(drafts_that_name, word_, narrowed_to_) : db.query(every_draft);
    while (rows.next()) {
        ListKey key{.state = rows.text(3), .changed = rows.integer(0), .made = rows.integer(1), .id = rows.text(2)};
        const bool is_wanted = !unpublished_ || rows.view(4) == "none";
        if (is_wanted && stands_before(behind_, key, order_))
            ahead_.push_back(std::move(key));
    }
    std::sort(ahead_.begin(), ahead_.end(), [this](const ListKey& one, const ListKey& other) { return stands_before(one, other, order_); });
    has_ended_ = true;
}

std::vector<Sql> walk_statements()
{
    return {addressed_up, addressed_down, of_state_up, of_state_down, withdrawn_up,       withdrawn_down,
            tagged_up,    tagged_down,    drafted_up,  drafted_down,  addressed_by_state, drafts_that_name};
}

}  // namespace cbmx::store
