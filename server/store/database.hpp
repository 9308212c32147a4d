// The portal's database: one writer, and a pool of readers that see the last committed state.
#pragma once
#include "store/writer.hpp"
#include <memory>
#include <mutex>
#include <vector>

namespace cbmx::store {

// A read transaction on a leased connection: one consistent snapshot, given back when it goes.
// Never held across a socket write. Belongs to one thread.
class Snapshot {
public:
    Snapshot(Snapshot&&) noexcept = default;
    ~Snapshot();
    Connection& db() { return *connection_; }

private:
    friend class Database;
    Snapshot(class Database& pool, std::unique_ptr<Connection> connection);
    class Database* pool_;
    std::unique_ptr<Connection> connection_;
};

class Database {
public:
    explicit Database(WriterOptions options);  // the file must exist and be migrated
    Writer& writer() { return writer_; }
    Snapshot read();  // any thread

private:
    friend class Snapshot;
    void give_back(std::unique_ptr<Connection> connection);
    std::string path_;
    Writer writer_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace cbmx::store
