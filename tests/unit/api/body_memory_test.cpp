// The memory for bodies: bounded in all and for each, and given back when the answer goes.
#include "api/body_memory.hpp"
#include <gtest/gtest.h>
#include <vector>

namespace cbmx::test {
namespace {

using api::BodyMemory;
using api::BodyRoom;

TEST(BodyMemory, OneCallerGetsItsShareAndNoMore)
{
    BodyMemory memory({.in_all_bytes = 100, .of_one_bytes = 40});
    const auto first = memory.take("state:CL", 30);
    EXPECT_EQ(first.room, BodyRoom::given);
    EXPECT_EQ(memory.take("state:CL", 11).room, BodyRoom::none_of_ones_own);
    EXPECT_EQ(memory.take("state:CL", 10).room, BodyRoom::given) << "what was refused is not counted";
    EXPECT_EQ(memory.take("state:PE", 40).room, BodyRoom::given);
}

TEST(BodyMemory, AllTogetherGetNoMoreThanThereIs)
{
    BodyMemory memory({.in_all_bytes = 100, .of_one_bytes = 40});
    std::vector<BodyMemory::Held> held;
    for (const auto* caller : {"a", "b"})
        held.push_back(memory.take(caller, 40));
    EXPECT_EQ(memory.take("c", 21).room, BodyRoom::none_at_all);
    EXPECT_EQ(memory.take("c", 20).room, BodyRoom::given);
    held.pop_back();
    EXPECT_EQ(memory.held_bytes(), 40U) << "given back with the last copy, also what nobody kept";
    EXPECT_EQ(memory.take("c", 40).room, BodyRoom::given);
}

TEST(BodyMemory, MayEndBeforeWhatItGave)
{
    auto memory = std::make_unique<BodyMemory>(api::BodyMemoryLimits{.in_all_bytes = 10, .of_one_bytes = 10});
    auto held = memory->take("a", 10);
    memory.reset();
    held.hold.reset();
    EXPECT_EQ(held.room, BodyRoom::given);
}

}  // namespace
}  // namespace cbmx::test
