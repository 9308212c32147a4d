// Needs and offers of assistance: rules.md 56a, service/reports/needs.hpp.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Needs : public Portal {
protected:
    std::string needing(const std::string& state, const Json& changes = Json::object())
    {
        Json report{{"measure", "OAS-CBM-4"}, {"label", "TLP:GREEN"}, {"assistance_needed", "trainers"}};
        report.update(changes);
        return portal().published(state, a_report(report));
    }
    std::string offering(const std::string& state, const Json& changes = Json::object())
    {
        Json report{{"measure", "OAS-CBM-4"}, {"label", "TLP:CLEAR"}, {"assistance_offered", "a course"}};
        report.update(changes);
        return portal().published(state, a_report(report));
    }
    Json list(const Who& who, const std::string& query = "") { return as(who).get("/v1/needs" + query).is(200).json().at("items"); }
    // What the caller is shown to fit this report.
    std::vector<std::string> matches(const Who& who, const std::string& report)
    {
        std::vector<std::string> found;
        const auto items = list(who);
        for (const auto& item : items)
            if (item["report"] == report)
                for (const auto& match : item["matches"])
                    found.push_back(match["kind"].get<std::string>() + " " + match["report"].get<std::string>());
        return found;
    }
    using Found = std::vector<std::string>;
};

TEST_F(Needs, AreWhatPublishedReportsSay)
{
    const auto needed = needing("CL");
    portal().published("CL");
    portal().draft("PE", a_report({{"assistance_needed", "not yet"}}));
    const auto items = list(contact_of("BR"));
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0]["report"], needed);
    EXPECT_EQ(items[0]["needed"], "trainers");
    EXPECT_TRUE(items[0]["offered"].is_null());
    as(approver_of("CL")).post(path_of(needed, "withdraw")).is(200);
    EXPECT_EQ(list(contact_of("BR")).size(), 0U);
}

TEST_F(Needs, ThePublicIsGivenOffersAlone)
{
    needing("CL", {{"label", "TLP:CLEAR"}});
    const auto both = offering("PE", {{"assistance_needed", "books"}});
    const auto items = list(anyone());
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0]["report"], both);
    EXPECT_TRUE(items[0]["needed"].is_null());
    EXPECT_EQ(items[0]["offered"], "a course");
    EXPECT_EQ(list(anyone(), "?kind=needed").size(), 0U);
}

TEST_F(Needs, AreFoundByKindMeasureAndState)
{
    const auto needed = needing("CL");
    const auto offered = offering("PE", {{"measure", "OAS-CBM-5"}});
    EXPECT_EQ(list(contact_of("BR"), "?kind=needed")[0]["report"], needed);
    EXPECT_EQ(list(contact_of("BR"), "?kind=offered")[0]["report"], offered);
    EXPECT_EQ(list(contact_of("BR"), "?measure=OAS-CBM-5")[0]["report"], offered);
    EXPECT_EQ(list(contact_of("BR"), "?state=CL")[0]["report"], needed);
    as(contact_of("BR")).get("/v1/needs?cursor=AAAA").is_problem(400, "invalid-parameter");
}

TEST_F(Needs, PagesGoOnWhereTheOneBeforeEnded)
{
    const auto first = needing("CL");
    portal().published("CL");
    const auto second = needing("CL", {{"narrative", "another"}});
    Found found;
    std::string cursor;
    for (Json page; page.is_null() || page["next"].is_string();
         cursor = page["next"].is_string() ? "&cursor=" + page["next"].get<std::string>() : "") {
        page = as(contact_of("PE")).get("/v1/needs?limit=1" + cursor).is(200).json();
        for (const auto& item : page["items"])
            found.push_back(item["report"].get<std::string>());
    }
    EXPECT_EQ(found, (Found{second, first}));
}

TEST_F(Needs, WhoeverReadsNoMoreThanEveryoneIsGivenOffersAlone)
{
    needing("CL", {{"label", "TLP:CLEAR"}});
    const auto own = needing("BR", {{"label", "TLP:CLEAR"}});
    const auto suspended = Who{.home = "state:PE", .roles = {"contact"}, .name = "suspended", .suspended = true};
    for (const auto& who : {anyone(), auditor(), suspended})
        EXPECT_EQ(list(who).size(), 0U) << who.key();
    portal().decided("BR", {{"participation", {{"participates", false}, {"from", "2027-01-01"}}}});
    portal().advance(std::chrono::days(1));
    const auto items = list(contact_of("BR"));
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0]["report"], own);
}

TEST_F(Needs, WhatFitsIsToldToTheTwoStatesAlone)
{
    const auto needed = needing("CL");
    const auto offered = offering("PE");
    offering("PE", {{"measure", "OAS-CBM-5"}});
    EXPECT_EQ(matches(contact_of("CL"), needed), Found{"offered " + offered});
    EXPECT_EQ(matches(contact_of("PE"), offered), Found{"needed " + needed});
    EXPECT_EQ(matches(contact_of("PE"), needed), Found{});
    EXPECT_EQ(matches(contact_of("BR"), needed), Found{});
    EXPECT_EQ(matches(secretariat(), needed), Found{"offered " + offered});
}

// Three States: the one that needs, one that it told, and an outsider, for whom nothing has changed.
TEST_F(Needs, WhatIsNotAddressedToAStateDoesNotExistForIt)
{
    const auto offered = offering("BR");
    const auto before = as(contact_of("BR")).get("/v1/needs").is(200).body();
    const auto before_secretariat = as(secretariat()).get("/v1/needs").is(200).body();
    const auto needed = needing("CL", {{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}});
    EXPECT_EQ(as(contact_of("BR")).get("/v1/needs").is(200).body(), before);
    EXPECT_EQ(as(secretariat()).get("/v1/needs").is(200).body(), before_secretariat);
    EXPECT_EQ(matches(contact_of("BR"), offered), Found{});
    EXPECT_EQ(matches(contact_of("CL"), needed), Found{"offered " + offered});
    EXPECT_EQ(list(contact_of("PE")).size(), 2U);
}

}  // namespace
}  // namespace cbmx::test
