// Who gets a report (recipients) and what they may do with it (the label), from the draft on. Widening and narrowing a
// publication: audience_change_test.cpp.
#include "integration/proofs.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using Audience = Portal;
using nlohmann::json;

std::string word_for(const As& who) { return "account:" + who.account(); }

TEST_F(Audience, EachLabelHasItsDefaultRecipients)
{
    const std::vector<std::pair<std::string, json>> expected{
        {"TLP:CLEAR", {"public", "state:CL"}},
        {"TLP:GREEN", {"members", "office:chair", "office:reviewers", "office:secretariat", "office:vice_chair", "state:CL"}},
        {"TLP:AMBER", {"office:secretariat", "state:CL"}},
        {"TLP:AMBER+STRICT", json::array({"state:CL"})},
        {"TLP:RED", json::array({word_for(as(drafter_of("CL")))})}};
    for (const auto& [label, recipients] : expected) {
        const auto id = portal().draft("CL", a_report({{"label", label}}));
        const auto meta = as(drafter_of("CL")).get(path_of(id)).json()["meta"];
        EXPECT_EQ(meta["label"], label);
        EXPECT_EQ(meta["recipients"], recipients) << label;
    }
    const auto unlabelled = portal().draft("CL", a_report({{"label", nullptr}}));
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(unlabelled)).json()["meta"]["label"], "TLP:AMBER");
}

TEST_F(Audience, TheOldWordWhiteIsAcceptedForClearAndNeverEmitted)
{
    const auto id = portal().draft("CL", a_report({{"label", "TLP:WHITE"}}));
    const auto reply = as(drafter_of("CL")).patch(path_of(id), {{"label", "TLP:WHITE"}, {"narrative", "again"}}).is(200);
    EXPECT_EQ(reply.json()["content"]["label"], "TLP:CLEAR");
    EXPECT_EQ(reply.json()["meta"]["recipients"], json({"public", "state:CL"}));
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    const auto published = as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    for (const auto& body :
         {reply.body(), published.body(), as(anyone()).get("/v1/changes").body(), as(anyone()).get("/v1/reports?label=TLP:WHITE").body()})
        EXPECT_EQ(body.find("WHITE"), std::string::npos);
}

TEST_F(Audience, ContradictionsOfLabelAndRecipientsAreRefusedEachWithItsPointer)
{
    const auto drafter = as(drafter_of("CL"));
    const auto refused = [&](const std::string& label, const json& recipients) {
        return drafter.post("/v1/reports", a_report({{"label", label}, {"recipients", recipients}}));
    };
    refused("TLP:GREEN", {"state:PE", "public"}).is_problem(422, "audience-contradiction").has_error("/recipients/1", "label_recipients");
    refused("TLP:AMBER", {"public", "state:PE", "members"})
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients/0", "label_recipients")
        .has_error("/recipients/2", "label_recipients");
    refused("TLP:AMBER+STRICT", json::array({"members"}))
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients/0", "label_recipients");
    refused("TLP:RED", {word_for(drafter), "state:PE", "office:chair"})
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients/1", "label_recipients")
        .has_error("/recipients/2", "label_recipients");
    refused("TLP:CLEAR", {"state:ZZ", "account:00000000-0000-4000-8000-000000000000"})
        .is_problem(422, "validation-failed")
        .has_error("/recipients/0", "unknown_state")
        .has_error("/recipients/1", "unknown_account");
    refused("TLP:CLEAR", {"state:PE", "state:PE"}).is_problem(422, "validation-failed").has_error("/recipients/1", "duplicate_item");
    refused("tlp:clear", json::array()).is_problem(422, "validation-failed").has_error("/label", "not_allowed_value");
    // The same table guards a saved draft and a publication.
    const auto id = portal().draft("CL");
    drafter.patch(path_of(id), {{"label", "TLP:AMBER"}, {"recipients", {"public"}}})
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients/0", "label_recipients");
    drafter.post(path_of(id, "submit")).is(200);
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    as(approver_of("CL"))
        .post(path_of(id, "recipients"), {{"recipients", {"account:x"}}})
        .is_problem(422, "validation-failed")
        .has_error("/recipients/0", "pattern");
    as(approver_of("CL"))
        .post(path_of(id, "label"), {{"label", "TLP:GREEN"}, {"recipients", {"public"}}})
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients/0", "label_recipients");
    as(approver_of("CL"))
        .post(path_of(id, "label"), {{"label", "TLP:RED"}})
        .is_problem(422, "audience-contradiction")
        .has_error("/recipients", "needs_named_accounts");
}

