// A disk for SQLite that knows what was synced and what was not. At a power cut it forgets what was not: all of it, or
// a random part, sector by sector; names of files as well, until their directory was synced. power_test.cpp uses it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace cbmx::test {

// Every SQLite connection that is opened while it lives goes through it: it is the default file layer until it goes.
// Reading, locks and shared memory are the real file layer's. One at a time; any thread.
class ForgetfulDisk {
public:
    // The files that lie in the directory now count as synced.
    explicit ForgetfulDisk(const std::filesystem::path& directory);
    ~ForgetfulDisk();
    ForgetfulDisk(const ForgetfulDisk&) = delete;
    ForgetfulDisk& operator=(const ForgetfulDisk&) = delete;

    // The power goes in the n-th write, truncation, sync, creation or deletion from now; that one and all later fail.
    void cut_at(std::uint64_t operation);
    void cut_now();
    bool is_cut() const;
    // Turns "PRAGMA synchronous = FULL" into NORMAL on its way to SQLite: the wrong build that the test must find out.
    void weaken_synchronous() { is_weakened_ = true; }

    // The n-th sync from now of the file with this name fails, once; what it should have brought to the platters never gets
    // there, though the running machine goes on seeing it, and later syncs succeed: so the kernel treats pages whose writing failed.
    void fail_sync(const std::filesystem::path& file, std::uint64_t n);
    bool has_failed_sync() const;

    // Writes what is left after the cut into an empty directory.
    void leave_to(const std::filesystem::path& directory, std::mt19937_64& random) const;

private:
    friend struct DiskLayer;  // the functions that SQLite calls
    struct Change {
        bool is_truncation = false;
        std::uint64_t at = 0;  // truncation: the size after it
        std::string bytes;
    };
    struct File {
        std::string synced;
        std::vector<Change> pending;   // in order
        bool syncs_directory = false;  // a new journal or WAL: its first sync is the directory's too, as in SQLite's unix layer
    };
    using Names = std::map<std::string, std::shared_ptr<File>>;

    bool takes_place();  // counts the operation; false: the power is gone
    static std::string survivors(const File& file, double share, std::mt19937_64& random);
    static void apply(std::string& bytes, const Change& change);

    mutable std::mutex mutex_;  // guards all below
    std::filesystem::path directory_;
    Names names_, synced_names_;
    std::uint64_t operations_ = 0, cut_at_ = UINT64_MAX;
    bool is_cut_ = false;
    bool is_weakened_ = false;
    std::string failing_file_;
    std::uint64_t syncs_until_failure_ = 0;  // 0: none will fail
    bool has_failed_sync_ = false;
    std::unique_ptr<sqlite3_vfs> layer_;
};

}  // namespace cbmx::test
