// The reader walks the text once, one function per kind of cell. The contract is base/csv.hpp.
#include "base/csv.hpp"
#include <algorithm>

namespace cbmx::base {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view formula_starts = "=+-@\t\r";
constexpr char guard = '\'';

bool needs_guard(std::string_view cell)
{
    const auto first = cell.find_first_not_of(guard);
    return first != std::string_view::npos && formula_starts.find(cell[first]) != std::string_view::npos;
}

class Reader {
public:
    Reader(std::string_view text, CsvShape shape) : text_(text), shape_(shape) {}

    std::optional<CsvFault> read(const std::function<bool(CsvRow)>& take)
    {
        while (at_ < text_.size()) {
            if (take_line_end())
                continue;
            CsvRow row{line_, {}};
            if (!read_record(row))
                return fault_;
            if (!take(std::move(row)))
                break;
        }
        return std::nullopt;
    }

private:
    bool take_line_end()
    {
        const auto rest = text_.substr(at_);
        const std::size_t length = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
        at_ += length;
        line_ += length > 0;
        return length > 0;
    }

    bool read_record(CsvRow& row)
    {
        for (;;) {
            std::string cell;
            const bool is_quoted = at_ < text_.size() && text_[at_] == '"';
            if (is_quoted ? !read_quoted(cell) : !read_plain(cell))
                return false;
            if (++row.width <= shape_.max_cells)
                row.cells.push_back(unescape_formula(cell));
            if (at_ == text_.size() || take_line_end())
                return true;
            if (text_[at_] != shape_.separator)
                return fail(text_[at_] == '\r' ? CsvProblem::stray_return : CsvProblem::stray_quote, line_);
            ++at_;
        }
    }

    bool read_plain(std::string& cell)
    {
        const auto begin = at_;
        while (at_ < text_.size() && text_[at_] != shape_.separator && text_[at_] != '\n' && text_[at_] != '\r') {
            if (text_[at_] == '"')
                return fail(CsvProblem::stray_quote, line_);
            ++at_;
        }
        cell = text_.substr(begin, at_ - begin);
        return true;
    }

    bool read_quoted(std::string& cell)
    {
        const auto opening_line = line_;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '"') {
                ++at_;
                if (at_ == text_.size() || text_[at_] != '"')
                    return true;
            }
            line_ += text_[at_] == '\n';
            cell += text_[at_];
        }
        return fail(CsvProblem::unclosed_quote, opening_line);
    }

    bool fail(CsvProblem what, std::size_t line)
    {
        fault_ = CsvFault{line, what};
        return false;
    }

    std::string_view text_;
    CsvShape shape_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    CsvFault fault_;
};

}  // namespace

CsvText read_csv(std::string_view text, char separator)
{
    CsvText result;
    result.fault = each_csv_row(text, {.separator = separator}, [&result](CsvRow row) {
        result.rows.push_back(std::move(row));
        return true;
    });
    return result;
}

std::optional<CsvFault> each_csv_row(std::string_view text, CsvShape shape, const std::function<bool(CsvRow)>& take)
{
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    return Reader(text, shape).read(take);
}

std::string csv_row(const std::vector<std::string>& cells)
{
    std::string row;
    for (const auto& cell : cells) {
        if (&cell != &cells.front())
            row += ',';
        const auto safe = escape_formula(cell);
        // A mark at the beginning of a table would be taken for the table's own.
        const bool has_outer_space = safe.starts_with(' ') || safe.ends_with(' '), has_mark = safe.starts_with(byte_order_mark);
        if (safe.find_first_of(",;\"\r\n") == std::string::npos && !has_outer_space && !has_mark && !(safe.empty() && cells.size() == 1)) {
            row += safe;
            continue;
        }
        row += '"';
        for (const char c : safe)
            row.append(c == '"' ? 2 : 1, c);
        row += '"';
    }
    return row + "\r\n";
}

std::string escape_formula(std::string_view cell) { return needs_guard(cell) ? guard + std::string(cell) : std::string(cell); }

std::string unescape_formula(std::string_view cell)
{
    return std::string(cell.starts_with(guard) && needs_guard(cell) ? cell.substr(1) : cell);
}

}  // namespace cbmx::base