TEST_F(Audience, AmberIsReadByThoseNamedAndByNobodyElse)
{
    portal().hold_offices();
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"state:PE", "office:chair"}}}));
    for (const auto& reader : {drafter_of("PE"), contact_of("PE"), chair(), contact_of("CL")})
        as(reader).get(path_of(id)).is(200);
    for (const auto& other : {drafter_of("US"), secretariat(), reviewer(), auditor(), anyone()}) {
        as(other).get(path_of(id)).is_problem(404, "not-found");
        as(other).get(path_of(id, "revisions")).is_problem(404, "not-found");
        EXPECT_EQ(as(other).get("/v1/reports").json()["items"].size(), 0U);
    }
    // Only the own State sees who else may read it.
    EXPECT_FALSE(as(drafter_of("PE")).get(path_of(id)).json()["meta"].contains("recipients"));
    EXPECT_TRUE(as(contact_of("CL")).get(path_of(id)).json()["meta"].contains("recipients"));
}

TEST_F(Audience, AllMembersMeansTheStatesThatParticipate)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    for (const auto& reader : {contact_of("PE"), secretariat(), chair(), reviewer()})
        as(reader).get(path_of(id)).is(200);
    for (const auto& other : {contact_of("CU"), contact_of("NI"), auditor(), anyone()})
        as(other).get(path_of(id)).is_problem(404, "not-found");
}

TEST_F(Audience, RedIsHiddenFromWhoIsNotNamedAtEveryStage)
{
    const auto named = approver_of("CL", "named");
    const auto unnamed = approver_of("CL", "unnamed");
    const auto id = portal().draft("CL", a_report({{"label", "TLP:RED"}}));
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(id)).json()["meta"]["recipients"], json::array({word_for(as(drafter_of("CL")))}));
    as(drafter_of("CL")).post(path_of(id, "submit")).is_problem(403, "not-eligible").has_error("/recipients", "needs_eligible_approver");
    as(drafter_of("CL")).patch(path_of(id), {{"recipients", {word_for(as(named))}}}).is(200);
    const auto submitted = as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    const auto hidden = [&](const Who& who) {
        as(who).get(path_of(id)).is_problem(404, "not-found");
        as(who).get(path_of(id, "draft")).is_problem(404, "not-found");
        EXPECT_EQ(as(who).get("/v1/reports").body().find(id), std::string::npos) << who.key();
        EXPECT_EQ(as(who).get("/v1/changes?limit=1000").body().find(id), std::string::npos) << who.key();
        as(who).get("/v1/receipts/" + std::to_string(seq_of(submitted))).is_problem(404, "not-found");
    };
    for (const auto& who : {unnamed, drafter_of("CL", "unnamed"), contact_of("CL"), drafter_of("PE"), secretariat(), anyone()})
        hidden(who);
    as(unnamed).post(path_of(id, "publish")).is_problem(404, "not-found");
    as(unnamed).post(path_of(id, "return"), {{"reason", "no"}}).is_problem(404, "not-found");
    as(named).post(path_of(id, "publish")).is(200).has_receipt();
    as(drafter_of("CL")).get(path_of(id)).is(200);
    for (const auto& who : {unnamed, drafter_of("CL", "unnamed"), contact_of("CL"), drafter_of("PE"), secretariat(), anyone()})
        hidden(who);
    as(unnamed).post(path_of(id, "withdraw")).is_problem(404, "not-found");
    as(unnamed).post(path_of(id, "label"), {{"label", "TLP:CLEAR"}}).is_problem(404, "not-found");
    EXPECT_EQ(as(unnamed).get("/v1/audit?limit=1000").body().find(id), std::string::npos);
}

TEST_F(Audience, WhoTouchedARedReportIsNoEligibleApproverOfIt)
{
    const auto both = drafter_and_approver_of("CL");
    const auto id = as(both).post("/v1/reports", a_report({{"label", "TLP:RED"}})).created_id();
    as(both).post(path_of(id, "submit")).is_problem(403, "not-eligible").has_error("/recipients", "needs_eligible_approver");
    as(both).patch(path_of(id), {{"recipients", {word_for(as(approver_of("CL")))}}}).is(200);
    as(both).post(path_of(id, "submit")).is(200);
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
}

