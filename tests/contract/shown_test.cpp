// A question uses only what its answer would show (rules.md 13). Two portals with the same randomness differ in what a caller is not
// shown; filters, dry runs and late readers are answered alike.
#include "contract/route_walk.hpp"

namespace cbmx::test {
namespace {

using nlohmann::json;

struct Pair {
    TestPortal a{PortalOptions{.seed = 7}}, b{PortalOptions{.seed = 7}};

    // Everything but what only the moment decides.
    static std::string told(const Reply& reply)
    {
        std::string text = std::to_string(reply.status()) + "\n";
        for (const auto& [name, value] : reply.raw().fields)
            if (name != "Date" && name != "X-Request-Id")
                text += name + ": " + value + "\n";
        auto body = reply.json();
        body.erase("instance");
        const bool is_rehearsal = body.contains("dry_run");
        if (is_rehearsal && body["content"].is_object())
            body["content"].erase("created_at");
        return text + (reply.status() < 400 && !is_rehearsal ? reply.body() : body.dump());
    }
    void expect_alike(const Who& who, const std::string& path)
    {
        EXPECT_EQ(told(a.as(who).get(path)), told(b.as(who).get(path))) << "GET " << path << " as " << who.key();
    }
    void expect_alike(const Who& who, const std::string& path, const json& body)
    {
        EXPECT_EQ(told(a.as(who).post(path, body)), told(b.as(who).post(path, body))) << "POST " << path << " as " << who.key();
    }
};

// Each filter of the list of reports with each value that one of the two reports has or could have.
std::vector<std::string> every_filter()
{
    std::vector<std::string> list{"/v1/reports", "/v1/reports?language=en", "/v1/reports?language=pt", "/v1/reports?tag=platypus"};
    for (const char* order : {"changed", "-changed", "state"})
        for (const char* filter : {"", "&language=pt", "&tag=platypus", "&status=planned"})
            list.push_back("/v1/reports?sort=" + std::string(order) + filter);
    for (const char* status : {"implemented", "in_progress", "planned", "not_started", "nothing_to_declare", "nothing_new"})
        list.push_back("/v1/reports?status=" + std::string(status));
    for (const char* state : {"published", "withdrawn", "draft", "submitted"})
        for (const char* filter : {"", "&status=planned", "&language=pt", "&tag=platypus"})
            list.push_back("/v1/reports?workflow_state=" + std::string(state) + filter);
    for (const char* label : {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"})
        list.push_back("/v1/reports?status=planned&label=" + std::string(label));
    return list;
}

const json one_text{{"status", "planned"}, {"language", "pt"}, {"tags", {"platypus"}}, {"narrative", "One."}};
const json another_text{{"status", "in_progress"}, {"language", "en"}, {"tags", {"wombat"}}, {"narrative", "Two."}};

TEST(Shown, WhatAWithdrawnReportSaidIsFoundByNoFilterOfOthers)
{
    Pair pair;
    const auto work = [](TestPortal& portal, const json& text) {
        const auto id = portal.published("CL", a_report(text));
        portal.as(approver_of("CL")).post(path_of(id, "withdraw")).is(200);
        portal.published("PE");
    };
    work(pair.a, one_text), work(pair.b, another_text);
    for (const auto& who : {anyone(), drafter_of("PE"), reviewer(), chair(), secretariat()})
        for (const auto& path : every_filter())
            pair.expect_alike(who, path);
    EXPECT_EQ(pair.a.as(anyone()).get("/v1/reports?workflow_state=withdrawn").json()["items"].size(), 1U);
    EXPECT_EQ(pair.a.as(anyone()).get("/v1/reports?status=planned").json()["items"].size(), 0U);
    EXPECT_EQ(pair.a.as(drafter_of("CL")).get("/v1/reports?status=planned&language=pt&tag=platypus").json()["items"].size(), 1U)
        << "its own State is still shown what it said";
}

TEST(Shown, WhatAnErasedReportSaidIsFoundByNobody)
{
    Pair pair;
    const auto work = [](TestPortal& portal, const json& text) {
        const auto id = portal.published("CL", a_report(text));
        portal.as(approver_of("CL")).post(path_of(id, "withdraw")).is(200);
        portal.erased("CL", id, approver_of("CL", "second"));
        portal.published("PE");
    };
    work(pair.a, one_text), work(pair.b, another_text);
    for (const auto& who : {anyone(), drafter_of("PE"), secretariat(), drafter_of("CL"), approver_of("CL")})
        for (const auto& path : every_filter())
            pair.expect_alike(who, path);
    EXPECT_EQ(pair.a.as(drafter_of("CL")).get("/v1/reports?state=CL").json()["items"].size(), 1U);
    EXPECT_EQ(pair.a.as(drafter_of("CL")).get("/v1/reports?tag=platypus").json()["items"].size(), 0U);
}

// In the one portal the account of another State was disabled, in the other renamed.
TEST(Shown, HowAnotherStatesAccountStandsShowsInNoRefusalAndNoDryRun)
{
    Pair pair;
    for (TestPortal* portal : {&pair.a, &pair.b})
        for (const auto& who : {nominator_of("BR"), drafter_of("BR", "watched"), drafter_of("PE"), approver_of("PE")})
            portal->token_of(who);
    const auto id = pair.a.published("PE", a_report({{"label", "TLP:AMBER"}}));
    ASSERT_EQ(id, pair.b.published("PE", a_report({{"label", "TLP:AMBER"}})));
    const auto account = pair.a.account_of(drafter_of("BR", "watched"));
    ASSERT_EQ(account, pair.b.account_of(drafter_of("BR", "watched")));
    pair.a.as(nominator_of("BR")).patch("/v1/accounts/" + account, {{"status", "disabled"}}).is(200);
    pair.b.as(nominator_of("BR")).patch("/v1/accounts/" + account, {{"name", "Renamed"}}).is(200);

    const json named{"account:" + account};
    auto report = a_report({{"label", "TLP:RED"}});
    report["recipients"] = named;
    pair.expect_alike(drafter_of("PE"), "/v1/reports?dry_run=true", report);
    EXPECT_EQ(pair.a.as(drafter_of("PE")).post("/v1/reports?dry_run=true", report).status(), 200);
    report["label"] = "TLP:AMBER";
    pair.expect_alike(drafter_of("PE"), "/v1/reports?dry_run=true", report);
    pair.expect_alike(approver_of("PE"), path_of(id, "recipients?dry_run=true"), {{"recipients", named}});
    pair.expect_alike(approver_of("PE"), path_of(id, "label?dry_run=true"), {{"label", "TLP:RED"}, {"recipients", named}});
    pair.expect_alike(drafter_of("PE"), "/v1/delegations?dry_run=true",
                      {{"delegate", account}, {"roles", {"drafter"}}, {"until", domain::to_rfc3339(pair.a.now() + std::chrono::days(3))}});
    pair.expect_alike(drafter_of("PE"), "/v1/batches?dry_run=true", json::array({json{{"report", report}}}));
}

TEST(Shown, AnOwnAccountThatIsNotActiveAndOneThatNeverWasAreStillNamedInTheRefusal)
{
    TestPortal portal;
    portal.token_of(drafter_of("CL"));
    const auto account = portal.account_of(drafter_of("CL", "gone"));
    portal.as(nominator_of("CL")).patch("/v1/accounts/" + account, {{"status", "disabled"}}).is(200);
    for (const auto& id : {account, unknown_id}) {
        auto report = a_report({{"label", "TLP:RED"}});
        report["recipients"] = {"account:" + id};
        portal.as(drafter_of("CL"))
            .post("/v1/reports", report)
            .is_problem(422, "validation-failed")
            .has_error("/recipients/0", "unknown_account");
    }
}

// The first revision was for others, and so is what was done to its audience.
TEST(Shown, WhoReadsFromALaterRevisionOnSeesNoEntryAboutAnEarlierOne)
{
    TestPortal portal;
    const auto id = portal.published("CL", a_report({{"label", "TLP:AMBER"}}));
    portal.as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER+STRICT"}}).is(200);
    portal.as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    portal.as(drafter_of("CL")).patch(path_of(id, "draft"), {{"label", "TLP:AMBER"}, {"recipients", {"state:CL", "state:PE"}}}).is(200);
    portal.as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    const auto second = portal.as(approver_of("CL")).post(path_of(id, "publish")).is(200).json()["receipt"]["index"];
    const auto seen_by = [&](const Who& who) {
        json seqs = json::array();
        const auto page = portal.as(who).get("/v1/changes?limit=1000").is(200).json();
        for (const auto& item : page["items"])
            if (item.contains("entry") && item["entry"]["subject"]["id"] == id)
                seqs.push_back(item["seq"]);
        return seqs;
    };
    ASSERT_FALSE(seen_by(drafter_of("PE")).empty());
    EXPECT_EQ(seen_by(drafter_of("PE")), json::array({second}));
    EXPECT_EQ(seen_by(contact_of("CL")).size(), seen_by(drafter_of("PE")).size() + 2) << "those who read both revisions see all";
}

}  // namespace
}  // namespace cbmx::test
