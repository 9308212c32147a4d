// See wal_keeper.hpp. What goes wrong here never takes a commit back: that is durable in the WAL.
#include "store/sqlite/wal_keeper.hpp"
#include "base/log.hpp"
#include <thread>
#include <utility>

namespace cbmx::store {

WalKeeper::WalKeeper(Connection& connection, std::string path, WalLimits limits, Owner owner)
    : connection_(connection),
      limits_(limits),
      owner_(std::move(owner)),
      patience_pages_(limits.restart_at_pages),
      copier_(std::move(path), [this](const StoreError& error) { note_fault("wal_not_copied", error); })
{
    connection_.checkpoint_by_hand();
}

WalKeeper::~WalKeeper()
{
    copier_.wait();
    // What the WAL holds may be missing from the database though a later sync succeeds (note_fault): it stays.
    if (!owner_.is_writing())
        connection_.keep_pending_pages_at_close();
}

void WalKeeper::note_erased()
{
    holds_erased_ = true;
    next_emptying_ = {};
}

void WalKeeper::empty_when_due()
{
    if (holds_erased_ && std::chrono::steady_clock::now() >= next_emptying_)
        empty();
}

// What was erased must not live on in old pages of the WAL. A reader may hold it up: then the next round tries again.
void WalKeeper::empty()
{
    if (!owner_.is_writing())
        return;
    next_emptying_ = std::chrono::steady_clock::now() + erased_retry;
    try {
        copier_.wait();
        if (!owner_.is_writing())
            return;  // it was the copier that found the disk broken
        let_readers_go();
        holds_erased_ = !connection_.truncate_wal();
        emptyings_ = holds_erased_ ? emptyings_ + 1 : 0;
        if (holds_erased_ && emptyings_ % erased_patience == 0)
            base::log(base::Severity::warning, "wal_not_emptied",
                      {{"reason", "a reader holds it: what was erased can still be read in the file"}});
    } catch (const StoreError& error) {
        note_fault("wal_not_emptied", error);
    }
}

// Most of the WAL is copied beside the writer; over the limit the writer copies the rest and the next commit restarts it.
// A reader in a transaction keeps it from that, and the WAL would grow without end. Most reads are over at once; one that takes
// long is not waited for again before the WAL has grown by as much once more.
void WalKeeper::keep_small()
{
    const int pages = connection_.wal_pages();
    if (pages < limits_.restart_at_pages)
        patience_pages_ = limits_.restart_at_pages;
    if (pages < copied_pages_)  // restarted
        copied_pages_ = 0;
    if (pages >= 2 * limits_.restart_at_pages)
        copier_.wait();  // it does not keep pace: now writes wait for it
    if (copier_.is_copying() || !owner_.is_writing())
        return;
    if (pages >= patience_pages_) {
        restart(pages);
    } else if (pages >= copied_pages_ + limits_.copy_at_pages) {
        let_readers_go();
        copied_pages_ = pages;
        copier_.copy();
    }
}

void WalKeeper::restart(int pages)
{
    try {
        for (int attempt = 0; attempt < attempts; ++attempt) {
            if (attempt > 0)
                std::this_thread::sleep_for(attempt_pause);
            let_readers_go();
            if (connection_.restart_wal())
                return;
        }
        patience_pages_ = pages + limits_.restart_at_pages;
    } catch (const StoreError& error) {
        note_fault("wal_not_copied", error);
    }
}

// What goes wrong with a reader is its own affair: nothing of the WAL is lost by it.
void WalKeeper::let_readers_go()
{
    try {
        if (owner_.let_readers_go)
            owner_.let_readers_go();
    } catch (const std::exception& error) {
        base::log(base::Severity::warning, "reader_not_ended", {{"reason", error.what()}});
    }
}

// Pages whose sync failed may be lost though a second sync succeeds: what is in the WAL must not be overwritten then.
// Writer thread or copier's.
void WalKeeper::note_fault(std::string_view event, const StoreError& error)
{
    base::log(base::Severity::warning, event, {{"code", error.code}, {"reason", error.what()}});
    if (error.is_damage())
        owner_.report_damage(error.what());
}

}  // namespace cbmx::store
