// A schema file with anything that the validator would not assert stops the start, with its place.
#include "json/schema.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using cbmx::json::SchemaSet;
using testing::HasSubstr;

std::string refusal(const std::map<std::string, std::string_view>& files)
{
    try {
        const SchemaSet set(files);
        return "accepted";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(SchemaFile, AnythingUnknownIsRefusedWithItsPlace)
{
    struct Row {
        std::string_view schema;
        const char* message;
    };
    const std::vector<Row> rows{
        {R"({"properties":{"a":{"x-note":1}}})", R"(t.schema.json#/properties/a: unknown keyword "x-note")"},
        {R"({"items":{"unevaluatedProperties":false}})", R"(t.schema.json#/items: unknown keyword "unevaluatedProperties")"},
        {R"({"anyOf":[true,{"exclusiveMinimum":1}]})", R"(t.schema.json#/anyOf/1: unknown keyword "exclusiveMinimum")"},
        {R"({"$defs":{"a/b":{"$comment":""}}})", R"(t.schema.json#/$defs/a~1b: unknown keyword "$comment")"},
        {R"({"type":"number"})", R"(t.schema.json#: "type" is unknown here: "number")"},
        {R"({"type":["string","number"]})", R"("type" is unknown here: "number")"},
        {R"({"type":["string","string"]})", R"("type" names "string" twice)"},
        {R"({"type":[]})", R"("type" has to name a type)"},
        {R"({"format":"hostname"})", R"("format" is unknown here: "hostname")"},
        {R"-({"pattern":"(?=a)"})-", R"("pattern" is not a pattern of RE2)"},
        {R"({"patternProperties":{"[":true}})", R"("patternProperties" is not a pattern of RE2)"},
        {R"({"minLength":-1})", R"("minLength" has to be zero or more)"},
        {R"({"minLength":"1"})", R"("minLength" has to be an integer)"},
        {R"({"maximum":true})", R"("maximum" has to be an integer)"},
        {R"({"maximum":1.5})", "t.schema.json#/maximum: number_not_integer"},
        {R"({"required":"a"})", R"("required" has to be a list of names)"},
        {R"({"required":["a","a"]})", R"("required" has a name twice)"},
        {R"({"enum":[]})", R"("enum" has to be a non-empty list)"},
        {R"({"enum":[1,1]})", R"("enum" has an item twice)"},
        {R"({"allOf":[]})", R"("allOf" has to be a non-empty list of schemas)"},
        {R"({"items":[true]})", "t.schema.json#/items: a schema is an object or a boolean"},
        {R"({"properties":[]})", R"("properties" has to be an object of schemas)"},
        {R"({"uniqueItems":1})", R"("uniqueItems" has to be true or false)"},
        {R"({"readOnly":"yes"})", R"("readOnly" has to be true or false)"},
        {R"({"title":1})", R"("title" has to be a string)"},
        {R"({"examples":1})", R"("examples" has to be a list)"},
        {R"({"then":true})", R"("then" or "else" without "if")"},
        {R"({"$schema":"http://json-schema.org/draft-07/schema#"})", R"("$schema" has to be https://json-schema.org/draft/2020-12/schema)"},
        {R"({"items":{"$id":"x"}})", R"(t.schema.json#/items: "$id" belongs at the top of the file)"},
        {R"({"items":{"$defs":{}}})", R"(t.schema.json#/items: "$defs" belongs at the top of the file)"},
        {R"({"a":1,"a":1})", "t.schema.json#/a: duplicate_member"},
        {R"({"type":)", "t.schema.json#/type: malformed at 8"},
    };
    for (const auto& row : rows)
        EXPECT_THAT(refusal({{"t", row.schema}}), HasSubstr(row.message)) << row.schema;
}

TEST(SchemaFile, AReferenceThatLeadsNowhereIsRefused)
{
    for (const auto* reference : {"#/$defs/x", "#x", "#/properties/a", "other.schema.json", "t.schema.json#/$defs/x",
                                  "https://example.org/t.schema.json", "t", "t.json"}) {
        const auto schema = R"({"properties":{"a":{"$ref":")" + std::string(reference) + R"("}}})";
        EXPECT_EQ(refusal({{"t", schema}}), "t.schema.json#/properties/a: \"$ref\" leads nowhere: \"" + std::string(reference) + '"');
    }
}

TEST(SchemaFile, ReferencesInACircleAreRefused)
{
    EXPECT_THAT(refusal({{"t", R"({"$ref":"#"})"}}), HasSubstr("runs in a circle"));
    EXPECT_THAT(refusal({{"t", R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}})"}}),
                HasSubstr("runs in a circle"));
    EXPECT_THAT(refusal({{"t", R"({"not":{"$ref":"u.schema.json"}})"}, {"u", R"({"if":{"$ref":"t.schema.json"}})"}}),
                HasSubstr("runs in a circle"));
    EXPECT_EQ(refusal({{"t", R"({"$defs":{"a":true},"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"items":{"$ref":"#"}})"}}),
              "accepted");
}

TEST(SchemaFile, AnnotationsAreAccepted)
{
    EXPECT_EQ(
        refusal({{"t", R"({"title":"T","description":"d","examples":[{"x":1}],"default":{"x":1},"deprecated":true,"type":"object"})"}}),
        "accepted");
}

}  // namespace
