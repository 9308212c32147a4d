// What is wrong with a database as a file: damaged pages, references to rows that are not there, a schema that is not the one
// that this release makes, rows that break its CHECK constraints. Sentences in English, for verify.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <string>
#include <vector>

namespace cbmx::store {

void check_is_database(Connection& connection);                     // throws StoreError when the file is something else
std::vector<std::string> page_faults(Connection& connection);       // PRAGMA integrity_check; bounded
std::vector<std::string> reference_faults(Connection& connection);  // PRAGMA foreign_key_check; bounded

// Who has the file can change the schema as well: a trigger of theirs would act at the portal's next write. What SQLite
// keeps for itself is left out.
std::vector<std::string> schema_faults(Connection& connection);
// One sentence a row and rule, bounded. PRAGMA integrity_check leaves CHECK out: SQLite reads these rules only in a database
// that it may write to, and verify opens none of those.
std::vector<std::string> broken_checks(Connection& connection);

}  // namespace cbmx::store
