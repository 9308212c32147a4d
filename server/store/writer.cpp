// Group commit. Some errors (full disk, I/O) make SQLite roll back the whole transaction: then every member of the
// batch gets "unavailable". A failed commit on a broken disk latches read-only: after a failed fsync the kernel may
// have dropped the pages, so trying again could acknowledge what is not there (rules.md 21).
#include "store/writer.hpp"
#include "base/log.hpp"
#include "store/log/entries.hpp"
#include "store/sqlite/failed_commit.hpp"
#include <chrono>
#include <future>
#include <sqlite3.h>
#include <thread>
#include <utility>
#include <vector>

namespace cbmx::store {
namespace {

constexpr std::chrono::seconds erased_wal_retry{1};
constexpr int erased_wal_patience = 60;  // attempts, one a second, after which the log says that erased text is still there

ledger::Frontier stored_frontier(Connection& connection)
{
    return ledger::Frontier::read(ledger_size(connection), node_reader(connection));
}

// A COMMIT whose sync failed has been refused, but its frames stand whole in the WAL: after a crash they would be taken
// for committed. And the kernel may count their pages as written that never were, so that what followed them was lost.
void forget_failed_commit(Connection& connection)
{
    try {
        cut_failed_commit(connection);
    } catch (const SqliteError& error) {
        base::log(base::Severity::error, "wal_not_cut", {{"code", error.code}, {"reason", error.what()}});
    }
}

}  // namespace

Writer::Writer(WriterOptions options)
    : options_(std::move(options)),
      connection_(options_.path, OpenMode::read_write),
      frontier_(stored_frontier(connection_)),
      wal_patience_pages_(options_.begin_wal_anew_at_pages),
      copier_(options_.path, [this](int code, const std::string& reason) { note_wal_fault("wal_not_copied", code, reason); })
{
    connection_.checkpoint_by_hand();
    if (!options_.read_only_reason.empty())
        latch_read_only(options_.read_only_reason);
    size_ = frontier_.size();
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
    copier_.wait();
    // What the WAL holds may be missing from the database though a later sync succeeds (note_wal_fault): it stays.
    if (!read_only_reason().empty())
        connection_.keep_wal_at_close();
}

void Writer::submit(WriteJob job)
{
    WriteEnd refused = WriteEnd::decided;
    {
        const std::lock_guard lock(mutex_);
        if (!read_only_reason_.empty())
            refused = WriteEnd::read_only;
        else if (stopping_ || queue_.size() >= max_queued_jobs)
            refused = WriteEnd::unavailable;
        else
            queue_.push_back(std::move(job));
    }
    if (refused != WriteEnd::decided)
        job.done(refused);
    else
        wake_.notify_one();
}

WriteEnd Writer::run(const std::function<bool(Transaction&)>& work)
{
    if (std::this_thread::get_id() == thread_.get_id())
        throw std::logic_error("a write inside a write would wait for itself");
    auto end = std::make_shared<std::promise<WriteEnd>>();
    auto future = end->get_future();
    auto failure = std::make_shared<std::exception_ptr>();
    submit({[work, failure](Transaction& transaction) {
                try {
                    return work(transaction);
                } catch (...) {
                    *failure = std::current_exception();
                    throw;
                }
            },
            [end](WriteEnd outcome) { end->set_value(outcome); }});
    const auto outcome = future.get();
    if (*failure)
        std::rethrow_exception(*failure);
    return outcome;
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
        std::deque<WriteJob> batch;
        {
            std::unique_lock lock(mutex_);
            const auto is_woken = [this] { return stopping_ || !queue_.empty(); };
            if (!wal_holds_erased_ || !read_only_reason_.empty())
                wake_.wait(lock, is_woken);
            else if (!wake_.wait_for(lock, erased_wal_retry, is_woken)) {
                lock.unlock();
                truncate_wal();
                continue;
            }
            if (queue_.empty())
                return;
            while (!queue_.empty() && batch.size() < options_.jobs_per_commit) {
                batch.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
            is_busy_ = true;
        }
        run_batch(batch);
        {
            const std::lock_guard lock(mutex_);
            is_busy_ = false;
        }
        idle_.notify_all();
    }
}

void Writer::run_batch(std::deque<WriteJob>& batch)
{
    std::vector<WriteEnd> ends(batch.size(), WriteEnd::decided);
    const auto all_end = [&ends](WriteEnd end) { ends.assign(ends.size(), end); };
    if (!read_only_reason().empty()) {
        all_end(WriteEnd::read_only);
    } else {
        ledger::Frontier frontier = frontier_;  // a copy, swapped in after COMMIT
        const auto now = options_.clock();
        try {
            bool is_any_kept = false;
            connection_.run("BEGIN IMMEDIATE");
            for (std::size_t i = 0; i < batch.size(); ++i)
                ends[i] = run_job(batch[i], frontier, now, is_any_kept);
            if (is_any_kept)
                commit(std::move(frontier), now);
            else
                connection_.run("ROLLBACK");  // a COMMIT would write and sync each page that was changed and changed back
        } catch (const std::exception& error) {
            all_end(WriteEnd::unavailable);
            give_up_batch(error);
        }
    }
    const bool grew = size_.exchange(frontier_.size(), std::memory_order_acq_rel) != frontier_.size();
    if (wal_holds_erased_ && std::chrono::steady_clock::now() >= next_emptying_)
        truncate_wal();
    // A job handed back is never touched again.
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto done = std::move(batch[i].done);
        batch[i].work = nullptr;
        done(ends[i]);
    }
    // After the answers: nothing here may delay or undo what was committed.
    keep_wal_small();
    if (grew && options_.on_commit)
        options_.on_commit(frontier_.size());
}

