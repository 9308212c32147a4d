// Leasing readers. Beginning and ending a read transaction costs more than a look-up, so a reader keeps its transaction while
// nothing is committed. A kept one holds up the upkeep of the file: when that is due, the writer asks them to release it.
#include "store/database.hpp"
#include "store/log/entries.hpp"
#include <chrono>
#include <thread>

namespace cbmx::store {
namespace {

// After the writer has asked the readers to go, nothing is begun to be tried out for so long: dry runs that follow each other closely
// would keep it from restarting the WAL.
constexpr std::chrono::milliseconds upkeep_time{5};

}  // namespace

Snapshot::~Snapshot()
{
    if (reader_.connection == nullptr)
        return;
    // A reader came upon a damaged page: nothing more is written into such a file until the operator has looked.
    if (!reader_.connection->has_met_damage())
        pool_->release(std::move(reader_));
    else
        pool_->note_damage();
}

Database::Database(WriterOptions options) : path_(options.path), clock_(options.clock), random_(options.random)
{
    options.let_readers_go = [this] { let_go(); };
    writer_ = std::make_unique<Writer>(std::move(options));
}

Database::~Database()
{
    const std::lock_guard lock(mutex_);
    idle_.clear();
}

Snapshot Database::read()
{
    // Before the transaction: a commit in between is seen, and the reader is renewed the next time all the same.
    const auto commits = writer_->commits();
    auto reader = idle_reader();
    if (reader.commits != commits)
        reader.scope.reset();
    if (!reader.scope || !reader.scope->is_open())
        reader.scope.emplace(*reader.connection);
    reader.commits = commits;
    return Snapshot(*this, std::move(reader));
}

Snapshot::Reader Database::idle_reader()
{
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto reader = std::move(idle_.back());
            idle_.pop_back();
            return reader;
        }
    }
    return {.connection = std::make_unique<Connection>(path_, OpenMode::read_only)};
}

// A reader that failed is dropped: it is in no transaction any more.
void Database::release(Snapshot::Reader reader)
{
    if (!reader.scope->is_open())
        return;
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
}

void Database::let_go()
{
    const std::lock_guard lock(mutex_);
    tries_from_ = std::chrono::steady_clock::now() + upkeep_time;
    for (auto& reader : idle_)
        reader.scope->end();
}

void Database::note_damage()
{
    if (writer_->read_only_reason().empty())
        writer_->latch_broken("a page of the database is damaged");
}

Snapshot Database::hold(std::vector<std::uint32_t>& index_of_state)
{
    const auto from = [this] {
        const std::lock_guard lock(mutex_);
        return tries_from_;
    }();
    std::this_thread::sleep_until(from);
    const auto commits = writer_->commits();
    auto reader = idle_reader();
    index_of_state = hold_state(*reader.connection, reader.scope);
    reader.commits = commits;
    return {*this, std::move(reader)};
}

void Database::try_out(const std::function<void(Transaction&)>& work)
{
    std::vector<std::uint32_t> index_of_state;
    const auto held = hold(index_of_state);
    Trial trial(path_, std::move(index_of_state));
    try {
        const WriteScope scope(trial.db());  // never committed
        auto frontier = stored_frontier(trial.db());
        Transaction transaction(trial.db(), clock_(), random_, frontier);
        work(transaction);
    } catch (const StoreError& error) {
        if (trial.is_too_large())
            throw StoreError(StoreFault::too_large, error.code, "what is tried out changes more than memory holds for it");
        if (error.kind == StoreFault::corrupt)
            note_damage();
        throw;
    }
}

}  // namespace cbmx::store
