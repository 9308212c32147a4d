// What counts as blank, as equal and as a number. See server/base/text.hpp.
#include "base/text.hpp"
#include <gtest/gtest.h>
#include <vector>

namespace cbmx::base {
namespace {

TEST(Text, IsTrimmedOfTheNamedCharactersAtItsEndsAlone)
{
    EXPECT_EQ(trimmed(" \ta b\t ", blanks), "a b");
    EXPECT_EQ(trimmed("\r\n a \n", blanks), "\r\n a \n");
    EXPECT_EQ(trimmed("\r\n a \n", white_space), "a");
    EXPECT_EQ(trimmed(" \t ", blanks), "");
    EXPECT_EQ(trimmed("", white_space), "");
}

TEST(Text, IsComparedWithoutCaseInAsciiAlone)
{
    EXPECT_TRUE(equals_ignoring_case("Text/CSV", "tEXT/csv"));
    EXPECT_TRUE(equals_ignoring_case("", ""));
    EXPECT_FALSE(equals_ignoring_case("text", "text/"));
    EXPECT_FALSE(equals_ignoring_case("@[`{", "`{@["));  // neighbours of the letters
    EXPECT_FALSE(equals_ignoring_case("\xC3\x89", "\xC3\xA9"));
    EXPECT_EQ(to_lower("GET \xC3\x89Z@["), "get \xC3\x89z@[");
}

TEST(WholeNumber, IsTheWholeText)
{
    EXPECT_EQ(whole_number<int>("2026"), 2026);
    EXPECT_EQ(whole_number<int>("-7"), -7);
    EXPECT_EQ(whole_number<int>("007"), 7);
    for (const auto* text : {"", " 1", "1 ", "+1", "1.0", "0x1", "1e3", "-", "one"})
        EXPECT_EQ(whole_number<int>(text), std::nullopt) << text;
    EXPECT_EQ(whole_number<int>(std::string_view("1\0", 2)), std::nullopt);
}

TEST(WholeNumber, StaysWithinItsTypeAndItsRange)
{
    EXPECT_EQ(whole_number<std::uint16_t>("65535"), 65535);
    EXPECT_EQ(whole_number<std::uint16_t>("65536"), std::nullopt);
    EXPECT_EQ(whole_number<std::uint64_t>("-1"), std::nullopt);
    EXPECT_EQ(whole_number<std::int64_t>("9223372036854775807"), 9223372036854775807);
    EXPECT_EQ(whole_number<std::int64_t>("9223372036854775808"), std::nullopt);
    EXPECT_EQ(whole_number<int>("1", 1, 9), 1);
    EXPECT_EQ(whole_number<int>("9", 1, 9), 9);
    EXPECT_EQ(whole_number<int>("0", 1, 9), std::nullopt);
    EXPECT_EQ(whole_number<int>("10", 1, 9), std::nullopt);
}

TEST(Words, AreJoinedWithASeparatorBetweenThem)
{
    EXPECT_EQ(joined(std::vector<std::string>{}), "");
    EXPECT_EQ(joined(std::vector<std::string>{"a"}), "a");
    EXPECT_EQ(joined(std::vector<std::string>{"a", "b", "c"}), "a, b, c");
    EXPECT_EQ(joined(std::vector<std::string>{"a", "b"}, ";"), "a;b");
}

TEST(Text, AListWithCommasIsItsParts)
{
    EXPECT_EQ(split_commas(""), std::vector<std::string>{});
    EXPECT_EQ(split_commas("a"), std::vector<std::string>{"a"});
    EXPECT_EQ(split_commas("a,,b"), (std::vector<std::string>{"a", "", "b"}));
}

}  // namespace
}  // namespace cbmx::base
