// What a compiled schema says about a value: one row per rule of the subset, with places and arguments.
#include "base/embedded.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include <gtest/gtest.h>

namespace {

using namespace cbmx;
using json::SchemaSet;
using Files = std::map<std::string, std::string_view>;

// "pointer rule name=value ..." per violation, so that a row reads as one line.
std::vector<std::string> broken(const SchemaSet& set, std::string_view name, std::string_view text)
{
    std::vector<std::string> lines;
    for (const auto& violation : set.validate(name, nlohmann::json::parse(text))) {
        auto line = violation.pointer + ' ' + std::string(domain::name_of(violation.rule));
        for (const auto& [argument, value] : violation.arguments)
            line += ' ' + argument + '=' + value;
        lines.push_back(line);
    }
    return lines;
}

struct Row {
    std::string_view schema;
    std::string_view value;
    std::vector<std::string> expected;  // none: valid
};

void expect_rows(const std::vector<Row>& rows)
{
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(row.schema) + "  <-  " + std::string(row.value));
        const SchemaSet set(Files{{"t", row.schema}});
        EXPECT_EQ(broken(set, "t", row.value), row.expected);
    }
}

TEST(SchemaType, OnlyTheNamedTypesFit)
{
    expect_rows({
        {R"(true)", R"([1])", {}},
        {R"(false)", R"([1])", {" unknown_member"}},
        {R"({})", R"({"a":null})", {}},
        {R"({"type":"null"})", "null", {}},
        {R"({"type":"null"})", "0", {" wrong_type expected=null"}},
        {R"({"type":"boolean"})", "true", {}},
        {R"({"type":"boolean"})", "1", {" wrong_type expected=boolean"}},
        {R"({"type":"integer"})", "-3", {}},
        {R"({"type":"integer"})", R"("3")", {" wrong_type expected=integer"}},
        {R"({"type":"integer"})", "3.5", {" wrong_type expected=integer"}},
        {R"({"type":"string"})", R"("")", {}},
        {R"({"type":"string"})", "{}", {" wrong_type expected=string"}},
        {R"({"type":"array"})", "[]", {}},
        {R"({"type":"array"})", "{}", {" wrong_type expected=array"}},
        {R"({"type":"object"})", "{}", {}},
        {R"({"type":"object"})", "[]", {" wrong_type expected=object"}},
        {R"({"type":["string","null"]})", "null", {}},
        {R"({"type":["string","null"]})", "1", {" wrong_type expected=string, null"}},
    });
}

TEST(SchemaValue, ConstAndEnumCompareDeeply)
{
    expect_rows({
        {R"({"const":{"a":[1]}})", R"({"a":[1]})", {}},
        {R"({"const":"x"})", R"("y")", {" not_a_const expected=x"}},
        {R"({"const":1})", "true", {" not_a_const expected=1"}},
        {R"({"const":null})", "0", {" not_a_const expected=null"}},
        {R"({"enum":["a","b",3,null]})", "3", {}},
        {R"({"enum":["a","b",3,null]})", R"("c")", {" not_allowed_value allowed=a, b, 3, null"}},
        {R"({"type":"string","enum":["a"]})", "1", {" wrong_type expected=string"}},
    });
}

TEST(SchemaNumber, BoundsAreInclusive)
{
    expect_rows({
        {R"({"minimum":2,"maximum":4})", "2", {}},
        {R"({"minimum":2,"maximum":4})", "4", {}},
        {R"({"minimum":2,"maximum":4})", "1", {" below_minimum limit=2"}},
        {R"({"minimum":2,"maximum":4})", "5", {" above_maximum limit=4"}},
        {R"({"minimum":-9007199254740991})", "-9007199254740991", {}},
        {R"({"maximum":4})", "18446744073709551615", {" above_maximum limit=4"}},
        {R"({"minimum":2})", R"("text")", {}},
    });
}

