// No ring is lost, rings share a run that has not begun, and the end waits for nothing but the work under way. See
// server/base/worker.hpp.
#include "base/worker.hpp"
#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <vector>

namespace cbmx::base {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 10s;

bool comes(std::future<void> event) { return event.wait_for(patience) == std::future_status::ready; }

bool comes(const std::function<bool()>& condition)
{
    for (const auto end = Clock::now() + patience; Clock::now() < end; std::this_thread::sleep_for(1ms))
        if (condition())
            return true;
    return condition();
}

TEST(Worker, WorksWhenItIsRungAndNotBefore)
{
    std::atomic<int> runs{0};
    Worker worker("test", [&] {
        ++runs;
        return Worker::Pause{};
    });
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(runs, 0);
    worker.ring();
    EXPECT_TRUE(comes([&] { return runs == 1; }));
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(runs, 1);
    worker.ring();
    EXPECT_TRUE(comes([&] { return runs == 2; }));
}

TEST(Worker, RingsDuringARunLeadToOneMore)
{
    std::atomic<int> runs{0};
    std::promise<void> begun, go;
    {
        Worker worker("test", [&, may_go = go.get_future().share()] {
            if (++runs == 1) {
                begun.set_value();
                may_go.wait();
            }
            return Worker::Pause{};
        });
        worker.ring();
        ASSERT_TRUE(comes(begun.get_future()));
        for (int i = 0; i < 5; ++i)
            worker.ring();
        go.set_value();
    }  // a ring that came before the end is answered
    EXPECT_EQ(runs, 2);
}

TEST(Worker, LosesNoRing)
{
    constexpr int ringers = 4, rings = 2'000;
    std::atomic<int> given{0}, seen{0};
    {
        Worker worker("test", [&] {
            seen = given.load();
            return Worker::Pause{};
        });
        std::vector<std::thread> threads;
        for (int i = 0; i < ringers; ++i)
            threads.emplace_back([&] {
                for (int k = 0; k < rings; ++k) {
                    ++given;
                    worker.ring();
                }
            });
        for (auto& thread : threads)
            thread.join();
        EXPECT_TRUE(comes([&] { return seen == ringers * rings; }));
        ++given;
        worker.ring();
    }
    EXPECT_EQ(seen, ringers * rings + 1);
}

TEST(Worker, WorksWithoutARingWhenThePauseThatItAskedForIsOver)
{
    std::promise<void> third;
    int runs = 0;
    const auto begin = Clock::now();
    Worker worker("test", {.most = 10ms}, [&] {
        if (++runs == 3)
            third.set_value();
        return Worker::Pause{.most = 10ms};
    });
    EXPECT_TRUE(comes(third.get_future()));
    EXPECT_GE(Clock::now() - begin, 30ms);
}

TEST(Worker, MakesARingWaitForTheLeastPause)
{
    std::promise<void> second;
    std::vector<Clock::time_point> runs;
    Worker worker("test", [&] {
        runs.push_back(Clock::now());
        if (runs.size() == 1)
            worker.ring();
        else
            second.set_value();
        return Worker::Pause{.least = 50ms};
    });
    worker.ring();
    ASSERT_TRUE(comes(second.get_future()));
    EXPECT_GE(runs[1] - runs[0], 50ms);
}

TEST(Worker, EndsWhileItWaits)
{
    int runs = 0;
    const auto begin = Clock::now();
    const auto work = [&runs] {
        ++runs;
        return Worker::Pause{};
    };
    {
        const Worker for_a_ring("test", work);
        const Worker for_a_time("test", {.most = 1h}, work);
        const Worker for_the_least_time("test", {.least = 1h}, work);
    }
    EXPECT_LT(Clock::now() - begin, patience);
    EXPECT_EQ(runs, 0);
}

TEST(Worker, EndsAfterTheRunUnderWayEvenIfThatRingsAgain)
{
    std::atomic<int> runs{0};
    std::promise<void> begun;
    {
        Worker worker("test", [&] {
            if (++runs == 1)
                begun.set_value();
            comes([&] { return worker.is_ending(); });
            worker.ring();
            return Worker::Pause{.least = 1h};
        });
        worker.ring();
        ASSERT_TRUE(comes(begun.get_future()));
    }
    EXPECT_EQ(runs, 1);
}

TEST(Worker, AnswersARingOfBeforeTheEndWithoutItsPause)
{
    std::atomic<int> runs{0};
    {
        Worker worker("test", {.least = 1h}, [&] {
            ++runs;
            return Worker::Pause{.least = 1h};
        });
        worker.ring();
    }
    EXPECT_EQ(runs, 1);
}

TEST(Worker, GoesOnAfterAnExceptionWithThePauseOfBefore)
{
    std::promise<void> second;
    int runs = 0;
    Worker worker("test", {.most = 1ms}, [&]() -> Worker::Pause {
        if (++runs == 1)
            throw std::runtime_error("once");
        second.set_value();
        return {};
    });
    EXPECT_TRUE(comes(second.get_future()));
}

}  // namespace
}  // namespace cbmx::base
