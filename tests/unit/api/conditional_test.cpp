// Conditional requests: what an If-Match may be, and which versions it distinguishes.
#include "api/conditional.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

TEST(Conditional, ATagGivesBackTheVersionThatItWasMadeOf)
{
    for (const std::int64_t version : {0, 1, 7, 123456})
        EXPECT_EQ(parse_if_match(entity_tag(version, "body")), service::ExpectedVersion(version));
}

TEST(Conditional, ADraftsVersionIsNeverTakenForItsRecords)
{
    const auto draft = entity_tag(service::draft_version(3), "body");
    EXPECT_EQ(draft.substr(0, 4), "\"d3-");
    EXPECT_EQ(parse_if_match(draft), service::ExpectedVersion(service::draft_version(3)));
    EXPECT_NE(parse_if_match(draft), service::ExpectedVersion(3));
    EXPECT_NE(parse_if_match(entity_tag(3, "body")), service::ExpectedVersion(service::draft_version(3)));
}

TEST(Conditional, AnyVersionIsSaidByAStarAlone)
{
    ASSERT_TRUE(parse_if_match("*"));
    EXPECT_FALSE(parse_if_match("*")->has_value());
    ASSERT_TRUE(parse_if_match(" * "));
    EXPECT_FALSE(parse_if_match(" * ")->has_value());
}

TEST(Conditional, MalformedAndWeakTagsMatchNothing)
{
    for (const char* text : {"", "3", "\"\"", "\"3\"", "W/\"3-abc\"", "\"-3-abc\"", "\"x3-abc\"", "\"99999999999999999999-a\"", "\"3-abc",
                             "3-abc\"", "\"d-3-a\""})
        EXPECT_FALSE(parse_if_match(text)) << text;
}

TEST(Conditional, AnotherViewIsAnotherTagOfTheSameVersion)
{
    EXPECT_NE(entity_tag(1, "a"), entity_tag(1, "b"));
    EXPECT_EQ(parse_if_match(entity_tag(1, "a")), parse_if_match(entity_tag(1, "b")));
}

TEST(Conditional, IfNoneMatchTakesListsWeakTagsAndAStar)
{
    const auto tag = entity_tag(std::nullopt, "body");
    EXPECT_TRUE(matches_if_none_match(tag, tag));
    EXPECT_TRUE(matches_if_none_match("W/" + tag, tag));
    EXPECT_TRUE(matches_if_none_match("\"other\" , " + tag, tag));
    EXPECT_TRUE(matches_if_none_match("*", tag));
    EXPECT_FALSE(matches_if_none_match("\"other\"", tag));
    EXPECT_FALSE(matches_if_none_match("", tag));
}

}  // namespace
}  // namespace cbmx::api
