// A file without a name keeps what was written, in order.
#include "base/spool.hpp"
#include <gtest/gtest.h>
#include <system_error>

namespace cbmx::test {
namespace {

TEST(Spool, WhatWasAppendedIsReadInPieces)
{
    base::Spool spool("/tmp");
    spool.append("one ");
    spool.append(std::string(100'000, 'x'));
    spool.append(" end");
    EXPECT_EQ(spool.size(), 100'008U);
    EXPECT_EQ(spool.read(0, 5), "one x");
    EXPECT_EQ(spool.read(100'004, 100), " end") << "less only at the end";
    EXPECT_EQ(spool.read(100'008, 1), "");
}

TEST(Spool, ADirectoryThatIsNotThereIsSaid) { EXPECT_THROW(base::Spool("/nowhere/at/all"), std::system_error); }

}  // namespace
}  // namespace cbmx::test
