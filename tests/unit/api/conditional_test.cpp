// Conditional requests: what an If-Match and an If-None-Match may be (RFC 9110), and what an ETag tells apart.
#include "api/conditional.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

using service::ExpectedVersion;
using service::record_tag;

bool matches(std::string_view if_match, const std::string& present)
{
    const auto expected = parse_if_match(if_match);
    return expected && expected->check(present).has_value();
}

TEST(Conditional, ATagMatchesTheStateThatItWasMadeOfAndNoOther)
{
    for (const std::int64_t version : {0, 1, 7, 123456}) {
        const auto tag = record_tag(version, "text");
        EXPECT_TRUE(matches(entity_tag(tag, "body"), tag));
        EXPECT_FALSE(matches(entity_tag(tag, "body"), record_tag(version, "another text")));
        EXPECT_FALSE(matches(entity_tag(tag, "body"), record_tag(version + 1, "text")));
    }
}

TEST(Conditional, ADraftsVersionIsNeverTakenForItsRecords)
{
    const auto draft = record_tag(service::draft_version(3), "text"), record = record_tag(3, "text");
    EXPECT_TRUE(entity_tag(draft, "body").starts_with("\"d3-"));
    EXPECT_FALSE(matches(entity_tag(draft, "body"), record));
    EXPECT_FALSE(matches(entity_tag(record, "body"), draft));
    EXPECT_FALSE(matches("\"3-\"", draft));
    EXPECT_TRUE(matches("\"d3-\"", draft));
}

TEST(Conditional, AnotherViewIsAnotherETagOfTheSameState)
{
    const auto tag = record_tag(1, "text");
    EXPECT_NE(entity_tag(tag, "in English"), entity_tag(tag, "en español"));
    EXPECT_TRUE(matches(entity_tag(tag, "in English"), tag));
    EXPECT_TRUE(matches(entity_tag(tag, "en español"), tag));
}

TEST(Conditional, TheBareFormSaysTheVersionAndEveryOtherIsComparedWhole)
{
    const auto tag = record_tag(12, "text");
    EXPECT_TRUE(matches("\"12-\"", tag));
    EXPECT_TRUE(matches("\"" + tag + "\"", tag));
    for (const auto& other : {std::string("1-"), std::string("2-"), std::string("12"), std::string("12--"), std::string("12-000000000000"),
                              std::string("012-"), std::string(""), std::string("zzz"), tag.substr(0, tag.size() - 1), tag + "0"})
        EXPECT_FALSE(matches("\"" + other + "\"", tag)) << other;
}

TEST(Conditional, OneOfAListIsEnoughWhereverItStandsAndAStarIsAnything)
{
    const auto tag = record_tag(3, "text");
    EXPECT_TRUE(matches("\"2-\", \"3-\"", tag));
    EXPECT_TRUE(matches(" ,\"a,b\",, W/\"3-\" ,\"3-\" , ", tag));
    EXPECT_FALSE(matches("\"2-\",\"zzz\"", tag));
    EXPECT_TRUE(matches("*", tag));
    EXPECT_TRUE(matches(" * ", tag));
}

TEST(Conditional, AWeakTagNeverMatches)
{
    const auto tag = record_tag(3, "text");
    EXPECT_FALSE(matches("W/\"3-\"", tag));
    EXPECT_FALSE(matches("W/\"" + tag + "\"", tag));
}

TEST(Conditional, WhatIsNoListOfTagsIsMalformed)
{
    for (const char* text : {"", " ", ",", "3", "3-", "\"3-", "3-\"", "w/\"3-\"", "W/3-", "W/", "\"3-\"\"4-\"", "\"3-\" \"4-\"",
                             "*, \"3-\"", "\"3-\", *", "**", "\"a b\"", "\"a\tb\"", "'3-'", "\"3-\";q=1"})
        EXPECT_FALSE(parse_if_match(text)) << text;
    for (const char* text : {"\"\"", "\"3\"", "\"-3-abc\"", "\"x3-abc\"", "\"99999999999999999999-a\"", "\"d-3-a\"", "\"\xc3\xa9\""})
        EXPECT_TRUE(parse_if_match(text)) << text;
}

TEST(Conditional, OneStrongTagIsNoStarNoListAndNotWeak)
{
    EXPECT_TRUE(parse_if_match("\"3-\"")->is_one_strong_tag());
    EXPECT_TRUE(parse_if_match(" \"3-\" ,")->is_one_strong_tag());
    for (const char* text : {"*", "W/\"3-\"", "\"3-\",\"3-\"", "\"3-\", W/\"3-\""})
        EXPECT_FALSE(parse_if_match(text)->is_one_strong_tag()) << text;
}

TEST(Conditional, IfNoneMatchTakesListsWeakTagsAndAStar)
{
    const auto tag = entity_tag(std::nullopt, "body");
    EXPECT_TRUE(matches_if_none_match(tag, tag));
    EXPECT_TRUE(matches_if_none_match("W/" + tag, tag));
    EXPECT_TRUE(matches_if_none_match("\"other\" , " + tag, tag));
    EXPECT_TRUE(matches_if_none_match("\"a,b\"," + tag, tag));
    EXPECT_TRUE(matches_if_none_match("*", tag));
    for (const auto& text : {std::string("\"other\""), std::string(), tag.substr(1), "*, " + tag, tag + tag})
        EXPECT_FALSE(matches_if_none_match(text, tag)) << text;
}

}  // namespace
}  // namespace cbmx::api