TEST(SchemaString, LengthCountsCodePoints)
{
    expect_rows({
        {R"({"maxLength":2})", "\"\xF0\x9F\x98\x80\xC3\xA9\"", {}},
        {R"({"maxLength":2})", R"("abc")", {" too_long limit=2"}},
        {R"({"minLength":2})", "\"\xF0\x9F\x98\x80\"", {" too_short limit=2"}},
        {R"({"minLength":1,"pattern":"^a"})", R"("")", {" too_short limit=1", " pattern pattern=^a"}},
        {R"({"maxLength":1})", "[1,2]", {}},
        {R"({"pattern":"b+"})", R"("abbc")", {}},
        {R"({"pattern":"^[a-z]{2}$"})", R"("ab\n")", {" pattern pattern=^[a-z]{2}$"}},
        {R"({"pattern":"^.$"})", "\"\xC3\xA9\"", {}},
        {R"({"pattern":"^a$"})", "1", {}},
    });
}

TEST(SchemaString, EveryFormatIsAsserted)
{
    const std::string hash(64, 'a');
    const auto hash_text = '"' + hash + '"';
    const auto upper_text = "\"A" + hash.substr(1) + '"';
    expect_rows({
        {R"({"format":"date"})", R"("2024-02-29")", {}},
        {R"({"format":"date"})", R"("2023-02-29")", {" format format=date"}},
        {R"({"format":"date"})", "7", {}},
        {R"({"format":"date-time"})", R"("2024-02-29T23:59:59Z")", {}},
        {R"({"format":"date-time"})", R"("2024-02-29 23:59:59")", {" format format=date-time"}},
        {R"({"format":"date-time"})", R"("2024-02-29T24:00:00Z")", {" format format=date-time"}},
        {R"({"format":"uuid"})", R"("01890c24-905b-7122-b170-b60814e6ee06")", {}},
        {R"({"format":"uuid"})", R"("01890c24-905b-7122-b170-b60814e6ee0g")", {" format format=uuid"}},
        {R"({"format":"uuid"})", R"("01890c24905b-7122-b170-b60814e6ee0612")", {" format format=uuid"}},
        {R"({"format":"uri"})", R"("https://example.org/")", {}},
        {R"({"format":"uri"})", R"-("javascript:alert(1)")-", {" format format=uri"}},
        {R"({"format":"language-tag"})", R"("fr-CH")", {}},
        {R"({"format":"language-tag"})", R"("fr_CH")", {" format format=language-tag"}},
        {R"({"format":"base64"})", R"("AAE=")", {}},
        {R"({"format":"base64"})", R"("AAE")", {" format format=base64"}},
        {R"({"format":"sha256-hex"})", hash_text, {}},
        {R"({"format":"sha256-hex"})", upper_text, {" format format=sha256-hex"}},
        {R"({"format":"sha256-hex"})", R"("aa")", {" format format=sha256-hex"}},
        {R"({"format":"name"})", R"("A. Nother")", {}},
        {R"({"format":"name"})", R"("")", {}},
        {R"({"format":"name"})", R"(" A")", {" forbidden_character format=name"}},
        {R"({"format":"name"})", R"("A\u00a0")", {" forbidden_character format=name"}},
        {R"({"format":"name"})", R"("A\u3000")", {" forbidden_character format=name"}},
        {R"({"format":"name"})", R"("A\u202eB")", {" forbidden_character format=name"}},
        {R"({"format":"text"})", R"(" line\n\tline ")", {}},
        {R"({"format":"text"})", R"("a\u200bb")", {" forbidden_character format=text"}},
    });
}

TEST(SchemaArray, ItemsAreCountedComparedAndChecked)
{
    expect_rows({
        {R"({"minItems":1,"maxItems":2})", "[1]", {}},
        {R"({"minItems":1})", "[]", {" too_few_items limit=1"}},
        {R"({"maxItems":2})", "[1,2,3]", {" too_many_items limit=2"}},
        {R"({"items":{"type":"integer"}})", R"([1,"a",2,null])", {"/1 wrong_type expected=integer", "/3 wrong_type expected=integer"}},
        {R"({"items":false})", "[]", {}},
        {R"({"items":false})", "[1]", {"/0 unknown_member"}},
        {R"({"uniqueItems":true})", R"([1,"1",true,null,[1],{"a":1}])", {}},
        {R"({"uniqueItems":true})", R"([{"a":1,"b":2},1,{"b":2,"a":1},1])", {"/2 duplicate_item", "/3 duplicate_item"}},
        {R"({"uniqueItems":false})", "[1,1]", {}},
    });
}

TEST(SchemaObject, MembersAreRequiredKnownAndCounted)
{
    constexpr auto closed =
        R"({"type":"object","properties":{"a":{"type":"string"},"b/c":{}},"required":["a","b/c"],"additionalProperties":false})";
    expect_rows({
        {closed, R"({"a":"x","b/c":1})", {}},
        {closed, R"({})", {"/a required", "/b~1c required"}},
        {closed, R"({"a":1,"z~":2})", {"/a wrong_type expected=string", "/b~1c required", "/z~0 unknown_member"}},
        {closed, R"([])", {" wrong_type expected=object"}},
        {R"({"properties":{"a":{"properties":{"b":{"items":{"maximum":1}}}}}})", R"({"a":{"b":[1,2]}})", {"/a/b/1 above_maximum limit=1"}},
        {R"({"properties":{"a":false}})", R"({"a":1,"b":2})", {"/a unknown_member"}},
        {R"({"additionalProperties":{"type":"integer"},"properties":{"a":true}})",
         R"({"a":"x","b":"y"})",
         {"/b wrong_type expected=integer"}},
        {R"({"patternProperties":{"^x-":{"type":"integer"}},"additionalProperties":false})",
         R"({"x-a":"1","y":1})",
         {"/x-a wrong_type expected=integer", "/y unknown_member"}},
        {R"({"properties":{"x-a":{"minimum":5}},"patternProperties":{"^x-":{"maximum":3}}})",
         R"({"x-a":4})",
         {"/x-a below_minimum limit=5", "/x-a above_maximum limit=3"}},
        {R"({"propertyNames":{"format":"language-tag","maxLength":5}})",
         R"({"de":1,"de_AT_x":2})",
         {"/de_AT_x too_long limit=5", "/de_AT_x format format=language-tag"}},
        {R"({"minProperties":1})", "{}", {" too_few_items limit=1"}},
        {R"({"maxProperties":1})", R"({"a":1,"b":2})", {" too_many_items limit=1"}},
        {R"({"required":["a"]})", R"("text")", {}},
    });
}

TEST(SchemaObject, AReadOnlyMemberBelongsToTheServer)
{
    expect_rows({
        {R"({"properties":{"id":{"type":"string","readOnly":true}},"required":[]})", R"({"id":5})", {"/id server_owned"}},
        {R"({"properties":{"id":{"type":"string","readOnly":true}}})", R"({})", {}},
        {R"({"properties":{"id":{"type":"string","readOnly":false}}})", R"({"id":"x"})", {}},
        {R"({"$defs":{"id":{"type":"string"}},"properties":{"id":{"$ref":"#/$defs/id","readOnly":true}}})",
         R"({"id":"x"})",
         {"/id server_owned"}},
    });
}

TEST(SchemaCombination, AllOfAndNot)
{
    expect_rows({
        {R"({"allOf":[{"minimum":2},{"maximum":4}]})", "3", {}},
        {R"({"allOf":[{"minimum":2},{"maximum":4},{"minimum":2}]})", "1", {" below_minimum limit=2"}},
        {R"({"not":{"const":1}})", "2", {}},
        {R"({"not":{"const":1}})", "1", {" no_variant"}},
        {R"({"not":{"required":["a","b"]}})", R"({"a":1})", {}},
        {R"({"not":{"required":["a","b"]}})", R"({"a":1,"b":1})", {" no_variant"}},
    });
}

TEST(SchemaCombination, AFailingAlternativeIsReportedWhenTheValueNamesIt)
{
    constexpr auto variants = R"({"oneOf":[
        {"properties":{"kind":{"const":"a"},"x":{"type":"integer"}},"required":["kind","x"],"additionalProperties":false},
        {"properties":{"kind":{"const":"b"},"y":{"type":"integer"}},"required":["kind","y"],"additionalProperties":false}]})";
    expect_rows({
        {variants, R"({"kind":"a","x":1})", {}},
        {variants, R"({"kind":"b","x":1})", {"/x unknown_member", "/y required"}},
        {variants, R"({"kind":"c","x":1})", {" no_variant"}},
        {variants, R"({"x":1})", {" no_variant"}},
        {variants,
         "1",
         {
             " no_variant",
         }},
        {R"({"anyOf":[{"type":"string","maxLength":1},{"type":"null"}]})", "null", {}},
        {R"({"anyOf":[{"type":"string","maxLength":1},{"type":"null"}]})", R"("abc")", {" too_long limit=1"}},
        {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1", {" no_variant"}},
        {R"({"anyOf":[{"minimum":5},{"maximum":9}]})", "7", {}},
        {R"({"oneOf":[{"minimum":5},{"maximum":9}]})", "7", {" no_variant"}},
        {R"({"oneOf":[{"minimum":5},{"maximum":3}]})", "4", {" no_variant"}},
        {R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", R"({})", {" no_variant"}},
        {R"({"$defs":{"s":{"type":"string","minLength":3}},"anyOf":[{"$ref":"#/$defs/s"},{"type":"integer"}]})",
         R"("a")",
         {" too_short limit=3"}},
    });
}

TEST(SchemaCombination, IfChoosesThenOrElse)
{
    constexpr auto conditional =
        R"({"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"required":["a"]},"else":{"required":["b"]}})";
    expect_rows({
        {conditional, R"({"k":1,"a":1})", {}},
        {conditional, R"({"k":1})", {"/a required"}},
        {conditional, R"({"k":2})", {"/b required"}},
        {R"({"if":{"const":1},"else":{"const":2}})", "1", {}},
        {R"({"if":{"const":1},"else":{"const":2}})", "3", {" not_a_const expected=2"}},
        {R"({"if":{"const":1},"then":false})", "2", {}},
    });
}

