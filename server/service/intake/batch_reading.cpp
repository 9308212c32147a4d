// The first step of a batch: from bytes to items, each judged by its schema. See batches.hpp.
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
#include <set>

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

void judge(BatchItem& item, const Json& body, const Clock& clock)
{
    item.violations = json::SchemaSet::embedded().validate(schema_of(item.kind), body);
    if (item.kind != ItemKind::nomination || !item.violations.empty())
        return;
    item.violations = check_form(body);
    if (!item.violations.empty())
        return;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(clock.until - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds(0))
        throw std::runtime_error("the keys of one batch take longer than " + std::to_string(key_time_of_a_batch.count()) +
                                 " seconds to read");
    item.inspection = inspect_keys(body, clock.now, std::min(left, key_time_limit));
}

// {"report": {...}}, {"nomination": {...}} or {"decision": {...}}.
void read_member(BatchItem& item, const Json& whole, const Clock& clock)
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
    if (kinds.size() != 1) {
        item.placed.push_back({place, kinds.empty() ? Rule::required : Rule::no_variant});
        return;
    }
    item.kind = static_cast<ItemKind>(kinds.front());
    const auto& body = whole.at(std::string(member_names[kinds.front()]));
    item.text = body.dump();
    judge(item, body, clock);
}

BatchItem item_from(std::size_t number, std::string_view text, const Clock& clock)
{
    BatchItem item{.number = number};
    const auto parsed = json::parse(text);
    if (parsed) {
        read_member(item, *parsed, clock);
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

Result<std::vector<BatchItem>> read_json(std::string_view text, BatchForm form, const Clock& clock)
{
    std::vector<std::string_view> texts;
    if (form == BatchForm::lines) {
        for (const auto& line : json::ndjson_lines(text))
            texts.push_back(line.text);
    } else {
        auto found = json::array_items(text);
        if (found.malformed_at)
            return Error{ErrorCode::malformed_json, {{"", Rule::malformed, {{"at", std::to_string(*found.malformed_at)}}}}};
        texts = std::move(found.items);
    }
    if (texts.empty())
        return none();
    if (texts.size() > max_batch_items)
        return too_many();
    std::vector<BatchItem> items;
    for (const auto one : texts)
        items.push_back(item_from(items.size() + 1, one, clock));
    return items;
}

// A row's item has what is wrong with the row; what belongs to no row concerns the table as a whole.
Result<std::vector<BatchItem>> read_table(std::string_view bytes, ItemKind kind, const Clock& clock)
{
    if (!json::is_utf8(bytes) || !json::is_stream_safe(bytes))
        return domain::invalid("", Rule::format, {{"format", "UTF-8"}});
    const auto text = json::to_nfc(bytes);
    auto table = kind == ItemKind::report ? reports_from_csv(text) : nominations_from_csv(text);
    const auto line_of = [](const Violation& violation) { return table_place(violation.pointer).value_or(TablePlace{}).line; };
    std::set<std::size_t> lines;
    for (const auto& row : table.rows)
        lines.insert(row.line);
    if (std::any_of(table.violations.begin(), table.violations.end(),
                    [&](const Violation& violation) { return !lines.contains(line_of(violation)); }))
        return Error{ErrorCode::validation_failed, std::move(table.violations)};
    if (table.rows.empty())
        return none();
    if (table.rows.size() > max_batch_items)
        return too_many();
    std::vector<BatchItem> items;
    for (const auto& row : table.rows) {
        BatchItem item{.number = items.size() + 1, .line = row.line, .kind = kind, .text = row.body.dump()};
        judge(item, row.body, clock);
        for (const auto& violation : table.violations)
            if (line_of(violation) == row.line)
                item.placed.push_back(violation);
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
    const Clock clock{now};
    auto read = form == BatchForm::table ? read_table(text, items, clock) : read_json(text, form, clock);
    if (!read)
        return read.error();
    Batch batch;
    batch.form = form;
    batch.items = std::move(*read);
    return batch;
}

}  // namespace cbmx::service
