// Lists of reports: filters, orders, pages, chosen members. Nothing that the caller may not read shows in any of them.
#include "support/portal.hpp"
#include <algorithm>
#include <set>

namespace cbmx::test {
namespace {

using ReportLists = Portal;
using nlohmann::json;

std::set<std::string> ids_of(const Reply& reply)
{
    std::set<std::string> ids;
    const auto page = reply.is(200).json();
    for (const auto& item : page.at("items"))
        ids.insert(item.at("id").get<std::string>());
    return ids;
}

using Ids = std::set<std::string>;

TEST_F(ReportLists, EachFilterGivesItsReportsAlone)
{
    const auto first = portal().published("CL", a_report({{"tags", {"law"}}}));
    const auto second =
        portal().published("PE", a_report({{"measure", "OAS-CBM-2"}, {"period", "2026-2027"}, {"status", "planned"}, {"language", "es"}}));
    const auto green = portal().published("PE", a_report({{"label", "TLP:GREEN"}}));
    const auto draft = portal().draft("CL", a_report({{"tags", {"law"}}, {"status", "planned"}}));
    const auto caller = as(drafter_of("CL"));
    const std::vector<std::pair<std::string, Ids>> expected{{"state=CL", {first, draft}},
                                                            {"measure=OAS-CBM-2", {second}},
                                                            {"period=2026-2027", {second}},
                                                            {"status=planned", {second, draft}},
                                                            {"language=es", {second}},
                                                            {"tag=law", {first, draft}},
                                                            {"workflow_state=draft", {draft}},
                                                            {"workflow_state=published", {first, second, green}},
                                                            {"label=TLP:GREEN", {green}},
                                                            {"label=TLP:WHITE", {first, second, draft}},
                                                            {"state=PE&status=planned", {second}},
                                                            {"state=US", {}}};
    for (const auto& [query, ids] : expected)
        EXPECT_EQ(ids_of(caller.get("/v1/reports?" + query)), ids) << query;
    EXPECT_EQ(ids_of(as(anyone()).get("/v1/reports")), (Ids{first, second}));
    EXPECT_EQ(ids_of(as(anyone()).get("/v1/reports?tag=law")), Ids{first});
    EXPECT_EQ(ids_of(as(anyone()).get("/v1/reports?workflow_state=draft")), Ids{});
    EXPECT_EQ(ids_of(as(anyone()).get("/v1/reports?label=TLP:GREEN")), Ids{});
    caller.get("/v1/reports?workflow_state=secret").is_problem(400, "invalid-parameter").has_error("query:workflow_state", "invalid_value");
    caller.get("/v1/reports?label=TLP:BLUE").is_problem(400, "invalid-parameter").has_error("query:label", "invalid_value");
    caller.get("/v1/reports?colour=red").is_problem(400, "unknown-parameter").has_error("query:colour", "unknown_parameter");
}

TEST_F(ReportLists, ARevisionInPreparationIsFoundByItsOwnStateAlone)
{
    const auto id = portal().published("CL");
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    EXPECT_EQ(ids_of(as(approver_of("CL")).get("/v1/reports?workflow_state=draft")), Ids{id});
    EXPECT_EQ(ids_of(as(drafter_of("PE")).get("/v1/reports?workflow_state=draft")), Ids{});
    EXPECT_EQ(ids_of(as(contact_of("CL")).get("/v1/reports?workflow_state=draft")), Ids{});
}

TEST_F(ReportLists, EveryOrderPagesThroughEveryReportOnce)
{
    Ids all;
    for (const auto& [state, measure] : std::vector<std::pair<std::string, std::string>>{
             {"PE", "OAS-CBM-3"}, {"CL", "OAS-CBM-2"}, {"PE", "OAS-CBM-1"}, {"CL", "OAS-CBM-1"}})
        all.insert(portal().published(state, a_report({{"measure", measure}})));
    for (int i = 0; i < 3; ++i)
        all.insert(portal().draft("CL"));
    portal().draft("PE");
    for (const std::string sort : {"changed", "-changed", "state"}) {
        std::vector<std::string> order;
        std::vector<std::string> keys;
        std::string path = "/v1/reports?limit=2&sort=" + sort;
        while (!path.empty() && order.size() < 20) {
            const auto reply = as(drafter_of("CL")).get(path).is(200);
            const auto page = reply.json();
            for (const auto& item : page["items"]) {
                order.push_back(item["id"]);
                const auto changed = item["meta"].value("changed_seq", std::int64_t(1'000'000));
                const auto number = std::to_string(1'000'000'000 + changed);
                keys.push_back(sort == "state" ? item["content"]["state"].get<std::string>() + number : number);
            }
            const auto link = reply.field("Link");
            EXPECT_EQ(link.empty(), page["next"].is_null());
            path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
        }
        EXPECT_EQ(order.size(), all.size()) << sort;
        EXPECT_EQ(Ids(order.begin(), order.end()), all) << sort;
        EXPECT_TRUE(sort == "-changed" ? std::is_sorted(keys.rbegin(), keys.rend()) : std::is_sorted(keys.begin(), keys.end())) << sort;
    }
    as(drafter_of("CL")).get("/v1/reports?cursor=x").is_problem(400, "invalid-parameter").has_error("query:cursor", "format");
    as(drafter_of("CL")).get("/v1/reports?limit=101").is_problem(400, "invalid-parameter").has_error("query:limit", "above_maximum");
}

// A page may be short or empty and have a next one: who stops there misses what stands behind.
TEST(ReportListsOfFewSteps, AClientThatStopsAtAnEmptyPageMissesWhatStandsBehind)
{
    PortalOptions options;
    options.settings["list_steps"] = "3";
    TestPortal portal(options);
    Ids wanted;
    for (int i = 0; i < 12; ++i) {
        const bool is_wanted = i == 0 || i == 5;
        const auto id = portal.published("CL", a_report({{"status", is_wanted ? "planned" : "in_progress"}}));
        if (is_wanted)
            wanted.insert(id);
    }
    for (const std::string sort : {"changed", "-changed", "state"}) {
        Ids found;
        std::size_t empty_pages = 0, most_items = 0;
        std::string path = "/v1/reports?status=planned&sort=" + sort;
        for (int page = 0; !path.empty(); ++page) {
            ASSERT_LT(page, 20) << "a list without an end";
            const auto reply = portal.as(anyone()).get(path).is(200);
            const auto ids = ids_of(reply);
            empty_pages += ids.empty();
            most_items = std::max(most_items, ids.size());
            found.insert(ids.begin(), ids.end());
            const auto link = reply.field("Link");
            EXPECT_EQ(link.empty(), reply.json()["next"].is_null());
            path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
        }
        EXPECT_EQ(found, wanted) << sort;
        EXPECT_GT(empty_pages, 0U) << sort;
        EXPECT_LE(most_items, 3U) << sort;
    }
}

// Who walks through the list of what changed meets everything, whatever changes on the way.
TEST_F(ReportLists, AReportThatChangesBetweenTwoPagesHidesNoOther)
{
    std::vector<std::string> published;
    for (int i = 0; i < 5; ++i)
        published.push_back(portal().published("CL", a_report({{"label", "TLP:GREEN"}})));
    const auto reader = as(drafter_of("PE"));
    const auto first = reader.get("/v1/reports?sort=changed&limit=2").is(200).json();
    EXPECT_EQ(first["items"][1]["id"], published[1]);
    as(approver_of("CL")).post(path_of(published[1], "recipients"), {{"recipients", {"members"}}}).is(200);
    const auto rest = reader.get("/v1/reports?sort=changed&limit=10&cursor=" + first["next"].get<std::string>());
    EXPECT_EQ(ids_of(rest), (Ids{published[2], published[3], published[4], published[1]})) << "and what changed comes again, as it is now";
}

// A number that the caller has not seen is no place: trying numbers would reveal how far the hidden ones go.
TEST_F(ReportLists, ACursorWithANumberBeyondWhatIsPublishedIsRefused)
{
    const auto id = portal().published("CL");
    const auto cursor = [](const std::string& key) {
        auto text = base::base64(key);
        text.erase(text.find_last_not_of('=') + 1);
        return "/v1/reports?cursor=" + text;
    };
    as(anyone()).get(cursor(id)).is(200);
    as(anyone()).get(cursor(id + "@1")).is(200);
    as(anyone()).get(cursor(id + "@9007199254740991")).is_problem(400, "invalid-parameter").has_error("query:cursor", "invalid_value");
    as(anyone()).get(cursor(id + "@-1")).is_problem(400, "invalid-parameter").has_error("query:cursor", "format");
    as(anyone()).get(cursor(id + "@1x")).is_problem(400, "invalid-parameter").has_error("query:cursor", "format");
    as(anyone()).get(cursor(portal().draft("CL") + "@")).is_problem(400, "invalid-parameter").has_error("query:cursor", "invalid_value");
}

TEST_F(ReportLists, ChosenMembersAreShownAloneAndNoLongerProveAnything)
{
    portal().published("CL");
    const auto item = as(anyone()).get("/v1/reports?fields=status,state").is(200).json()["items"][0];
    EXPECT_EQ(item["content"], (json{{"status", "in_progress"}, {"state", "CL"}}));
    EXPECT_TRUE(item["salt"].is_null());
    EXPECT_FALSE(as(anyone()).get("/v1/reports").json()["items"][0]["salt"].is_null());
}

TEST_F(ReportLists, ChangedSinceGivesWhatChangedAfterThatNumber)
{
    const auto old = portal().published("CL");
    const auto narrowed = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    const auto number = std::to_string(as(drafter_of("PE")).get(path_of(narrowed)).json()["meta"]["changed_seq"].get<std::int64_t>());
    EXPECT_EQ(ids_of(as(drafter_of("PE")).get("/v1/reports?changed_since=" + number)), Ids{});
    const auto fresh = portal().published("PE");
    as(approver_of("CL")).post(path_of(narrowed, "recipients"), {{"recipients", {"members"}}}).is(200);
    EXPECT_EQ(ids_of(as(drafter_of("PE")).get("/v1/reports?changed_since=" + number)), (Ids{narrowed, fresh}));
    EXPECT_EQ(ids_of(as(drafter_of("PE")).get("/v1/reports?changed_since=0")), (Ids{old, narrowed, fresh}));
    as(anyone()).get("/v1/reports?changed_since=100000").is_problem(404, "beyond-published-size");
}

}  // namespace
}  // namespace cbmx::test
