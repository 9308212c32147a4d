// Whose work is to be left where it stands. See server/base/ending.hpp.
#include "base/ending.hpp"
#include "base/side_thread.hpp"
#include <future>
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

TEST(Ending, ConcernsTheThreadsOfItsOwnerAlone)
{
    Ending one, other;
    EXPECT_FALSE(is_ending()) << "nobody says so here";
    const Ending::Work work(one);
    other.begin();
    EXPECT_FALSE(is_ending());
    {
        const Ending::Work within(other);
        EXPECT_TRUE(is_ending());
        EXPECT_THROW(check_ending(), Ended);
    }
    EXPECT_FALSE(is_ending());
    one.begin();
    EXPECT_TRUE(is_ending());
    EXPECT_FALSE(std::async(std::launch::async, &is_ending).get());
}

TEST(Ending, OfASideThreadReachesTheTaskUnderWayAndTakesNoOther)
{
    SideThread side(10);
    std::promise<void> begun;
    std::promise<bool> left_off;
    ASSERT_TRUE(side.submit("a", [&] {
        begun.set_value();
        while (!is_ending())
            std::this_thread::yield();
        left_off.set_value(true);
    }));
    begun.get_future().wait();
    side.end();
    EXPECT_TRUE(left_off.get_future().get());
    EXPECT_FALSE(side.submit("a", [] {}));
}

}  // namespace
}  // namespace cbmx::base
