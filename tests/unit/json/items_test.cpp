// Where items begin and end, whatever is inside them.
#include "json/items.hpp"
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

using Texts = std::vector<std::string_view>;

TEST(Items, ElementsAreFoundWhateverIsInsideThem)
{
    EXPECT_EQ(json::array_items(R"( [ {"a":[1,2]} , "]," ,[],"\"]", 7 ] )").items, (Texts{R"({"a":[1,2]})", R"("],")", "[]", R"("\"]")", "7"}));
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

TEST(Items, LinesThatSayNothingAreNoItemsButAreCounted)
{
    const auto lines = json::ndjson_lines("\n{}\r\n  \n[1]");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].number, 2U);
    EXPECT_EQ(lines[0].text, "{}");
    EXPECT_EQ(lines[1].number, 4U);
    EXPECT_EQ(lines[1].text, "[1]");
}

}  // namespace
TEST(Items, AMemberIsFoundByItsOwnNameAtTheTopAlone)
{
    const std::string text = R"({"a":{"status":"inner"},"b":"\"status\":1,}","status":"planned","tags":["x,y","]}"],"z":1})";
    EXPECT_EQ(json::member_text(text, "status"), R"("planned")");
    EXPECT_EQ(json::member_text(text, "tags"), R"(["x,y","]}"])");
    EXPECT_EQ(json::member_text(text, "a"), R"({"status":"inner"})");
    EXPECT_EQ(json::member_text(text, "z"), "1");
    for (const char* absent : {"inner", "x", ""})
        EXPECT_TRUE(json::member_text(text, absent).empty()) << absent;
}

TEST(Items, ATextThatIsNoObjectHasNoMembers)
{
    for (const char* broken : {"", "{", "{}", "[]", R"({"a)", R"({"a")", R"({"a":)", R"({"a":1)", R"({"a":"1})"})
        EXPECT_TRUE(json::member_text(broken, "a").empty()) << broken;
}

}  // namespace cbmx::test
