// What the storage engine does beside statements: schema, faults of the file, copies, trials, upkeep of its files. For the writer,
// start-up and the command line; everything else needs store/connection.hpp alone.
#pragma once
#include "store/sqlite/backup.hpp"
#include "store/sqlite/failed_commit.hpp"
#include "store/sqlite/faults.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite/same_state.hpp"
#include "store/sqlite/trial.hpp"
#include "store/sqlite/wal_keeper.hpp"

namespace cbmx::store {

// The names under which the writer knows them.
using Upkeep = WalKeeper;
using UpkeepLimits = WalLimits;

}  // namespace cbmx::store
