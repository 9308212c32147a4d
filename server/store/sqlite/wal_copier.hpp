// Copies what is committed from the WAL into the database while the writer goes on: the sync of the database file takes tens
// of milliseconds, and no write shall wait for it. It never restarts the WAL: that is left to wal_keeper.hpp,
// for which little is then left to copy. A thread and a connection of its own.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace cbmx::store {

class WalCopier {
public:
    using Failed = std::function<void(const StoreError&)>;  // on the copier's thread, while it still counts as copying

    WalCopier(std::string path, Failed failed);
    ~WalCopier();             // finishes the copy that is under way
    void copy();              // asks for a copy and returns at once; nothing while one is under way
    bool is_copying() const;  // from the asking to the end
    void wait() const;        // until none is under way

private:
    void loop();

    std::string path_;
    Failed failed_;
    mutable std::mutex mutex_;  // guards the two below
    mutable std::condition_variable moved_;
    bool is_asked_ = false, is_stopping_ = false;
    std::thread thread_;
};

}  // namespace cbmx::store
