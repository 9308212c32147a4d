// What is left of a commit whose sync failed. writer.cpp has refused it, but its frames stand whole in the WAL: after a crash the
// next start would take them for committed. And the kernel may count their pages as written that never were, so that what
// followed them was lost.
#pragma once
#include "store/sqlite/sqlite.hpp"

namespace cbmx::store {

// Cuts off the WAL what lies behind the last commit that counts; the log says when it cannot. The writer's connection, outside a
// transaction.
void forget_failed_commit(Connection& connection);

}  // namespace cbmx::store
