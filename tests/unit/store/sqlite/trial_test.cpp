// What is tried out sees the last committed state, whatever the writer does meanwhile, and leaves nothing behind.
#include "base/ending.hpp"
#include "store/sqlite/trial.hpp"
#include "support/database_fixture.hpp"
#include <atomic>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

namespace cbmx::test {
namespace {

using store::Connection;
using store::StoreError;
using store::StoreFault;

std::int64_t number(store::Rows rows)
{
    rows.next();
    return rows.integer(0);
}

// A database of its own, in which the number of commits and the sum of what they changed always fit together.
class Trials : public DatabaseFixture {
protected:
    static constexpr std::int64_t rows = 400;
    static constexpr std::int64_t changed = 40;  // by each commit: on several pages

    Trials() : writer_(file(), store::OpenMode::read_write)
    {
        writer_.checkpoint_by_hand();
        writer_.run_script("CREATE TABLE item (id INTEGER PRIMARY KEY, value INTEGER NOT NULL, text TEXT NOT NULL);"
                           "CREATE TABLE commits (count INTEGER NOT NULL); INSERT INTO commits VALUES (0);");
        store::WriteScope scope(writer_);
        for (std::int64_t id = 0; id < rows; ++id)
            writer_.run("INSERT INTO item VALUES (?1, 0, ?2)", id, std::string(600, 'x'));
        scope.commit();
    }
    std::string file() const { return (directory() / "tried.sqlite").string(); }
    static void change(Connection& connection)
    {
        connection.run("UPDATE item SET value = value + 1 WHERE id % ?1 = 0", rows / changed);
        connection.run("UPDATE commits SET count = count + 1");
    }
    void commit()
    {
        store::WriteScope scope(writer_);
        change(writer_);
        scope.commit();
    }
    static std::int64_t commits(Connection& connection) { return number(connection.query("SELECT count FROM commits")); }
    static void expect_whole(Connection& connection)
    {
        EXPECT_EQ(number(connection.query("SELECT SUM(value) FROM item")), commits(connection) * changed);
        EXPECT_EQ(number(connection.query("SELECT COUNT(*) FROM item")), rows);
    }
    static std::string integrity(Connection& connection)
    {
        auto found = connection.query("PRAGMA integrity_check");
        found.next();
        return found.text(0);
    }
    static std::string bytes_of(const std::string& path)
    {
        std::ifstream stream(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    std::pair<std::string, std::string> bytes() const { return {bytes_of(file()), bytes_of(file() + "-wal")}; }

    Connection writer_;
};

// One trial with the reader that holds its state.
class Held {
public:
    explicit Held(const std::string& path) : reader_(path, store::OpenMode::read_only), trial_(path, hold_state(reader_, scope_)) {}
    Connection& db() { return trial_.db(); }
    const store::Trial& trial() const { return trial_; }

private:
    Connection reader_;
    std::optional<store::ReadScope> scope_;
    store::Trial trial_;
};

TEST_F(Trials, SeeWhatWasCommittedLastAndKeepNothing)
{
    commit();
    const auto before = bytes();
    {
        Held held(file());
        const store::WriteScope scope(held.db());
        expect_whole(held.db());
        EXPECT_EQ(commits(held.db()), 1);
        change(held.db());
        expect_whole(held.db());
        EXPECT_EQ(commits(held.db()), 2) << "it reads what it has written";
        EXPECT_EQ(integrity(held.db()), "ok");
        EXPECT_FALSE(held.trial().is_too_large());
    }
    EXPECT_EQ(bytes(), before);
    EXPECT_EQ(commits(writer_), 1);
}

TEST_F(Trials, WaitForNoWriterAndNoWriterWaitsForThem)
{
    store::WriteScope writing(writer_);
    change(writer_);
    Held held(file());
    const store::WriteScope scope(held.db());
    EXPECT_EQ(commits(held.db()), 0) << "what is not committed does not count";
    change(held.db());
    writing.commit();
    commit();
    EXPECT_EQ(commits(held.db()), 1) << "its own";
    expect_whole(held.db());
    EXPECT_EQ(commits(writer_), 2);
}

TEST_F(Trials, AreTwoAtOnceAndDoNotSeeEachOther)
{
    Held one(file()), other(file());
    const store::WriteScope first(one.db()), second(other.db());
    change(one.db());
    EXPECT_EQ(commits(other.db()), 0);
    change(other.db());
    change(other.db());
    EXPECT_EQ(commits(one.db()), 1);
    EXPECT_EQ(commits(other.db()), 2);
}

TEST_F(Trials, PartsOfThemAreRolledBackAlone)
{
    Held held(file());
    const store::WriteScope scope(held.db());
    {
        store::Savepoint outer(held.db());
        change(held.db());
        {
            store::Savepoint inner(held.db());
            held.db().run("DELETE FROM item");
            held.db().run("CREATE TABLE other (x)");
            inner.roll_back();
        }
        EXPECT_EQ(commits(held.db()), 1);
        expect_whole(held.db());
        outer.commit();
    }
    {
        store::Savepoint part(held.db());
        change(held.db());
        part.roll_back();
    }
    EXPECT_EQ(commits(held.db()), 1);
    EXPECT_EQ(integrity(held.db()), "ok");
}

// Where all of the WAL is in the file already, SQLite lets a reader do without it, and the next commit overwrites it.
TEST_F(Trials, KeepTheirStateWhileTheWalBehindThemIsWrittenAnew)
{
    commit();
    ASSERT_TRUE(writer_.restart_wal());
    Held held(file());
    for (int i = 0; i < 20; ++i)
        commit();
    writer_.copy_wal();
    const store::WriteScope scope(held.db());
    EXPECT_EQ(commits(held.db()), 1);
    expect_whole(held.db());
    EXPECT_EQ(integrity(held.db()), "ok");
}

TEST_F(Trials, AndWhileItIsCopiedIntoTheFile)
{
    commit();
    Held held(file());
    for (int i = 0; i < 20; ++i) {
        commit();
        writer_.copy_wal();
    }
    EXPECT_FALSE(writer_.restart_wal()) << "it is held";
    const store::WriteScope scope(held.db());
    EXPECT_EQ(commits(held.db()), 1);
    expect_whole(held.db());
}

TEST_F(Trials, FindEachPageInALongWal)
{
    constexpr int many = 250;  // more than two regions of its index
    for (int i = 0; i < many; ++i)
        commit();
    ASSERT_GT(std::filesystem::file_size(file() + "-wal"), 9'000U * 4'096U);
    Held held(file());
    commit();
    const store::WriteScope scope(held.db());
    EXPECT_EQ(commits(held.db()), many);
    expect_whole(held.db());
    change(held.db());
    expect_whole(held.db());
    EXPECT_EQ(integrity(held.db()), "ok");
    EXPECT_FALSE(held.trial().is_too_large());
}

TEST_F(Trials, NeedNoWal)
{
    commit();
    ASSERT_TRUE(writer_.truncate_wal());
    ASSERT_EQ(std::filesystem::file_size(file() + "-wal"), 0U);
    Held held(file());
    const store::WriteScope scope(held.db());
    EXPECT_EQ(commits(held.db()), 1);
    change(held.db());
    expect_whole(held.db());
    EXPECT_EQ(std::filesystem::file_size(file() + "-wal"), 0U);
}

TEST_F(Trials, SeeOneStateBesideAWriterWhoCommitsCopiesAndRestarts)
{
    std::atomic<bool> is_over{false};
    std::thread writing([&] {
        for (int i = 1; !is_over; ++i) {
            commit();
            if (i % 3 == 0)
                writer_.copy_wal();
            if (i % 7 == 0)
                writer_.restart_wal();
            if (i % 31 == 0)
                writer_.truncate_wal();
            if (i % 5 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    });
    const auto try_some = [this] {
        std::int64_t last = 0;
        for (int i = 0; i < 150; ++i) {
            Held held(file());
            const store::WriteScope scope(held.db());
            const auto seen = commits(held.db());
            EXPECT_GE(seen, last);
            last = seen;
            expect_whole(held.db());
            change(held.db());
            expect_whole(held.db());
            if (i % 25 == 0) {
                EXPECT_EQ(integrity(held.db()), "ok");
            }
        }
        return last;
    };
    auto other = std::async(std::launch::async, try_some);
    const auto last = try_some();
    other.get();
    is_over = true;
    writing.join();
    EXPECT_GT(last, 0);
    expect_whole(writer_);
    EXPECT_EQ(integrity(writer_), "ok");
}

TEST_F(Trials, HoldNoMoreThanTheirMemory)
{
    const auto before = bytes();
    {
        Held held(file());
        const store::WriteScope scope(held.db());
        const std::string text(100'000, 'y');
        const auto most = std::int64_t{4} * store::TrialFiles::memory_kib * 1024 / static_cast<std::int64_t>(text.size());
        std::int64_t kept = 0;
        EXPECT_THROW(
            {
                for (; kept < most; ++kept)
                    held.db().run("INSERT INTO item VALUES (?1, 0, ?2)", rows + kept, text);
            },
            StoreError);
        EXPECT_GT(kept, most / 8) << "what is less than that is tried out";
        EXPECT_LT(kept, most / 2);
        EXPECT_TRUE(held.trial().is_too_large());
    }
    EXPECT_EQ(bytes(), before);
    commit();
    expect_whole(writer_);
}

TEST_F(Trials, LeaveOffWhenTheirThreadIsToEnd)
{
    base::Ending ending;
    const base::Ending::Work work(ending);
    Held held(file());
    std::thread later([&ending] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ending.begin();
    });
    const auto fault_of = [&held](auto&& asked) {
        try {
            asked(held.db());
        } catch (const StoreError& error) {
            return error.kind;
        }
        return StoreFault::other;
    };
    EXPECT_EQ(fault_of([](Connection& db) {
                  number(db.query("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"));
              }),
              StoreFault::interrupted);
    later.join();
    EXPECT_EQ(fault_of([](Connection& db) { commits(db); }), StoreFault::interrupted);
    commit();
    EXPECT_EQ(commits(writer_), 1) << "who writes is never interrupted";
}

}  // namespace
}  // namespace cbmx::test