void Writer::commit(ledger::Frontier frontier, domain::Instant now)
{
    if (frontier.size() != frontier_.size())
        seal(frontier, now);
    connection_.run("COMMIT");
    frontier_ = std::move(frontier);
    commits_.fetch_add(1, std::memory_order_release);
    if (std::exchange(principals_dirty_, false))
        generation_.fetch_add(1, std::memory_order_release);
    failing_.store(false, std::memory_order_release);
}

// Nothing of the batch happened. A full disk may have room again; a broken one is not written to any more.
void Writer::give_up_batch(const std::exception& error)
{
    const auto* sqlite = dynamic_cast<const SqliteError*>(&error);
    base::log(base::Severity::error, "commit_failed", {{"code", sqlite != nullptr ? sqlite->code : 0}, {"reason", error.what()}});
    failing_.store(true, std::memory_order_release);
    principals_dirty_ = false;
    try {
        if (connection_.in_transaction())
            connection_.run("ROLLBACK");
    } catch (const SqliteError& again) {
        latch_broken(again.what());
    }
    const int base_code = sqlite != nullptr ? sqlite->code & 0xff : 0;
    if (base_code == SQLITE_IOERR || base_code == SQLITE_CORRUPT || base_code == SQLITE_NOTADB)
        latch_broken(error.what());
    if (base_code == SQLITE_IOERR)
        forget_failed_commit(connection_);
}

// settled or failed. Throws SqliteError when the whole transaction is gone, or the disk is.
WriteEnd Writer::run_job(WriteJob& job, ledger::Frontier& frontier, domain::Instant now, bool& is_any_kept)
{
    ledger::Frontier attempt = frontier;
    connection_.run("SAVEPOINT item");
    bool keep = false;
    auto end = WriteEnd::decided;
    try {
        Transaction transaction(connection_, now, options_.random, attempt);
        keep = job.work(transaction);
        if (keep && transaction.erased()) {
            wal_holds_erased_ = true;
            next_emptying_ = {};
        }
        if (keep && transaction.has_changed_principals())
            principals_dirty_ = true;
    } catch (const SqliteError& error) {
        if (!connection_.in_transaction() || error.is_disk())
            throw;
        base::log(base::Severity::error, "write_failed", {{"code", error.code}, {"reason", error.what()}});
        end = WriteEnd::failed;
    } catch (const std::exception& error) {
        base::log(base::Severity::error, "write_failed", {{"reason", error.what()}});
        end = WriteEnd::failed;
    }
    if (!keep)
        connection_.run("ROLLBACK TO item");
    connection_.run("RELEASE item");
    if (keep) {
        frontier = std::move(attempt);
        is_any_kept = true;
    }
    return end;
}

