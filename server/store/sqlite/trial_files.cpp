// See trial_files.hpp. An sqlite3_vfs over the system's own. That opens the files, too, since closing a handle of ours to the database
// would end the locks of every connection to it.
#include "store/sqlite/trial_files.hpp"
#include "store/sqlite/wal_state.hpp"
#include <atomic>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <utility>

namespace cbmx::store {

struct TrialFiles::Shown {
    std::string name;
    std::vector<std::uint32_t> wal_index;
    bool has_refused_write = false;
    sqlite3_vfs* system = nullptr;
    sqlite3_vfs vfs{};
};

namespace {

// SQLite gives room for it and for the system's own behind it.
struct File {
    sqlite3_file base;
    std::vector<std::uint32_t>* wal_index;
    bool* has_refused_write;
    sqlite3_file* own() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

int refuse(sqlite3_file* file)
{
    *file_of(file).has_refused_write = true;
    return SQLITE_FULL;
}

int close_file(sqlite3_file* file)
{
    auto* own = file_of(file).own();
    return own->pMethods->xClose(own);
}

int read_file(sqlite3_file* file, void* into, int count, sqlite3_int64 from)
{
    auto* own = file_of(file).own();
    return own->pMethods->xRead(own, into, count, from);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size)
{
    auto* own = file_of(file).own();
    return own->pMethods->xFileSize(own, size);
}

int sector_size(sqlite3_file* file)
{
    auto* own = file_of(file).own();
    return own->pMethods->xSectorSize(own);
}

// Regions that the state does not reach are asked for by nobody but who writes.
int map_index(sqlite3_file* file, int number, int, int, void volatile** region)
{
    auto& index = *file_of(file).wal_index;
    const auto from = static_cast<std::size_t>(number) * wal_index_region_words;
    if (from >= index.size())
        return refuse(file);
    *region = index.data() + from;
    return SQLITE_OK;
}

constexpr sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = [](sqlite3_file* file, const void*, int, sqlite3_int64) { return refuse(file); },
    .xTruncate = [](sqlite3_file* file, sqlite3_int64) { return refuse(file); },
    .xSync = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xFileSize = size_of_file,
    .xLock = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xCheckReservedLock =
        [](sqlite3_file*, int* is_reserved) {
            *is_reserved = 0;
            return SQLITE_OK;
        },
    .xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = [](sqlite3_file*) { return 0; },
    .xShmMap = map_index,
    .xShmLock = [](sqlite3_file*, int, int, int) { return SQLITE_OK; },
    .xShmBarrier = [](sqlite3_file*) {},
    .xShmUnmap = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

}  // namespace

TrialFiles::TrialFiles(std::vector<std::uint32_t> wal_index) : shown_(std::make_unique<Shown>())
{
    static std::atomic<std::uint64_t> trials{0};
    auto& shown = *shown_;
    shown.name = "trial-" + std::to_string(++trials);
    shown.wal_index = std::move(wal_index);
    shown.system = sqlite3_vfs_find(nullptr);
    if (shown.system == nullptr)
        throw sqlite_error(SQLITE_ERROR, "SQLite has no files of the system");
    auto& vfs = shown.vfs;
    vfs = *shown.system;  // whatever concerns no file
    vfs.iVersion = 1;
    vfs.pNext = nullptr;
    vfs.zName = shown.name.c_str();
    vfs.pAppData = &shown;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    static constexpr auto shown_by = [](sqlite3_vfs* by) -> Shown& { return *static_cast<Shown*>(by->pAppData); };
    vfs.xOpen = [](sqlite3_vfs* by, const char* path, sqlite3_file* opened, int flags, int* flags_given) {
        auto& of = shown_by(by);
        opened->pMethods = nullptr;
        if (path == nullptr || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0)
            return SQLITE_CANTOPEN;  // what is not to reach the disk stays in memory (temp_store)
        auto& file = file_of(opened);
        file.wal_index = &of.wal_index;
        file.has_refused_write = &of.has_refused_write;
        const int read_only = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
        if (const int code = of.system->xOpen(of.system, path, file.own(), read_only, nullptr); code != SQLITE_OK)
            return code;
        opened->pMethods = &methods;
        if (flags_given != nullptr)
            *flags_given = flags;
        return SQLITE_OK;
    };
    vfs.xDelete = [](sqlite3_vfs* by, const char*, int) {
        shown_by(by).has_refused_write = true;
        return SQLITE_IOERR_DELETE;
    };
    vfs.xAccess = [](sqlite3_vfs*, const char* path, int, int* is_there) {
        *is_there = std::string_view(path).ends_with("-wal") ? 1 : 0;
        return SQLITE_OK;
    };
    vfs.xFullPathname = [](sqlite3_vfs* by, const char* path, int size, char* full) {
        auto* system = shown_by(by).system;
        return system->xFullPathname(system, path, size, full);
    };
    sqlite3_vfs_register(&vfs, 0);
}

TrialFiles::~TrialFiles() { sqlite3_vfs_unregister(&shown_->vfs); }

const char* TrialFiles::name() const { return shown_->name.c_str(); }
bool TrialFiles::has_refused_write() const { return shown_->has_refused_write; }

}  // namespace cbmx::store