TEST(SchemaOrder, ViolationsComeInDocumentOrder)
{
    constexpr auto schema = R"({"allOf":[{"properties":{"z":{"type":"integer"}}}],
        "properties":{"a":{"items":{"type":"integer"}},"m":{"type":"integer"}},"required":["b"]})";
    const SchemaSet set(Files{{"t", schema}});
    EXPECT_EQ(broken(set, "t", R"({"z":"","m":"","a":[0,0,"",0,0,0,0,0,0,0,""]})"),
              (std::vector<std::string>{"/a/2 wrong_type expected=integer", "/a/10 wrong_type expected=integer", "/b required",
                                        "/m wrong_type expected=integer", "/z wrong_type expected=integer"}));
}

TEST(SchemaReference, LeadsToDefinitionsAndOtherFiles)
{
    const SchemaSet set(Files{
        {"order", R"({"$defs":{"own":{"type":"integer"}},"properties":{"own":{"$ref":"#/$defs/own"},"whole":{"$ref":"common.schema.json"},
                      "part":{"$ref":"common.schema.json#/$defs/short","minLength":2}}})"},
        {"common", R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"common.schema.json","type":"boolean",
                       "$defs":{"short":{"maxLength":3}}})"},
    });
    EXPECT_EQ(broken(set, "order", R"({"own":1,"whole":true,"part":"abc"})"), std::vector<std::string>{});
    EXPECT_EQ(
        broken(set, "order", R"({"own":"","whole":1,"part":"abcd"})"),
        (std::vector<std::string>{"/own wrong_type expected=integer", "/part too_long limit=3", "/whole wrong_type expected=boolean"}));
    EXPECT_EQ(broken(set, "order", R"({"part":"a"})"), std::vector<std::string>{"/part too_short limit=2"});
}

