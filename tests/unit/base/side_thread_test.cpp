#include "base/side_thread.hpp"
#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace cbmx::base {
namespace {

TEST(SideThread, RunsWhatItTookInOrder)
{
    std::vector<int> order;
    std::promise<void> done;
    SideThread side(20);
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(side.submit("a", [&order, i] { order.push_back(i); }));
    ASSERT_TRUE(side.submit("a", [&done] { done.set_value(); }));
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
        side.submit("a", [&] {
            started.set_value();
            waiting.wait();
            ++ran;
        });
        started.get_future().wait();
        side.submit("a", [&] { ++ran; });
        go.set_value();
    });
    ending.wait();
    EXPECT_GE(ran, 1);
    EXPECT_LE(ran, 2);
}

// A thread that is held until go(): what is submitted meanwhile waits.
class Held {
public:
    explicit Held(std::size_t max_waiting) : side(max_waiting)
    {
        side.submit("holder", [this] {
            started_.set_value();
            open_.wait();
        });
        started_.get_future().wait();
    }
    void go() { gate_.set_value(); }

private:
    std::promise<void> started_, gate_;
    std::future<void> open_ = gate_.get_future();

public:
    SideThread side;  // ends before what its tasks use
};

TEST(SideThread, TakesNoMoreThanItsBoundAndNobodyFillsItForTheOthers)
{
    Held held(4);
    EXPECT_TRUE(held.side.submit("a", [] {}));
    EXPECT_TRUE(held.side.submit("a", [] {}));
    EXPECT_FALSE(held.side.submit("a", [] {})) << "as many as are left free, and no more";
    EXPECT_TRUE(held.side.submit("b", [] {}));
    EXPECT_TRUE(held.side.submit("c", [] {}));
    EXPECT_FALSE(held.side.submit("d", [] {}));
    EXPECT_EQ(held.side.waiting(), 4U);
    held.go();
}

TEST(SideThread, ServesTheHomesInTurn)
{
    std::vector<std::string> order;
    std::promise<void> done;
    {
        Held held(20);
        const auto submit = [&](const std::string& home, const std::string& name) {
            ASSERT_TRUE(held.side.submit(home, [&order, &done, name] {
                order.push_back(name);
                if (order.size() == 4)
                    done.set_value();
            }));
        };
        submit("a", "a 1");
        submit("a", "a 2");
        submit("a", "a 3");
        submit("b", "b 1");
        held.go();
        done.get_future().wait();
    }
    EXPECT_EQ(order, (std::vector<std::string>{"a 1", "b 1", "a 2", "a 3"}));
}

}  // namespace
}  // namespace cbmx::base
