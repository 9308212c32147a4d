// See same_state.hpp. Nobody can hold the writer up from a read-only connection; but SQLite shows whether it has written in between.
#include "store/log/same_state.hpp"
#include "store/log/scan.hpp"
#include <sqlite3.h>

namespace cbmx::store {
namespace {

constexpr int max_attempts = 1'000;  // each takes less than a millisecond; a commit waits for the disk

// Another value than before: another connection has committed something.
std::int64_t data_version(Connection& connection)
{
    auto rows = connection.query("PRAGMA data_version");
    rows.next();
    return rows.integer(0);
}

}  // namespace

bool is_open_nowhere_else(const std::string& path)
{
    sqlite3* handle = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    // In this mode from the first access on, SQLite does without shared memory, and takes the whole file or nothing.
    if (code == SQLITE_OK) {
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        code = sqlite3_exec(handle, "PRAGMA locking_mode = EXCLUSIVE; SELECT COUNT(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
    }
    const std::string reason = handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
    sqlite3_close(handle);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
        throw SqliteError(code, "cannot open " + path + ": " + reason);
    return code == SQLITE_OK;
}

std::vector<std::unique_ptr<Connection>> open_in_one_state(const std::string& path, std::size_t count, std::size_t cache_kib)
{
    std::vector<std::unique_ptr<Connection>> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(std::make_unique<Connection>(path, OpenMode::read_only));
        list.back()->run_script("PRAGMA cache_size = -" + std::to_string(cache_kib));
    }
    Connection watch(path, OpenMode::read_only);
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        check_is_database(watch);
        const auto before = data_version(watch);
        for (const auto& connection : list) {
            connection->run_script("BEGIN");
            check_is_database(*connection);  // reads: the state that it sees is fixed from here on
        }
        if (data_version(watch) == before)
            return list;
        for (const auto& connection : list)
            connection->run_script("COMMIT");
    }
    list.resize(1);
    list.front()->run_script("BEGIN");
    return list;
}

}  // namespace cbmx::store
