// The life of a report, over TLS: who sees what, and what may become what. Lists: report_lists_test.cpp.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using Reports = Portal;
using nlohmann::json;

TEST_F(Reports, ADraftIsInvisibleToOtherStatesUntilPublished)
{
    const auto id = as(drafter_of("CL")).post("/v1/reports", a_report()).created_id();
    as(drafter_of("PE")).get(path_of(id)).is_problem(404, "not-found");
    as(secretariat()).get(path_of(id)).is_problem(404, "not-found");
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(contact_of("CL")).get(path_of(id)).is_problem(404, "not-found");
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200).has_receipt();
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(approver_of("CL")).post(path_of(id, "publish")).is(200).has_receipt();
    as(anyone()).get(path_of(id)).is(200);
    as(drafter_of("PE")).get(path_of(id)).is(200);
}

TEST_F(Reports, WhoTouchedTheContentCannotPublishIt)
{
    const auto both = drafter_and_approver_of("CL");
    const auto id = as(both).post("/v1/reports", a_report()).created_id();
    as(both).post(path_of(id, "submit")).is(200);
    as(both).post(path_of(id, "publish")).is_problem(403, "four-eyes");
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
}

TEST_F(Reports, SavingAndSubmittingAreTouchingUntilTheNextPublication)
{
    const auto both = drafter_and_approver_of("CL");
    const auto saved = portal().draft("CL");
    as(both).patch(path_of(saved), {{"narrative", "a word of mine"}}).is(200);
    as(drafter_of("CL")).post(path_of(saved, "submit")).is(200);
    as(both).post(path_of(saved, "publish")).is_problem(403, "four-eyes");
    as(approver_of("CL")).post(path_of(saved, "publish")).is(200);

    as(drafter_of("CL")).post(path_of(saved, "revise")).is(201);
    as(drafter_of("CL")).post(path_of(saved, "submit")).is(200);
    as(both).post(path_of(saved, "publish")).is(200);

    const auto submitted = portal().draft("CL");
    as(both).post(path_of(submitted, "submit")).is(200);
    as(both).post(path_of(submitted, "publish")).is_problem(403, "four-eyes");
}

TEST_F(Reports, AStaleVersionIsRefusedAndNothingChanges)
{
    const auto id = portal().draft("CL");
    const auto tag = as(drafter_of("CL")).get(path_of(id)).field("ETag");
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "first"}}, {{"If-Match", tag}}).is(200);
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "second"}}, {{"If-Match", tag}}).is_problem(412, "precondition-failed");
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(id)).json()["content"]["narrative"], "first");
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "third"}}, {{"If-Match", ""}}).is_problem(428, "precondition-required");
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "fourth"}}, {{"If-Match", "*"}}).is(200);
}

TEST_F(Reports, ADrafterTakesBackWhatNobodyHasDecided)
{
    const auto id = portal().submitted("CL");
    as(approver_of("CL")).post(path_of(id, "take-back")).is_problem(403, "forbidden");
    const auto taken = as(drafter_of("CL", "colleague")).post(path_of(id, "take-back")).is(200).has_receipt().json();
    EXPECT_EQ(taken["meta"]["workflow_state"], "draft");
    EXPECT_TRUE(taken["meta"]["return_reason"].is_null());
    EXPECT_EQ(taken["receipt"]["entry"]["kind"], "report_returned");
    EXPECT_TRUE(taken["opening"]["record"]["reason"].is_null());
    as(approver_of("CL")).post(path_of(id, "publish")).is_problem(409, "conflict");
    as(drafter_of("CL")).remove(path_of(id)).is_problem(409, "conflict");
    const auto published = portal().published("CL");
    as(drafter_of("CL")).post(path_of(published, "take-back")).is_problem(409, "conflict");
}

