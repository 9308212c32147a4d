// Leasing readers. A reader that failed is dropped, not given back.
#include "store/database.hpp"
#include <sqlite3.h>

namespace cbmx::store {

Snapshot::Snapshot(Database& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection))
{
    connection_->run("BEGIN");
}

Snapshot::~Snapshot()
{
    if (connection_ == nullptr)
        return;
    // A reader came upon a damaged page: nothing more is written into such a file until the operator has looked.
    const int code = sqlite3_errcode(connection_->handle());
    if ((code == SQLITE_CORRUPT || code == SQLITE_NOTADB) && pool_->writer().read_only_reason().empty())
        pool_->writer().latch_read_only("a page of the database is damaged");
    try {
        connection_->run("COMMIT");
        pool_->give_back(std::move(connection_));
    } catch (const SqliteError&) {
        connection_.reset();
    }
}

Database::Database(WriterOptions options) : path_(options.path), writer_(std::move(options)) {}

Snapshot Database::read()
{
    std::unique_ptr<Connection> connection;
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (connection == nullptr)
        connection = std::make_unique<Connection>(path_, OpenMode::read_only);
    return Snapshot(*this, std::move(connection));
}

void Database::give_back(std::unique_ptr<Connection> connection)
{
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
}

}  // namespace cbmx::store
