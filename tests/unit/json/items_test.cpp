// Where items begin and end, whatever is inside them.
#include "json/items.hpp"
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

using Texts = std::vector<std::string_view>;

TEST(Items, ElementsAreFoundWhateverIsInsideThem)
{
    EXPECT_EQ(json::array_items(R"( [ {"a":[1,2]} , "]," ,[],"\"]", 7 ] )").items,
              (Texts{R"({"a":[1,2]})", R"("],")", "[]", R"("\"]")", "7"}));
    EXPECT_TRUE(json::array_items("[]").items.empty());
    EXPECT_FALSE(json::array_items(" [ ] ").malformed_at);
}

TEST(Items, WhereATextStopsBeingAnArrayIsTold)
{
    EXPECT_EQ(json::array_items("{}").malformed_at, 0U);
    EXPECT_EQ(json::array_items("").malformed_at, 0U);
    EXPECT_EQ(json::array_items("[1,,2]").malformed_at, 3U);
    EXPECT_EQ(json::array_items("[1,]").malformed_at, 3U);
    EXPECT_EQ(json::array_items("[1,2").malformed_at, 4U);
    EXPECT_EQ(json::array_items("[1] 2").malformed_at, 4U);
    EXPECT_EQ(json::array_items("[{}}]").malformed_at, 5U);
    EXPECT_EQ(json::array_items(R"(["a)").malformed_at, 3U);
    EXPECT_EQ(json::array_items("[1,2").items, (Texts{"1"})) << "what came before is there";
}

TEST(Items, MembersAreFoundWhateverIsInsideThem)
{
    const auto members = json::object_members(R"( {"a": [1,{"b":2}] ,"c":"},\"\\\\","a":{} , "":null} )");
    ASSERT_TRUE(members.has_value());
    std::string told;
    for (const auto& [name, value] : *members)
        told += std::string(name) + "=" + std::string(value) + ";";
    EXPECT_EQ(told, R"(a=[1,{"b":2}];c="},\"\\\\";a={};=null;)");
    EXPECT_TRUE(json::object_members("{ }").value().empty());
    for (const char* text : {"", "{", "}", "[]", "null", "{a}", R"({"a"})", R"({"a":1)", R"({"a":1}})", R"({"a":1]})", R"({"a" 1})",
                             R"({"a":1,})", R"({"a":1}x})", R"({"\u0061":1})", R"({"a":"})"})
        EXPECT_FALSE(json::object_members(text).has_value()) << text;
}

TEST(Items, LinesThatSayNothingAreNoItemsButAreCounted)
{
    const auto lines = json::ndjson_lines("\n{}\r\n  \n[1]");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].number, 2U);
    EXPECT_EQ(lines[0].text, "{}");
    EXPECT_EQ(lines[1].number, 4U);
    EXPECT_EQ(lines[1].text, "[1]");
}

TEST(Items, NoMoreAreLookedForThanAreAskedFor)
{
    EXPECT_EQ(json::array_items("[1,2,3,4]", 2).items, (Texts{"1", "2"}));
    EXPECT_FALSE(json::array_items("[1,2,}", 2).malformed_at) << "what stands behind is not looked at";
    EXPECT_EQ(json::array_items("[1,2]", 3).items.size(), 2U);
    EXPECT_EQ(json::ndjson_lines("1\n2\n\n3\n", 2).size(), 2U);
    EXPECT_EQ(json::ndjson_lines("1\n2\n\n3\n", 9).size(), 3U);
}

}  // namespace
}  // namespace cbmx::test
