// Between reading and doing: what is wrong with the items that the reading refuses, as far as the database can tell. On a snapshot, so
// that it costs the writer nothing however much is wrong. See batches.hpp.
#include "base/ending.hpp"
#include "service/directory/nominations.hpp"
#include "service/intake/batch_parts.hpp"
#include "service/intake/import.hpp"
#include "service/reports/content.hpp"
#include "service/statements.hpp"
#include "tables/reports.hpp"
#include <algorithm>
#include <unordered_set>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

// The writer need not parse what is kept as a tree; what is beyond is parsed there, one item at a time. A tree takes some ten times its
// text.
constexpr std::size_t max_parsed_bytes = 4 * 1024 * 1024;

// Rules that compare members: judged only where the schema found nothing to say.
constexpr std::array comparing{Rule::needs_person_or_office, Rule::needs_a_way_to_reach, Rule::csirt_only_technical, Rule::order_of_dates};

// The body without what its schema refuses: what is left has the right types.
Json without(Json body, const std::vector<Violation>& refused)
{
    for (const auto& violation : refused) {
        Json* parent = &body;
        std::string_view rest = violation.pointer;
        while (parent != nullptr && parent->is_object() && !rest.empty()) {
            const auto next = rest.find('/', 1);
            const std::string name(rest.substr(1, next == std::string_view::npos ? next : next - 1));
            rest = next == std::string_view::npos ? std::string_view() : rest.substr(next);
            const auto member = parent->find(name);
            if (member == parent->end())
                break;
            if (rest.empty() || !member->is_object()) {
                parent->erase(member);
                break;
            }
            parent = &*member;
        }
    }
    return body;
}

// What the database can tell of an item that its schema already refuses, so that its sender learns it all at once. Where judging stopped
// before its end, what is left may have any type: nothing more is asked of it.
std::vector<Violation> further_faults(Connection& db, const Principal& principal, const BatchItem& item, const Json& body)
{
    if (!body.is_object() || item.kind == ItemKind::decision || domain::is_cut_short(item.violations))
        return {};
    auto sound = without(body, item.violations);
    std::vector<Violation> faults;
    if (item.kind == ItemKind::report) {
        if (body.contains("label") && !sound.contains("label")) {  // without a label recipients cannot be judged by it
            const auto known = check_named_recipients(db, principal.home, sound.value("recipients", std::vector<domain::Recipient>()));
            faults = known ? std::vector<Violation>() : known.error().violations;
            sound.erase("recipients");
        }
        for (auto& fault : faults_of_report(db, principal, sound))
            faults.push_back(std::move(fault));
    } else {
        for (auto& fault : other_faults_of_nomination(db, principal.home.state().value, sound))
            if (std::find(comparing.begin(), comparing.end(), fault.rule) == comparing.end())
                faults.push_back(std::move(fault));
    }
    return faults;
}

// The item as a whole.
std::string place_of(const BatchItem& item)
{
    return item.line != 0 ? place_in_table(item.line, "") : std::string("item:").append(std::to_string(item.number));
}

// The faults of one item: those of the reading first, and no more than a bound.
class Faults {
public:
    explicit Faults(std::string whole_item) : whole_item_(std::move(whole_item)) {}
    // A place that has a fault already gets no other.
    void add_unless_there(Violation violation)
    {
        if (!places_.contains(violation.pointer))
            add(std::move(violation));
    }
    void add(Violation violation)
    {
        if (domain::is_cut_short(all_))
            return;
        if (all_.size() >= domain::max_violations_of_item && violation.rule != Rule::more_errors)
            violation = domain::more_errors(whole_item_, domain::max_violations_of_item);
        places_.insert(violation.pointer);
        all_.push_back(std::move(violation));
    }
    bool none() const { return all_.empty(); }
    bool is_at(const std::string& place) const { return places_.contains(place); }
    std::vector<Violation> all() && { return std::move(all_); }

private:
    std::string whole_item_;
    std::vector<Violation> all_;
    std::unordered_set<std::string> places_;
};

