// The rate limit: a bucket per caller, refilled by the monotonic clock, in bounded memory.
#include "api/rate_limit.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

class Limited : public ::testing::Test {
protected:
    std::chrono::steady_clock::time_point now{};
    RateLimit limit{{10, std::chrono::seconds(10)}, [this] { return now; }};
};

TEST_F(Limited, TheQuotaIsGivenAtOnceAndNoMore)
{
    for (int i = 9; i >= 0; --i) {
        const auto state = limit.take("a");
        EXPECT_TRUE(state.allowed);
        EXPECT_EQ(state.remaining, i);
    }
    const auto refused = limit.take("a");
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.reset_seconds, 1);
}

TEST_F(Limited, ItComesBackEvenlyAndNeverBeyondTheQuota)
{
    for (int i = 0; i < 10; ++i)
        limit.take("a");
    now += std::chrono::seconds(3);
    EXPECT_EQ(limit.take("a").remaining, 2);
    now += std::chrono::hours(1);
    EXPECT_EQ(limit.take("a").remaining, 9);
}

TEST_F(Limited, OneCallerDoesNotUseUpAnothers)
{
    for (int i = 0; i < 11; ++i)
        limit.take("a");
    EXPECT_FALSE(limit.take("a").allowed);
    EXPECT_TRUE(limit.take("b").allowed);
}

TEST_F(Limited, MemoryIsBoundedHoweverManyCallersCome)
{
    for (std::size_t i = 0; i < 3 * RateLimit::max_buckets; ++i)
        EXPECT_TRUE(limit.take(std::to_string(i)).allowed);
}

TEST_F(Limited, ACrowdOfNewAddressesGivesNobodyTheirShareBack)
{
    for (int i = 0; i < 11; ++i)
        limit.take("guesses");
    for (std::size_t i = 0; i < 3 * RateLimit::max_buckets; ++i)
        limit.take(std::to_string(i));
    EXPECT_FALSE(limit.take("guesses").allowed);
}

}  // namespace
}  // namespace cbmx::api
