// What is due is done once, in order, by the portal itself: server/service/clock/due.hpp. Seen at the ends of delegations.
#include "ledger/entry.hpp"
#include "service/accounts/delegations.hpp"
#include "service/clock/due.hpp"
#include "store/log/entries.hpp"
#include "store/rows/due.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::Due;
using Strings = std::vector<std::string>;
using std::chrono::hours;

class WhatIsDue : public ServiceFixture {
protected:
    const Principal giver_ = someone("state:CL", {"approver", "drafter"});
    const Principal delegate_ = someone("state:CL", {"contact"});

    std::string lent_for(std::chrono::milliseconds time)
    {
        const service::DelegationDraft draft{delegate_.account, {"drafter"}, domain::to_rfc3339(now() + time)};
        return write([&](Transaction& t) { return service::give_delegation(t, giver_, draft); }).value().id;
    }
    bool look_at_clock() { return service::do_what_is_due(portal()); }
    Strings ended_since(std::uint64_t size)
    {
        return read([&](Connection& db) {
            Strings subjects;
            auto rows = db.query("SELECT subject, kind FROM ledger_entry WHERE seq >= ?1 ORDER BY seq", static_cast<std::int64_t>(size));
            while (rows.next()) {
                subjects.push_back(rows.text(0));
                EXPECT_EQ(rows.text(1), "delegation_ended");
            }
            return subjects;
        });
    }
    std::vector<store::StoredDue> waiting()
    {
        return read([](Connection& db) { return store::stored_due(db); });
    }
    void change_the_file(store::Sql statement, const std::string& id)
    {
        database().writer().run([&](Transaction& t) { return t.db().run(statement, id) == 1; });
    }
};

TEST_F(WhatIsDue, HappensWhenItsTimeHasComeAndNotBefore)
{
    const auto id = lent_for(hours(2));
    const auto size = ledger_size();
    advance(hours(2) - std::chrono::milliseconds(1));
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(ledger_size(), size);
    advance(std::chrono::milliseconds(1));
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(ended_since(size), Strings{id});
    EXPECT_TRUE(waiting().empty());
}

TEST_F(WhatIsDue, IsDoneByThePortalWhichHasNoAccount)
{
    lent_for(hours(1));
    advance(hours(1));
    look_at_clock();
    read([this](Connection& db) {
        const auto seq = static_cast<domain::Seq>(ledger_size()) - 1;
        const auto entry = ledger::parse_entry(store::entry_body(db, seq).value()).value();
        EXPECT_EQ(entry.actor_role, "portal");
        EXPECT_FALSE(entry.actor_handle.has_value());
        const auto opening = store::opening(db, seq).value();
        EXPECT_FALSE(opening.actor || opening.credential);
        return true;
    });
}

TEST_F(WhatIsDue, IsDoneInTheOrderOfItsTimesAfterAnyPause)
{
    const auto third = lent_for(hours(30)), first = lent_for(hours(10)), second = lent_for(hours(20)), later = lent_for(hours(1000));
    const auto size = ledger_size();
    advance(hours(500));
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(ended_since(size), (Strings{first, second, third}));
    ASSERT_EQ(waiting().size(), 1u);
    EXPECT_EQ(waiting().front().subject, later);
}

TEST_F(WhatIsDue, HappensOnceHoweverTheClockIsSet)
{
    lent_for(hours(1));
    const auto size = ledger_size();
    advance(hours(1));
    look_at_clock(), look_at_clock();
    advance(-hours(5));
    look_at_clock();
    advance(hours(9000));
    look_at_clock();
    EXPECT_EQ(ended_since(size).size(), 1u);
}

TEST_F(WhatIsDue, IsNotDoneWhenTheClockWasSetBackBeforeItsTurn)
{
    lent_for(hours(1));
    const auto first = waiting().front();
    const store::DueRow row{Due::delegation_end, first.subject, first.at};
    EXPECT_FALSE(write([&](Transaction& t) -> domain::Result<bool> { return store::take_due(t.db(), row, t.now_text()); }).value());
    EXPECT_EQ(waiting().size(), 1u);
}

TEST_F(WhatIsDue, EndsWithTheRecordsOwnEnd)
{
    const auto id = lent_for(hours(1));
    ASSERT_EQ(waiting(), (std::vector<store::StoredDue>{{"delegation_end", id, domain::to_rfc3339(now() + hours(1))}}));
    write([&](Transaction& t) { return service::end_delegation(t, giver_, domain::DelegationId(id)); });
    EXPECT_TRUE(waiting().empty());
}

TEST_F(WhatIsDue, EndsWithoutATraceWhenItIsAboutNothingAnyMore)
{
    write([&](Transaction& t) -> domain::Result<bool> {
        store::set_due(t.db(), {Due::delegation_end, "00000000-0000-4000-8000-000000000000", t.now_text()});
        return true;
    });
    const auto size = ledger_size();
    EXPECT_TRUE(look_at_clock());
    EXPECT_TRUE(waiting().empty());
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(WhatIsDue, StaysWhenTheProgramFailsAndHoldsNothingElseUp)
{
    const auto damaged = lent_for(hours(1)), sound = lent_for(hours(2));
    change_the_file("UPDATE delegation SET roles = 'no list' WHERE id = ?1", damaged);
    const auto size = ledger_size();
    advance(hours(3));
    EXPECT_FALSE(look_at_clock());
    EXPECT_EQ(ended_since(size), Strings{sound});
    ASSERT_EQ(waiting().size(), 1u);
    EXPECT_EQ(waiting().front().subject, damaged);

    change_the_file("UPDATE delegation SET roles = '[\"drafter\"]' WHERE id = ?1", damaged);
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(ended_since(size), (Strings{sound, damaged}));
}

TEST_F(WhatIsDue, WaitsWhileThePortalIsReadOnly)
{
    lent_for(hours(1));
    const auto size = ledger_size();
    advance(hours(2));
    database().writer().latch_read_only("a test");
    look_at_clock();
    EXPECT_EQ(ledger_size(), size);
    EXPECT_EQ(waiting().size(), 1u);
}

TEST_F(WhatIsDue, IsCountedWithHowLateItIs)
{
    lent_for(hours(1)), lent_for(hours(5));
    const auto state = [this] { return read([this](Connection& db) { return service::due_state(db, now()); }); };
    EXPECT_EQ(state().waiting, 2);
    EXPECT_EQ(state().lag, std::chrono::seconds(0));
    advance(hours(3));
    EXPECT_EQ(state().lag, hours(2));
    look_at_clock();
    EXPECT_EQ(state().waiting, 1);
    EXPECT_EQ(state().lag, std::chrono::seconds(0));
}

}  // namespace
}  // namespace cbmx::test