void Writer::seal(const ledger::Frontier& frontier, domain::Instant now)
{
    const auto signers = options_.keys.signing(log_keys(connection_));  // as this transaction leaves them
    const ledger::Checkpoint checkpoint{signers.front().name, frontier.size(), frontier.root()};
    connection_.run("INSERT INTO ledger_checkpoint (size, at, note) VALUES (?1, ?2, ?3)", static_cast<std::int64_t>(frontier.size()),
                    domain::to_rfc3339(now), ledger::sign_checkpoint(checkpoint, signers));
}

// Pages whose sync failed may be lost though a second sync succeeds: what is in the WAL must not be overwritten then.
// Writer thread or copier's.
void Writer::note_wal_fault(std::string_view event, int code, const std::string& reason)
{
    base::log(base::Severity::warning, event, {{"code", code}, {"reason", reason}});
    const int base_code = code & 0xff;
    if (base_code == SQLITE_IOERR || base_code == SQLITE_CORRUPT || base_code == SQLITE_NOTADB)
        latch_broken(reason);
}

// Most of the WAL is copied beside the writer; over the limit the writer copies the rest and restarts it. A reader in a
// transaction keeps it from that, and the WAL would grow without end. Most reads are over at once; one that takes long is
// not waited for again before the WAL has grown by as much once more.
void Writer::keep_wal_small()
{
    const int pages = connection_.wal_pages();
    if (pages < options_.begin_wal_anew_at_pages)
        wal_patience_pages_ = options_.begin_wal_anew_at_pages;
    if (pages < wal_copied_pages_)  // restarted
        wal_copied_pages_ = 0;
    if (pages >= 2 * options_.begin_wal_anew_at_pages)
        copier_.wait();  // it does not keep pace: now writes wait for it
    if (copier_.is_copying() || !read_only_reason().empty())
        return;
    if (pages >= wal_patience_pages_) {
        restart_wal(pages);
    } else if (pages >= wal_copied_pages_ + options_.copy_wal_at_pages) {
        let_readers_go();
        wal_copied_pages_ = pages;
        copier_.copy();
    }
}

// What goes wrong with a reader is its own affair: nothing of the WAL is lost by it.
void Writer::let_readers_go()
{
    try {
        if (options_.let_readers_go)
            options_.let_readers_go();
    } catch (const std::exception& error) {
        base::log(base::Severity::warning, "reader_not_ended", {{"reason", error.what()}});
    }
}

void Writer::restart_wal(int pages)
{
    try {
        for (int attempt = 0; attempt < wal_attempts; ++attempt) {
            if (attempt > 0)
                std::this_thread::sleep_for(wal_pause);
            let_readers_go();
            if (connection_.restart_wal())
                return;
        }
        wal_patience_pages_ = pages + options_.begin_wal_anew_at_pages;
    } catch (const SqliteError& error) {
        note_wal_fault("wal_not_copied", error.code, error.what());
    }
}

// What was erased must not live on in old pages of the WAL. A reader may hold it up: then the next round tries again.
void Writer::truncate_wal()
{
    if (!read_only_reason().empty())
        return;  // on a broken disk the WAL may be the only good copy
    next_emptying_ = std::chrono::steady_clock::now() + erased_wal_retry;
    try {
        copier_.wait();
        if (!read_only_reason().empty())
            return;  // it was the copier that found the disk broken
        let_readers_go();
        wal_holds_erased_ = !connection_.truncate_wal();
        emptyings_ = wal_holds_erased_ ? emptyings_ + 1 : 0;
        if (wal_holds_erased_ && emptyings_ % erased_wal_patience == 0)
            base::log(base::Severity::warning, "wal_not_emptied",
                      {{"reason", "a reader holds it: what was erased can still be read in the file"}});
    } catch (const SqliteError& error) {
        note_wal_fault("wal_not_emptied", error.code, error.what());  // the commit itself is durable: this must not take it back
    }
}

}  // namespace cbmx::store
