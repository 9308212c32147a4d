// See forgetful_disk.hpp. The real files hold what a running machine sees; beside each stands, in memory, what its
// platters would hold, and the changes that are still on their way there.
#include "fault/forgetful_disk.hpp"
#include "service/log/outside.hpp"
#include <cstring>
#include <fstream>
#include <new>
#include <sqlite3.h>
#include <stdexcept>
#include <strings.h>

namespace cbmx::test {
namespace {

constexpr std::uint64_t sector_bytes = 512;
ForgetfulDisk* present = nullptr;  // the one that lives
sqlite3_vfs* real = nullptr;       // the layer below

}  // namespace

struct DiskLayer {
    using File = ForgetfulDisk::File;

    // What SQLite holds for an open file; the real layer's own follows it in the same memory.
    struct Handle {
        sqlite3_file base;
        std::shared_ptr<File>* file;  // none for SQLite's own temporary files
        sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };
    static Handle* handle(sqlite3_file* file) { return reinterpret_cast<Handle*>(file); }
    static sqlite3_file* below(sqlite3_file* file) { return handle(file)->below(); }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags)
    {
        auto* opened = handle(file);
        opened->base.pMethods = nullptr;
        opened->file = nullptr;
        const std::lock_guard lock(present->mutex_);
        if (name != nullptr && !present->names_.contains(name) && (flags & SQLITE_OPEN_CREATE) != 0) {
            if (!present->takes_place())
                return SQLITE_CANTOPEN;
            auto made = std::make_shared<File>();
            made->syncs_directory = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
            present->names_[name] = std::move(made);
        }
        const int code = real->xOpen(real, name, opened->below(), flags, out_flags);
        if (code != SQLITE_OK)
            return code;
        if (name != nullptr && present->names_.contains(name))
            opened->file = new std::shared_ptr<File>(present->names_.at(name));
        opened->base.pMethods = &methods;
        return SQLITE_OK;
    }
    static int close(sqlite3_file* file)
    {
        delete handle(file)->file;
        return below(file)->pMethods->xClose(below(file));
    }
    static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at)
    {
        if (handle(file)->file != nullptr) {
            const std::lock_guard lock(present->mutex_);
            const bool was_cut = present->is_cut_;
            const bool takes_place = present->takes_place();
            if (!was_cut)  // the write that the power goes in may have come through in part
                (*handle(file)->file)
                    ->pending.push_back(
                        {false, static_cast<std::uint64_t>(at), {static_cast<const char*>(bytes), static_cast<std::size_t>(count)}});
            if (!takes_place)
                return SQLITE_IOERR_WRITE;
        }
        return below(file)->pMethods->xWrite(below(file), bytes, count, at);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size)
    {
        if (handle(file)->file != nullptr) {
            const std::lock_guard lock(present->mutex_);
            if (!present->takes_place())
                return SQLITE_IOERR_TRUNCATE;
            (*handle(file)->file)->pending.push_back({true, static_cast<std::uint64_t>(size), {}});
        }
        return below(file)->pMethods->xTruncate(below(file), size);
    }
    // Only now is anything certain. The real file is not synced: it need only outlive this process's turn.
    static int sync(sqlite3_file* file, int)
    {
        if (handle(file)->file == nullptr)
            return SQLITE_OK;
        const std::lock_guard lock(present->mutex_);
        if (!present->takes_place())
            return SQLITE_IOERR_FSYNC;
        auto& kept = **handle(file)->file;
        if (present->syncs_until_failure_ > 0 && present->names_[present->failing_file_].get() == &kept &&
            --present->syncs_until_failure_ == 0) {
            present->has_failed_sync_ = true;
            kept.pending.clear();
            return SQLITE_IOERR_FSYNC;
        }
        for (const auto& change : kept.pending)
            ForgetfulDisk::apply(kept.synced, change);
        kept.pending.clear();
        if (std::exchange(kept.syncs_directory, false))
            present->synced_names_ = present->names_;
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs*, const char* name, int sync_directory)
    {
        const std::lock_guard lock(present->mutex_);
        if (present->names_.contains(name)) {
            if (!present->takes_place())
                return SQLITE_IOERR_DELETE;
            present->names_.erase(name);
            if (sync_directory != 0)
                present->synced_names_ = present->names_;
        }
        return real->xDelete(real, name, sync_directory);
    }
    static int control(sqlite3_file* file, int operation, void* argument)
    {
        if (operation == SQLITE_FCNTL_PRAGMA && present->is_weakened_) {
            auto** words = static_cast<char**>(argument);  // [1]: the pragma, [2]: its value, read again by SQLite afterwards
            if (words[2] != nullptr && strcasecmp(words[1], "synchronous") == 0 && strcasecmp(words[2], "FULL") == 0)
                std::strcpy(words[2], "1");  // NORMAL
        }
        return below(file)->pMethods->xFileControl(below(file), operation, argument);
    }

    static int read(sqlite3_file* f, void* bytes, int count, sqlite3_int64 at)
    {
        return below(f)->pMethods->xRead(below(f), bytes, count, at);
    }
    static int size(sqlite3_file* f, sqlite3_int64* out) { return below(f)->pMethods->xFileSize(below(f), out); }
    static int lock(sqlite3_file* f, int level) { return below(f)->pMethods->xLock(below(f), level); }
    static int unlock(sqlite3_file* f, int level) { return below(f)->pMethods->xUnlock(below(f), level); }
    static int reserved(sqlite3_file* f, int* out) { return below(f)->pMethods->xCheckReservedLock(below(f), out); }
    static int sector(sqlite3_file* f) { return below(f)->pMethods->xSectorSize(below(f)); }
    static int traits(sqlite3_file* f) { return below(f)->pMethods->xDeviceCharacteristics(below(f)); }
    static int shm_map(sqlite3_file* f, int page, int bytes, int extend, void volatile** out)
    {
        return below(f)->pMethods->xShmMap(below(f), page, bytes, extend, out);
    }
    static int shm_lock(sqlite3_file* f, int offset, int count, int flags)
    {
        return below(f)->pMethods->xShmLock(below(f), offset, count, flags);
    }
    static void shm_barrier(sqlite3_file* f) { below(f)->pMethods->xShmBarrier(below(f)); }
    static int shm_unmap(sqlite3_file* f, int remove_it) { return below(f)->pMethods->xShmUnmap(below(f), remove_it); }

    static const sqlite3_io_methods methods;
};

