// Connections that are opened together see one state of the database, even while others write.
#include "store/sqlite/same_state.hpp"
#include "support/ledger_fixture.hpp"
#include <thread>

namespace cbmx::test {
namespace {

class SameState : public LedgerFixture {
protected:
    static std::int64_t rows_seen_by(store::Connection& connection)
    {
        auto rows = connection.query("SELECT COUNT(*) FROM t");
        rows.next();
        return rows.integer(0);
    }
    std::string file() const { return (directory() / "other.sqlite").string(); }
};

TEST_F(SameState, AllSeeTheSameWhileSomebodyWrites)
{
    store::Connection writer(file(), store::OpenMode::read_write);
    writer.run_script("CREATE TABLE t (x)");
    std::atomic<bool> is_enough = false;
    std::thread writing([&] {
        while (!is_enough)
            writer.run("INSERT INTO t VALUES (1)");
    });
    std::int64_t before = 0;
    for (int i = 0; i < 30; ++i) {
        const auto connections = store::open_in_one_state(file(), 4, 1024);
        const auto seen = rows_seen_by(*connections.front());
        EXPECT_GE(seen, before);
        before = seen;
        for (const auto& connection : connections)
            EXPECT_EQ(rows_seen_by(*connection), seen);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // something is written
        for (const auto& connection : connections)
            EXPECT_EQ(rows_seen_by(*connection), seen) << "as long as they are open";
    }
    is_enough = true;
    writing.join();
    EXPECT_GT(rows_seen_by(writer), 10) << "something was written";
}

TEST_F(SameState, WhoeverHasTheDatabaseOpenIsNoticedAndTheWalIsLeftAsItIs)
{
    {
        store::Connection writer(file(), store::OpenMode::read_write);
        writer.run_script("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
        EXPECT_FALSE(store::is_open_nowhere_else(file()));
        writer.keep_pending_pages_at_close();
    }
    ASSERT_TRUE(std::filesystem::exists(file() + "-wal"));
    const auto bytes = std::filesystem::file_size(file() + "-wal");
    {
        store::Connection reader(file(), store::OpenMode::read_only);
        EXPECT_EQ(rows_seen_by(reader), 1);
        EXPECT_FALSE(store::is_open_nowhere_else(file())) << "a reader holds what was copied of the WAL for copied";
    }
    EXPECT_TRUE(store::is_open_nowhere_else(file()));
    EXPECT_EQ(std::filesystem::file_size(file() + "-wal"), bytes);
    store::Connection again(file(), store::OpenMode::read_only);
    EXPECT_EQ(rows_seen_by(again), 1);
}

TEST_F(SameState, AsManyAsAskedForAreOpenWhereNobodyWrites)
{
    EXPECT_EQ(store::open_in_one_state(database_file().string(), 5, 1024).size(), 5U);
}

}  // namespace
}  // namespace cbmx::test