TEST_F(Audience, WhoDoesNotReadARedReportIsNoEligibleApproverOfItsRevision)
{
    const auto reads = approver_of("CL", "reads"), named = approver_of("CL", "named");
    const auto drafter = drafter_of("CL");
    const auto id = portal().draft("CL", a_report({{"label", "TLP:RED"}, {"recipients", {word_for(as(reads))}}}));
    as(drafter).post(path_of(id, "submit")).is(200);
    as(reads).post(path_of(id, "publish")).is(200);
    as(drafter).post(path_of(id, "revise")).is(201);
    const auto name = [&](const json& words) { as(drafter).patch(path_of(id, "draft"), {{"recipients", words}}).is(200); };
    const auto is_refused = [&] {
        as(drafter).post(path_of(id, "submit")).is_problem(403, "not-eligible").has_error("/recipients", "needs_eligible_approver");
    };
    name({word_for(as(drafter)), word_for(as(named))});
    as(named).get(path_of(id, "draft")).is_problem(404, "not-found");
    is_refused();
    name({word_for(as(drafter)), word_for(as(named)), word_for(as(reads))});
    as(drafter).post(path_of(id, "submit")).is(200);
    as(drafter).post(path_of(id, "take-back")).is(200);
    // Nor of a wider one: until it is published, the record's own readers alone open it.
    as(drafter).patch(path_of(id, "draft"), {{"label", "TLP:AMBER"}}).is(200);
    as(nominator_of("CL")).patch("/v1/accounts/" + as(reads).account(), {{"status", "disabled"}}).is(200);
    is_refused();
    as(nominator_of("CL")).patch("/v1/accounts/" + as(reads).account(), {{"status", "active"}}).is(200);
    as(drafter).post(path_of(id, "submit")).is(200);
    as(reads).post(path_of(id, "publish")).is(200);
}

TEST_F(Audience, ARedReportWhoseNamedAreGoneIsRescuedByNominatorAndApproverTogether)
{
    const auto named = approver_of("CL", "named");
    const auto drafter = drafter_of("CL");
    const auto nominator = nominator_of("CL");
    const auto approver = approver_of("CL");
    const auto id = portal().draft("CL", a_report({{"label", "TLP:RED"}, {"recipients", {word_for(as(named))}}}));
    as(drafter).post(path_of(id, "submit")).is(200);
    as(named).post(path_of(id, "publish")).is(200);
    const json wish{{"recipients", {word_for(as(approver))}}};
    as(nominator).post(path_of(id, "recipients"), wish).is_problem(404, "not-found");  // somebody named is still there
    for (const auto& gone : {named, drafter})
        as(nominator).patch("/v1/accounts/" + as(gone).account(), {{"status", "disabled"}}).is(200);
    as(approver).get(path_of(id)).is_problem(404, "not-found");
    as(approver).post(path_of(id, "recipients"), wish).is_problem(404, "not-found");
    as(nominator_of("PE")).post(path_of(id, "recipients"), wish).is_problem(404, "not-found");
    as(nominator)
        .post(path_of(id, "recipients"), {{"recipients", {word_for(as(approver)), word_for(as(nominator))}}})
        .is_problem(422, "audience-contradiction");
    const auto proposal = as(nominator).post(path_of(id, "recipients"), wish).is(202).json()["id"].get<std::string>();
    as(nominator).post("/v1/proposals/" + proposal + "/confirm").is_problem(403, "not-eligible");
    as(approver).post("/v1/proposals/" + proposal + "/confirm").is(200).has_receipt();
    EXPECT_EQ(as(approver).get(path_of(id)).is(200).json()["content"]["narrative"], "A test report.");
    as(nominator).get(path_of(id)).is_problem(404, "not-found");
}

TEST_F(Audience, ARedDraftWhoseNamedAreGoneIsRescuedBeforeItIsPublished)
{
    const auto approver = approver_of("CL");
    const auto id = portal().draft("CL", a_report({{"label", "TLP:RED"}, {"recipients", {word_for(as(approver_of("CL", "named")))}}}));
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    for (const auto& gone : {approver_of("CL", "named"), drafter_of("CL")})
        as(nominator_of("CL")).patch("/v1/accounts/" + as(gone).account(), {{"status", "disabled"}}).is(200);
    const auto heir = as(drafter_of("CL", "heir"));
    as(approver).get("/v1/me").is(200);
    const auto proposal =
        as(nominator_of("CL")).post(path_of(id, "recipients"), {{"recipients", {word_for(heir)}}}).is(202).json()["id"].get<std::string>();
    heir.get(path_of(id)).is_problem(404, "not-found");
    as(approver).post("/v1/proposals/" + proposal + "/confirm").is(200);
    // What was submitted to others is submitted again, to an approver whom the heir names.
    EXPECT_EQ(heir.get(path_of(id, "draft")).is(200).json()["meta"]["workflow_state"], "draft");
    heir.post(path_of(id, "submit")).is_problem(403, "not-eligible");
    heir.patch(path_of(id), {{"recipients", {word_for(heir), word_for(as(approver))}}}).is(200);
    heir.post(path_of(id, "submit")).is(200);
    as(approver).post(path_of(id, "publish")).is(200);
}

}  // namespace
}  // namespace cbmx::test
