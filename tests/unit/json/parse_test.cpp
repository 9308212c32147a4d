// What the bounded parser accepts, what it refuses, and where it says the fault is.
#include "json/parse.hpp"
#include <chrono>
#include <gtest/gtest.h>

namespace {

using namespace cbmx;
using domain::Rule;

std::string repeat(std::string_view text, std::size_t times)
{
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

std::string object_with_members(std::size_t count)
{
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":0";
    return text + '}';
}

struct Refusal {
    std::string text;
    Rule rule;
    std::string pointer;
    domain::Arguments arguments = {};
};

void expect_refusal(const Refusal& expected)
{
    SCOPED_TRACE(expected.text.substr(0, 80));
    const auto result = json::parse(expected.text);
    ASSERT_FALSE(result.has_value());
    const auto error = result.error();
    EXPECT_EQ(error.code, domain::ErrorCode::malformed_json);
    ASSERT_EQ(error.violations.size(), 1U);
    const auto& violation = error.violations.front();
    EXPECT_EQ(domain::name_of(violation.rule), domain::name_of(expected.rule));
    EXPECT_EQ(violation.pointer, expected.pointer);
    if (!expected.arguments.empty()) {
        EXPECT_EQ(violation.arguments, expected.arguments);
    }
}

nlohmann::json parsed(std::string_view text)
{
    auto result = json::parse(text);
    return result.has_value() ? *result : nlohmann::json("refused");
}

TEST(Parse, KeepsEveryKindOfValue)
{
    const auto value = parsed(R"( {"s":"\u00e4\n","i":-7,"u":9007199254740991,"m":-9007199254740991,"t":true,"n":null,"a":[1,[],{}]} )");
    EXPECT_EQ(value.at("s"), "ä\n");
    EXPECT_EQ(value.at("i"), -7);
    EXPECT_EQ(value.at("u"), json::max_integer);
    EXPECT_EQ(value.at("m"), -json::max_integer);
    EXPECT_EQ(value.at("t"), true);
    EXPECT_TRUE(value.at("n").is_null());
    EXPECT_EQ(value.at("a").size(), 3U);
    EXPECT_EQ(value.size(), 7U);
    EXPECT_EQ(parsed("0"), 0);
    EXPECT_EQ(parsed("\"x\""), "x");
    EXPECT_TRUE(parsed("null").is_null());
}

TEST(Parse, StringsAndNamesComeOutInNfc)
{
    const auto value = parsed("{\"e\xCC\x81\":\"A\xCC\x8A\",\"k\":\"\\u212B\"}");
    EXPECT_EQ(value.at("\xC3\xA9"), "\xC3\x85");
    EXPECT_EQ(value.at("k"), "\xC3\x85");
}

TEST(Parse, NamesThatCollideAfterNfcAreDuplicates)
{
    expect_refusal({"{\"\xC3\xA9\":1,\"e\xCC\x81\":2}", Rule::duplicate_member, "/\xC3\xA9"});
    expect_refusal({R"({"a":1,"\u0061":2})", Rule::duplicate_member, "/a"});
}

TEST(Parse, DepthIsBounded)
{
    EXPECT_TRUE(json::parse(repeat("[", json::max_depth) + repeat("]", json::max_depth)).has_value());
    const auto one_more = repeat("[", json::max_depth + 1) + repeat("]", json::max_depth + 1);
    expect_refusal({one_more, Rule::too_deep, repeat("/0", json::max_depth), {{"limit", "32"}}});
    expect_refusal({repeat("[", 100'000), Rule::too_deep, repeat("/0", json::max_depth)});
    expect_refusal({repeat("{\"a\":", 100'000), Rule::too_deep, repeat("/a", json::max_depth)});
}

TEST(Parse, MembersPerObjectAreBounded)
{
    EXPECT_EQ(parsed(object_with_members(json::max_members_per_object)).size(), json::max_members_per_object);
    expect_refusal({"[" + object_with_members(json::max_members_per_object + 1) + "]", Rule::too_many_members, "/0", {{"limit", "1000"}}});
}

TEST(Parse, RefusesWhatTheProfileDoesNotHold)
{
    const domain::Arguments range{{"limit", "9007199254740991"}};
    const std::vector<Refusal> refusals{
        {R"({"a":{"b":1,"b":2}})", Rule::duplicate_member, "/a/b"},
        {R"({"a/b~c":1,"a/b~c":2})", Rule::duplicate_member, "/a~1b~0c"},
        {R"([1,2.0])", Rule::number_not_integer, "/1"},
        {R"({"n":1e2})", Rule::number_not_integer, "/n"},
        {R"({"n":1E2})", Rule::number_not_integer, "/n"},
        {R"({"n":1.0})", Rule::number_not_integer, "/n"},
        {R"({"n":-0})", Rule::number_not_integer, "/n"},
        {R"({"n":-0.0})", Rule::number_not_integer, "/n"},
        {R"({"n":1e999})", Rule::number_not_integer, "/n"},
        {R"({"n":9007199254740992})", Rule::number_out_of_range, "/n", range},
        {R"({"n":-9007199254740992})", Rule::number_out_of_range, "/n", range},
        {R"({"n":18446744073709551616})", Rule::number_out_of_range, "/n", range},
        {"[" + repeat("9", 400) + "]", Rule::number_out_of_range, "/0", range},
        {R"(["\ud800"])", Rule::lone_surrogate, "/0"},
        {R"(["\uDFFF"])", Rule::lone_surrogate, "/0"},
        {R"(["\ud800\u0041"])", Rule::lone_surrogate, "/0"},
        {R"(["\ud800\ud800"])", Rule::lone_surrogate, "/0"},
        {R"({"a":{"\udc00":1}})", Rule::lone_surrogate, "/a"},
        {R"({"a":["x\u0000y"]})", Rule::nul_character, "/a/0"},
        {R"({"a":{"\u0000":1}})", Rule::nul_character, "/a"},
    };
    for (const auto& refusal : refusals)
        expect_refusal(refusal);
    EXPECT_EQ(parsed(R"("\ud83d\ude00")"), "\xF0\x9F\x98\x80");
}

TEST(Parse, MalformedTextIsRefusedWithTheByteOffset)
{
    const auto at = [](const char* offset) { return domain::Arguments{{"at", offset}}; };
    const std::vector<Refusal> refusals{
        {"", Rule::malformed, "", at("0")},
        {" ", Rule::malformed, "", at("1")},
        {"\xEF\xBB\xBF{}", Rule::malformed, "", at("0")},
        {"{} x", Rule::malformed, "", at("3")},
        {"{}{}", Rule::malformed, "", at("2")},
        {std::string("{}\0", 3), Rule::malformed, "", at("2")},
        {std::string("[\"a\0b\"]", 7), Rule::malformed, "", at("3")},
        {R"({"a":tru})", Rule::malformed, "/a", at("8")},
        {R"({"a":[1,2)", Rule::malformed, "/a/2", at("9")},
        {R"({"a":[1,]})", Rule::malformed, "/a/1", at("8")},
        {R"({"a":1,})", Rule::malformed, "", at("7")},
        {R"({'a':1})", Rule::malformed, "", at("1")},
        {R"([01])", Rule::malformed, "/1", at("2")},
        {"[+1]", Rule::malformed, "/0", at("1")},
        {"[NaN]", Rule::malformed, "/0", at("1")},
        {"[1/**/]", Rule::malformed, "/1", at("2")},
        {"[\"a\nb\"]", Rule::malformed, "/0", at("3")},
        {R"(["\x"])", Rule::malformed, "/0", at("3")},
        {"[\"surrogate \x01\"]", Rule::malformed, "/0", at("12")},
        {"[\"\xC0\x80\"]", Rule::malformed, "/0", at("2")},
        {"[\"\xED\xA0\x80\"]", Rule::malformed, "/0", at("3")},
        {"[\"\xF4\x90\x80\x80\"]", Rule::malformed, "/0", at("3")},
        {"[\"\xC3\"]", Rule::malformed, "/0", at("3")},
        {"[\"\xFF\"]", Rule::malformed, "/0", at("2")},
    };
    for (const auto& refusal : refusals)
        expect_refusal(refusal);
}

TEST(Parse, TheWordsOfTheInputDoNotChooseTheRule) { expect_refusal({"[\"invalid string: surrogate U+\x01\"]", Rule::malformed, "/0"}); }

TEST(Parse, ALongRunOfCombiningMarksIsRefusedBeforeItIsSorted)
{
    const auto marks = repeat("\xCC\x81\xCC\xA3", 500'000);
    const auto start = std::chrono::steady_clock::now();
    expect_refusal({"[\"a" + marks + "\"]", Rule::forbidden_character, "/0"});
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    EXPECT_TRUE(json::parse("[\"a" + repeat("\xCC\x81\xCC\xA3", 15) + "\"]").has_value());
}

TEST(MergePatch, FollowsTheTableOfRfc7396)
{
    struct Row {
        const char* target;
        const char* patch;
        const char* result;
    };
    const Row rows[] = {
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b"})", R"({"a":null})", R"({})"},
        {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
        {R"({"a":"foo"})", R"(null)", R"(null)"},
        {R"({"a":"foo"})", R"("bar")", R"("bar")"},
        {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(json::merge_patch(parsed(row.target), parsed(row.patch)), parsed(row.result)) << row.target << row.patch;
}

TEST(Parse, TheNumberOfValuesIsBoundedOnAllLevelsTogether)
{
    EXPECT_TRUE(json::parse(R"({"a":[1,{"b":2}],"c":3})", 6).has_value());
    const auto refused = json::parse(R"({"a":[1,{"b":2}],"c":3})", 5);
    ASSERT_FALSE(refused.has_value());
    const auto violation = refused.error().violations.at(0);
    EXPECT_EQ(violation.rule, Rule::too_many_values);
    EXPECT_EQ(violation.pointer, "/c");
    EXPECT_EQ(violation.arguments, (domain::Arguments{{"limit", "5"}}));
    EXPECT_FALSE(json::parse("[" + repeat("{},", 10) + "{}]", 11).has_value()) << "containers are values";
    EXPECT_TRUE(json::parse("[" + repeat("{},", json::max_values_of_body) + "{}]").has_value()) << "what is our own is not bounded";
}

}  // namespace
