// What is left of a COMMIT whose sync failed. writer.cpp has refused it; the next start must not take it for committed.
#pragma once
#include "store/sqlite/sqlite.hpp"

namespace cbmx::store {

// Cuts off the WAL what lies behind the last commit that counts. The writer's connection, outside a transaction.
// Throws SqliteError when the file cannot be cut.
void cut_failed_commit(Connection& connection);

}  // namespace cbmx::store
