// CSV, NDJSON and JSON arrays as batches: whatever comes, each item is either something that can be carried out or has its
// faults named, and a table written again is the same table. The first byte chooses the form. See server/base/csv.hpp,
// server/json/items.hpp, server/service/intake/batches.hpp.
#include "base/csv.hpp"
#include "fuzz/target.hpp"
#include "json/items.hpp"
#include "json/parse.hpp"
#include "json/text.hpp"
#include "service/intake/batches.hpp"
#include <algorithm>

using cbmx::fuzz::must;
using namespace cbmx;

namespace {

const domain::Instant now{std::chrono::milliseconds(1'769'860'800'000)};  // 2026-01-31

void check_csv(std::string_view text)
{
    const auto table = base::read_csv(text);
    std::string written;
    for (const auto& row : table.rows) {
        must(!row.cells.empty(), "a row has cells");
        written += base::csv_row(row.cells);
    }
    const auto again = base::read_csv(written);
    must(!again.fault && again.rows.size() == table.rows.size(), "a table written again is read whole", written);
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        must(again.rows[i].cells == table.rows[i].cells, "a table written again is the same", written);
    must(base::unescape_formula(base::escape_formula(text)) == text, "the guard of a cell is taken off again", text);
}

void check_items(std::string_view text)
{
    const auto within = [text](std::string_view part) {
        return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
    };
    for (const auto& item : json::array_items(text).items)
        must(within(item), "an item is a part of the text");
    for (const auto& line : json::ndjson_lines(text))
        must(within(line.text) && line.number > 0 && !line.text.empty(), "a line is a part of the text");
}

// Keys would start gpg, files are for service/directory/inspection.cpp.
bool starts_programs(std::string_view text)
{
    return text.find("keys") != std::string_view::npos || text.find("\\u") != std::string_view::npos;
}

void check_batch(std::string_view text, service::BatchForm form, service::ItemKind kind)
{
    if (starts_programs(text))
        return;
    const auto batch = service::read_batch(text, form, kind, now);
    if (!batch) {
        must(!batch.error().violations.empty(), "a batch is refused for a reason", text);
        return;
    }
    constexpr auto most = domain::max_violations_of_item + 1;  // with the one that says that there are more
    std::size_t number = 0;
    for (const auto& item : batch->items) {
        must(item.number == ++number, "items are numbered in order", text);
        must(item.violations.size() <= most && item.placed.size() <= most, "judging stops at its bound", text);
        if (item.violations.empty() && item.placed.empty())
            must(json::parse(item.text).has_value(), "an item without a fault is JSON", item.text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto [choice, text] = fuzz::chosen(bytes, size);
    using service::BatchForm, service::ItemKind;
    switch (choice % 5) {
    case 0: check_csv(text); break;
    case 1:
        check_items(text);
        check_batch(text, BatchForm::array, ItemKind::report);
        break;
    case 2: check_batch(text, BatchForm::lines, ItemKind::report); break;
    case 3: check_batch(text, BatchForm::table, ItemKind::report); break;
    default: check_batch(text, BatchForm::table, ItemKind::nomination); break;
    }
    return 0;
}
