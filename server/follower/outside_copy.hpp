// Keeps the latest signed checkpoint and the list of erasures in a separate place, within a second of each commit, on a
// thread of its own. What is kept there, and the comparison at start-up: service/log/outside.hpp.
#pragma once
#include "base/worker.hpp"
#include "service/log/outside.hpp"
#include "store/database.hpp"
#include <atomic>
#include <filesystem>

namespace cbmx::follower {

class OutsideCopy {
public:
    OutsideCopy(store::Database& database, std::filesystem::path directory);  // writes at once what is committed
    ~OutsideCopy() = default;                                                 // writes what is still to be written
    void notify() { worker_.ring(); }                                         // after a commit; any thread, never blocks for long
    std::uint64_t written_size() const { return written_size_.load(std::memory_order_acquire); }  // of the checkpoint kept there
    bool is_failing() const { return is_failing_.load(std::memory_order_acquire); }

private:
    base::Worker::Pause write();
    void write_once();

    store::Database& database_;
    std::filesystem::path directory_;
    std::atomic<std::uint64_t> written_size_{0};
    std::atomic<bool> is_failing_{false};
    std::optional<std::size_t> written_erasures_;  // own thread
    base::Worker worker_;
};

}  // namespace cbmx::follower
