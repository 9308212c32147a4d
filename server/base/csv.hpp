// Comma-separated values as in RFC 4180: a writer whose cells no spreadsheet takes for a formula, and a reader of whole
// texts that takes that guard away again. Pure functions, any thread. What the columns mean: tables/rows.hpp.
#pragma once
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::base {

struct CsvRow {
    std::size_t line = 0;  // on which the record begins, from 1; a quoted cell may span several lines
    std::vector<std::string> cells;
    std::size_t width = 0;  // number of cells, also of those that were not kept
};

enum class CsvProblem {
    stray_quote,     // a quote inside an unquoted cell, or something between a closing quote and the next separator
    unclosed_quote,  // the text ends inside a quoted cell
    stray_return,    // a carriage return outside quotes without a line feed
};

struct CsvFault {
    std::size_t line = 0;  // where the fault stands; for an unclosed quote: where it opens
    CsvProblem what = CsvProblem::stray_quote;
};

struct CsvText {
    std::vector<CsvRow> rows;       // up to the fault
    std::optional<CsvFault> fault;  // reading stops at the first one
};

// Lines end with CRLF or LF, the last may end with neither; a byte order mark in front is taken off; a line without a
// single character is no record. Bytes are taken as they are: a caller that reads from outside checks UTF-8 first.
CsvText read_csv(std::string_view text, char separator = ',');

// The same record by record, so that memory holds one: until take() returns false, which has had enough. Of one record no more than
// max_cells are kept.
struct CsvShape {
    char separator = ',';
    std::size_t max_cells = std::numeric_limits<std::size_t>::max();
};
std::optional<CsvFault> each_csv_row(std::string_view text, CsvShape shape, const std::function<bool(CsvRow)>& take);

// The record and its CRLF. Cells are quoted where they have to be.
std::string csv_row(const std::vector<std::string>& cells);

// The guard (a cell that begins with = + - @, tab or return is a formula to some spreadsheets): an apostrophe in front.
// A cell that begins with apostrophes before such a character gets one more, so that unescape_formula(escape_formula(x)) is x.
std::string escape_formula(std::string_view cell);
std::string unescape_formula(std::string_view cell);

}  // namespace cbmx::base
