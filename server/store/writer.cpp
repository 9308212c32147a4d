// Group commit. Some errors (full disk, I/O) make the engine roll back the whole transaction: then every member of the
// batch gets "unavailable". A failed commit on a broken disk latches read-only: after a failed fsync the kernel may
// have dropped the pages, so trying again could acknowledge what is not there (rules.md 21).
#include "store/writer.hpp"
#include "base/log.hpp"
#include "store/log/entries.hpp"
#include <algorithm>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace cbmx::store {
namespace {

// decided: there is room.
WriteEnd refusal_of(base::Room room)
{
    switch (room) {
    case base::Room::free: return WriteEnd::decided;
    case base::Room::key_is_full: return WriteEnd::too_many;
    case base::Room::none: return WriteEnd::unavailable;
    }
    return WriteEnd::unavailable;
}

}  // namespace

Writer::Writer(WriterOptions options)
    : options_(std::move(options)),
      connection_(options_.path, OpenMode::read_write),
      frontier_(stored_frontier(connection_)),
      upkeep_(connection_, options_.path, options_.upkeep,
              {.let_readers_go = options_.let_readers_go,
               .report_damage = [this](const std::string& reason) { latch_broken(reason); },
               .is_writing = [this] { return read_only_reason().empty(); }})
{
    if (!options_.read_only_reason.empty())
        latch_read_only(options_.read_only_reason);
    size_ = frontier_.size();
    watch_views(connection_);
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

// decided: the job is in the queue.
WriteEnd Writer::take_in(WriteJob& job)
{
    const std::lock_guard lock(mutex_);
    if (!read_only_reason_.empty())
        return WriteEnd::read_only;
    if (stopping_ || is_over())
        return WriteEnd::unavailable;
    const auto refused = refusal_of(queue_.room_for(job.home));
    if (refused == WriteEnd::decided) {
        const auto home = job.home;
        queue_.push(home, std::move(job));
    }
    return refused;
}

void Writer::submit(WriteJob job)
{
    const auto refused = take_in(job);
    if (refused == WriteEnd::decided)
        wake_.notify_one();
    else
        job.done(refused);
}

WriteEnd Writer::run(const std::function<bool(Transaction&)>& work)
{
    if (std::this_thread::get_id() == thread_.get_id())
        throw std::logic_error("a write inside a write would wait for itself");
    auto end = std::make_shared<std::promise<WriteEnd>>();
    auto future = end->get_future();
    auto failure = std::make_shared<std::exception_ptr>();
    submit({.home = {},
            .work =
                [work, failure](Transaction& transaction) {
                    try {
                        return work(transaction);
                    } catch (...) {
                        *failure = std::current_exception();
                        throw;
                    }
                },
            .done = [end](WriteEnd outcome) { end->set_value(outcome); }});
    const auto outcome = future.get();
    if (*failure)
        std::rethrow_exception(*failure);
    return outcome;
}

std::size_t Writer::waiting() const
{
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void Writer::wait_until_idle()
{
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return !is_busy_ && queue_.empty(); });
}

void Writer::latch_read_only(std::string reason)
{
    base::log(base::Severity::error, "read_only", {{"reason", reason}});
    const std::lock_guard lock(mutex_);
    if (read_only_reason_.empty())
        read_only_reason_ = std::move(reason);
}

void Writer::latch_broken(std::string reason)
{
    latch_read_only(std::move(reason));
    if (options_.on_broken)
        options_.on_broken();
}

std::string Writer::read_only_reason() const
{
    const std::lock_guard lock(mutex_);
    return read_only_reason_;
}

void Writer::loop()
{
    for (;;) {
        std::size_t most = 0;
        {
            std::unique_lock lock(mutex_);
            const auto is_woken = [this] { return stopping_ || !queue_.empty(); };
            if (!upkeep_.holds_erased() || !read_only_reason_.empty())
                wake_.wait(lock, is_woken);
            else if (!wake_.wait_for(lock, Upkeep::erased_retry, is_woken)) {
                lock.unlock();
                upkeep_.empty();
                continue;
            }
            if (queue_.empty())
                return;
            most = std::min(queue_.size(), options_.jobs_per_commit);
            is_busy_ = true;
        }
        run_batch(most);
        refuse_waiting();
        {
            const std::lock_guard lock(mutex_);
            is_busy_ = false;
        }
        idle_.notify_all();
    }
}

void Writer::end_at(std::chrono::steady_clock::time_point moment)
{
    const std::lock_guard lock(mutex_);
    ends_at_ = moment;
}

bool Writer::is_over() const { return std::chrono::steady_clock::now() >= ends_at_; }

// nullopt: none waits, or the end has come.
std::optional<WriteJob> Writer::next_job()
{
    const std::lock_guard lock(mutex_);
    return is_over() ? std::nullopt : queue_.pop();
}

// Once the end has come: nothing of them has begun.
void Writer::refuse_waiting()
{
    const auto waiting = [this]() -> std::optional<WriteJob> {
        const std::lock_guard lock(mutex_);
        return is_over() ? queue_.pop() : std::nullopt;
    };
    while (const auto job = waiting())
        job->done(WriteEnd::unavailable);
}

