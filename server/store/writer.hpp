// One writer thread with group commit (rules.md 45, 45a): jobs queued while a commit is on its way share the
// next transaction, a savepoint each, one fsync, one signature. Answers go out after COMMIT. The homes whose jobs wait are served
// in turn (base/fair_queue.hpp), and what takes long waits for the next commit: nobody's jobs hold up another's for more than one.
#pragma once
#include "base/fair_queue.hpp"
#include "ledger/key_ring.hpp"
#include "store/engine.hpp"
#include "store/log/transaction.hpp"
#include "store/visibility/views.hpp"
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>

namespace cbmx::store {

enum class WriteEnd {
    decided,      // COMMIT returned: what the job kept is durable, what it refused left no trace
    failed,       // the job itself threw: a bug of ours, logged; nothing of this job happened, the others settled
    unavailable,  // the batch could not be committed: nothing of it happened
    read_only,    // the portal takes no writes now
    too_many,     // its home has as many jobs waiting as one may have: others are still taken
};

struct WriteJob {
    std::string home;  // whose turn it takes: domain::Home::text(), or of an anonymous caller the peer; empty: the portal's own
    // Runs on the writer thread inside a savepoint; false rolls this job back (a refusal) and no other.
    std::function<bool(Transaction&)> work;
    // Runs once, on the writer thread (or the caller's when refused at once), after the outcome is certain.
    // Must not block, must not throw.
    std::function<void(WriteEnd)> done;
};

struct WriterOptions {
    std::string path;
    domain::Clock clock;
    base::RandomSource random;
    ledger::KeyRing keys;                               // with those that table log_key says that sign
    std::function<void(std::uint64_t size)> on_commit;  // after a COMMIT that made the ledger grow; writer thread
    std::size_t jobs_per_commit = 256;
    // After so much work on one commit no further job is begun for it: so long, and the last job, the first waits for its answer.
    std::chrono::milliseconds longest_gathering{50};
    std::function<void()> on_broken = {};       // the disk or the file is: any thread, perhaps more than once; must not throw
    std::string read_only_reason = {};          // not empty: latched from the beginning
    std::function<void()> let_readers_go = {};  // ends the transactions of readers that nobody uses; writer thread
    UpkeepLimits upkeep = {};
};

class Writer {
public:
    static constexpr std::size_t max_queued_jobs = 4096;          // beyond this: unavailable at once
    static constexpr std::size_t max_queued_jobs_of_home = 1024;  // beyond this: too_many at once (FairQueue)

    explicit Writer(WriterOptions options);  // opens the connection and reads the tree's right edge
    ~Writer();                               // finishes what is queued
    void submit(WriteJob job);               // any thread
    // Runs the job and waits. Not from the writer thread, not from an I/O thread: start-up and command line.
    WriteEnd run(const std::function<bool(Transaction&)>& work);
    std::size_t waiting() const;                                // jobs in the queue; any thread
    void end_at(std::chrono::steady_clock::time_point moment);  // what has not begun by then is answered unavailable; any thread
    void wait_until_idle();  // all that was submitted is answered, on_commit included; not from the writer thread

    void latch_read_only(std::string reason);  // from now on every job ends in read_only; any thread
    void latch_broken(std::string reason);     // the same, because the disk or the file is: the next start looks at all of it (on_broken)
    std::string read_only_reason() const;      // empty: writing
    bool is_failing() const { return failing_.load(std::memory_order_acquire); }  // the last commit did not succeed
    std::uint64_t size() const { return size_.load(std::memory_order_acquire); }  // committed ledger entries
    std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }
    const Views& views() const { return views_; }  // changed, after commits() and before done(), by what was committed
    // Moves, before done() is called, with every commit that made cached principals stale (Transaction::principals_changed).
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
    // No commit after this generation() made principals of this State or office stale. What others change does not show (rules.md 13).
    bool principals_stand(const domain::Home& of, std::uint64_t since) const;

private:
    void loop();
    bool is_over() const;  // under the mutex
    WriteEnd take_in(WriteJob& job);
    std::optional<WriteJob> next_job();
    void refuse_waiting();
    void run_batch(std::size_t most);
    void answer(std::vector<WriteJob>& batch, const std::vector<WriteEnd>& ends);
    WriteEnd run_job(WriteJob& job, ledger::Frontier& frontier, domain::Instant now, bool& is_any_kept);
    void commit(WriteScope& scope, ledger::Frontier frontier, domain::Instant now);
    void give_up_batch(std::optional<WriteScope>& scope, const std::exception& error);
    void make_principals_stale();
    void seal(const ledger::Frontier& frontier, domain::Instant now);

    WriterOptions options_;
    Connection connection_;
    ledger::Frontier frontier_;  // committed
    std::atomic<bool> failing_{false};
    std::atomic<std::uint64_t> size_{0}, commits_{0}, generation_{0};
    Views views_;
    std::set<std::string> changed_principals_;  // homes, of the batch; writer thread
    mutable std::mutex principals_mutex_;
    std::unordered_map<std::string, std::uint64_t> principals_changed_in_;  // home -> generation; guarded by the mutex
    mutable std::mutex mutex_;                                              // guards the flags, the queue, the end and the reason below
    std::condition_variable wake_, idle_;
    bool is_busy_ = false;
    base::FairQueue<WriteJob> queue_{max_queued_jobs, max_queued_jobs_of_home};
    bool stopping_ = false;
    std::chrono::steady_clock::time_point ends_at_ = std::chrono::steady_clock::time_point::max();
    std::string read_only_reason_;
    Upkeep upkeep_;  // writer thread; may latch: ends before what that needs
    std::thread thread_;
};

}  // namespace cbmx::store
