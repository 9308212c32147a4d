// See failed_commit.hpp. SQLite writes all frames of a commit, syncs, and only then counts them in the WAL-index; when the
// sync fails they stay in the file, whole. Through SQLite's own file handles: closing another one would end its locks.
#include "store/sqlite/failed_commit.hpp"
#include "base/log.hpp"
#include <cstring>
#include <sqlite3.h>

namespace cbmx::store {
namespace {

// The header of the WAL-index (sqlite.org/walformat.html): numbers in the machine's own order.
constexpr int index_bytes = 32'768;
constexpr std::size_t page_size_at = 14, frames_at = 16;
constexpr sqlite3_int64 wal_header_bytes = 32, frame_header_bytes = 24;

template <class T>
T number_at(const volatile void* index, std::size_t offset)
{
    T number = 0;
    std::memcpy(&number, static_cast<const char*>(const_cast<const void*>(index)) + offset, sizeof number);
    return number;
}

sqlite3_int64 end_of_what_counts(sqlite3_file* database)
{
    volatile void* index = nullptr;
    if (database == nullptr || database->pMethods->xShmMap(database, 0, index_bytes, 0, &index) != SQLITE_OK || index == nullptr)
        throw sqlite_error(SQLITE_IOERR, "the WAL-index is not open");
    const auto page_size = number_at<std::uint16_t>(index, page_size_at);
    return wal_header_bytes +
           sqlite3_int64{number_at<std::uint32_t>(index, frames_at)} * (frame_header_bytes + (page_size == 1 ? 65'536 : page_size));
}

void cut(Connection& connection)
{
    sqlite3_file *database = nullptr, *wal = nullptr;
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &database);
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal == nullptr || wal->pMethods == nullptr)
        return;  // no WAL: nothing was written to it
    const auto end = end_of_what_counts(database);
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
