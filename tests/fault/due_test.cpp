// What is due at a time is done once: however often the portal is killed between that time and its next start, and however the
// machine's clock is set (libfaketime). Seen at the ends of delegations.
#include "fault/fake_clock.hpp"
#include "verify/verify.hpp"
#include <thread>

namespace cbmx::test {
namespace {

constexpr int delegations = 300;
constexpr std::chrono::seconds patience{20};

class Deadlines : public FakeClock {
protected:
    // So many, all for an hour; gives how they are asked for.
    void lend(Process& process, int count)
    {
        const auto tokens = found(process);
        ASSERT_TRUE(process.start()) << process.log();
        const auto delegate = account(process, "state:CL", "contact");
        const auto client = process.connect();
        const auto until = domain::to_rfc3339(domain::system_clock()() + std::chrono::hours(1));
        const auto body = nlohmann::json{{"delegate", delegate}, {"roles", {"drafter"}}, {"until", until}}.dump();
        for (int i = 0; i < count; ++i)
            ASSERT_EQ(ask(*client, "POST", "/v1/delegations", tokens.drafter, body)->status, 201);
    }
    struct Ends {
        std::int64_t entries = 0, subjects = 0, by_portal = 0, waiting = 0;
        bool operator==(const Ends&) const = default;
    };
    Ends ends() const
    {
        store::Connection db(database().string(), store::OpenMode::read_only);
        auto rows = db.query("SELECT COUNT(*), COUNT(DISTINCT subject), COUNT(*) FILTER (WHERE actor_role = 'portal'),"
                             " (SELECT COUNT(*) FROM due_at) FROM ledger_entry WHERE kind = 'delegation_ended'");
        rows.next();
        return {rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)};
    }
    bool comes_to(const Ends& expected) const
    {
        for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;
             std::this_thread::sleep_for(std::chrono::milliseconds(100)))
            if (ends() == expected)
                return true;
        return false;
    }
    void expect_verified() const
    {
        const auto report = service::verify(database().string(), {keys(), std::nullopt});
        EXPECT_TRUE(report.ok()) << report.summary();
    }
};

TEST_F(Deadlines, AreMetOnceHoweverOftenThePortalIsKilledBeforeItHasStarted)
{
    set_clock("+0");
    Process process(directory, fake());
    lend(process, delegations);
    process.kill_hard();
    set_clock("+2h");
    for (int round = 0; round < 12; ++round) {
        process.begin();
        std::this_thread::sleep_for(std::chrono::milliseconds(20 * round));
        process.kill_hard();
    }
    ASSERT_TRUE(process.start()) << process.log();
    EXPECT_EQ(ends(), (Ends{delegations, delegations, delegations, 0})) << "done before anybody is served";
    EXPECT_EQ(process.terminate(), 0);
    expect_verified();
    write_row({"kill -9 again and again between the time of 300 deadlines and the start", "12 times", delegations, 0,
               "each is met once, with one entry by the portal itself, before the first request is served"});
}

TEST_F(Deadlines, FollowAClockThatJumpsForwardAndAreNotMetAgainWhenItIsSetBack)
{
    set_clock("+0");
    Process process(directory, fake());
    lend(process, 3);
    EXPECT_EQ(ends(), (Ends{0, 0, 0, 3}));
    set_clock("-3h");
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(ends(), (Ends{0, 0, 0, 3}));
    set_clock("+2h");
    EXPECT_TRUE(comes_to({3, 3, 3, 0}));
    set_clock("-3h");
    std::this_thread::sleep_for(std::chrono::seconds(2));
    set_clock("+4h");
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(ends(), (Ends{3, 3, 3, 0}));
    EXPECT_EQ(process.terminate(), 0);
    expect_verified();
    write_row({"clock set forward over 3 deadlines, back and forward again while it runs (libfaketime)", "4 jumps", 3, 0,
               "each is met once, within seconds"});
}

}  // namespace
}  // namespace cbmx::test
