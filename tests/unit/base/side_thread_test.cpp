#include "base/side_thread.hpp"
#include <atomic>
#include <future>
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

TEST(SideThread, RunsWhatItTookInOrderAlsoWhenItEnds)
{
    std::vector<int> order;
    {
        SideThread side(10);
        for (int i = 0; i < 5; ++i)
            ASSERT_TRUE(side.submit([&order, i] { order.push_back(i); }));
    }
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(SideThread, TakesNoMoreThanItsBound)
{
    SideThread side(2);
    std::promise<void> started, go;
    ASSERT_TRUE(side.submit([&] {
        started.set_value();
        go.get_future().wait();
    }));
    started.get_future().wait();
    EXPECT_TRUE(side.submit([] {}));
    EXPECT_TRUE(side.submit([] {}));
    EXPECT_FALSE(side.submit([] {}));
    go.set_value();
}

}  // namespace
}  // namespace cbmx::base