TEST(SchemaReference, ARecursiveSchemaFollowsTheValue)
{
    const SchemaSet set(
        Files{{"tree", R"({"properties":{"children":{"items":{"$ref":"#"}},"n":{"anyOf":[{"type":"integer"},{"$ref":"#"}]}},)"
                       R"("additionalProperties":false})"}});
    EXPECT_EQ(broken(set, "tree", R"({"children":[{"children":[{"n":{"n":1}}]},{"children":[{"x":1}]}]})"),
              std::vector<std::string>{"/children/1/children/0/x unknown_member"});
}

TEST(SchemaReference, NestedAlternativesDoNotMultiplyTheWork)
{
    const SchemaSet set(Files{
        {"t",
         R"({"$defs":{"n":{"anyOf":[{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}}},{"type":"null"}]}},"$ref":"#/$defs/n"})"}});
    std::string value = "1";
    std::string place;
    for (int depth = 0; depth < 30; ++depth) {
        value = R"({"n":)" + value + '}';
        place += "/n";
    }
    EXPECT_EQ(broken(set, "t", value), std::vector<std::string>{place + " no_variant"});
}

std::string object_of(std::size_t members)
{
    auto value = nlohmann::json::object();
    for (std::size_t i = 0; i < members; ++i)
        value["m" + std::to_string(i)] = 1;
    return value.dump();
}

TEST(SchemaBound, JudgingStopsAtTheBoundAndSaysThatThereIsMore)
{
    const SchemaSet set(Files{{"t", R"({"type":"object","additionalProperties":false})"}});
    const auto all = broken(set, "t", object_of(domain::max_violations_of_body));
    EXPECT_EQ(all.size(), domain::max_violations_of_body) << "as many as the bound are all named";
    EXPECT_NE(all.back(), " more_errors limit=100");
    for (const std::size_t members : {domain::max_violations_of_body + 1, 10 * domain::max_violations_of_body}) {
        const auto bounded = broken(set, "t", object_of(members));
        EXPECT_EQ(bounded.size(), domain::max_violations_of_body + 1);
        EXPECT_EQ(bounded.back(), " more_errors limit=100");
    }
    const auto few = set.validate("t", nlohmann::json::parse(object_of(7)), 3);
    EXPECT_EQ(few.size(), 4U);
    EXPECT_TRUE(domain::is_cut_short(few));
    EXPECT_FALSE(domain::is_cut_short(set.validate("t", nlohmann::json::parse(object_of(3)), 3)));
    EXPECT_FALSE(domain::is_cut_short(set.validate("t", nlohmann::json::object())));
}

TEST(SchemaBound, ItHoldsForABranchThatIsMeantAndForWhatIsOnlyTried)
{
    const SchemaSet set(Files{{"branch", R"({"oneOf":[{"type":"object","additionalProperties":false},{"type":"string"}]})"},
                              {"tried", R"({"if":{"additionalProperties":false},"then":true,"else":{"required":["x"]}})"},
                              {"not", R"({"not":{"additionalProperties":false}})"}});
    const auto named = broken(set, "branch", object_of(500));
    EXPECT_EQ(named.size(), domain::max_violations_of_body + 1);
    EXPECT_EQ(named.back(), " more_errors limit=100");
    EXPECT_EQ(broken(set, "tried", object_of(500)), std::vector<std::string>{"/x required"}) << "what a condition finds is no fault";
    EXPECT_TRUE(broken(set, "not", object_of(500)).empty());
}

// Each item of the list breaks two rules: of a long list no more is walked than the schema lets it have.
TEST(SchemaBound, WhatLiesBeyondTheLongestListIsNotWalked)
{
    expect_rows({
        {R"({"maxItems":2,"items":{"type":"string"}})",
         "[1,2,3,4]",
         {" too_many_items limit=2", "/0 wrong_type expected=string", "/1 wrong_type expected=string"}},
        {R"({"maxItems":2,"uniqueItems":true})", "[1,1,1,1]", {" too_many_items limit=2", "/1 duplicate_item"}},
        {R"({"maxProperties":1,"additionalProperties":false})", R"({"a":1,"b":2,"c":3})", {" too_many_items limit=1", "/a unknown_member"}},
        {R"({"maxItems":0,"items":false})", "[1]", {" too_many_items limit=0"}},
    });
    std::string many = R"({"measure":"OAS-CBM-1","period":"2025-2026","status":"planned","evidence":[{})";
    for (int i = 1; i < 60'000; ++i)
        many += ",{}";
    EXPECT_LE(SchemaSet::embedded().validate("report-create", nlohmann::json::parse(many + "]}")).size(),
              domain::max_violations_of_body + 1);
}

TEST(SchemaSetContents, NamesDocumentsAndUnknownNames)
{
    const SchemaSet set(Files{{"b", R"({"title":"B"})"}, {"a", "true"}});
    EXPECT_EQ(set.names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(set.contains("a"));
    EXPECT_FALSE(set.contains("c"));
    EXPECT_EQ(set.document("b"), nlohmann::json({{"title", "B"}}));
    EXPECT_THROW(set.validate("c", 1), std::logic_error);
    EXPECT_THROW(set.document("c"), std::logic_error);
}

TEST(SchemaSetContents, EveryEmbeddedFileCompiles)
{
    const auto& set = SchemaSet::embedded();
    for (const auto& file : base::embedded::schemas())
        EXPECT_TRUE(set.contains(file.name.substr(0, file.name.find(".schema.json")))) << file.name;
    EXPECT_EQ(set.names().size(), base::embedded::schemas().size());
}

}  // namespace
