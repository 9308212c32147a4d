// The first step of a batch: from bytes to items, each judged by its schema, in time and memory that grow with the bytes and no faster.
// See batches.hpp.
#include "base/ending.hpp"
#include "json/items.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "service/directory/nominations.hpp"
#include "service/intake/batches.hpp"
#include "service/intake/import.hpp"
#include "tables/contacts.hpp"
#include "tables/reports.hpp"
#include <algorithm>
#include <map>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds key_time_of_a_batch{60};  // for the keys of all its nominations together
constexpr std::size_t quick_bytes = 64 * 1024;           // is read and judged within a few milliseconds
constexpr const auto& member_names = domain::Names<ItemKind>::text;

std::string_view schema_of(ItemKind kind)
{
    switch (kind) {
    case ItemKind::report: return "report-create";
    case ItemKind::nomination: return "nomination-create";
    case ItemKind::decision: return "report-decision";
    }
    throw std::logic_error("unknown kind of item");
}

std::string item_place(std::size_t number) { return "item:" + std::to_string(number); }

// The moment of reading, and until when keys may be looked at.
struct Clock {
    domain::Instant now;
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::now() + key_time_of_a_batch;
};

// How many broken rules may still be named. Each item that is refused says why, whatever the others have used up.
class Bound {
public:
    std::size_t of_item() const { return std::clamp<std::size_t>(left_, 1, domain::max_violations_of_item); }
    void use(const BatchItem& item) { left_ -= std::min(left_, item.violations.size() + item.placed.size()); }

private:
    std::size_t left_ = domain::max_violations_of_batch;
};

// What all items are read by.
struct Reading {
    Clock clock;
    Bound bound = {};
};

// Keeps no more than `most`, and says so.
void cut_short(std::vector<Violation>& violations, std::size_t most, const std::string& place)
{
    if (violations.size() <= most)
        return;
    violations.erase(violations.begin() + static_cast<std::ptrdiff_t>(most), violations.end());
    violations.push_back(domain::more_errors(place, most));
}

void judge(BatchItem& item, const Json& body, const Reading& reading)
{
    const auto& clock = reading.clock;
    const auto most = reading.bound.of_item();
    item.violations = json::SchemaSet::embedded().validate(schema_of(item.kind), body, most);
    if (item.kind != ItemKind::nomination || !item.violations.empty())
        return;
    item.violations = check_form(body, most);
    cut_short(item.violations, most, "");
    if (!item.violations.empty())
        return;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(clock.until - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds(0))
        throw std::runtime_error("the keys of one batch take longer than " + std::to_string(key_time_of_a_batch.count()) +
                                 " seconds to read");
    item.inspection = inspect_keys(body, clock.now, std::min(left, key_time_limit));
}

// {"report": {...}}, {"nomination": {...}} or {"decision": {...}}.
void read_member(BatchItem& item, const Json& whole, const Reading& reading)
{
    const auto place = item_place(item.number);
    if (!whole.is_object()) {
        item.placed.push_back({place, Rule::wrong_type, {{"expected", "object"}}});
        return;
    }
    std::vector<std::size_t> kinds;
    for (const auto& [name, value] : whole.items()) {
        const auto known = std::find(member_names.begin(), member_names.end(), name);
        if (known == member_names.end())
            item.placed.push_back({place + "/" + name, Rule::unknown_member});
        else
            kinds.push_back(static_cast<std::size_t>(known - member_names.begin()));
    }
    if (kinds.size() != 1)
        item.placed.push_back({place, kinds.empty() ? Rule::required : Rule::no_variant});
    cut_short(item.placed, reading.bound.of_item(), place);
    if (kinds.size() != 1)
        return;
    item.kind = static_cast<ItemKind>(kinds.front());
    const auto& body = whole.at(std::string(member_names[kinds.front()]));
    judge(item, body, reading);
    // Of what is not judged to its end nothing more is asked (batches.cpp): nobody parses it again.
    item.text = domain::is_cut_short(item.violations) ? "{}" : body.dump();
}

