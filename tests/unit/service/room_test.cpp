// When the disk counts as nearly full: below the smaller of a part of it and a number of bytes.
#include "service/room.hpp"
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

constexpr std::uint64_t mebi = 1024 * 1024, gibi = 1024 * mebi;

TEST(Room, TheSmallerOfTheTwoMarksCounts)
{
    const service::RoomMarks marks;
    EXPECT_EQ(service::least_free_bytes(marks, {.free = 0, .total = 100 * gibi}), 2 * gibi);
    EXPECT_EQ(service::least_free_bytes(marks, {.free = 0, .total = 500 * mebi}), 100 * mebi);
}

TEST(Room, IsShortBelowTheMarkAndSaysWhenThatChanges)
{
    service::Room room({.percent = 20, .bytes = 2 * gibi});
    EXPECT_FALSE(room.is_short());
    EXPECT_FALSE(room.look({.free = 2 * gibi, .total = 100 * gibi})) << "at the mark there is room";
    EXPECT_TRUE(room.look({.free = 2 * gibi - 1, .total = 100 * gibi}));
    EXPECT_TRUE(room.is_short());
    EXPECT_FALSE(room.look({.free = 0, .total = 100 * gibi})) << "it was short before";
    EXPECT_TRUE(room.look({.free = 3 * gibi, .total = 100 * gibi}));
    EXPECT_FALSE(room.is_short());
    EXPECT_EQ(room.free_bytes(), 3 * gibi);
}

}  // namespace
}  // namespace cbmx::test
