// A table that someone fills in and sends as CSV: its header says which of the known columns it has, in any order; an empty
// cell means "not given". Pure, any thread. The tables themselves: contact_table.hpp and document_table.hpp.
#pragma once
#include "domain/error.hpp"
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::service {

inline constexpr std::size_t any_number_of_rows = std::numeric_limits<std::size_t>::max();
// Longer than any list that a schema allows: what stands behind in a cell is not read, since the list is refused anyway.
inline constexpr std::size_t most_items_of_cell = 1'000;

struct TableRow {
    std::size_t line = 0;                                   // on which it begins, from 1
    std::map<std::string, std::string, std::less<>> cells;  // by column; without outer white space, the empty ones left out
};

struct TableRows {
    std::vector<TableRow> rows;                 // those with the right number of cells
    std::vector<domain::Violation> violations;  // at "line:<n>/<column>" or "line:<n>"; the last may be more_errors
};

// text: UTF-8, RFC 4180; commas or, when the header has none, semicolons, as spreadsheets write where the comma is decimal.
// Violations: format (no CSV from here on), required (no header), unknown_member and duplicate_item (a column of the
// header), row_cells. Without a readable header there are no rows. Reading ends behind most_rows rows, and behind max_violations_of_body.
TableRows rows_of_table(std::string_view text, std::span<const std::string_view> columns, std::size_t most_rows = any_number_of_rows);

// How a cell holds a list: "a; b\; c" is ["a", "b; c"], and a backslash is written twice. One item more than most_items_of_cell at most.
nlohmann::json list_from_text(std::string_view text);

std::string place_in_table(std::size_t line, std::string_view column);  // "line:3/hours"

// One row as the body of a request, for every kind of table that can be imported.
struct ImportedRow {
    std::size_t line = 0;
    nlohmann::json body;
};

struct ImportedTable {
    std::vector<ImportedRow> rows;              // also those with violations, without what could not be read
    std::vector<domain::Violation> violations;  // those of the whole table first
};

// The rows of a table as bodies: each cell by add_member, which notes in table.violations what it cannot read and then leaves
// it out of the body.
using AddMember = void (*)(ImportedTable& table, nlohmann::json& body, std::size_t line, const std::string& column,
                           const std::string& cell);
ImportedTable bodies_of_table(std::string_view text, std::span<const std::string_view> columns, AddMember add_member,
                              std::size_t most_rows = any_number_of_rows);

}  // namespace cbmx::service