const sqlite3_io_methods DiskLayer::methods{2,       close,  read,   write,   truncate, sync,        size,      lock,    unlock, reserved,
                                            control, sector, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

ForgetfulDisk::ForgetfulDisk(const std::filesystem::path& directory) : directory_(directory), layer_(std::make_unique<sqlite3_vfs>())
{
    if (present != nullptr)
        throw std::logic_error("one forgetful disk at a time");
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        auto file = std::make_shared<File>();
        file->synced = service::read_whole(entry.path()).value();
        names_[entry.path().string()] = std::move(file);
    }
    synced_names_ = names_;
    real = sqlite3_vfs_find(nullptr);
    *layer_ = *real;
    layer_->zName = "forgetful";
    layer_->szOsFile = static_cast<int>(sizeof(DiskLayer::Handle)) + real->szOsFile;
    layer_->xOpen = DiskLayer::open;
    layer_->xDelete = DiskLayer::remove;
    present = this;
    sqlite3_vfs_register(layer_.get(), 1);
}

ForgetfulDisk::~ForgetfulDisk()
{
    sqlite3_vfs_unregister(layer_.get());
    sqlite3_vfs_register(real, 1);
    present = nullptr;
}

void ForgetfulDisk::cut_at(std::uint64_t operation)
{
    const std::lock_guard lock(mutex_);
    cut_at_ = operations_ + operation;
}

void ForgetfulDisk::cut_now()
{
    const std::lock_guard lock(mutex_);
    is_cut_ = true;
}

void ForgetfulDisk::fail_sync(const std::filesystem::path& file, std::uint64_t n)
{
    const std::lock_guard lock(mutex_);
    failing_file_ = file.string();
    syncs_until_failure_ = n;
}

bool ForgetfulDisk::has_failed_sync() const
{
    const std::lock_guard lock(mutex_);
    return has_failed_sync_;
}

bool ForgetfulDisk::is_cut() const
{
    const std::lock_guard lock(mutex_);
    return is_cut_;
}

bool ForgetfulDisk::takes_place()
{
    is_cut_ = is_cut_ || ++operations_ >= cut_at_;
    return !is_cut_;
}

void ForgetfulDisk::apply(std::string& bytes, const Change& change)
{
    if (change.is_truncation) {
        bytes.resize(std::min<std::size_t>(bytes.size(), change.at));
        return;
    }
    if (bytes.size() < change.at + change.bytes.size())
        bytes.resize(change.at + change.bytes.size());
    bytes.replace(change.at, change.bytes.size(), change.bytes);
}

// share: how probable it is that a sector that was not synced came through all the same.
std::string ForgetfulDisk::survivors(const File& file, double share, std::mt19937_64& random)
{
    std::bernoulli_distribution comes_through(share);
    auto bytes = file.synced;
    for (const auto& change : file.pending) {
        if (change.is_truncation) {
            if (comes_through(random))
                apply(bytes, change);
            continue;
        }
        for (std::uint64_t done = 0; done < change.bytes.size();) {
            const auto at = change.at + done;
            const auto count = std::min<std::uint64_t>(sector_bytes - at % sector_bytes, change.bytes.size() - done);
            if (comes_through(random))
                apply(bytes, {false, at, change.bytes.substr(done, count)});
            done += count;
        }
    }
    return bytes;
}

void ForgetfulDisk::leave_to(const std::filesystem::path& directory, std::mt19937_64& random) const
{
    const std::lock_guard lock(mutex_);
    const double shares[] = {0.0, 0.1, 0.5, 0.9, 1.0};
    const double share = shares[random() % std::size(shares)];
    std::bernoulli_distribution comes_through(share);
    auto names = synced_names_;
    for (const auto& [name, file] : synced_names_)
        if (!names_.contains(name) && comes_through(random))
            names.erase(name);
    for (const auto& [name, file] : names_)
        if (const auto known = synced_names_.find(name); (known == synced_names_.end() || known->second != file) && comes_through(random))
            names[name] = file;
    for (const auto& [name, file] : names)
        if (!name.ends_with("-shm"))
            std::ofstream(directory / std::filesystem::path(name).filename(), std::ios::binary) << survivors(*file, share, random);
}

}  // namespace cbmx::test
