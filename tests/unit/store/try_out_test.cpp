// A dry run's work on the portal's own database: as in the writer, beside the writer, and of nothing is left.
#include "store/log/entries.hpp"
#include "support/held_writer.hpp"
#include "support/service_fixture.hpp"
#include <thread>

namespace cbmx::test {
namespace {

class TryingOut : public ServiceFixture {
protected:
    void TearDown() override {}  // these tests write rows that are no records

    static domain::Seq append(store::Transaction& transaction)
    {
        return transaction.append(domain::machine_operator(), {.kind = domain::EventKind::portal_changed,
                                                               .subject = "portal",
                                                               .acting_role = domain::ActingRole::of_operator(),
                                                               .version = 1,
                                                               .content = "{}"});
    }
    std::int64_t count(const char* key)
    {
        return read([key](Connection& db) {
            auto rows = db.query("SELECT COUNT(*) FROM portal WHERE key = ?1", key);
            rows.next();
            return rows.integer(0);
        });
    }
};

TEST_F(TryingOut, TakesTheNextNumbersAndLeavesThemToOthers)
{
    const auto size = static_cast<domain::Seq>(ledger_size());
    database().try_out([&](store::Transaction& transaction) {
        EXPECT_EQ(transaction.now(), now());
        EXPECT_EQ(append(transaction), size);
        EXPECT_TRUE(transaction.attempt([&](store::Transaction& part) { return append(part) == size + 1; }));
        EXPECT_FALSE(transaction.attempt([&](store::Transaction& part) { return append(part) < 0; }));
        EXPECT_EQ(append(transaction), size + 2);
        EXPECT_EQ(store::ledger_size(transaction.db()), static_cast<std::uint64_t>(size) + 3);
    });
    EXPECT_EQ(ledger_size(), static_cast<std::uint64_t>(size));
    const auto written = write([](store::Transaction& transaction) { return domain::Result<domain::Seq>(append(transaction)); });
    EXPECT_EQ(*written, size);
    database().try_out([&](store::Transaction& transaction) { EXPECT_EQ(append(transaction), size + 1) << "it sees what was committed"; });
}

TEST_F(TryingOut, IsDoneBesideAWriterWhoIsHeld)
{
    const HeldWriter held(database().writer());
    std::int64_t seen = 0;
    auto one =
        std::async(std::launch::async, [&] { database().try_out([&](store::Transaction& transaction) { seen = append(transaction); }); });
    auto other = std::async(std::launch::async, [&] {
        database().try_out(
            [](store::Transaction& transaction) { transaction.db().run("INSERT INTO portal (key, value) VALUES ('tried', 'x')"); });
    });
    one.get();
    other.get();
    EXPECT_EQ(seen, static_cast<std::int64_t>(ledger_size()));
    EXPECT_EQ(count("tried"), 0);
}

TEST_F(TryingOut, LetsWhatTheWorkThrowsComeOut)
{
    EXPECT_THROW(database().try_out([](store::Transaction&) { throw std::logic_error("a fault of ours"); }), std::logic_error);
    try {
        database().try_out([](store::Transaction& transaction) {
            for (int i = 0; i < 2; ++i)
                transaction.db().run("INSERT INTO portal (key, value) VALUES ('twice', 'x')");
        });
        ADD_FAILURE() << "a key is there once";
    } catch (const store::StoreError& error) {
        EXPECT_EQ(error.kind, store::StoreFault::constraint);
    }
    EXPECT_EQ(count("twice"), 0);
    EXPECT_TRUE(database().writer().read_only_reason().empty());
}

TEST_F(TryingOut, SaysThatItIsTooLarge)
{
    try {
        database().try_out([](store::Transaction& transaction) {
            const std::string text(1'000'000, 'x');
            for (int i = 0; i < 200; ++i)
                transaction.db().run("INSERT INTO portal (key, value) VALUES (?1, ?2)", i, text);
        });
        ADD_FAILURE() << "200 MB are more than memory holds for it";
    } catch (const store::StoreError& error) {
        EXPECT_EQ(error.kind, store::StoreFault::too_large);
    }
    EXPECT_TRUE(database().writer().read_only_reason().empty());
    EXPECT_FALSE(database().writer().is_failing());
}

TEST_F(TryingOut, GoesOnBesideCommitsOfEveryKind)
{
    std::atomic<bool> is_over{false};
    std::thread writing([&] {
        while (!is_over)
            database().writer().run([](store::Transaction& transaction) {
                append(transaction);
                transaction.mark_erased();  // the WAL is emptied after it
                return true;
            });
    });
    for (int i = 0; i < 100; ++i)
        database().try_out([](store::Transaction& transaction) {
            const auto next = transaction.next_seq();
            EXPECT_EQ(append(transaction), next);
            EXPECT_EQ(store::ledger_size(transaction.db()), static_cast<std::uint64_t>(next) + 1);
        });
    is_over = true;
    writing.join();
    EXPECT_TRUE(database().writer().read_only_reason().empty());
}

// Dry runs one after the other, by whomever: a reader who is always there would keep the WAL growing, and each would find it larger.
TEST_F(TryingOut, KeepsTheWalFromGrowingNoMoreThanReadersDo)
{
    std::atomic<bool> is_over{false};
    std::thread trying([&] {
        while (!is_over)
            database().try_out([](store::Transaction& transaction) { append(transaction); });
    });
    const auto wal = database_file().string() + "-wal";
    const std::string text(200'000, 'x');
    for (int i = 0; i < 600; ++i)  // 120 MB
        database().writer().run([&](store::Transaction& transaction) {
            transaction.db().run("INSERT OR REPLACE INTO portal (key, value) VALUES ('large', ?1)", text);
            return true;
        });
    is_over = true;
    trying.join();
    EXPECT_LT(std::filesystem::file_size(wal), std::uintmax_t{10} * store::wal_limit_pages * 4096);
}

TEST_F(TryingOut, TheWriterRefusesWhatHasNotBegunWhenItsEndComes)
{
    auto& writer = database().writer();
    std::vector<store::WriteEnd> ends;
    {
        const HeldWriter held(writer);
        for (int i = 0; i < 100; ++i)
            writer.submit({.home = {},
                           .work = [](store::Transaction&) { return true; },
                           .done = [&ends](store::WriteEnd end) { ends.push_back(end); }});
        writer.end_at(std::chrono::steady_clock::now());
    }
    writer.wait_until_idle();
    EXPECT_EQ(ends, std::vector(100, store::WriteEnd::unavailable));
    EXPECT_EQ(writer.run([](store::Transaction&) { return true; }), store::WriteEnd::unavailable);
}

}  // namespace
}  // namespace cbmx::test
