// Group commit: what shares a transaction shares its fate only when the disk decides so.
#include "ledger/note.hpp"
#include "store/log/entries.hpp"
#include "support/service_fixture.hpp"
#include "support/waiting.hpp"
#include <future>
#include <thread>

namespace cbmx::test {
namespace {

class Writing : public ServiceFixture {
protected:
    void TearDown() override {}  // these tests write rows that are no records

    static void put(store::Transaction& transaction, const std::string& key)
    {
        transaction.db().run("INSERT INTO portal (key, value) VALUES (?1, 'x')", key);
    }
    static void append(store::Transaction& transaction, const std::string& subject)
    {
        transaction.append(domain::machine_operator(), {.kind = domain::EventKind::portal_changed,
                                                        .subject = subject,
                                                        .acting_role = domain::ActingRole::of_operator(),
                                                        .version = 1,
                                                        .content = "{}"});
    }
    bool has(const std::string& key)
    {
        return read([&key](store::Connection& db) { return db.query("SELECT 1 FROM portal WHERE key = ?1", key).next(); });
    }

    // Runs jobs in one batch: the first holds the writer until all are queued.
    std::vector<store::WriteEnd> batch(const std::vector<std::function<bool(store::Transaction&)>>& jobs)
    {
        auto& writer = database().writer();
        std::promise<void> gate, begun;
        auto open = gate.get_future();
        writer.submit({.home = {},
                       .work =
                           [&](store::Transaction&) {
                               begun.set_value();
                               open.wait();
                               return false;
                           },
                       .done = [](store::WriteEnd) {}});
        begun.get_future().wait();
        std::vector<std::promise<store::WriteEnd>> ends(jobs.size());
        for (std::size_t i = 0; i < jobs.size(); ++i)
            writer.submit({.home = {}, .work = jobs[i], .done = [&ends, i](store::WriteEnd end) { ends[i].set_value(end); }});
        gate.set_value();
        std::vector<store::WriteEnd> result;
        for (auto& end : ends)
            result.push_back(end.get_future().get());
        return result;
    }
};

TEST_F(Writing, ARefusedJobLeavesNoTraceAndItsNeighboursAreKept)
{
    const auto size = ledger_size();
    const auto ends = batch({[](store::Transaction& t) {
                                 put(t, "a");
                                 append(t, "a");
                                 return true;
                             },
                             [](store::Transaction& t) {
                                 put(t, "b");
                                 append(t, "b");
                                 return false;
                             },
                             [](store::Transaction& t) {
                                 put(t, "c");
                                 append(t, "c");
                                 return true;
                             }});
    EXPECT_EQ(ends, std::vector(3, store::WriteEnd::decided));
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_TRUE(has("c"));
    EXPECT_EQ(ledger_size(), size + 2) << "the refused job's number is given to the next";
}

TEST_F(Writing, WhatIsRefusedIsNotWrittenAtAll)
{
    const auto wal = database_file().string() + "-wal";
    ASSERT_EQ(batch({[](store::Transaction& t) {
                  put(t, "kept");
                  return true;
              }}).size(),
              1U);
    store::Connection other(database_file(), store::OpenMode::read_only);
    const auto version = [&other] {
        auto rows = other.query("PRAGMA data_version");
        rows.next();
        return rows.integer(0);
    };
    const auto before = version();
    const auto commits = database().writer().commits();
    const auto bytes = std::filesystem::file_size(wal);
    batch({[](store::Transaction& t) {
               put(t, "b");
               append(t, "b");
               return false;
           },
           [](store::Transaction& t) {
               append(t, "c");
               return false;
           }});
    EXPECT_EQ(version(), before);
    EXPECT_EQ(database().writer().commits(), commits) << "what readers have kept is still right";
    EXPECT_EQ(std::filesystem::file_size(wal), bytes);
    batch({[](store::Transaction& t) {
        put(t, "d");
        append(t, "d");
        return true;
    }});
    EXPECT_TRUE(has("d"));
    EXPECT_NE(version(), before);
}

TEST_F(Writing, APartThatIsGivenUpFreesItsNumbersForTheNext)
{
    const auto size = ledger_size();
    const auto part = [](const std::string& key, bool keep) {
        return [key, keep](store::Transaction& t) {
            put(t, key);
            append(t, key);
            return keep;
        };
    };
    std::vector<bool> kept;
    const auto ends = batch({[&](store::Transaction& t) {
        for (const auto& [key, keep] : {std::pair("a", true), std::pair("b", false), std::pair("c", true)})
            kept.push_back(t.attempt(part(key, keep)));
        return true;
    }});
    EXPECT_EQ(ends, std::vector(1, store::WriteEnd::decided));
    EXPECT_EQ(kept, (std::vector{true, false, true}));
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_TRUE(has("c"));
    EXPECT_EQ(ledger_size(), size + 2);
}

TEST_F(Writing, AJobThatIsRefusedTakesItsPartsWithIt)
{
    const auto size = ledger_size();
    batch({[](store::Transaction& t) {
               t.attempt([](store::Transaction& p) {
                   put(p, "a");
                   append(p, "a");
                   return true;
               });
               return false;
           },
           [](store::Transaction& t) {
               t.attempt([](store::Transaction& p) -> bool {
                   put(p, "b");
                   append(p, "b");
                   throw std::runtime_error("a part");
               });
               return true;
           }});
    EXPECT_FALSE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Writing, AJobThatThrowsFailsAlone)
{
    const auto ends = batch({[](store::Transaction& t) {
                                 put(t, "a");
                                 return true;
                             },
                             [](store::Transaction& t) -> bool {
                                 put(t, "b");
                                 throw std::logic_error("a bug");
                             },
                             [](store::Transaction& t) {
                                 put(t, "a");
                                 return true;
                             },  // UNIQUE
                             [](store::Transaction& t) {
                                 put(t, "d");
                                 return true;
                             }});
    EXPECT_EQ(ends, (std::vector{store::WriteEnd::decided, store::WriteEnd::failed, store::WriteEnd::failed, store::WriteEnd::decided}));
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_TRUE(has("d"));
}

TEST_F(Writing, ABatchIsSealedByOneSignatureOverItsRoot)
{
    const auto commits = database().writer().commits();
    batch({[](store::Transaction& t) {
               append(t, "a");
               return true;
           },
           [](store::Transaction& t) {
               append(t, "b");
               return true;
           },
           [](store::Transaction& t) {
               append(t, "c");
               return true;
           }});
    EXPECT_EQ(database().writer().commits(), commits + 1);
    const auto size = ledger_size();
    read([size](store::Connection& db) {
        const auto checkpoint = store::checkpoint_of_size(db, size);
        EXPECT_TRUE(checkpoint.has_value());
        EXPECT_FALSE(store::checkpoint_of_size(db, size - 1).has_value());
        return 0;
    });
}

// Holds the writer until it is let go, and notes in which order the jobs ran that were queued meanwhile.
class Queued {
public:
    explicit Queued(store::Writer& writer) : writer_(writer)
    {
        writer_.submit({.home = {},
                        .work =
                            [this](store::Transaction&) {
                                begun_.set_value();
                                open_.wait();
                                return false;
                            },
                        .done = [](store::WriteEnd) {}});
        begun_.get_future().wait();
    }

