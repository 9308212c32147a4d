// Reference documents as a table, to import the catalogue that the secretariat keeps in a spreadsheet. Pure, any thread.
// The columns are the members of schema/json/document-create; how a table is read: tables/rows.hpp.
#pragma once
#include "tables/rows.hpp"
#include <array>

namespace cbmx::service {

inline constexpr std::array<std::string_view, 10> document_columns{
    "state", "year", "language", "kind", "title", "confidence", "source", "verified_with_state", "issuer", "url"};

// Each row as the body of document-create, to be checked by that schema. Beyond the violations of rows_of_table:
// wrong_type for a year that is no whole number, not_allowed_value for a verified_with_state other than true or false.
ImportedTable documents_from_csv(std::string_view text);

}  // namespace cbmx::service
