// Parts of statements that the common dialect of SQL has no words for.
#pragma once
#include "store/sql.hpp"

namespace cbmx::store {

// Of a report (alias r): rises in the order in which the rows were made; the index by change ends in it.
inline constexpr SqlText report_made = "r.rowid";

}  // namespace cbmx::store