TEST_F(Reports, ASubmittedReportIsFrozenUntilReturnedWithAReason)
{
    const auto id = portal().submitted("CL");
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "late"}}).is_problem(409, "conflict");
    as(drafter_of("CL")).post(path_of(id, "return"), {{"reason", "mine"}}).is_problem(403, "forbidden");
    as(approver_of("PE")).post(path_of(id, "return"), {{"reason", "theirs"}}).is_problem(404, "not-found");
    as(approver_of("CL")).post(path_of(id, "return"), json::object()).is_problem(422, "validation-failed").has_error("/reason", "required");
    as(approver_of("CL")).post(path_of(id, "return"), {{"reason", "Name the decree."}}).is(200).has_receipt();

    const auto draft = as(drafter_of("CL")).get(path_of(id, "draft")).is(200).json();
    EXPECT_EQ(draft["meta"]["return_reason"], "Name the decree.");
    EXPECT_EQ(draft["meta"]["workflow_state"], "draft");
    EXPECT_TRUE(changes_about(as(drafter_of("PE")), id).empty());
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "Decree 273."}}).is(200);
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    EXPECT_EQ(as(anyone()).get(path_of(id)).json()["content"]["narrative"], "Decree 273.");
    EXPECT_EQ(as(anyone()).get(path_of(id)).body().find("Name the decree"), std::string::npos);
}

TEST_F(Reports, OnlyWhatWasNeverSubmittedCanBeDiscarded)
{
    const auto fresh = portal().draft("CL");
    as(approver_of("CL")).remove(path_of(fresh)).is_problem(403, "forbidden");
    as(drafter_of("CL")).remove(path_of(fresh)).is(204);
    as(drafter_of("CL")).get(path_of(fresh)).is_problem(404, "not-found");

    const auto id = portal().submitted("CL");
    as(drafter_of("CL")).remove(path_of(id)).is_problem(409, "conflict");
    as(approver_of("CL")).post(path_of(id, "return"), {{"reason", "Again."}}).is(200);
    as(drafter_of("CL")).remove(path_of(id)).is_problem(409, "conflict");
    as(drafter_of("CL")).get(path_of(id)).is(200);
}

TEST_F(Reports, ARevisionIsPreparedBesideThePublicationAndThenSupersedesIt)
{
    const auto id = portal().published("CL", a_report({{"narrative", "old"}, {"tags", {"law"}}}));
    as(approver_of("CL")).post(path_of(id, "revise")).is_problem(403, "forbidden");
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    as(drafter_of("CL")).post(path_of(id, "revise")).is_problem(409, "conflict");
    as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "new"}, {"status", "implemented"}}).is(200);

    const auto outside = as(anyone()).get(path_of(id)).is(200).json();
    EXPECT_EQ(outside["content"]["narrative"], "old");
    EXPECT_FALSE(outside["meta"].contains("draft"));
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(id)).json()["meta"]["draft"]["workflow_state"], "draft");
    as(anyone()).get(path_of(id, "draft")).is_problem(404, "not-found");
    as(drafter_of("PE")).get(path_of(id, "draft")).is_problem(404, "not-found");
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(id, "draft")).json()["content"]["revision"], 2);

    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    as(approver_of("CL")).post(path_of(id, "publish")).is(200).has_receipt();
    const auto revisions = as(anyone()).get(path_of(id, "revisions")).is(200).json()["items"];
    ASSERT_EQ(revisions.size(), 2U);
    EXPECT_EQ(revisions[0]["content"]["narrative"], "old");
    EXPECT_EQ(revisions[0]["meta"]["superseded"], true);
    EXPECT_EQ(revisions[1]["meta"]["superseded"], false);
    EXPECT_EQ(as(anyone()).get(path_of(id, "revisions/1")).json()["content"], revisions[0]["content"]);
    as(anyone()).get(path_of(id, "revisions/3")).is_problem(404, "not-found");

    const auto difference = as(anyone()).get(path_of(id, "difference?from=1&to=2")).is(200).json()["changes"];
    EXPECT_EQ(difference, json::parse(R"([{"pointer":"/narrative","before":"old","after":"new"},)"
                                      R"({"pointer":"/status","before":"in_progress","after":"implemented"}])"));
    as(anyone()).get(path_of(id, "difference?from=1")).is_problem(400, "invalid-parameter").has_error("query:to", "required");
}

TEST_F(Reports, DiscardingARevisionInPreparationLeavesThePublication)
{
    const auto id = portal().published("CL");
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    as(drafter_of("CL")).remove(path_of(id, "draft")).is(204);
    as(drafter_of("CL")).get(path_of(id, "draft")).is_problem(404, "not-found");
    EXPECT_EQ(as(anyone()).get(path_of(id)).is(200).json()["meta"]["revision"], 1);
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
}

