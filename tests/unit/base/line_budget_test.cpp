// A flood of refusals is one line a second for each peer, and no refusal goes uncounted.
#include "base/line_budget.hpp"
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

using namespace std::chrono_literals;

class Lines : public ::testing::Test {
protected:
    std::chrono::steady_clock::time_point now{};
    LineBudget lines{[this] { return now; }};
};

TEST_F(Lines, OneASecondForEachPeerWhichSaysHowManyWereLeftOut)
{
    EXPECT_EQ(lines.take("a"), 0U);
    for (int i = 0; i < 500; ++i)
        EXPECT_EQ(lines.take("a"), std::nullopt);
    EXPECT_EQ(lines.take("b"), 0U) << "another peer has its own";
    now += 999ms;
    EXPECT_EQ(lines.take("a"), std::nullopt);
    now += 1ms;
    EXPECT_EQ(lines.take("a"), 501U);
    now += 1s;
    EXPECT_EQ(lines.take("a"), 0U) << "told once";
}

TEST_F(Lines, MorePeersThanThereIsRoomForShareOneLine)
{
    std::size_t written = 0;
    for (std::size_t i = 0; i < 10 * LineBudget::max_keys; ++i)
        written += lines.take(std::to_string(i)) ? 1 : 0;
    EXPECT_LE(written, LineBudget::max_keys + 1);
    now += 1s;
    EXPECT_EQ(lines.take("new"), 0U) << "the silent ones are forgotten";
    for (std::size_t i = 0; i < LineBudget::max_keys; ++i)
        lines.take("more " + std::to_string(i));
    EXPECT_EQ(lines.take("one too many"), std::nullopt) << "counted with the others";
}

}  // namespace
}  // namespace cbmx::base
