// Words that two people compare by telephone. See server/base/check_words.hpp.
#include "base/check_words.hpp"
#include <gtest/gtest.h>
#include <set>

namespace cbmx::test {
namespace {

const base::Hash credential = base::sha256("credential");

TEST(CheckWords, AreSixWordsThatAreReadAlikeInFourLanguages)
{
    const auto words = base::check_words("code", credential);
    EXPECT_EQ(words.size(), 6U * 6U + 5U) << words;
    EXPECT_EQ(words.find_first_not_of("fklmnrst aeio"), std::string::npos) << words;
}

TEST(CheckWords, AreWrittenInTheNextReleaseAsInThis)
{
    EXPECT_EQ(base::check_words("code", credential), "kokoki resala lemasa serefo komeka felete");
}

TEST(CheckWords, DifferForAnotherCodeAndForAnotherCredential)
{
    const std::set<std::string> words{base::check_words("code", credential), base::check_words("cod", credential),
                                      base::check_words("code", base::sha256("another"))};
    EXPECT_EQ(words.size(), 3U);
}

TEST(CheckWords, AreComparedHoweverTheyWereTyped)
{
    EXPECT_EQ(base::folded_check_words("  Kamito, RASEFO\n-linota. "), "kamito rasefo linota");
    EXPECT_EQ(base::folded_check_words(""), "");
}

}  // namespace
}  // namespace cbmx::test
