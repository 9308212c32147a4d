// Leasing readers. Beginning and ending a read transaction costs more than a look-up, so a reader keeps its transaction while
// nothing is committed. A kept one holds up the upkeep of the file: when that is due, the writer asks them to release it.
#include "store/database.hpp"

namespace cbmx::store {

Snapshot::~Snapshot()
{
    if (reader_.connection == nullptr)
        return;
    // A reader came upon a damaged page: nothing more is written into such a file until the operator has looked.
    if (!reader_.connection->has_met_damage())
        pool_->release(std::move(reader_));
    else if (pool_->writer().read_only_reason().empty())
        pool_->writer().latch_broken("a page of the database is damaged");
}

Database::Database(WriterOptions options) : path_(options.path)
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
    if (reader.connection == nullptr)
        reader.connection = std::make_unique<Connection>(path_, OpenMode::read_only);
    else if (reader.commits != commits)
        reader.scope.reset();
    if (!reader.scope || !reader.scope->is_open())
        reader.scope.emplace(*reader.connection);
    reader.commits = commits;
    return Snapshot(*this, std::move(reader));
}

Snapshot::Reader Database::idle_reader()
{
    const std::lock_guard lock(mutex_);
    if (idle_.empty())
        return {};
    auto reader = std::move(idle_.back());
    idle_.pop_back();
    return reader;
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
    for (auto& reader : idle_)
        reader.scope->end();
}

}  // namespace cbmx::store
