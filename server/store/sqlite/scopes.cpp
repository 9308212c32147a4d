// See scopes.hpp. An error while rolling back is no news in a destructor: what matters of it is that nothing is committed.
#include "store/sqlite/scopes.hpp"
#include <utility>

namespace cbmx::store {

ReadScope::ReadScope(Connection& connection) : connection_(&connection) { connection.run("BEGIN"); }

ReadScope::ReadScope(ReadScope&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}

ReadScope::~ReadScope()
{
    try {
        end();
    } catch (const StoreError&) {
    }
}

void ReadScope::end()
{
    if (is_open())
        connection_->run("COMMIT");
    connection_ = nullptr;
}

bool ReadScope::is_open() const { return connection_ != nullptr && connection_->in_transaction(); }

WriteScope::WriteScope(Connection& connection) : connection_(connection) { connection_.run("BEGIN IMMEDIATE"); }

WriteScope::~WriteScope()
{
    try {
        roll_back();
    } catch (const StoreError&) {
    }
}

void WriteScope::commit()
{
    connection_.run("COMMIT");
    is_open_ = false;
}

void WriteScope::roll_back()
{
    if (is_open_ && connection_.in_transaction())
        connection_.run("ROLLBACK");
    is_open_ = false;
}

// The same name for all: SQLite means the innermost.
Savepoint::Savepoint(Connection& connection) : connection_(connection) { connection_.run("SAVEPOINT part"); }

Savepoint::~Savepoint()
{
    try {
        if (is_open_ && connection_.in_transaction())
            roll_back();
    } catch (const StoreError&) {
    }
}

void Savepoint::commit()
{
    is_open_ = false;
    connection_.run("RELEASE part");
}

void Savepoint::roll_back()
{
    is_open_ = false;
    connection_.run("ROLLBACK TO part");
    connection_.run("RELEASE part");
}

}  // namespace cbmx::store
