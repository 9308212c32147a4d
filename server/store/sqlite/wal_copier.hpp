// Copies what is committed from the WAL into the database while the writer goes on: the sync of the database file takes tens
// of milliseconds, and no write shall wait for it. It never restarts the WAL: that is left to wal_keeper.hpp,
// for which little is then left to copy. A thread and a connection of its own.
#pragma once
#include "base/worker.hpp"
#include "store/sqlite/sqlite.hpp"

namespace cbmx::store {

class WalCopier {
public:
    using Failed = std::function<void(const StoreError&)>;  // on the copier's thread, while it still counts as copying

    WalCopier(std::string path, Failed failed);
    ~WalCopier() = default;   // finishes the copy that was asked for
    void copy();              // asks for a copy and returns at once; nothing while one is under way
    bool is_copying() const;  // from the asking to the end
    void wait() const;        // until none is under way

private:
    base::Worker::Pause copy_once();

    std::string path_;
    Failed failed_;
    std::optional<Connection> connection_;  // the worker's; opened when it is needed: a small portal never needs it
    mutable std::mutex mutex_;              // guards the next two
    mutable std::condition_variable done_;
    bool is_copying_ = false;
    base::Worker worker_;
};

}  // namespace cbmx::store
