// The contract is tables/rows.hpp; cells and quotes: base/csv.hpp.
#include "tables/rows.hpp"
#include "base/csv.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <optional>
#include <set>

namespace cbmx::service {
namespace {

using domain::Rule;
using domain::Violation;

constexpr std::string_view format_name = "CSV (RFC 4180)";

std::string at_line(std::size_t line) { return "line:" + std::to_string(line); }

char separator_of(std::string_view text)
{
    const auto header = text.substr(0, text.find('\n'));
    return header.find(',') == std::string_view::npos && header.find(';') != std::string_view::npos ? ';' : ',';
}

// The names of the header's columns; false when one is unknown or stands there twice.
bool check_header(const base::CsvRow& header, std::span<const std::string_view> columns, std::vector<std::string>& names,
                  std::vector<Violation>& violations)
{
    std::set<std::string> seen;
    for (const auto& cell : header.cells) {
        const std::string name(base::trimmed(cell, base::white_space));
        if (std::find(columns.begin(), columns.end(), name) == columns.end())
            violations.push_back({place_in_table(header.line, name), Rule::unknown_member});
        else if (!seen.insert(name).second)
            violations.push_back({place_in_table(header.line, name), Rule::duplicate_item});
        names.push_back(name);
    }
    return violations.empty();
}

// false: more is not named.
bool add_row(TableRows& table, const base::CsvRow& row, const std::vector<std::string>& names)
{
    if (row.width != names.size()) {
        const auto named = table.violations.size();
        if (named >= domain::max_violations_of_body) {
            table.violations.push_back(domain::more_errors(at_line(row.line), named));
            return false;
        }
        table.violations.push_back(
            {at_line(row.line), Rule::row_cells, {{"cells", std::to_string(row.width)}, {"columns", std::to_string(names.size())}}});
        return true;
    }
    TableRow read{row.line, {}};
    for (std::size_t i = 0; i < row.width; ++i)
        if (const auto cell = base::trimmed(row.cells[i], base::white_space); !cell.empty())
            read.cells.emplace(names[i], cell);
    if (!read.cells.empty())  // spreadsheets like to leave rows of nothing but separators at the end
        table.rows.push_back(std::move(read));
    return true;
}

}  // namespace

TableRows rows_of_table(std::string_view text, std::span<const std::string_view> columns, std::size_t most_rows)
{
    TableRows table;
    std::optional<std::vector<std::string>> names;
    // A header with more cells than there are columns names one twice, or one that is unknown.
    const base::CsvShape shape{separator_of(text), columns.size() + 1};
    const auto fault = base::each_csv_row(text, shape, [&](const base::CsvRow& row) {
        if (!names)
            return check_header(row, columns, names.emplace(), table.violations);
        return add_row(table, row, *names) && table.rows.size() < most_rows;
    });
    if (!names && !fault)
        table.violations.push_back({at_line(1), Rule::required});
    if (fault)
        table.violations.push_back({at_line(fault->line), Rule::format, {{"format", std::string(format_name)}}});
    return table;
}

std::string place_in_table(std::size_t line, std::string_view column) { return at_line(line) + "/" + std::string(column); }

nlohmann::json list_from_text(std::string_view text)
{
    auto items = nlohmann::json::array();
    std::string item;
    const auto finish = [&items, &item] {
        if (const auto whole = base::trimmed(item, base::white_space); !whole.empty())
            items.push_back(std::string(whole));
        item.clear();
    };
    for (std::size_t i = 0; i < text.size() && items.size() <= most_items_of_cell; ++i) {
        const bool is_escaped = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ';' || text[i + 1] == '\\');
        if (text[i] == ';')
            finish();
        else
            item += text[is_escaped ? ++i : i];
    }
    finish();
    return items;
}

ImportedTable bodies_of_table(std::string_view text, std::span<const std::string_view> columns, AddMember add_member, std::size_t most_rows)
{
    auto read = rows_of_table(text, columns, most_rows);
    ImportedTable table{{}, std::move(read.violations)};
    for (const auto& row : read.rows) {
        nlohmann::json body = nlohmann::json::object();
        for (const auto& [column, cell] : row.cells)
            add_member(table, body, row.line, column, cell);
        table.rows.push_back({row.line, std::move(body)});
    }
    return table;
}

}  // namespace cbmx::service
