// The tables that a reviewer reads are the tables that run: golden files make every changed right, route, transition,
// table of the database or word of the description visible in a diff.
#include "api/openapi/openapi.hpp"
#include "api/route.hpp"
#include "config.hpp"
#include "contract/golden.hpp"
#include "domain/policy.hpp"
#include "domain/workflow.hpp"
#include "json/schema.hpp"
#include "store/retention.hpp"
#include "store/sqlite/migrate.hpp"
#include <algorithm>
#include <set>

namespace cbmx::test {
namespace {

std::string name_of(api::Condition condition)
{
    switch (condition) {
    case api::Condition::none: return "-";
    case api::Condition::if_match: return "if_match";
    case api::Condition::one_tag: return "one_tag";
    }
    return {};
}

// " text/csv,items=nominations:nomination_make|contact_remove" for each row.
std::string one_of_as_text(const api::Route& route)
{
    std::string text;
    for (const auto& row : route.one_of) {
        text += " " + std::string(row.body_type.empty() ? "*" : row.body_type);
        if (!row.parameter.empty())
            text += "," + std::string(row.parameter) + "=" + std::string(row.value);
        for (const auto permission : row.permissions)
            text += (permission == row.permissions.front() ? ":" : "|") + std::string(domain::name_of(permission));
    }
    return text;
}

std::string routes_as_text()
{
    std::string text =
        "# method path operation permission condition success, and one of which permissions besides for which content: one line a "
        "row of server/api/routes/\n";
    for (const auto& route : api::routes())
        text += std::string(api::name_of(route.method)) + " " + std::string(route.path) + " " + std::string(route.operation_id) + " " +
                std::string(domain::name_of(route.permission.permission)) + " " + name_of(route.condition) + " " +
                std::to_string(route.success) + one_of_as_text(route) + "\n";
    return text;
}

// The database after every migration, each object as SQLite keeps it, sorted: comments and history of the files drop out.
std::string schema_as_text()
{
    auto directory = (std::filesystem::temp_directory_path() / "cbmx-schema-XXXXXX").string();
    EXPECT_NE(mkdtemp(directory.data()), nullptr);
    std::string text = "-- GENERATED from schema/migrations by tests/contract/tables_test.cpp: the database after all of them.\n";
    {
        store::Connection connection(directory + "/schema.sqlite", store::OpenMode::read_write);
        store::migrate(connection, store::embedded_migrations());
        auto rows = connection.query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY CASE type WHEN 'table' THEN 1 WHEN "
                                     "'index' THEN 2 ELSE 3 END, tbl_name, name");
        while (rows.next())
            text += "\n" + rows.text(0) + ";\n";
    }
    std::filesystem::remove_all(directory);
    return text;
}

TEST(Tables, WhoMayIsWhatWasReviewed) { expect_golden("tests/golden/policy.md", domain::policy_table_as_markdown()); }

TEST(Tables, WhatMayBecomeWhatIsWhatWasReviewed) { expect_golden("tests/golden/workflow.md", domain::transition_table_as_markdown()); }

TEST(Tables, WhatCanBeAskedIsWhatWasReviewed) { expect_golden("tests/golden/routes.txt", routes_as_text()); }

TEST(Tables, TheCommittedDescriptionIsTheGeneratedOne) { expect_golden("schema/openapi.json", api::openapi_document().dump(2) + "\n"); }

TEST(Tables, TheCommittedSchemaIsWhatTheMigrationsMake) { expect_golden("schema/current.sql", schema_as_text()); }

TEST(Tables, AReadCannotWriteAndAWriteIsATransaction)
{
    for (const auto& route : api::routes())
        EXPECT_EQ(std::holds_alternative<api::WriteHandler>(route.handler), route.method != api::Method::get) << route.operation_id;
}

TEST(Tables, EveryRouteHasItsOwnOperationAndItsOwnMethodAndPath)
{
    std::set<std::string> operations, addresses;
    for (const auto& route : api::routes()) {
        EXPECT_TRUE(operations.emplace(route.operation_id).second) << route.operation_id;
        EXPECT_TRUE(addresses.emplace(std::string(api::name_of(route.method)) + " " + std::string(route.path)).second) << route.path;
        EXPECT_FALSE(route.summary.empty()) << route.operation_id;
        EXPECT_FALSE(route.tag.empty()) << route.operation_id;
    }
    EXPECT_GT(operations.size(), 50U);
}

TEST(Tables, EverySchemaThatARouteNamesExistsAndEverySchemaIsUsed)
{
    const auto& schemas = json::SchemaSet::embedded();
    std::set<std::string> used{"common", "problem"};
    for (const auto& route : api::routes())
        for (const auto name : {route.request, route.response}) {
            if (name.empty())
                continue;
            EXPECT_TRUE(schemas.contains(name)) << name << " of " << route.operation_id;
            used.emplace(name);
        }
    // A schema may be used by another one alone.
    std::string all;
    for (const auto& name : schemas.names())
        all += schemas.document(name).dump();
    for (const auto& name : schemas.names())
        EXPECT_TRUE(used.contains(name) || all.find("\"" + name + ".schema.json") != std::string::npos) << name << " is used by nothing";
}

TEST(Tables, ARouteThatAsksForMoreSaysForEveryRequestWhat)
{
    for (const auto& route : api::routes()) {
        if (route.one_of.empty())
            continue;
        SCOPED_TRACE(route.operation_id);
        EXPECT_TRUE(route.one_of.back().body_type.empty() && route.one_of.back().parameter.empty());
        for (const auto& row : route.one_of) {
            EXPECT_FALSE(row.permissions.empty());
            EXPECT_TRUE(row.body_type.empty() ||
                        std::find(route.raw_body_types.begin(), route.raw_body_types.end(), row.body_type) != route.raw_body_types.end());
            EXPECT_TRUE(row.parameter.empty() ||
                        std::any_of(route.query.begin(), route.query.end(), [&row](const api::Parameter& parameter) {
                            return parameter.name == row.parameter && parameter.kind == api::Kind::choice;
                        }));
            for (const auto permission : row.permissions) {
                EXPECT_NE(domain::scope_of(permission), domain::TokenScope::read) << domain::name_of(permission);
            }
        }
    }
}

TEST(Tables, EveryPermissionGuardsARoute)
{
    std::set<domain::Permission> used;
    for (const auto& route : api::routes()) {
        used.insert(route.permission.permission);
        for (const auto& row : route.one_of)
            used.insert(row.permissions.begin(), row.permissions.end());
    }
    for (std::size_t i = 0; i < domain::permission_count; ++i)
        EXPECT_TRUE(used.contains(static_cast<domain::Permission>(i))) << domain::name_of(static_cast<domain::Permission>(i));
}

// New material waits while the disk is nearly full and counts against quotas; what decides on what is there never does.
TEST(Tables, WhatIsNewMaySometimesWaitAndNoDecisionDoes)
{
    using enum domain::Permission;
    const std::set<domain::Permission> decides{report_discard,   report_return,     report_publish,    report_withdraw,   report_audience,
                                               report_erase,     own_credential,    proposal_decide,   contact_confirm,   contact_reduce,
                                               contact_erase,    nomination_decide, nomination_answer, suspension_object, enrol,
                                               enrolment_attest, quota_raise};
    std::set<std::string_view> grow;
    for (const auto& route : api::routes()) {
        if (route.growth == api::Growth::none)
            continue;
        grow.insert(route.operation_id);
        EXPECT_NE(route.method, api::Method::get) << route.operation_id;
        EXPECT_FALSE(decides.contains(route.permission.permission)) << route.operation_id;
        for (const char* word : {"revoke", "end", "reset", "withdraw", "erase", "take"})
            EXPECT_FALSE(route.operation_id.starts_with(word)) << route.operation_id;
    }
    EXPECT_EQ(grow, (std::set<std::string_view>{"carryReportForward", "createAccount", "createReport", "editReport", "editReportDraft",
                                                "giveDelegation", "makeEnrolment", "makeNomination", "registerSigningKey", "reviseReport",
                                                "sendBatch", "submitReport"}));
}

// But for whoever comes in by an enrolment, of which the code is asked for.
TEST(Tables, NoWriteIsOpenToEveryone)
{
    for (const auto& route : api::routes())
        if (route.method != api::Method::get && route.permission.permission != domain::Permission::enrol) {
            EXPECT_EQ(domain::reach_of(route.permission.permission, {}), domain::Reach::none) << route.operation_id;
        }
}

TEST(Tables, ThoseInThePapersAreTheGeneratedOnes)
{
    expect_generated("server/README.md",
                     {{"policy", domain::policy_table_as_markdown()}, {"workflow", domain::transition_table_as_markdown()}});
    expect_generated("server/docs/operator.md", {{"settings", settings_as_markdown()}, {"retention", store::retention_as_markdown()}});
}

}  // namespace
}  // namespace cbmx::test
