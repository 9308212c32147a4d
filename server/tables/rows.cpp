// The contract is tables/rows.hpp; cells and quotes: base/csv.hpp.
#include "tables/rows.hpp"
#include "base/csv.hpp"
#include "base/text.hpp"
#include <algorithm>
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

void add_row(TableRows& table, const base::CsvRow& row, const std::vector<std::string>& names)
{
    const auto width = row.cells.size();
    if (width != names.size()) {
        table.violations.push_back(
            {at_line(row.line), Rule::row_cells, {{"cells", std::to_string(width)}, {"columns", std::to_string(names.size())}}});
        return;
    }
    TableRow read{row.line, {}};
    for (std::size_t i = 0; i < width; ++i)
        if (const auto cell = base::trimmed(row.cells[i], base::white_space); !cell.empty())
            read.cells.emplace(names[i], cell);
    if (!read.cells.empty())  // spreadsheets like to leave rows of nothing but separators at the end
        table.rows.push_back(std::move(read));
}

}  // namespace

TableRows rows_of_table(std::string_view text, std::span<const std::string_view> columns)
{
    TableRows table;
    const auto csv = base::read_csv(text, separator_of(text));
    std::vector<std::string> names;
    if (csv.rows.empty() && !csv.fault)
        table.violations.push_back({at_line(1), Rule::required});
    else if (!csv.rows.empty() && check_header(csv.rows.front(), columns, names, table.violations))
        for (std::size_t i = 1; i < csv.rows.size(); ++i)
            add_row(table, csv.rows[i], names);
    if (csv.fault)
        table.violations.push_back({at_line(csv.fault->line), Rule::format, {{"format", std::string(format_name)}}});
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
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escaped = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ';' || text[i + 1] == '\\');
        if (text[i] == ';')
            finish();
        else
            item += text[is_escaped ? ++i : i];
    }
    finish();
    return items;
}

ImportedTable bodies_of_table(std::string_view text, std::span<const std::string_view> columns, AddMember add_member)
{
    auto read = rows_of_table(text, columns);
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
