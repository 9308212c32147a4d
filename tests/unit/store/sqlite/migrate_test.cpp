// Migrations refuse what they do not know; every table has its row in the retention table.
#include "store/operational.hpp"
#include "store/retention.hpp"
#include "store/sqlite/migrate.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace cbmx::store {
namespace {

class Migrating : public ::testing::Test {
protected:
    static std::string refusal(Connection& connection, const std::vector<Migration>& migrations)
    {
        try {
            migrate(connection, migrations);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }
    Connection db{":memory:", OpenMode::read_write};
    Migration one{1, "0001_a.sql", "CREATE TABLE a (x INTEGER) STRICT;"};
    Migration two{2, "0002_b.sql", "CREATE TABLE b (x INTEGER) STRICT;"};
    Migration broken{2, "0002_b.sql", "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (y INTEGER) STRICT;"};
};

TEST_F(Migrating, EachIsAppliedOnceAndInOrder)
{
    migrate(db, {one});
    migrate(db, {one, two});
    migrate(db, {one, two});
    EXPECT_TRUE(db.query("SELECT 1 FROM b UNION SELECT 1").next());
}

TEST_F(Migrating, ANewerDatabaseIsRefused)
{
    migrate(db, {one, two});
    EXPECT_THAT(refusal(db, {one}), ::testing::HasSubstr("newer release"));
}

TEST_F(Migrating, AChangedTextIsRefused)
{
    migrate(db, {one});
    auto changed = one;
    changed.script = "CREATE TABLE a (x INTEGER, y INTEGER) STRICT;";
    EXPECT_THAT(refusal(db, {changed}), ::testing::HasSubstr("differs"));
}

TEST_F(Migrating, AGapIsRefused)
{
    migrate(db, {one, two});
    db.run("DELETE FROM schema_migration WHERE number = 1");
    EXPECT_THAT(refusal(db, {one, two}), ::testing::HasSubstr("gap"));
}

TEST_F(Migrating, AFailingOneLeavesTheDatabaseAsItWas)
{
    migrate(db, {one});
    EXPECT_NE(refusal(db, {one, broken}), "");
    EXPECT_FALSE(db.query("SELECT 1 FROM sqlite_schema WHERE name = 'b'").next());
    EXPECT_EQ(refusal(db, {one, two}), "");
}

TEST_F(Migrating, AnOlderDatabaseIsNotReadAsIfItWerePresent)
{
    migrate(db, {one});
    EXPECT_THROW(check_migrated(db, {one, two}), std::runtime_error);
    EXPECT_NO_THROW(check_migrated(db, {one}));
}

TEST(Retention, EveryTableHasItsRowAndEveryRowItsTable)
{
    Connection db(":memory:", OpenMode::read_write);
    migrate(db, embedded_migrations());
    std::set<std::string> tables{"credential_use (operational)", "security_event (operational)"}, rows;
    auto names = db.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    while (names.next())
        tables.insert(names.text(0));
    for (const auto& row : retention())
        rows.emplace(row.table);
    EXPECT_EQ(rows, tables);
}

TEST(OperationalStore, SecurityEventsAreBoundedAndLastUsesKept)
{
    Operational operational(":memory:");
    operational.credential_used("c", domain::from_rfc3339("2026-01-01T00:00:00.000Z").value());
    EXPECT_EQ(operational.last_used("c"), "2026-01-01T00:00:00.000Z");
    for (std::size_t i = 0; i < 2 * Operational::max_waiting_events; ++i)
        operational.security_event({"t", "kind", "peer", ""});
    operational.flush();
    EXPECT_EQ(operational.last_used("c"), "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(operational.newest_security_events(100'000).size(), Operational::max_waiting_events);
    for (int round = 0; round < 12; ++round) {
        for (std::size_t i = 0; i < Operational::max_waiting_events; ++i)
            operational.security_event({"t", "kind", "peer", ""});
        operational.flush();
    }
    EXPECT_EQ(operational.newest_security_events(100'000).size(), static_cast<std::size_t>(Operational::max_security_events));
}

}  // namespace
}  // namespace cbmx::store
