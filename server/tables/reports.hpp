// Reports as a table, for people who keep them in a spreadsheet: the columns are the members of schema/json/report-create. How
// a table is read: tables/rows.hpp. Pure, any thread.
#pragma once
#include "tables/rows.hpp"
#include <array>

namespace cbmx::service {

inline constexpr std::array<std::string_view, 15> report_columns{"measure",
                                                                 "period",
                                                                 "status",
                                                                 "last_declared_year",
                                                                 "label",
                                                                 "recipients",
                                                                 "client_ref",
                                                                 "language",
                                                                 "narrative",
                                                                 "challenges",
                                                                 "assistance_needed",
                                                                 "assistance_offered",
                                                                 "evidence",
                                                                 "tags",
                                                                 "crosswalk"};

// Each row as the body of report-create, to be checked by that schema. Lists are joined by ";". An item of evidence is
// "title | address" or a title alone. Beyond the violations of rows_of_table: wrong_type for a year that is no whole number.
ImportedTable reports_from_csv(std::string_view text, std::size_t most_rows = any_number_of_rows);

// "evidence" from "/evidence/0/url": the column behind a JSON Pointer into such a body; "" for the row as a whole.
std::string report_column_at(std::string_view pointer);

}  // namespace cbmx::service
