// The portal's database: one writer, and a pool of readers that see the last committed state.
#pragma once
#include "store/writer.hpp"
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace cbmx::store {

// A read transaction on a leased connection: one consistent snapshot, given back when it goes.
// Never held across a socket write. Belongs to one thread.
class Snapshot {
public:
    Snapshot(Snapshot&&) noexcept = default;
    ~Snapshot();
    Connection& db() { return *reader_.connection; }

private:
    friend class Database;
    struct Reader {
        std::unique_ptr<Connection> connection;
        std::optional<ReadScope> scope;
        std::uint64_t commits = 0;  // the writer's count when its transaction began
    };
    Snapshot(class Database& pool, Reader reader) : pool_(&pool), reader_(std::move(reader)) {}
    class Database* pool_;
    Reader reader_;
};

class Database {
public:
    explicit Database(WriterOptions options);  // the file must exist and be migrated
    ~Database();                               // the writer's connection closes last: it takes what is pending into the file
    Writer& writer() { return *writer_; }
    Snapshot read();  // any thread
    // Runs work on a private copy of the last committed state, of which nothing is kept: a dry run. Nobody waits for it, not even the
    // writer, and it waits for nobody. Any thread but an I/O thread and the writer's. What work throws comes out of it; StoreError
    // also when it changes more than memory holds, or its thread is to end.
    void try_out(const std::function<void(Transaction&)>& work);

private:
    friend class Snapshot;
    void note_damage();
    Snapshot hold(std::vector<std::uint32_t>& index_of_state);  // a snapshot whose state try_out's copy begins with
    Snapshot::Reader idle_reader();                             // without a connection: there is none
    void release(Snapshot::Reader reader);
    void let_go();
    std::string path_;
    domain::Clock clock_;
    base::RandomSource random_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point tries_from_{};  // guarded by the mutex
    std::vector<Snapshot::Reader> idle_;                  // each still in the transaction that it was used in last
    std::unique_ptr<Writer> writer_;                      // asks the readers to release it: ends before they do
};

}  // namespace cbmx::store
