// The contract is tables/documents.hpp.
#include "tables/documents.hpp"
#include "base/text.hpp"

namespace cbmx::service {
namespace {

using domain::Rule;

void add_member(ImportedTable& table, nlohmann::json& body, std::size_t line, const std::string& column, const std::string& cell)
{
    if (column == "year") {
        if (const auto year = base::whole_number<int>(cell))
            body[column] = *year;
        else
            table.violations.push_back({place_in_table(line, column), Rule::wrong_type, {{"expected", "integer"}}});
        return;
    }
    if (column != "verified_with_state") {
        body[column] = cell;
        return;
    }
    if (cell == "true" || cell == "TRUE" || cell == "false" || cell == "FALSE")  // spreadsheets write capitals
        body[column] = cell == "true" || cell == "TRUE";
    else
        table.violations.push_back({place_in_table(line, column), Rule::not_allowed_value, {{"allowed", "true, false"}}});
}

}  // namespace

ImportedTable documents_from_csv(std::string_view text) { return bodies_of_table(text, document_columns, &add_member); }

}  // namespace cbmx::service