TEST_F(Reports, APatchRemovesWithNullAndReplacesArraysWhole)
{
    const auto id = portal().draft("CL", a_report({{"challenges", "few"}, {"tags", {"law", "norms"}}}));
    const auto content =
        as(drafter_of("CL")).patch(path_of(id), {{"challenges", nullptr}, {"tags", {"training"}}}).is(200).json()["content"];
    EXPECT_FALSE(content.contains("challenges"));
    EXPECT_EQ(content["tags"], json::array({"training"}));
    EXPECT_EQ(content["narrative"], "A test report.");
    as(drafter_of("CL")).patch(path_of(id), {{"status", nullptr}}).is_problem(422, "validation-failed").has_error("/status", "required");
    as(drafter_of("CL"))
        .patch(path_of(id), {{"status", "late"}, {"narrative", 7}})
        .is_problem(422, "validation-failed")
        .has_error("/status", "not_allowed_value")
        .has_error("/narrative", "wrong_type");
    // What a report is about never changes; what the server owns never comes from a body.
    auto refused =
        as(drafter_of("CL")).patch(path_of(id), {{"measure", "OAS-CBM-2"}, {"period", "2026-2027"}, {"state", "PE"}, {"revision", 9}});
    refused.is_problem(422, "validation-failed");
    for (const char* pointer : {"/measure", "/period", "/state", "/revision"})
        refused.has_error(pointer, "unknown_member");
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(id)).json()["content"], content);
}

TEST_F(Reports, NothingNewCarriesTheEarlierTextForwardVisiblyMarked)
{
    const auto earlier = portal().published("CL", a_report({{"narrative", "What we said."}, {"challenges", "What was hard."}}));
    const json next{{"period", "2026-2027"}, {"status", "nothing_new"}, {"last_declared_year", 2026}, {"narrative", nullptr}};
    const auto id = portal().draft("CL", a_report(next));
    const auto draft = as(drafter_of("CL")).get(path_of(id)).json();
    EXPECT_EQ(draft["content"]["carried_forward"], (json{{"report", earlier},
                                                         {"revision", 1},
                                                         {"period", "2025-2026"},
                                                         {"narrative", "What we said."},
                                                         {"challenges", "What was hard."}}));
    EXPECT_EQ(draft["meta"]["notices"].size(), 1U);
    // Another State's text is not ours to carry, and another status carries nothing.
    EXPECT_FALSE(as(drafter_of("PE")).get(path_of(portal().draft("PE", a_report(next)))).json()["content"].contains("carried_forward"));
    as(drafter_of("CL")).patch(path_of(id), {{"status", "implemented"}, {"last_declared_year", nullptr}}).is(200);
    EXPECT_FALSE(as(drafter_of("CL")).get(path_of(id)).json()["content"].contains("carried_forward"));
    as(drafter_of("CL"))
        .post("/v1/reports", a_report({{"carried_forward", "mine"}}))
        .is_problem(422, "validation-failed")
        .has_error("/carried_forward", "unknown_member");
    as(drafter_of("CL"))
        .patch(path_of(id), {{"last_declared_year", 2026}})
        .is_problem(422, "validation-failed")
        .has_error("/last_declared_year", "invalid_value");
}

TEST_F(Reports, TextIsNeverCarriedForwardFromAStricterLabel)
{
    portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"narrative", "For few."}}));
    json next{{"period", "2026-2027"}, {"status", "nothing_new"}, {"narrative", nullptr}};
    const auto open = portal().draft("CL", a_report(next));
    EXPECT_FALSE(as(drafter_of("CL")).get(path_of(open)).json()["content"].contains("carried_forward"));
    next["label"] = "TLP:AMBER+STRICT";
    const auto strict = portal().draft("CL", a_report(next));
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(strict)).json()["content"]["carried_forward"]["narrative"], "For few.");
    as(drafter_of("CL")).patch(path_of(strict), {{"label", "TLP:CLEAR"}}).is(200);
    EXPECT_FALSE(as(drafter_of("CL")).get(path_of(strict)).json()["content"].contains("carried_forward"));
}

}  // namespace
}  // namespace cbmx::test
