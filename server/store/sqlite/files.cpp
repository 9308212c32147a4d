// See files.hpp.
#include "store/sqlite/files.hpp"
#include "store/sqlite/sqlite.hpp"
#include <fstream>
#include <sqlite3.h>

namespace cbmx::store {
namespace {

constexpr std::string_view magic = "SQLite format 3";

std::filesystem::path beside(const std::filesystem::path& file, const char* suffix)
{
    auto other = file;
    other += suffix;
    return other;
}

}  // namespace

bool is_database_file(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::string begin(magic.size(), '\0');
    return stream.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == magic;
}

void remove_database(const std::filesystem::path& file)
{
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(beside(file, suffix), ignored);
}

std::optional<std::filesystem::path> remains_of_database(const std::filesystem::path& file)
{
    for (const char* suffix : {"", "-wal", "-journal"})  // SQLite would take an old one's changes into the new file
        if (std::filesystem::exists(beside(file, suffix)))
            return beside(file, suffix);
    return std::nullopt;
}

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
        throw sqlite_error(code, "cannot open " + path + ": " + reason);
    return code == SQLITE_OK;
}

}  // namespace cbmx::store
