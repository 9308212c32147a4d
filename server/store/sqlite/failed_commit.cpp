// See failed_commit.hpp. SQLite writes all frames of a commit, syncs, and only then counts them in the WAL-index; when the
// sync fails they stay in the file, whole. Through SQLite's own file handles: closing another one would end its locks.
#include "store/sqlite/failed_commit.hpp"
#include "base/log.hpp"
#include "store/sqlite/wal_state.hpp"
#include <sqlite3.h>

namespace cbmx::store {
namespace {

void cut(Connection& connection)
{
    sqlite3_file* wal = nullptr;
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal == nullptr || wal->pMethods == nullptr)
        return;  // no WAL: nothing was written to it
    const auto state = wal_state(connection);
    if (!state)
        throw sqlite_error(SQLITE_IOERR, "the WAL-index is being written");
    const auto end = state->end();
    sqlite3_int64 size = 0;
    if (wal->pMethods->xFileSize(wal, &size) != SQLITE_OK || (size > end && wal->pMethods->xTruncate(wal, end) != SQLITE_OK))
        throw sqlite_error(SQLITE_IOERR_TRUNCATE, "the WAL cannot be cut");
    wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);  // as far as this disk still can: nothing is acknowledged by it
}

}  // namespace

void forget_failed_commit(Connection& connection)
{
    try {
        cut(connection);
    } catch (const StoreError& error) {
        base::log(base::Severity::error, "wal_not_cut", {{"code", error.code}, {"reason", error.what()}});
    }
}

}  // namespace cbmx::store
