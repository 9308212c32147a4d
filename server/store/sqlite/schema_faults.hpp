// What the schema itself says of a database: whether it is the one that this release makes, and whether every row keeps
// its CHECK constraints. Sentences in English, for verify.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <string>
#include <vector>

namespace cbmx::store {

// Who has the file can change the schema as well: a trigger of theirs would act at the portal's next write. What SQLite
// keeps for itself is left out.
std::vector<std::string> schema_faults(Connection& connection);
// One sentence a row and rule, bounded. PRAGMA integrity_check leaves CHECK out: SQLite reads these rules only in a database
// that it may write to, and verify opens none of those.
std::vector<std::string> broken_checks(Connection& connection);

}  // namespace cbmx::store
