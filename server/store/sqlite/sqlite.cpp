// The thin layer over SQLite's C interface; the one function that opens a connection sets every pragma.
#include "store/sqlite/sqlite.hpp"
#include "base/ending.hpp"
#include "store/sqlite/trial_files.hpp"
#include <sqlite3.h>

namespace cbmx::store {
namespace {

constexpr std::uint32_t cache_kib = 8192;  // of a connection: the directory and the indexes of reports stay in it
constexpr int busy_timeout_ms = 5'000;
constexpr int steps_between_looks = 10'000;  // of SQLite's machine, some 100 us: whether the portal ends

[[noreturn]] void fail(sqlite3* handle, const std::string& doing)
{
    const int code = handle != nullptr ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
    throw sqlite_error(code, doing + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : "out of memory"));
}

StoreFault fault_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return StoreFault::busy;
    case SQLITE_FULL: return StoreFault::full;
    case SQLITE_IOERR: return StoreFault::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return StoreFault::corrupt;
    case SQLITE_READONLY: return StoreFault::read_only;
    case SQLITE_CANTOPEN: return StoreFault::cannot_open;
    case SQLITE_CONSTRAINT: return StoreFault::constraint;
    case SQLITE_INTERRUPT: return StoreFault::interrupted;
    default: return StoreFault::other;
    }
}

}  // namespace

StoreError sqlite_error(int code, const std::string& what) { return {fault_of(code), code, what}; }

Rows::Rows(Rows&& other) noexcept : statement_(other.statement_), owned_(other.owned_) { other.statement_ = nullptr; }

Rows::~Rows()
{
    if (statement_ == nullptr)
        return;
    if (owned_) {
        sqlite3_finalize(statement_);
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Rows::next()
{
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    fail(sqlite3_db_handle(statement_), "step");
}

bool Rows::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string Rows::text(int column) const { return std::string(view(column)); }

std::string_view Rows::view(int column) const
{
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::optional<std::string> Rows::optional_text(int column) const
{
    if (is_null(column))
        return std::nullopt;
    return text(column);
}

std::optional<std::int64_t> Rows::optional_integer(int column) const
{
    if (is_null(column))
        return std::nullopt;
    return integer(column);
}

base::Hash Rows::hash(int column) const
{
    const auto hash = base::to_hash(view(column));
    if (!hash)
        throw sqlite_error(SQLITE_CORRUPT, "a stored hash is not 32 bytes long");
    return *hash;
}

void Rows::bind(int index, std::int64_t value)
{
    if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK)
        fail(sqlite3_db_handle(statement_), "bind");
}

void Rows::bind(int index, std::string_view value)
{
    if (sqlite3_bind_text(statement_, index, value.data() == nullptr ? "" : value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT) != SQLITE_OK)
        fail(sqlite3_db_handle(statement_), "bind");
}

void Rows::bind(int index, Blob value)
{
    if (sqlite3_bind_blob(statement_, index, value.bytes.data(), static_cast<int>(value.bytes.size()), SQLITE_TRANSIENT) != SQLITE_OK)
        fail(sqlite3_db_handle(statement_), "bind");
}

void Rows::bind(int index, std::nullptr_t)
{
    if (sqlite3_bind_null(statement_, index) != SQLITE_OK)
        fail(sqlite3_db_handle(statement_), "bind");
}

namespace {

// No count of what SQLite's memory is used for: it costs a lock at every allocation.
void set_up_sqlite()
{
    static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(once);
}

}  // namespace

Connection::Connection(const std::string& path, OpenMode mode)
{
    if (mode == OpenMode::read_only) {
        open(path, SQLITE_OPEN_READONLY, nullptr, "", cache_kib);
        end_with_thread();
        return;
    }
    open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr,
         "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;", cache_kib);
}

// What is written stays in the cache until it is committed; a cache that is full would be written out, which the files refuse.
Connection::Connection(const std::string& path, const TrialFiles& files)
{
    open(path, SQLITE_OPEN_READWRITE, files.name(), "", TrialFiles::memory_kib);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    end_with_thread();
}

// files: the name of an sqlite3_vfs; nullptr: the system's. first: before anything is read. cache: KiB.
void Connection::open(const std::string& path, int flags, const char* files, const std::string& first, std::uint32_t cache)
{
    set_up_sqlite();
    if (sqlite3_open_v2(path.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, files) != SQLITE_OK) {
        const std::string why = handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory";
        const int code = handle_ != nullptr ? sqlite3_extended_errcode(handle_) : SQLITE_NOMEM;
        sqlite3_close(handle_);
        throw sqlite_error(code, "cannot open " + path + ": " + why);
    }
    try {
        sqlite3_extended_result_codes(handle_, 1);
        sqlite3_busy_timeout(handle_, busy_timeout_ms);
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        run_script(first);
        run_script("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA "
                   "temp_store = MEMORY;");
        run_script("PRAGMA cache_size = -" + std::to_string(cache));
    } catch (...) {
        sqlite3_close(handle_);
        throw;
    }
}

Connection::~Connection()
{
    for (const auto& [text, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

Rows Connection::prepare(Sql sql)
{
    if (ends_with_thread_ && base::is_ending())
        throw sqlite_error(SQLITE_INTERRUPT, "the portal ends");
    auto& cached = statements_[sql.text];
    // A statement that is still being stepped (a query inside a query of the same text) gets a copy of its own.
    if (cached != nullptr && sqlite3_stmt_busy(cached) == 0)
        return Rows(cached, false);
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        fail(handle_, std::string("prepare ") + sql.text);
    if (cached != nullptr)
        return Rows(statement, true);
    cached = statement;
    return Rows(cached, false);
}

void Connection::run_script(const std::string& script)
{
    if (sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(handle_, "script");
}

bool Connection::truncate_wal() { return checkpoint_whole(SQLITE_CHECKPOINT_TRUNCATE); }
bool Connection::restart_wal() { return checkpoint_whole(SQLITE_CHECKPOINT_RESTART); }

void Connection::copy_wal()
{
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && code != SQLITE_BUSY)  // busy: another one is being made
        fail(handle_, "checkpoint");
    // SQLite syncs the database only when all of the WAL is copied, which beside a writer hardly ever is so.
    sqlite3_file* database = nullptr;
    sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &database);
    if (database == nullptr || database->pMethods == nullptr || database->pMethods->xSync(database, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        throw sqlite_error(SQLITE_IOERR_FSYNC, "the database cannot be synced");
}

void Connection::keep_pending_pages_at_close() { sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

bool Connection::checkpoint_whole(int mode)
{
    sqlite3_busy_timeout(handle_, 0);  // waiting for a reader would hold up every write
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
    if (code == SQLITE_BUSY)
        return false;
    if (code != SQLITE_OK)
        fail(handle_, "checkpoint");
    return true;
}

void Connection::checkpoint_by_hand()
{
    const auto note_pages = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(handle_, note_pages, this);
}

// A statement that runs long looks itself; what is made of many short ones is ended between two (prepare).
void Connection::end_with_thread()
{
    ends_with_thread_ = true;
    sqlite3_progress_handler(
        handle_, steps_between_looks, [](void*) { return base::is_ending() ? 1 : 0; }, nullptr);
}

bool Connection::has_met_damage() const { return fault_of(sqlite3_errcode(handle_)) == StoreFault::corrupt; }
void Connection::defer_references() { run_script("PRAGMA defer_foreign_keys = ON"); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }

}  // namespace cbmx::store
