// Who waits is resumed once: after a commit, when the time is over, or when the portal closes.
#include "service/log/feed_waiters.hpp"
#include <atomic>
#include <future>
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;

void at_once(const std::function<void()>& task) { task(); }

TEST(FeedWaiters, ACommitResumesEveryReaderOnce)
{
    std::atomic<int> resumed{0};
    std::promise<void> both;
    service::FeedWaiters waiting(at_once);
    const auto resume = [&] {
        if (++resumed == 2)
            both.set_value();
    };
    waiting.wait(1h, resume);
    waiting.wait(1h, resume);
    waiting.wake();
    ASSERT_EQ(both.get_future().wait_for(5s), std::future_status::ready);
    waiting.wake();
    EXPECT_EQ(waiting.waiting(), 0U);
    EXPECT_EQ(resumed, 2);
}

TEST(FeedWaiters, AReaderIsResumedWhenItsTimeIsOver)
{
    std::promise<void> over;
    service::FeedWaiters waiting(at_once);
    waiting.wait(20ms, [&] { over.set_value(); });
    EXPECT_EQ(over.get_future().wait_for(5s), std::future_status::ready);
}

TEST(FeedWaiters, ClosingResumesAllAndWhoComesLaterAtOnce)
{
    std::promise<void> resumed;
    std::atomic<bool> later{false};
    service::FeedWaiters waiting(at_once);
    waiting.wait(1h, [&] { resumed.set_value(); });
    waiting.close();
    EXPECT_EQ(resumed.get_future().wait_for(5s), std::future_status::ready);
    waiting.wait(1h, [&] { later = true; });
    EXPECT_TRUE(later);
}

TEST(FeedWaiters, ACredentialHasTwoStreamsAndGivesThemBack)
{
    std::shared_ptr<void> outlives;
    {
        service::FeedWaiters waiting(at_once);
        const auto first = waiting.take_stream("a");
        auto second = waiting.take_stream("a");
        EXPECT_TRUE(first);
        EXPECT_TRUE(second);
        EXPECT_FALSE(waiting.take_stream("a"));
        EXPECT_TRUE(waiting.take_stream("b"));
        second.reset();
        EXPECT_EQ(waiting.streams(), 1U);
        outlives = waiting.take_stream("a");
        EXPECT_TRUE(outlives);
    }
    outlives.reset();
}

}  // namespace
}  // namespace cbmx::test
