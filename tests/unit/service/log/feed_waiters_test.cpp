// Who waits is resumed once: when there is something for it, when its rights have changed, when the time is over, or when the portal
// closes. What nobody waiting may see resumes nobody, and is looked at once for all who see the same.
#include "service/log/feed_waiters.hpp"
#include "service/reports/reports.hpp"
#include "support/ledger_fixture.hpp"
#include "support/statements.hpp"
#include "support/waiting.hpp"
#include <atomic>
#include <future>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;

void at_once(const std::function<void()>& task) { task(); }

class FeedWaiters : public LedgerFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"}),
              peru = someone("state:PE", {"drafter"}), chair = someone("office:chair", {"chair"});
    service::FeedWaiters waiting{portal(), at_once};

    FeedWaiters()
    {
        rings([this] { waiting.wake(); });
    }
    ~FeedWaiters() override { rings({}); }

    void rings(std::function<void()> on_commit)
    {
        database().writer().wait_until_idle();  // which reads it after a commit
        set_on_commit(std::move(on_commit));
    }

    service::FeedPlace place_of(const Principal& who)
    {
        return service::look_at_feed(portal(), who, i18n::Language::en, last(), service::max_changes, {}).value().place;
    }
    // One who waits, and counts how often it is resumed.
    struct Waiting {
        std::shared_ptr<const service::FeedReader> reader;
        std::shared_ptr<std::atomic<int>> resumed = std::make_shared<std::atomic<int>>(0);
    };
    Waiting parked(const Principal& who, std::chrono::milliseconds at_most = 1h) { return parked(place_of(who), at_most); }
    Waiting parked(service::FeedPlace place, std::chrono::milliseconds at_most = 1h)
    {
        Waiting one{waiting.enter()};
        waiting.wait(*one.reader, std::move(place), at_most, [resumed = one.resumed](const service::FeedPlace&) { ++*resumed; });
        return one;
    }
    static bool is_resumed(const Waiting& one)
    {
        return comes_true([&] { return *one.resumed > 0; });
    }
    // Hidden from everybody but Chile and the secretariat.
    void append_of_chile(std::int64_t entries)
    {
        write([entries](Transaction& transaction) {
            for (std::int64_t i = 0; i < entries; ++i)
                transaction.append(domain::machine_operator(), {.kind = domain::EventKind::account_changed,
                                                                .subject = "of Chile",
                                                                .home = domain::Home::from("state:CL"),
                                                                .acting_role = domain::ActingRole::of_operator(),
                                                                .version = 2 + i,
                                                                .revision = {},
                                                                .audience = {},
                                                                .content = "{}",
                                                                .lost = {}});
            return domain::Result<bool>(true);
        }).value();
    }
};

TEST_F(FeedWaiters, ACommitResumesThoseWhoSeeItOnceAndNobodyElse)
{
    const auto one = parked(peru), another = parked(peru), office = parked(chair);
    new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    EXPECT_TRUE(is_resumed(one));
    EXPECT_TRUE(is_resumed(another));
    append_of_chile(1);
    database().writer().wait_until_idle();
    EXPECT_EQ(waiting.waiting(), 1U);
    EXPECT_EQ(*one.resumed, 1);
    EXPECT_EQ(*office.resumed, 0);
}

TEST_F(FeedWaiters, WhatIsCommittedBetweenALookAndItsWaitIsNotMissed)
{
    auto before = place_of(peru);
    rings({});  // nobody does
    new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    EXPECT_TRUE(is_resumed(parked(std::move(before))));
}

TEST_F(FeedWaiters, WhoLosesSightOfARecordIsResumed)
{
    without_four_eyes("CL");
    const auto id = new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    const auto one = parked(peru);
    write([&](Transaction& transaction) {
        return service::change_audience(transaction, approver, id, {{"recipients", {"state:CL"}}}, domain::Transition::recipients,
                                        std::nullopt);
    }).value();
    EXPECT_TRUE(is_resumed(one));
}

TEST_F(FeedWaiters, WhoseRightsChangeIsResumed)
{
    const auto one = parked(peru), other = parked(chair);
    write([](Transaction& transaction) {
        transaction.principals_changed(domain::Home::from("state:PE"));
        return domain::Result<bool>(true);
    }).value();
    append_of_chile(1);
    EXPECT_TRUE(is_resumed(one));
    EXPECT_EQ(*other.resumed, 0);
}

TEST_F(FeedWaiters, AnonymousReadersFollowThePublishedSize)
{
    advance(3h);
    const auto one = parked(nobody());
    new_report(drafter, approver, {{"label", "TLP:CLEAR"}});
    database().writer().wait_until_idle();
    std::this_thread::sleep_for(service::FeedWaiters::anonymous_interval + 200ms);
    EXPECT_EQ(*one.resumed, 0) << "it is not published yet";
    advance(3h);
    EXPECT_TRUE(is_resumed(one));
}

