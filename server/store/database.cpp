// Leasing readers. Beginning and ending a read transaction costs more than a look-up, so a reader keeps its transaction while
// nothing is committed. A kept one holds on to the WAL: when the writer needs it, it asks them to release it.
#include "store/database.hpp"
#include <sqlite3.h>

namespace cbmx::store {

Snapshot::~Snapshot()
{
    if (reader_.connection == nullptr)
        return;
    // A reader came upon a damaged page: nothing more is written into such a file until the operator has looked.
    const int code = sqlite3_errcode(reader_.connection->handle()) & 0xff;
    if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB)
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
    Snapshot::Reader reader;
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            reader = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (reader.connection == nullptr)
        reader.connection = std::make_unique<Connection>(path_, OpenMode::read_only);
    else if (reader.commits != commits && reader.connection->in_transaction())
        reader.connection->run("COMMIT");
    if (!reader.connection->in_transaction())
        reader.connection->run("BEGIN");
    reader.commits = commits;
    return Snapshot(*this, std::move(reader));
}

// A reader that failed is dropped: it is in no transaction any more.
void Database::release(Snapshot::Reader reader)
{
    if (!reader.connection->in_transaction())
        return;
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
}

void Database::let_go()
{
    const std::lock_guard lock(mutex_);
    for (auto& reader : idle_)
        if (reader.connection->in_transaction())
            reader.connection->run("COMMIT");
}

}  // namespace cbmx::store
