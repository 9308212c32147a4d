// The contract is tables/reports.hpp.
#include "tables/reports.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::Rule;

constexpr std::array<std::string_view, 3> lists{"recipients", "tags", "crosswalk"};
constexpr std::string_view before_address = " | ";

nlohmann::json evidence_from_text(const std::string& cell)
{
    auto evidence = nlohmann::json::array();
    const auto items = list_from_text(cell);
    for (const auto& item : items) {
        const auto& text = item.get_ref<const std::string&>();
        const auto bar = text.find(before_address);
        nlohmann::json one{{"title", text.substr(0, bar)}};
        if (bar != std::string::npos)
            one["url"] = text.substr(bar + before_address.size());
        evidence.push_back(std::move(one));
    }
    return evidence;
}

void add_member(ImportedTable& table, nlohmann::json& body, std::size_t line, const std::string& column, const std::string& cell)
{
    if (column == "last_declared_year") {
        if (const auto year = base::whole_number<int>(cell))
            body[column] = *year;
        else
            table.violations.push_back({place_in_table(line, column), Rule::wrong_type, {{"expected", "integer"}}});
    } else if (column == "evidence") {
        body[column] = evidence_from_text(cell);
    } else if (std::find(lists.begin(), lists.end(), column) != lists.end()) {
        body[column] = list_from_text(cell);
    } else {
        body[column] = cell;
    }
}

}  // namespace

ImportedTable reports_from_csv(std::string_view text, std::size_t most_rows)
{
    return bodies_of_table(text, report_columns, &add_member, most_rows);
}

std::string report_column_at(std::string_view pointer)
{
    const auto name = pointer.substr(std::min<std::size_t>(1, pointer.size()));
    return std::string(name.substr(0, name.find('/')));
}

}  // namespace cbmx::service