TEST_F(FeedWaiters, AReaderIsResumedWhenItsTimeIsOver) { EXPECT_TRUE(is_resumed(parked(peru, 20ms))); }

TEST_F(FeedWaiters, ClosingResumesAllAndWhoComesLaterAtOnce)
{
    const auto early = parked(peru);
    waiting.close();
    EXPECT_TRUE(is_resumed(early));
    EXPECT_EQ(*parked(chair).resumed, 1);
}

TEST_F(FeedWaiters, WhoLeavesIsNotResumedAndHoldsNothing)
{
    const auto held = std::make_shared<int>(0);
    const auto one = waiting.enter();
    waiting.wait(*one, place_of(peru), 1h, [held](const service::FeedPlace&) { ADD_FAILURE() << "nobody is there"; });
    EXPECT_EQ(held.use_count(), 2);
    one->leave();
    EXPECT_EQ(held.use_count(), 1);
    {
        const auto gone = parked(peru);
        EXPECT_EQ(waiting.waiting(), 1U);
    }
    EXPECT_EQ(waiting.waiting(), 0U);
}

// Statements and steps of the engine, not time.
TEST_F(FeedWaiters, ACommitThatNobodySeesCostsOneLookForAllWhoSeeTheSame)
{
    const auto third = someone("state:PE", {"contact"});
    const std::vector places{place_of(peru), place_of(chair), place_of(third)};
    std::vector<Waiting> readers;
    std::optional<Statements> counted;
    {
        auto snapshot = database().read();  // the only reader there is: the waiters are given it from now on
        counted.emplace(snapshot.db());
    }
    constexpr int waiting_readers = 300;
    readers.reserve(waiting_readers);
    for (int i = 0; i < waiting_readers; ++i)
        readers.push_back(parked(places[static_cast<std::size_t>(i) % places.size()]));
    const auto cost_of = [&](std::int64_t entries) {
        std::this_thread::sleep_for(3 * service::FeedWaiters::shortest_between_wakes);
        const auto statements = counted->begun(), steps = counted->steps();
        append_of_chile(entries);
        EXPECT_TRUE(comes_true([&] { return counted->begun() > statements; }));
        EXPECT_TRUE(comes_true([&] {  // what was begun has ended, and nothing more is
            const auto begun = counted->begun();
            std::this_thread::sleep_for(200ms);
            return counted->begun() == begun && counted->ended() == begun;
        }));
        constexpr std::uint64_t of_the_snapshot = 4;
        EXPECT_LE(counted->begun() - statements, 2 * places.size() + of_the_snapshot) << "300 readers, of whom there are three kinds";
        return counted->steps() - steps;
    };
    const auto many = cost_of(5000), one = cost_of(1);
    EXPECT_LT(one * 100, many) << "what was looked at is not looked at again";
    EXPECT_EQ(waiting.waiting(), readers.size());
}

TEST_F(FeedWaiters, ReadersComeGoAndAreResumedWhileOthersCommit)
{
    std::atomic<bool> done{false};
    const auto place = place_of(peru);
    constexpr int readers = 4;
    std::vector<std::future<int>> threads;
    threads.reserve(readers);
    for (int i = 0; i < readers; ++i)
        threads.push_back(std::async(std::launch::async, [&, i] {
            int rounds = 0;
            for (; !done; ++rounds) {
                const auto one = parked(place, 5ms);
                if (i % 2 == 0)
                    one.reader->leave();
                else
                    EXPECT_TRUE(is_resumed(one));
            }
            return rounds;
        }));
    for (int i = 0; i < 50; ++i)
        append_of_chile(1);
    done = true;
    for (auto& thread : threads)
        EXPECT_GT(thread.get(), 0);
    EXPECT_EQ(waiting.waiting(), 0U);
}

TEST_F(FeedWaiters, ACredentialHasTwoStreamsAndGivesThemBack)
{
    std::shared_ptr<void> outlives;
    {
        service::FeedWaiters of_streams(portal(), at_once);
        const auto first = of_streams.take_stream("a");
        auto second = of_streams.take_stream("a");
        EXPECT_TRUE(first);
        EXPECT_TRUE(second);
        EXPECT_FALSE(of_streams.take_stream("a"));
        EXPECT_TRUE(of_streams.take_stream("b"));
        second.reset();
        EXPECT_EQ(of_streams.streams(), 1U);
        outlives = of_streams.take_stream("a");
        EXPECT_TRUE(outlives);
    }
    outlives.reset();
}

}  // namespace
}  // namespace cbmx::test