BatchItem item_from(std::size_t number, std::string_view text, const Reading& reading)
{
    BatchItem item{.number = number};
    const auto parsed = json::parse(text, json::max_values_of_body);
    if (parsed) {
        read_member(item, *parsed, reading);
        return item;
    }
    for (auto violation : parsed.error().violations) {
        violation.pointer = item_place(number) + violation.pointer;
        item.placed.push_back(std::move(violation));
    }
    return item;
}

Error too_many() { return domain::invalid("", Rule::too_many_items, {{"limit", std::to_string(max_batch_items)}}); }
Error none() { return domain::invalid("", Rule::too_few_items, {{"limit", "1"}}); }

Result<std::vector<BatchItem>> read_json(std::string_view text, BatchForm form, Reading reading)
{
    constexpr std::size_t too_many_to_read = max_batch_items + 1;
    std::vector<std::string_view> texts;
    if (form == BatchForm::lines) {
        for (const auto& line : json::ndjson_lines(text, too_many_to_read))
            texts.push_back(line.text);
    } else {
        auto found = json::array_items(text, too_many_to_read);
        if (found.malformed_at)
            return Error{ErrorCode::malformed_json, {{"", Rule::malformed, {{"at", std::to_string(*found.malformed_at)}}}}};
        texts = std::move(found.items);
    }
    if (texts.empty())
        return none();
    if (texts.size() > max_batch_items)
        return too_many();
    std::vector<BatchItem> items;
    for (const auto one : texts) {
        base::check_ending();
        items.push_back(item_from(items.size() + 1, one, reading));
        reading.bound.use(items.back());
    }
    return items;
}

// What is wrong with cells, by the line on which their row begins. nullopt: something is wrong with what is no row.
std::optional<std::map<std::size_t, std::vector<Violation>>> faults_by_line(const ImportedTable& table)
{
    std::map<std::size_t, std::vector<Violation>> by_line;
    for (const auto& row : table.rows)
        by_line.try_emplace(row.line);
    for (const auto& violation : table.violations) {
        const auto row = by_line.find(table_place(violation.pointer).value_or(TablePlace{}).line);
        if (row == by_line.end())
            return std::nullopt;
        row->second.push_back(violation);
    }
    return by_line;
}

// A row's item has what is wrong with the row; what belongs to no row concerns the table as a whole.
Result<std::vector<BatchItem>> read_table(std::string_view bytes, ItemKind kind, Reading reading)
{
    if (!json::is_utf8(bytes) || !json::is_stream_safe(bytes))
        return domain::invalid("", Rule::format, {{"format", "UTF-8"}});
    const auto text = json::to_nfc(bytes);
    constexpr std::size_t too_many_to_read = max_batch_items + 1;
    auto table = kind == ItemKind::report ? reports_from_csv(text, too_many_to_read) : nominations_from_csv(text, too_many_to_read);
    auto faults = faults_by_line(table);
    if (!faults) {
        cut_short(table.violations, domain::max_violations_of_batch, "");
        return Error{ErrorCode::validation_failed, std::move(table.violations)};
    }
    if (table.rows.empty())
        return none();
    if (table.rows.size() > max_batch_items)
        return too_many();
    std::vector<BatchItem> items;
    for (const auto& row : table.rows) {
        base::check_ending();
        BatchItem item{.number = items.size() + 1, .line = row.line, .kind = kind, .text = row.body.dump()};
        judge(item, row.body, reading);
        item.placed = std::move(faults->at(row.line));
        cut_short(item.placed, reading.bound.of_item(), place_in_table(row.line, ""));
        reading.bound.use(item);
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

bool takes_long_to_read(std::string_view text)
{
    return text.size() > quick_bytes || text.find("nomination") != std::string_view::npos ||
           text.find("-----BEGIN") != std::string_view::npos;
}

Result<Batch> read_batch(std::string_view text, BatchForm form, ItemKind items, domain::Instant now)
{
    if (text.empty())
        return none();
    const Reading reading{.clock = {.now = now}};
    auto read = form == BatchForm::table ? read_table(text, items, reading) : read_json(text, form, reading);
    if (!read)
        return read.error();
    Batch batch;
    batch.form = form;
    batch.items = std::move(*read);
    return batch;
}

}  // namespace cbmx::service
