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

// By what it is about.
constexpr SqlText subject_of_recipient = "SELECT v.state, v.measure, v.period, v.report FROM report_recipient v WHERE v.recipient = ?1";
constexpr auto addressed_by_subject = subject_of_recipient + " AND (v.state, v.measure, v.period, v.report) > (?2, ?3, ?4, ?5)"
                                                             " ORDER BY v.state, v.measure, v.period, v.report LIMIT ?6";
constexpr auto of_state_by_subject = subject_of_recipient + " AND v.state = ?2 AND (v.measure, v.period, v.report) > (?3, ?4, ?5)"
                                                            " ORDER BY v.measure, v.period, v.report LIMIT ?6";
constexpr SqlText drafted_by_subject = "SELECT r.state, r.measure, r.period, r.id FROM report r WHERE r.state = ?1 AND r.drafted = 1"
                                       " AND (r.measure, r.period, r.id) > (?2, ?3, ?4) ORDER BY r.measure, r.period, r.id LIMIT ?5";

// Few: read as a whole, and put in order here.
constexpr auto place_columns = "SELECT " + changed + ", " + report_made + ", r.id, r.state, r.measure, r.period, r.record_state";
// Of a record under TLP:RED, whoever reads the record too.
constexpr auto drafts_that_name = place_columns +
                                  " FROM report_draft_reader x CROSS JOIN report r ON r.id = x.report WHERE x.account = ?1 AND x.state = ?2"
                                  " AND (r.record_state = 'none' OR r.label <> 'TLP:RED' OR EXISTS (SELECT 1 FROM report_recipient v"
                                  " WHERE v.report = r.id AND v.recipient = x.account))";
constexpr auto every_draft = place_columns + " FROM report_draft d CROSS JOIN report r ON r.id = d.report";

}  // namespace

bool stands_before(const ListKey& one, const ListKey& other, ReportOrder order)
{
    if (order == ReportOrder::state)
        return std::tie(one.state, one.measure, one.period, one.id) < std::tie(other.state, other.measure, other.period, other.id);
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
    if (!unpublished_ || by_ != WalkedBy::drafts || order == ReportOrder::state)
        return;
    // They stand together at the end of the order of change.
    if (order == ReportOrder::newest)
        since_ = ReportPlace::working_copy;
    else if (position_.changed != ReportPlace::working_copy)
        position_ = ListKey{.changed = ReportPlace::working_copy, .made = -1, .id = {}};
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
    auto rows = order_ == ReportOrder::state ? by_subject(db, at_once) : by_change(db, at_once);
    std::int64_t count = 0;
    for (; rows.next(); ++count) {
        position_ = order_ == ReportOrder::state
                        ? ListKey{.state = rows.text(0), .measure = rows.text(1), .period = rows.text(2), .id = rows.text(3)}
                        : ListKey{.changed = rows.integer(0), .made = rows.integer(1), .id = rows.text(2)};
        if (stands_before(behind_, position_, order_))
            ahead_.push_back(position_);
    }
    has_ended_ = count < at_once;
}

Rows Walk::by_change(Connection& db, std::int64_t at_once) const
{
    const bool goes_up = order_ == ReportOrder::changed;
    const auto& [seq, id, made] = std::tie(position_.changed, position_.id, position_.made);
    switch (by_) {
    case WalkedBy::recipient:
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

Rows Walk::by_subject(Connection& db, std::int64_t at_once) const
{
    const auto& at = position_;
    const auto& only = by_ == WalkedBy::drafts ? word_ : narrowed_to_;
    // Within one State: from its beginning, unless the list goes on behind a report of it.
    const bool is_there = at.state == only, is_behind = at.state > only;
    const std::string none, &measure = is_there ? at.measure : none, &period = is_there ? at.period : none, &id = is_there ? at.id : none;
    const auto count = is_behind ? std::int64_t{0} : at_once;
    switch (by_) {
    case WalkedBy::recipient: return db.query(addressed_by_subject, word_, at.state, at.measure, at.period, at.id, at_once);
    case WalkedBy::state: return db.query(of_state_by_subject, word_, narrowed_to_, measure, period, id, count);
    case WalkedBy::drafts: return db.query(drafted_by_subject, word_, measure, period, id, count);
    case WalkedBy::withdrawn:
    case WalkedBy::tag:
    case WalkedBy::named_drafts:
    case WalkedBy::all_drafts: break;
    }
    throw std::logic_error("a walk that has no order by subject");
}

void Walk::read_unordered(Connection& db)
{
    auto rows = by_ == WalkedBy::named_drafts ? db.query(drafts_that_name, word_, narrowed_to_) : db.query(every_draft);
    while (rows.next()) {
        ListKey key{.changed = rows.integer(0),
                    .made = rows.integer(1),
                    .state = rows.text(3),
                    .measure = rows.text(4),
                    .period = rows.text(5),
                    .id = rows.text(2)};
        const bool is_wanted = !unpublished_ || rows.view(6) == "none";
        if (is_wanted && stands_before(behind_, key, order_))
            ahead_.push_back(std::move(key));
    }
    std::sort(ahead_.begin(), ahead_.end(), [this](const ListKey& one, const ListKey& other) { return stands_before(one, other, order_); });
    has_ended_ = true;
}

std::vector<Sql> walk_statements()
{
    return {addressed_up, addressed_down, of_state_up,  of_state_down,        withdrawn_up,        withdrawn_down,     tagged_up,
            tagged_down,  drafted_up,     drafted_down, addressed_by_subject, of_state_by_subject, drafted_by_subject, drafts_that_name};
}

}  // namespace cbmx::store
