// The description says what the route table says: every route, its rights, its conditions, its errors, and nothing else.
#include "api/openapi/openapi.hpp"
#include "json/schema.hpp"
#include "support/paths.hpp"
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

namespace cbmx::api {
namespace {

using Value = nlohmann::json;

const Value& document()
{
    static const Value value = openapi_document();
    return value;
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

const Value& operation_of(const Route& route)
{
    std::string path(route.path);
    path.erase(std::remove(path.begin(), path.end(), '*'), path.end());
    return document().at("paths").at(path).at(lower(name_of(route.method)));
}

bool is_write(const Route& route) { return std::holds_alternative<WriteHandler>(route.handler); }

bool refers_to_parameter(const Value& operation, const std::string& name)
{
    const auto& parameters = operation.at("parameters");
    return std::any_of(parameters.begin(), parameters.end(),
                       [&name](const Value& each) { return each.value("$ref", "") == "#/components/parameters/" + name; });
}

void collect_references(const Value& node, std::set<std::string>& references)
{
    if (node.is_object() && node.contains("$ref") && node.at("$ref").is_string())
        references.insert(node.at("$ref").get<std::string>());
    if (node.is_structured())
        for (const auto& child : node)
            collect_references(child, references);
}

TEST(Openapi, DescribesEveryRouteAndNothingElse)
{
    std::size_t operations = 0;
    for (const auto& [path, item] : document().at("paths").items())
        operations += item.size();
    EXPECT_EQ(operations, routes().size());
    for (const auto& route : routes()) {
        EXPECT_EQ(operation_of(route).at("operationId"), route.operation_id);
        EXPECT_EQ(operation_of(route).at("x-permission"), domain::name_of(route.permission.permission));
    }
}

TEST(Openapi, OnlyWhatEveryoneMayDoNeedsNoCredential)
{
    for (const auto& route : routes()) {
        const bool for_everyone = domain::reach_of(route.permission.permission, {}) != domain::Reach::none;
        const auto& security = operation_of(route).at("security");
        EXPECT_EQ(std::find(security.begin(), security.end(), Value::object()) != security.end(), for_everyone) << route.operation_id;
        EXPECT_EQ(operation_of(route).at("responses").contains("403"), true) << route.operation_id;
    }
}

TEST(Openapi, WritesSayHowTheyAreRepeatedTriedAndConditioned)
{
    for (const auto& route : routes()) {
        const auto& operation = operation_of(route);
        const bool conditional = route.condition != Condition::none, one = route.condition == Condition::one_tag;
        const bool is_public = domain::reach_of(route.permission.permission, {}) != domain::Reach::none;
        EXPECT_EQ(refers_to_parameter(operation, "Idempotency-Key"), is_write(route) && !is_public) << route.operation_id;
        EXPECT_EQ(refers_to_parameter(operation, "dry_run"), is_write(route)) << route.operation_id;
        EXPECT_EQ(refers_to_parameter(operation, "If-Match"), conditional && !one) << route.operation_id;
        EXPECT_EQ(refers_to_parameter(operation, "If-Match-one"), one) << route.operation_id;
        EXPECT_EQ(operation.at("responses").contains("412") && operation.at("responses").contains("428"), conditional)
            << route.operation_id;
        EXPECT_EQ(operation.contains("requestBody"), !route.request.empty()) << route.operation_id;
    }
}

TEST(Openapi, EveryErrorOfARouteIsAnExampleOfItsStatus)
{
    for (const auto& route : routes())
        for (const auto code : errors_of(route)) {
            const auto& row = domain::row_of(code);
            const auto& responses = operation_of(route).at("responses");
            ASSERT_TRUE(responses.contains(std::to_string(row.status))) << route.operation_id << " " << row.slug;
            const auto reference = responses.at(std::to_string(row.status)).at("$ref").get<std::string>();
            const auto& response = document().at(Value::json_pointer(reference.substr(1)));
            EXPECT_TRUE(response.at("content").at("application/problem+json").at("examples").contains(std::string(row.slug)))
                << route.operation_id;
        }
}

TEST(Openapi, EveryReferenceLeadsSomewhere)
{
    std::set<std::string> references;
    collect_references(document(), references);
    EXPECT_GT(references.size(), 20U);
    for (const auto& reference : references) {
        ASSERT_TRUE(reference.starts_with("#/")) << reference;
        EXPECT_TRUE(document().contains(Value::json_pointer(reference.substr(1)))) << reference;
    }
}

TEST(Openapi, EveryTagIsDescribed)
{
    std::set<std::string> described;
    for (const auto& tag : document().at("tags"))
        described.insert(tag.at("name").get<std::string>());
    for (const auto& route : routes())
        EXPECT_TRUE(described.contains(std::string(route.tag))) << route.tag;
}

TEST(Openapi, EveryExampleOfASchemaIsValidByIt)
{
    const auto& schemas = json::SchemaSet::embedded();
    std::size_t examples = 0;
    for (const auto& name : schemas.names()) {
        const auto& schema = schemas.document(name);
        if (!schema.contains("examples"))
            continue;
        for (const auto& example : schema.at("examples")) {
            ++examples;
            for (const auto& violation : schemas.validate(name, example))
                ADD_FAILURE() << name << " " << violation.pointer << " " << domain::name_of(violation.rule);
        }
    }
    EXPECT_GT(examples, 15U);
}

TEST(Openapi, IsTheSameEachTime) { EXPECT_EQ(openapi_document().dump(), document().dump()); }

TEST(Openapi, CommittedDescriptionIsTheGeneratedOne)
{
    std::ifstream file(test::source_directory() + "/schema/openapi.json");
    ASSERT_TRUE(file) << "cbmx openapi > schema/openapi.json";
    std::stringstream committed;
    committed << file.rdbuf();
    EXPECT_TRUE(committed.str() == document().dump(2) + "\n") << "cbmx openapi > schema/openapi.json";
}

}  // namespace
}  // namespace cbmx::api
