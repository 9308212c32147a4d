// What the portal says about itself: problem pages, schemas, security.txt.
#include "api/handlers/description.hpp"
#include "json/schema.hpp"
#include "support/service_fixture.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

class Describing : public test::ServiceFixture {
protected:
    Call call(std::string_view operation)
    {
        const auto table = routes();
        const auto route =
            std::find_if(table.begin(), table.end(), [operation](const Route& each) { return each.operation_id == operation; });
        EXPECT_NE(route, table.end());
        return Call{.portal = portal_, .route = *route, .principal = domain::anonymous(), .now = now()};
    }
    nlohmann::json parsed(const Result<Answer>& answer) { return nlohmann::json::parse(answer.value().body); }
    void expect_fits(std::string_view schema, const nlohmann::json& value)
    {
        for (const auto& violation : json::SchemaSet::embedded().validate(schema, value))
            ADD_FAILURE() << schema << " " << violation.pointer << " " << domain::name_of(violation.rule);
    }
    service::Portal portal_ = portal();
};

TEST_F(Describing, EveryProblemHasAPageInEveryLanguage)
{
    auto request = call("getProblem");
    for (const auto language : i18n::all_languages)
        for (const auto& row : domain::error_table) {
            request.language = language;
            request.path["code"] = std::string(row.slug);
            request.media_type = "application/json";
            const auto page = parsed(description::get_problem(request));
            expect_fits("problem-page", page);
            EXPECT_EQ(page.at("status"), row.status);
            request.media_type = "text/html";
            const auto html = description::get_problem(request).value();
            EXPECT_EQ(html.content_type, "text/html; charset=utf-8");
            EXPECT_NE(html.body.find("<html lang=\"" + std::string(i18n::code_of(language)) + "\">"), std::string::npos);
            for (const auto* forbidden : {"<script", "<style", "style=", "{"})
                EXPECT_EQ(html.body.find(forbidden), std::string::npos) << row.slug;
        }
    EXPECT_EQ(parsed(description::list_problems(call("listProblems"))).at("items").size(), domain::error_table.size());
}

TEST_F(Describing, AnUnknownProblemOrSchemaIsNotFound)
{
    auto request = call("getProblem");
    request.path["code"] = "no-such-problem";
    EXPECT_EQ(test::refusal(description::get_problem(request)).code, ErrorCode::not_found);
    auto other = call("getSchema");
    other.path["name"] = "../state";
    EXPECT_EQ(test::refusal(description::get_schema(other)).code, ErrorCode::not_found);
}

TEST_F(Describing, EverySchemaThatIsListedIsServedUnderItsAddress)
{
    const auto list = parsed(description::list_schemas(call("listSchemas")));
    EXPECT_EQ(list.at("items").size(), json::SchemaSet::embedded().names().size());
    for (const auto& item : list.at("items")) {
        expect_fits("schema-name", item);
        const auto href = item.at("href").get<std::string>();
        auto request = call("getSchema");
        request.path["name"] = href.substr(std::string_view("/schemas/").size());
        EXPECT_EQ(parsed(description::get_schema(request)), json::SchemaSet::embedded().document(item.at("name").get<std::string>()));
    }
}

TEST_F(Describing, TheIndexSaysWhenThisIsADemonstration)
{
    const auto plain = parsed(description::index(call("getIndex")));
    expect_fits("index", plain);
    EXPECT_TRUE(plain.at("notice").is_null());
    portal_.demo = true;
    const auto demo = parsed(description::index(call("getIndex")));
    expect_fits("index", demo);
    EXPECT_EQ(demo.at("notice"), i18n::text(i18n::Language::en, "meta.demo_notice"));
}

TEST_F(Describing, SecurityTxtNamesContactAndEndAndIsSilentWithoutAContact)
{
    EXPECT_EQ(test::refusal(description::security_txt(call("getSecurityTxt"))).code, ErrorCode::not_found);
    portal_.security_contact = "mailto:security@test.example";
    auto request = call("getSecurityTxt");
    request.now = domain::from_rfc3339("2026-01-01T13:14:15.000Z").value();
    EXPECT_EQ(description::security_txt(request).value().body,
              "Contact: mailto:security@test.example\nExpires: 2026-06-30T00:00:00.000Z\nPreferred-Languages: en, es, fr, pt\n"
              "Canonical: https://test.example/.well-known/security.txt\n");
}

}  // namespace
}  // namespace cbmx::api
