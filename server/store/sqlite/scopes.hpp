// A transaction lasts as long as one of these. What is not committed is rolled back when the scope ends, unless SQLite has
// rolled the whole transaction back already (full disk, I/O error). The connection outlives its scopes.
#pragma once
#include "store/sqlite/sqlite.hpp"

namespace cbmx::store {

// One snapshot: its statements see one state, fixed by the first of them. Writes nothing.
class ReadScope {
public:
    explicit ReadScope(Connection& connection);
    ReadScope(ReadScope&& other) noexcept;
    ReadScope& operator=(ReadScope&&) = delete;
    ~ReadScope();
    void end();            // throws StoreError; nothing when it has ended
    bool is_open() const;  // false: ended, or an error ended it

private:
    Connection* connection_;
};

// Throws StoreError when it cannot begin.
class WriteScope {
public:
    explicit WriteScope(Connection& connection);  // takes the right to write at once
    WriteScope(const WriteScope&) = delete;
    WriteScope& operator=(const WriteScope&) = delete;
    ~WriteScope();
    void commit();     // throws StoreError: the transaction is still open, or SQLite has rolled it back
    void roll_back();  // throws StoreError; nothing when it has ended

private:
    Connection& connection_;
    bool is_open_ = true;
};

// A part of a transaction that can be rolled back alone. They nest.
class Savepoint {
public:
    explicit Savepoint(Connection& connection);
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;
    ~Savepoint();
    void commit();     // into the transaction around it; throws StoreError
    void roll_back();  // throws StoreError

private:
    Connection& connection_;
    bool is_open_ = true;
};

}  // namespace cbmx::store
