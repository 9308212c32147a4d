// When the heap gives free pages back: after something large, once.
#include "base/memory.hpp"
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

TEST(Memory, IsGivenBackWhenALargeUseHasEnded)
{
    give_back_memory();  // whatever another test has left
    EXPECT_FALSE(give_back_memory());
    {
        LargeUse small;
        LargeUse large;
        large.begin();
        EXPECT_FALSE(give_back_memory()) << "it is still in use";
    }
    EXPECT_TRUE(give_back_memory());
    EXPECT_FALSE(give_back_memory()) << "once";
    {
        LargeUse small;
    }
    EXPECT_FALSE(give_back_memory());
}

}  // namespace
}  // namespace cbmx::base
