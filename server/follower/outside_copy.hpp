// Keeps the latest signed checkpoint and the list of erasures in a separate place, within a second of each commit, on a
// thread of its own. The ledger is read once at the start; from then on a commit costs what is new. What is kept there, and the
// comparison at start-up: service/log/outside.hpp.
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
    void write_erasures(store::Connection& db);
    bool is_there() const;  // both files still stand where they were written

    store::Database& database_;
    std::filesystem::path directory_;
    std::atomic<std::uint64_t> written_size_{0};
    std::atomic<bool> is_failing_{false};
    // Own thread. The text of every erasure up to looked_to_, as the file has it unless is_kept_ says that this is not known.
    std::string erasures_;
    domain::Seq looked_to_ = -1;
    bool is_kept_ = false;
    base::Worker worker_;
};

}  // namespace cbmx::follower
