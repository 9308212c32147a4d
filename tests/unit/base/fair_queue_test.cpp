// Whoever sends much waits behind itself, and not others behind it.
#include "base/fair_queue.hpp"
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cbmx::base {
namespace {

std::vector<std::string> all_of(FairQueue<std::string>& queue)
{
    std::vector<std::string> taken;
    while (auto item = queue.pop())
        taken.push_back(std::move(*item));
    return taken;
}

TEST(FairQueue, TakesFromTheKeysInTurnAndFromEachInOrder)
{
    FairQueue<std::string> queue(100, 100);
    for (const auto* item : {"a 1", "a 2", "a 3", "b 1", "c 1", "c 2"})
        queue.push(std::string(1, *item), item);
    EXPECT_EQ(queue.size(), 6U);
    EXPECT_EQ(all_of(queue), (std::vector<std::string>{"a 1", "b 1", "c 1", "a 2", "c 2", "a 3"}));
    EXPECT_TRUE(queue.empty());
    EXPECT_FALSE(queue.pop().has_value());
}

TEST(FairQueue, AKeyThatComesBackWaitsBehindAllOthers)
{
    FairQueue<std::string> queue(100, 100);
    queue.push("a", "a 1");
    queue.push("b", "b 1");
    queue.push("c", "c 1");
    EXPECT_EQ(queue.pop(), "a 1");
    queue.push("a", "a 2");
    EXPECT_EQ(all_of(queue), (std::vector<std::string>{"b 1", "c 1", "a 2"}));
}

TEST(FairQueue, AKeyHoldsNoMoreThanItsBound)
{
    FairQueue<int> queue(100, 3);
    for (int i = 0; i < 3; ++i)
        queue.push("a", i);
    EXPECT_EQ(queue.room_for("a"), Room::key_is_full);
    EXPECT_THROW(queue.push("a", 3), std::logic_error);
    EXPECT_EQ(queue.room_for("b"), Room::free);
    queue.pop();
    EXPECT_EQ(queue.room_for("a"), Room::free);
}

TEST(FairQueue, AKeyNeverHoldsMoreThanIsLeftFreeForTheOthers)
{
    FairQueue<int> queue(16, 16);
    const auto fill = [&queue](const std::string& key) {
        std::size_t held = 0;
        for (; queue.room_for(key) == Room::free; ++held)
            queue.push(key, 0);
        return held;
    };
    EXPECT_EQ(fill("a"), 8U);
    EXPECT_EQ(fill("b"), 4U);
    EXPECT_EQ(fill("c"), 2U);
    EXPECT_EQ(queue.room_for("a"), Room::key_is_full);
    EXPECT_EQ(queue.room_for("e"), Room::free);
    EXPECT_EQ(fill("d"), 1U);
    EXPECT_EQ(fill("e"), 1U);
    EXPECT_EQ(queue.size(), 16U);
    EXPECT_EQ(queue.room_for("f"), Room::none);
    EXPECT_THROW(queue.push("f", 0), std::logic_error);
}

// Items under keys that come and go at random: {key, number of the item}.
using Item = std::pair<std::string, int>;

class History {
public:
    explicit History(unsigned seed) : random_(seed) {}

    void push()
    {
        const auto key = std::string(1, static_cast<char>('a' + random_() % 5));
        if (queue_.room_for(key) != Room::free)
            return;
        queue_.push(key, {key, ++pushed_[key]});
        ++waiting_[key];
    }

    // Between two items of a key at most one item of every other key, and each key's own in order.
    void pop()
    {
        const auto item = queue_.pop();
        if (!item) {
            for (const auto& [key, count] : waiting_) {
                ASSERT_EQ(count, 0) << key;
            }
            return;
        }
        const auto& [key, number] = *item;
        ASSERT_EQ(number, ++taken_[key]) << key;
        --waiting_[key];
        for (auto& [other, seen] : since_) {
            const bool is_news = other == key || waiting_[other] == 0 || seen.insert(key).second;
            ASSERT_TRUE(is_news) << key << " came twice while " << other << " waited";
        }
        since_[key].clear();
        for (auto& [other, seen] : since_)
            if (waiting_[other] == 0)
                seen.clear();
    }

    bool is_push() { return random_() % 2 == 0; }

private:
    std::mt19937 random_;
    FairQueue<Item> queue_{40, 12};
    std::map<std::string, int> pushed_, taken_, waiting_;
    // Whose items were taken while this key waited, since it had its turn last.
    std::map<std::string, std::set<std::string>> since_{{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}, {"e", {}}};
};

TEST(FairQueue, WhoeverWaitsSeesEachOtherKeyServedAtMostOnceBeforeItself)
{
    for (unsigned seed = 1; seed <= 20; ++seed) {
        History history(seed);
        for (int step = 0; step < 2000 && !HasFatalFailure(); ++step) {
            if (history.is_push())
                history.push();
            else
                history.pop();
        }
    }
}

}  // namespace
}  // namespace cbmx::base
