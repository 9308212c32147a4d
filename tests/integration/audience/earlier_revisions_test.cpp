// What two people closed, one person does not open: each revision keeps its own label and readers, whatever the report is now
// (rules.md 18, 33). The judgement: server/domain/readers.hpp; over random histories: unit/service/reports/histories_test.cpp.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using nlohmann::json;

class EarlierRevisions : public Portal {
protected:
    const Who drafter = drafter_of("CL"), approver = approver_of("CL"), second = approver_of("CL", "second");
    const Who named_drafter = drafter_of("CL", "named"), named = approver_of("CL", "named"), also_named = approver_of("CL", "also named");

    void revised(const std::string& id, const Who& by, const Who& publisher, const json& change)
    {
        as(by).post(path_of(id, "revise")).is(201);
        as(by).patch(path_of(id, "draft"), change).is(200);
        as(by).post(path_of(id, "submit")).is(200);
        as(publisher).post(path_of(id, "publish")).is(200);
    }
    // First for the own State alone, then public.
    std::string strict_then_public()
    {
        const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER+STRICT"}, {"narrative", "closed words"}}));
        revised(id, drafter, approver, {{"label", "TLP:CLEAR"}, {"narrative", "open words"}});
        return id;
    }
    // First for named accounts alone, then public.
    std::string red_then_public()
    {
        const auto red =
            as(named_drafter)
                .post("/v1/reports",
                      a_report({{"label", "TLP:RED"}, {"recipients", {word(named), word(also_named)}}, {"narrative", "red words"}}))
                .created_id();
        as(named_drafter).post(path_of(red, "submit")).is(200);
        as(named).post(path_of(red, "publish")).is(200);
        const json everyone{{"label", "TLP:CLEAR"},
                            {"recipients", {"public", "state:CL", word(named_drafter), word(named), word(also_named)}},
                            {"narrative", "open words"}};
        revised(red, named_drafter, named, everyone);
        return red;
    }
    std::string word(const Who& who) { return "account:" + as(who).account(); }
    void does_not_read_the_first(const Who& who, const std::string& id, const std::string& words)
    {
        as(who).get(path_of(id, "revisions/1")).is_problem(404, "not-found");
        as(who).get(path_of(id, "difference?from=1&to=2")).is_problem(404, "not-found");
        for (const auto& path : {path_of(id), path_of(id, "revisions"), std::string("/v1/changes?limit=1000"), std::string("/v1/reports")})
            EXPECT_EQ(as(who).get(path).is(200).body().find(words), std::string::npos) << path << " as " << who.key();
    }
};

TEST_F(EarlierRevisions, OneApproverDoesNotOpenThemOfAReportThatIsPublicNow)
{
    const auto id = strict_then_public();
    const json wish{{"recipients", {"public", "state:BR"}}, {"include_earlier_revisions", true}};
    as(second).get("/v1/me").is(200);
    const auto proposal = as(approver).post(path_of(id, "recipients"), wish).is(202).json();
    does_not_read_the_first(drafter_of("BR"), id, "closed words");
    as(approver).post("/v1/proposals/" + proposal["id"].get<std::string>() + "/confirm").is_problem(403, "not-eligible");
    as(second).post("/v1/proposals/" + proposal["id"].get<std::string>() + "/confirm").is(200).has_receipt();
    EXPECT_EQ(as(drafter_of("BR")).get(path_of(id, "revisions/1")).is(200).json()["content"]["narrative"], "closed words");
    does_not_read_the_first(drafter_of("PE"), id, "closed words");
    does_not_read_the_first(anyone(), id, "closed words");
}

TEST_F(EarlierRevisions, NobodyOpensARevisionThatTheyDoNotRead)
{
    const auto id = red_then_public();
    does_not_read_the_first(approver, id, "red words");
    const json everyone{"public", word(approver), word(named_drafter), word(named), word(also_named)};
    // Of the earlier revisions those that the caller reads: none.
    as(approver).post(path_of(id, "recipients"), {{"recipients", everyone}, {"include_earlier_revisions", true}}).is(200);
    does_not_read_the_first(approver, id, "red words");

    auto with_second = everyone;
    with_second.push_back(word(second));
    const auto proposal =
        as(named).post(path_of(id, "recipients"), {{"recipients", with_second}, {"include_earlier_revisions", true}}).is(202).json();
    const auto confirm = "/v1/proposals/" + proposal["id"].get<std::string>() + "/confirm";
    as(second).post(confirm).is_problem(403, "not-eligible");
    does_not_read_the_first(second, id, "red words");
    as(also_named).post(confirm).is(200);
    EXPECT_EQ(as(second).get(path_of(id, "revisions/1")).is(200).json()["content"]["narrative"], "red words");
    does_not_read_the_first(approver, id, "red words");
}

TEST_F(EarlierRevisions, ALabelOfARevisionForbidsWhomItForbids)
{
    const auto id = red_then_public();
    const json wish{{"recipients", {"public", "state:BR", word(named), word(also_named)}}, {"include_earlier_revisions", true}};
    as(named)
        .post(path_of(id, "recipients"), wish)
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients/1", "label_recipients");
    does_not_read_the_first(drafter_of("BR"), id, "red words");
}

TEST_F(EarlierRevisions, EachSaysItsOwnLabel)
{
    const auto id = strict_then_public();
    const auto labels = [&](const Who& who) {
        std::vector<std::string> list;
        const auto page = as(who).get(path_of(id, "revisions")).is(200).json();
        for (const auto& item : page["items"])
            list.push_back(item["meta"]["label"]);
        return list;
    };
    EXPECT_EQ(labels(drafter), (std::vector<std::string>{"TLP:AMBER+STRICT", "TLP:CLEAR"}));
    // Narrowing needs one approver: those named read it before, as accounts of their State, and go on.
    as(approver).post(path_of(id, "label"), {{"label", "TLP:RED"}, {"recipients", {word(drafter), word(approver)}}}).is(200);
    EXPECT_EQ(labels(approver), (std::vector<std::string>{"TLP:RED", "TLP:RED"}));
    as(second).get(path_of(id)).is_problem(404, "not-found");
}

TEST_F(EarlierRevisions, WhatWasSubmittedIsReadByThoseWhoReadWhatCameOfIt)
{
    const auto id = portal().draft("CL", a_report({{"label", "TLP:AMBER+STRICT"}, {"narrative", "closed words"}}));
    const auto submission = seq_of(as(drafter).post(path_of(id, "submit")).is(200));
    as(approver).post(path_of(id, "publish")).is(200);
    as(drafter).get("/v1/receipts/" + std::to_string(submission)).is(200);
    const json red{{"label", "TLP:RED"}, {"recipients", {word(named), word(also_named), word(named_drafter)}}};
    as(named).post(path_of(id, "label"), red).is(200);
    revised(id, named_drafter, named, {{"label", "TLP:AMBER"}, {"recipients", json::array()}, {"narrative", "open words"}});
    as(drafter).get(path_of(id)).is(200);
    as(drafter).get("/v1/receipts/" + std::to_string(submission)).is_problem(404, "not-found");
    does_not_read_the_first(drafter, id, "closed words");
}

}  // namespace
}  // namespace cbmx::test
