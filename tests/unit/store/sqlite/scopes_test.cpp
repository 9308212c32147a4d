// A transaction is what its scope says, whatever ends it; and errors are of the kind that callers ask for.
#include "store/connection.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <unistd.h>

namespace cbmx::test {
namespace {

using store::ReadScope;
using store::Savepoint;
using store::StoreError;
using store::StoreFault;
using store::WriteScope;

class Scopes : public ::testing::Test {
protected:
    Scopes()
    {
        std::filesystem::create_directories(directory());
        db_.emplace(file(), store::OpenMode::read_write);
        db_->run("CREATE TABLE t (x INTEGER PRIMARY KEY)");
    }
    ~Scopes() override
    {
        db_.reset();
        std::filesystem::remove_all(directory());
    }
    void insert(std::int64_t x) { db_->run("INSERT INTO t (x) VALUES (?1)", x); }
    static std::string rows_in(store::Connection& connection)
    {
        auto rows = connection.query("SELECT COALESCE(GROUP_CONCAT(x), '') FROM (SELECT x FROM t ORDER BY x)");
        rows.next();
        return rows.text(0);
    }
    std::string rows() { return rows_in(*db_); }
    static std::filesystem::path directory()
    {
        return std::filesystem::temp_directory_path() / ("cbmx-scopes-" + std::to_string(::getpid()));
    }
    static std::string file() { return (directory() / "some.sqlite").string(); }
    template <class Work>
    static StoreFault fault_of(Work work)
    {
        try {
            work();
        } catch (const StoreError& error) {
            EXPECT_NE(error.code, 0) << "the log needs the engine's own code";
            return error.kind;
        }
        ADD_FAILURE() << "nothing was thrown";
        return StoreFault::other;
    }

    std::optional<store::Connection> db_;
};

TEST_F(Scopes, OnlyWhatIsCommittedStays)
{
    {
        WriteScope scope(*db_);
        insert(1);
        scope.commit();
    }
    {
        const WriteScope scope(*db_);
        insert(2);
    }
    {
        WriteScope scope(*db_);
        insert(3);
        scope.roll_back();
        insert(4);  // after the scope's end: on its own
    }
    EXPECT_EQ(rows(), "1,4");
    EXPECT_FALSE(db_->in_transaction());
}

TEST_F(Scopes, AnExceptionRollsBack)
{
    EXPECT_THROW(
        {
            const WriteScope scope(*db_);
            insert(1);
            throw std::runtime_error("a bug");
        },
        std::runtime_error);
    EXPECT_EQ(rows(), "");
}

TEST_F(Scopes, ASavepointIsRolledBackAloneAndTheyNest)
{
    WriteScope scope(*db_);
    insert(1);
    {
        Savepoint outer(*db_);
        insert(2);
        {
            const Savepoint inner(*db_);
            insert(3);
        }
        {
            Savepoint inner(*db_);
            insert(4);
            inner.commit();
        }
        outer.commit();
    }
    {
        Savepoint outer(*db_);
        Savepoint inner(*db_);
        insert(5);
        inner.commit();
        outer.roll_back();
    }
    scope.commit();
    EXPECT_EQ(rows(), "1,2,4");
}

// As a full disk makes it do.
TEST_F(Scopes, AfterTheEngineHasRolledAllBackTheScopesEndQuietly)
{
    insert(1);
    {
        WriteScope scope(*db_);
        const Savepoint savepoint(*db_);
        insert(2);
        EXPECT_EQ(fault_of([this] { db_->run("INSERT OR ROLLBACK INTO t (x) VALUES (1)"); }), StoreFault::constraint);
        EXPECT_FALSE(db_->in_transaction());
        EXPECT_THROW(scope.commit(), StoreError) << "there is nothing to commit";
    }
    WriteScope next(*db_);
    insert(3);
    next.commit();
    EXPECT_EQ(rows(), "1,3");
}

TEST_F(Scopes, AReaderSeesOneStateUntilItsScopeEnds)
{
    insert(1);
    store::Connection reader(file(), store::OpenMode::read_only);
    ReadScope scope(reader);
    EXPECT_EQ(rows_in(reader), "1");
    insert(2);
    EXPECT_EQ(rows_in(reader), "1");
    ReadScope moved(std::move(scope));
    EXPECT_TRUE(moved.is_open());
    moved.end();
    moved.end();
    EXPECT_FALSE(moved.is_open());
    EXPECT_EQ(rows_in(reader), "1,2");
}

TEST_F(Scopes, AnErrorSaysOfWhatKindItIs)
{
    insert(1);
    EXPECT_EQ(fault_of([this] { insert(1); }), StoreFault::constraint);
    EXPECT_EQ(fault_of([this] { db_->run("SELECT nothing"); }), StoreFault::other);
    store::Connection reader(file(), store::OpenMode::read_only);
    EXPECT_EQ(fault_of([&reader] { reader.run("DELETE FROM t"); }), StoreFault::read_only);
    EXPECT_EQ(fault_of([] { store::Connection((directory() / "absent").string(), store::OpenMode::read_only); }), StoreFault::cannot_open);
    const auto noise = (directory() / "noise").string();
    std::ofstream(noise) << std::string(8192, '?');
    EXPECT_EQ(fault_of([&noise] { store::Connection(noise, store::OpenMode::read_write).run("SELECT 1 FROM sqlite_schema"); }),
              StoreFault::corrupt);
}

TEST(StoreErrors, DamageEndsWritingAndAFullDiskDoesNot)
{
    const auto error = [](StoreFault fault) { return StoreError(fault, 1, ""); };
    for (const auto fault : {StoreFault::io, StoreFault::corrupt})
        EXPECT_TRUE(error(fault).is_damage() && error(fault).is_disk());
    for (const auto fault : {StoreFault::full, StoreFault::read_only, StoreFault::cannot_open})
        EXPECT_TRUE(!error(fault).is_damage() && error(fault).is_disk());
    for (const auto fault : {StoreFault::busy, StoreFault::constraint, StoreFault::interrupted, StoreFault::too_large, StoreFault::other})
        EXPECT_TRUE(!error(fault).is_damage() && !error(fault).is_disk());
}

}  // namespace
}  // namespace cbmx::test