// As many jobs as waited when it began, unless they take too long. Each is taken when the one before is done, so that whoever
// comes meanwhile has his turn among them; what was not begun when the transaction failed is left for the next.
void Writer::run_batch(std::size_t most)
{
    std::vector<WriteJob> batch;
    std::vector<WriteEnd> ends;
    batch.reserve(most);
    const auto take = [&] {
        auto job = next_job();
        if (job)
            batch.push_back(std::move(*job));
        ends.resize(batch.size(), WriteEnd::decided);
        return job.has_value();
    };
    const auto all_end = [&ends](WriteEnd end) { ends.assign(ends.size(), end); };
    take();  // one waits, and nobody else takes any
    if (!read_only_reason().empty()) {
        while (batch.size() < most && take()) {
        }
        all_end(WriteEnd::read_only);
    } else {
        ledger::Frontier frontier = frontier_;  // a copy, swapped in after COMMIT
        const auto now = options_.clock();
        std::optional<WriteScope> scope;
        try {
            bool is_any_kept = false;
            scope.emplace(connection_);
            const auto until = std::chrono::steady_clock::now() + options_.longest_gathering;
            do
                ends.back() = run_job(batch.back(), frontier, now, is_any_kept);
            while (batch.size() < most && std::chrono::steady_clock::now() < until && take());
            if (is_any_kept)
                commit(*scope, std::move(frontier), now);
            else
                scope->roll_back();  // a COMMIT would write and sync each page that was changed and changed back
        } catch (const std::exception& error) {
            all_end(WriteEnd::unavailable);
            give_up_batch(scope, error);
        }
    }
    const bool grew = size_.exchange(frontier_.size(), std::memory_order_acq_rel) != frontier_.size();
    upkeep_.empty_when_due();
    answer(batch, ends);
    // After the answers: nothing here may delay or undo what was committed.
    upkeep_.keep_small();
    if (grew && options_.on_commit)
        options_.on_commit(frontier_.size());
}

// A job handed back is never touched again.
void Writer::answer(std::vector<WriteJob>& batch, const std::vector<WriteEnd>& ends)
{
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto done = std::move(batch[i].done);
        batch[i].work = nullptr;
        done(ends[i]);
    }
}

void Writer::commit(WriteScope& scope, ledger::Frontier frontier, domain::Instant now)
{
    if (frontier.size() != frontier_.size())
        seal(frontier, now);
    const auto changed_views = take_changed_views(connection_);
    scope.commit();
    frontier_ = std::move(frontier);
    commits_.fetch_add(1, std::memory_order_release);
    views_.change(changed_views);
    make_principals_stale();
    failing_.store(false, std::memory_order_release);
}

void Writer::make_principals_stale()
{
    if (changed_principals_.empty())
        return;
    const std::lock_guard lock(principals_mutex_);
    const auto next = generation() + 1;
    for (const auto& home : std::exchange(changed_principals_, {}))
        principals_changed_in_[home] = next;
    generation_.store(next, std::memory_order_release);
}

bool Writer::principals_stand(const domain::Home& of, std::uint64_t since) const
{
    const std::lock_guard lock(principals_mutex_);
    const auto changed = principals_changed_in_.find(of.text());
    return changed == principals_changed_in_.end() || changed->second <= since;
}

// Nothing of the batch happened. A full disk may have room again; a broken one is not written to any more.
void Writer::give_up_batch(std::optional<WriteScope>& scope, const std::exception& error)
{
    const auto* fault = dynamic_cast<const StoreError*>(&error);
    base::log(base::Severity::error, "commit_failed", {{"code", fault != nullptr ? fault->code : 0}, {"reason", error.what()}});
    failing_.store(true, std::memory_order_release);
    changed_principals_.clear();
    try {
        if (scope)
            scope->roll_back();
    } catch (const StoreError& again) {
        latch_broken(again.what());
    }
    if (fault != nullptr && fault->is_damage())
        latch_broken(error.what());
    if (fault != nullptr && fault->kind == StoreFault::io)
        forget_failed_commit(connection_);
}

// decided or failed. Throws StoreError when the whole transaction is gone, or the disk is.
WriteEnd Writer::run_job(WriteJob& job, ledger::Frontier& frontier, domain::Instant now, bool& is_any_kept)
{
    ledger::Frontier attempt = frontier;
    Savepoint savepoint(connection_);
    bool keep = false;
    auto end = WriteEnd::decided;
    try {
        Transaction transaction(connection_, now, options_.random, attempt);
        keep = job.work(transaction);
        if (keep && transaction.speech().refusal)
            throw std::logic_error("a word is to be kept that its State's statement does not fit");
        if (keep && transaction.erased())
            upkeep_.note_erased();
        if (keep)
            changed_principals_.insert(transaction.changed_principals().begin(), transaction.changed_principals().end());
    } catch (const StoreError& error) {
        if (!connection_.in_transaction() || error.is_disk())
            throw;
        base::log(base::Severity::error, "write_failed", {{"code", error.code}, {"reason", error.what()}});
        end = WriteEnd::failed;
    } catch (const std::exception& error) {
        base::log(base::Severity::error, "write_failed", {{"reason", error.what()}});
        end = WriteEnd::failed;
    }
    if (!keep || end == WriteEnd::failed) {
        savepoint.roll_back();
        return end;
    }
    savepoint.commit();
    frontier = std::move(attempt);
    is_any_kept = true;
    return end;
}

void Writer::seal(const ledger::Frontier& frontier, domain::Instant now)
{
    const auto signers = options_.keys.signing(log_keys(connection_));  // as this transaction leaves them
    const ledger::Checkpoint checkpoint{signers.front().name, frontier.size(), frontier.root()};
    connection_.run("INSERT INTO ledger_checkpoint (size, at, note) VALUES (?1, ?2, ?3)", static_cast<std::int64_t>(frontier.size()),
                    domain::to_rfc3339(now), ledger::sign_checkpoint(checkpoint, signers));
}

}  // namespace cbmx::store
