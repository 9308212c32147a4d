#include "base/side_thread.hpp"
#include <atomic>
#include <future>
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

TEST(SideThread, RunsWhatItTookInOrder)
{
    std::vector<int> order;
    std::promise<void> done;
    SideThread side(10);
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(side.submit([&order, i] { order.push_back(i); }));
    ASSERT_TRUE(side.submit([&done] { done.set_value(); }));
    done.get_future().wait();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(SideThread, EndsAfterTheTaskUnderWayAndDropsWhatWaits)
{
    std::atomic<int> ran{0};
    std::promise<void> started, go;
    auto waiting = go.get_future();
    auto ending = std::async(std::launch::async, [&] {
        SideThread side(10);
        side.submit([&] {
            started.set_value();
            waiting.wait();
            ++ran;
        });
        started.get_future().wait();
        side.submit([&] { ++ran; });
        go.set_value();
    });
    ending.wait();
    EXPECT_GE(ran, 1);
    EXPECT_LE(ran, 2);
}

TEST(SideThread, TakesNoMoreThanItsBound)
{
    std::promise<void> started, go;
    auto waiting = go.get_future();
    SideThread side(2);  // ends before what its tasks use
    ASSERT_TRUE(side.submit([&] {
        started.set_value();
        waiting.wait();
    }));
    started.get_future().wait();
    EXPECT_TRUE(side.submit([] {}));
    EXPECT_TRUE(side.submit([] {}));
    EXPECT_FALSE(side.submit([] {}));
    go.set_value();
}

}  // namespace
}  // namespace cbmx::base
