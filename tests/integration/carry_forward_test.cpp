// A draft that begins as an earlier report of its State: rules.md 51a, service/reports/drafts.cpp (carry_report_forward).
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class CarryForward : public Portal {
protected:
    Json carried(const std::string& report, const Json& body = {{"period", "2026-2027"}})
    {
        return as(drafter_of("CL")).post(path_of(report, "carry-forward"), body).is(201).json();
    }
    std::string published() { return portal().published("CL", a_report({{"narrative", "first"}, {"challenges", "some"}})); }
};

TEST_F(CarryForward, MakesADraftInAnotherPeriodThatSaysTheSame)
{
    const auto source = published();
    const auto draft = carried(source);
    EXPECT_NE(draft["id"], source);
    EXPECT_EQ(draft["content"]["period"], "2026-2027");
    EXPECT_EQ(draft["content"]["narrative"], "first");
    EXPECT_EQ(draft["content"]["revision"], 1);
    EXPECT_EQ(draft["meta"]["workflow_state"], "draft");
    EXPECT_EQ(draft["meta"]["label"], "TLP:CLEAR");
    EXPECT_EQ(draft["meta"]["recipients"], (Json{"public", "state:CL"}));
    EXPECT_FALSE(draft["content"].contains("carried_from"));
}

TEST_F(CarryForward, MarksWhatIsUnchangedUntilItChanges)
{
    const auto source = published();
    const auto draft = carried(source);
    const auto id = draft["id"].get<std::string>();
    const auto& origin = draft["meta"]["carried_from"];
    EXPECT_EQ(origin["report"], source);
    EXPECT_EQ(origin["revision"], 1);
    const auto names = origin["unchanged"].get<std::set<std::string>>();
    EXPECT_TRUE(names.contains("narrative") && names.contains("challenges") && names.contains("status"));
    const auto edited = as(drafter_of("CL")).patch(path_of(id), {{"narrative", "second"}, {"challenges", nullptr}}).is(200).json();
    const auto left = edited["meta"]["carried_from"]["unchanged"].get<std::set<std::string>>();
    EXPECT_FALSE(left.contains("narrative") || left.contains("challenges"));
    EXPECT_TRUE(left.contains("status"));
}

TEST_F(CarryForward, LeavesNoMarkInWhatIsPublished)
{
    const auto id = carried(published())["id"].get<std::string>();
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    const auto report = as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    EXPECT_EQ(report.body().find("carried_from"), std::string::npos);
    EXPECT_EQ(as(anyone()).get("/v1/changes?limit=1000").is(200).body().find("carried_from"), std::string::npos);
}

TEST_F(CarryForward, IsForOtherRecipientsToo)
{
    const auto draft = carried(published(), {{"period", "2025-2026"}, {"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}});
    EXPECT_EQ(draft["meta"]["label"], "TLP:AMBER");
    EXPECT_EQ(draft["meta"]["recipients"], (Json{"state:CL", "state:PE"}));
}

TEST_F(CarryForward, IsRefusedWithItsReason)
{
    const auto source = published();
    const auto drafter = as(drafter_of("CL"));
    const auto period = drafter.get(path_of(source)).json()["content"]["period"];
    drafter.post(path_of(source, "carry-forward"), {{"period", period}}).is_problem(409, "conflict").has_error("/period", "already_exists");
    drafter.post(path_of(source, "carry-forward"), {{"period", "1999"}})
        .is_problem(422, "validation-failed")
        .has_error("/period", "unknown_period");
    const auto draft = portal().draft("CL");
    drafter.post(path_of(draft, "carry-forward"), {{"period", "2026-2027"}}).is_problem(409, "conflict");
    as(drafter_of("PE")).post(path_of(source, "carry-forward"), {{"period", "2026-2027"}}).is_problem(403, "forbidden");
    as(drafter_of("PE")).post(path_of(draft, "carry-forward"), {{"period", "2026-2027"}}).is_problem(404, "not-found");
}

TEST_F(CarryForward, WhatNamedAccountsReadStaysWithThem)
{
    const auto drafter = as(drafter_of("CL"));
    const auto word = [](const std::string& account) { return "account:" + account; };
    const auto named = Json{word(as(approver_of("CL")).account()), word(drafter.account())};
    const auto source = portal().published("CL", a_report({{"label", "TLP:RED"}, {"recipients", named}}));
    const auto refused = [](const Reply& reply, const std::string& pointer) {
        reply.is_problem(422, "audience-contradiction").has_error(pointer, "not_allowed_value");
    };
    const Json other{word(as(drafter_of("CL", "other")).account())};
    refused(drafter.post(path_of(source, "carry-forward"), {{"period", "2026-2027"}, {"label", "TLP:GREEN"}}), "/label");
    refused(drafter.post(path_of(source, "carry-forward"), {{"period", "2026-2027"}, {"label", "TLP:RED"}, {"recipients", other}}),
            "/recipients");
    const auto draft = carried(source);
    EXPECT_EQ(draft["meta"]["label"], "TLP:RED");
    const auto id = draft["id"].get<std::string>();
    refused(drafter.patch(path_of(id), {{"label", "TLP:GREEN"}}), "/label");
    refused(drafter.patch(path_of(id), {{"recipients", other}}), "/recipients");
    drafter.patch(path_of(id), {{"narrative", "another"}}).is(200);
}

// Whoever carried the text forward has a hand in it: somebody else approves.
TEST_F(CarryForward, AsksForASecondPerson)
{
    const auto source = published();
    const auto both = drafter_and_approver_of("CL");
    const auto id = as(both).post(path_of(source, "carry-forward"), {{"period", "2026-2027"}}).created_id();
    as(both).post(path_of(id, "submit")).is(200);
    as(both).post(path_of(id, "publish")).is_problem(403, "four-eyes");
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
}

}  // namespace
}  // namespace cbmx::test