// Everything that is wrong with the item before it is carried out.
std::vector<Violation> faults_of(Connection& db, const Principal& principal, const BatchItem& item, const Json& body)
{
    Faults faults(place_of(item));
    for (const auto& violation : item.placed)
        faults.add(violation);
    for (const auto& violation : item.violations)
        // A cell that could not be read is not also missing.
        if (auto at = placed(item, body, violation); violation.rule != Rule::required || !faults.is_at(at.pointer))
            faults.add(std::move(at));
    if (!faults.none() && !item.text.empty())
        for (const auto& violation : further_faults(db, principal, item, body))
            faults.add_unless_there(placed(item, body, violation));
    return std::move(faults).all();
}

// A table of nominations has a column for the State, which an import needs: a State may name itself there.
void drop_own_state(const Principal& principal, const BatchItem& item, Json& body)
{
    if (item.line != 0 && item.kind == ItemKind::nomination && body.value("state", "") == principal.home.state().value)
        body.erase("state");
}

// The member that is not for the services; what is wrong with it is a fault of the item.
void judge_statement(Connection& db, const Principal& principal, Batch& batch, BatchItem& item)
{
    auto statement = take_statement(item.body, batch.is_rehearsal);
    if (!statement) {
        std::vector<Violation> faults;
        for (const auto& violation : statement.error().violations)
            faults.push_back(placed(item, item.body, violation));
        item.faults = as_told(item, std::move(faults), batch.told);
        item.body = Json();
        return;
    }
    item.statement = std::move(*statement);
    if (item.statement)
        prove_statement(db, principal.home, *item.statement);
}

}  // namespace

Violation placed(const BatchItem& item, const Json& body, Violation violation)
{
    if (item.line != 0) {
        const auto column = item.kind == ItemKind::report ? report_column_at(violation.pointer) : column_of_nomination(body, violation);
        violation.pointer = place_in_table(item.line, column);
    } else {
        violation.pointer.insert(0, "item:" + std::to_string(item.number) + "/" + std::string(domain::name_of(item.kind)));
    }
    return violation;
}

Json body_of(const Principal& principal, const BatchItem& item)
{
    auto body = item.text.empty() ? Json() : Json::parse(item.text);
    drop_own_state(principal, item, body);
    return body;
}

std::vector<Violation> as_told(const BatchItem& item, std::vector<Violation> faults, std::size_t& told)
{
    if (told + faults.size() > domain::max_violations_of_batch && faults.size() > 1) {
        faults.resize(1, Violation{"", Rule::more_errors});
        faults.push_back(domain::more_errors(place_of(item), 1));
    }
    told += faults.size();
    return faults;
}

Result<void> judge_batch(Connection& db, const Principal& principal, Batch& batch)
{
    std::size_t bytes = 0, parsed = 0;
    for (const auto& item : batch.items)
        bytes += item.text.size();
    if (batch.atomic && batch.items.size() > 1 && (batch.items.size() > max_atomic_items || bytes > max_atomic_bytes))
        return domain::invalid("query:mode", Rule::too_many_for_atomic,
                               {{"limit", std::to_string(max_atomic_items)}, {"kib", std::to_string(max_atomic_bytes / 1024)}});
    for (auto& item : batch.items) {
        base::check_ending();
        const auto size = item.text.size();
        const bool is_refused = !item.placed.empty() || !item.violations.empty();
        if (!is_refused && parsed + size > max_parsed_bytes)
            continue;
        item.body = body_of(principal, item);
        if (is_refused) {
            item.faults = as_told(item, faults_of(db, principal, item, item.body), batch.told);
            item.body = Json();
        } else {
            parsed += size;
            judge_statement(db, principal, batch, item);
        }
        item.text = std::string();  // so that its memory is free
        item.placed = item.violations = std::vector<Violation>();
    }
    batch.is_judged = true;
    return {};
}

}  // namespace cbmx::service