    void submit(const std::string& home, std::function<bool(store::Transaction&)> work)
    {
        writer_.submit({.home = home,
                        .work =
                            [this, home, work = std::move(work)](store::Transaction& t) {
                                order.push_back(home);
                                return work(t);
                            },
                        .done =
                            [this](store::WriteEnd end) {
                                const std::lock_guard lock(mutex_);
                                ends_.push_back(end);
                            }});
    }
    void let_go()
    {
        gate_.set_value();
        writer_.wait_until_idle();
    }
    std::vector<store::WriteEnd> ends()
    {
        const std::lock_guard lock(mutex_);
        return ends_;
    }

    std::vector<std::string> order;  // homes; the writer's until let_go() has returned

private:
    store::Writer& writer_;
    std::promise<void> begun_, gate_;
    std::future<void> open_ = gate_.get_future();
    std::mutex mutex_;  // guards the next
    std::vector<store::WriteEnd> ends_;
};

bool nothing_to_keep(store::Transaction&) { return false; }

TEST_F(Writing, AJobBehindAThousandOfAnotherHomeIsTheSecondToBeDone)
{
    const auto first = ledger_size();
    Queued queued(database().writer());
    constexpr int many = 1000;
    for (int i = 0; i < many; ++i)
        queued.submit("state:CL", [i](store::Transaction& t) {
            append(t, "many " + std::to_string(i));
            return true;
        });
    queued.submit("state:PE", [](store::Transaction& t) {
        append(t, "one");
        return true;
    });
    EXPECT_EQ(database().writer().waiting(), many + 1U);
    queued.let_go();
    ASSERT_EQ(queued.order.size(), many + 1U);
    EXPECT_EQ(queued.order[1], "state:PE");
    EXPECT_EQ(read([](store::Connection& db) {
                  auto rows = db.query("SELECT seq FROM ledger_entry WHERE subject = 'one'");
                  return rows.next() ? rows.integer(0) : -1;
              }),
              static_cast<std::int64_t>(first) + 1);
    EXPECT_EQ(ledger_size(), first + many + 1);
    EXPECT_EQ(database().writer().waiting(), 0U);
}

TEST_F(Writing, AHomeWhoseShareIsFullIsRefusedAloneAndAtOnce)
{
    Queued queued(database().writer());
    for (std::size_t i = 0; i < store::Writer::max_queued_jobs_of_home; ++i)
        queued.submit("state:CL", nothing_to_keep);
    EXPECT_TRUE(queued.ends().empty());
    queued.submit("state:CL", nothing_to_keep);
    EXPECT_EQ(queued.ends(), std::vector(1, store::WriteEnd::too_many));
    queued.submit("state:PE", nothing_to_keep);
    queued.submit("", nothing_to_keep);
    EXPECT_EQ(queued.ends().size(), 1U) << "others are still taken";
    queued.let_go();
    EXPECT_EQ(queued.ends().size(), store::Writer::max_queued_jobs_of_home + 3);
}

TEST_F(Writing, WhatTakesLongIsCommittedBeforeTheNextIsBegun)
{
    const auto commits = database().writer().commits();
    Queued queued(database().writer());
    for (const auto* name : {"a", "b", "c"})
        queued.submit("state:CL", [name](store::Transaction& t) {
            std::this_thread::sleep_for(store::WriterOptions{}.longest_gathering);
            put(t, name);
            return true;
        });
    queued.let_go();
    EXPECT_EQ(database().writer().commits(), commits + 3);
    EXPECT_TRUE(has("a"));
    EXPECT_TRUE(has("c"));
}

constexpr int pages_per_job = 100;
constexpr std::uintmax_t page_bytes = 4096;

// A job that writes so many pages that were not there before.
std::function<bool(store::Transaction&)> filling(const std::string& key)
{
    return [key](store::Transaction& t) {
        for (int i = 0; i < pages_per_job; ++i)
            t.db().run("INSERT INTO portal (key, value) VALUES (?1, hex(zeroblob(1900)))", key + std::to_string(i));
        return true;
    };
}

TEST_F(Writing, WhatIsCommittedIsCopiedIntoTheDatabaseBesideTheWriter)
{
    const auto before = std::filesystem::file_size(database_file());
    const auto jobs = store::wal_copy_pages / pages_per_job + 1;
    for (int i = 0; i < jobs; ++i)
        EXPECT_EQ(database().writer().run(filling("job " + std::to_string(i) + " ")), store::WriteEnd::decided);
    ASSERT_LT(jobs * pages_per_job, store::wal_limit_pages) << "the writer itself has no reason to copy yet";
    EXPECT_TRUE(comes_true([&] { return std::filesystem::file_size(database_file()) > before; }));
}

TEST_F(Writing, TheWriteAheadLogStaysSmallHoweverMuchIsWritten)
{
    const auto kept = read([](store::Connection&) { return 0; });  // leaves a reader in its transaction
    EXPECT_EQ(kept, 0);
    const auto bound = 2 * store::wal_limit_pages;
    std::uintmax_t largest = 0;
    for (int i = 0; i < 3 * bound / pages_per_job; ++i) {
        EXPECT_EQ(database().writer().run(filling("job " + std::to_string(i) + " ")), store::WriteEnd::decided);
        largest = std::max(largest, std::filesystem::file_size(database_file().string() + "-wal"));
    }
    EXPECT_LT(largest, bound * page_bytes);
    EXPECT_TRUE(has("job 0 0"));
}

TEST_F(Writing, ALatchedWriterRefusesAndReadsGoOn)
{
    database().writer().latch_read_only("the disk broke");
    EXPECT_EQ(database().writer().run([](store::Transaction& t) {
        put(t, "a");
        return true;
    }),
              store::WriteEnd::read_only);
    EXPECT_FALSE(has("a"));
    EXPECT_EQ(database().writer().read_only_reason(), "the disk broke");
}

TEST_F(Writing, TheLedgersTablesRefuseToBeChanged)
{
    batch({[](store::Transaction& t) {
        append(t, "a");
        return true;
    }});
    for (const auto& attempt : std::vector<std::function<void(store::Connection&)>>{
             [](store::Connection& db) { db.run("UPDATE ledger_entry SET kind = 'x'"); },
             [](store::Connection& db) { db.run("DELETE FROM ledger_entry"); },
             [](store::Connection& db) { db.run("UPDATE ledger_node SET hash = zeroblob(32)"); },
             [](store::Connection& db) { db.run("DELETE FROM ledger_node"); },
             [](store::Connection& db) { db.run("UPDATE ledger_checkpoint SET note = 'x'"); },
             [](store::Connection& db) { db.run("DELETE FROM ledger_checkpoint"); }}) {
        const auto ends = batch({[&attempt](store::Transaction& t) {
            attempt(t.db());
            return true;
        }});
        EXPECT_EQ(ends.front(), store::WriteEnd::failed);
    }
}

}  // namespace
}  // namespace cbmx::test
