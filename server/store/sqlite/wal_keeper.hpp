// Keeps the WAL small beside the writer, and free of what was erased. The writer asks it before and after the answers of a
// batch; the copying of most of the WAL is wal_copier.hpp's. Writer thread only.
#pragma once
#include "store/sqlite/wal_copier.hpp"
#include <chrono>
#include <functional>
#include <string>

namespace cbmx::store {

constexpr int wal_copy_pages = 500;    // of 4 KiB; each time that the WAL has grown by so much it is copied beside the writer
constexpr int wal_limit_pages = 3000;  // beyond this the writer copies what is left, and the next commit restarts the WAL

struct WalLimits {
    int copy_at_pages = wal_copy_pages;
    int restart_at_pages = wal_limit_pages;
};

class WalKeeper {
public:
    static constexpr std::chrono::seconds erased_retry{1};        // between two attempts to empty it
    static constexpr int erased_patience = 60;                    // attempts, after which the log says that erased text is still there
    static constexpr int attempts = 10;                           // for a reader to end that holds the WAL
    static constexpr std::chrono::milliseconds attempt_pause{1};  // between two of them

    struct Owner {
        std::function<void()> let_readers_go;  // ends the transactions of readers that nobody uses; may throw, may be empty
        std::function<void(const std::string& reason)> report_damage;  // nothing more may be written; copier's thread too
        std::function<bool()> is_writing;                              // false: on a broken disk the WAL may be the only good copy
    };

    // connection is the writer's, path its file. Both, and what the owner's functions need, outlive this.
    WalKeeper(Connection& connection, std::string path, WalLimits limits, Owner owner);
    ~WalKeeper();  // finishes the copy that is under way; where nothing may be written, the WAL stays when the connection closes

    void note_erased();                                  // a transaction that erases: the WAL is emptied after its commit
    bool holds_erased() const { return holds_erased_; }  // also at first: what was left by the run before is not known
    void empty_when_due();                               // after a commit
    void empty();
    void keep_small();  // after the answers: may wait for the copier and, for attempts x attempt_pause, for readers

private:
    void let_readers_go();
    void restart(int pages);
    void note_fault(std::string_view event, const StoreError& error);

    Connection& connection_;
    WalLimits limits_;
    Owner owner_;
    bool holds_erased_ = true;
    std::chrono::steady_clock::time_point next_emptying_{};
    int emptyings_ = 0;     // in vain, one after the other
    int patience_pages_;    // not restarted before it has so many
    int copied_pages_ = 0;  // when it was last copied
    WalCopier copier_;      // reports faults: ends before what that needs
};

}  // namespace cbmx::store
