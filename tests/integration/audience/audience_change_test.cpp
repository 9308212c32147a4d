// Widening counts as publishing and needs a second approver; narrowing needs one. Who gains sees the record under the
// new number, who loses gets a tombstone there. Withdrawing and erasing: withdrawal_test.cpp.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using AudienceChange = Portal;
using nlohmann::json;

std::string confirm_path(const Reply& proposal) { return "/v1/proposals/" + proposal.json().at("id").get<std::string>() + "/confirm"; }

// The item of /v1/changes at one number, or null.
json change_at(const As& caller, std::int64_t seq)
{
    const auto page = caller.get("/v1/changes?limit=1&after=" + std::to_string(seq - 1)).is(200).json();
    return page["items"].empty() || page["items"][0]["seq"] != seq ? json() : page["items"][0];
}

TEST_F(AudienceChange, WideningWaitsForAnotherApprover)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto size = portal().ledger_size();
    const auto proposal = as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:CLEAR"}}).is(202);
    EXPECT_EQ(proposal.json()["content"]["status"], "waiting");
    EXPECT_EQ(portal().ledger_size(), size);
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(approver_of("CL")).post(confirm_path(proposal)).is_problem(403, "not-eligible");
    as(drafter_of("CL")).post(confirm_path(proposal)).is_problem(403, "forbidden");
    as(approver_of("PE")).post(confirm_path(proposal)).is_problem(404, "not-found");
    as(secretariat()).post(confirm_path(proposal)).is_problem(404, "not-found");
    as(nominator_of("CL")).post(confirm_path(proposal)).is_problem(403, "not-eligible");
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");

    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto waiting = portal().ledger_size();
    const auto confirmed = as(approver_of("CL", "second")).post(confirm_path(proposal)).is(200).has_receipt();
    EXPECT_EQ(confirmed.json()["content"]["status"], "confirmed");
    EXPECT_EQ(as(anyone()).get(path_of(id)).is(200).json()["meta"]["label"], "TLP:CLEAR");
    EXPECT_EQ(portal().ledger_size(), waiting + 1);
    as(approver_of("CL", "second")).post(confirm_path(proposal)).is_problem(409, "conflict");
}

TEST_F(AudienceChange, ACredentialThatTheProposerIssuedDoesNotConfirm)
{
    const Who proposer{"state:CL", {"approver", "nominator"}, "proposer"};
    const auto account = as(proposer).post("/v1/accounts", {{"name", "Armed by the proposer"}, {"roles", {"approver"}}}).created_id();
    const auto token = portal().enrolled(proposer, account, {{"scopes", {"read", "publish", "accounts"}}}).secret;
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}}));
    const auto proposal = as(proposer).post(path_of(id, "recipients"), {{"recipients", {"state:PE"}}}).is(202);
    as(anyone())
        .post(confirm_path(proposal), nullptr, bearing(token, {{"If-Match", "\"1-\""}}))
        .is_problem(403, "not-eligible")
        .has_error("", "four_eyes");
    as(drafter_of("PE")).get(path_of(id)).is_problem(404, "not-found");
    // Nor does the proposer confirm what such a credential proposed.
    const auto reverse =
        as(anyone()).post(path_of(id, "recipients"), {{"recipients", {"state:US"}}}, bearing(token, {{"If-Match", "\"1-\""}})).is(202);
    as(proposer).post(confirm_path(reverse)).is_problem(403, "not-eligible").has_error("", "four_eyes");
    as(approver_of("CL")).post(confirm_path(reverse)).is(200);
}

TEST_F(AudienceChange, WhatChangedSinceTheProposalIsNotConfirmedUnseen)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"state:PE", "state:US"}}}));
    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto proposal =
        as(approver_of("CL")).post(path_of(id, "recipients"), {{"recipients", {"state:PE", "state:US", "state:AR"}}}).is(202);
    as(approver_of("CL")).post(path_of(id, "recipients"), {{"recipients", {"state:US"}}}).is(200);
    as(approver_of("CL", "second")).post(confirm_path(proposal)).is_problem(409, "conflict");
    as(drafter_of("AR")).get(path_of(id)).is_problem(404, "not-found");
    as(drafter_of("PE")).get(path_of(id)).is_problem(404, "not-found");
}

TEST_F(AudienceChange, AProposalEndsByItselfWhenItHasLostItsPoint)
{
    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto proposed = [&](const std::string& id, const char* state) {
        return "/v1/proposals/" +
               as(approver_of("CL")).post(path_of(id, "recipients"), {{"recipients", {state}}}).is(202).json()["id"].get<std::string>();
    };
    const auto status = [&](const std::string& proposal) {
        return as(approver_of("CL", "second")).get(proposal).is(200).json()["content"]["status"].get<std::string>();
    };
    const auto withdrawn = portal().published("CL", a_report({{"label", "TLP:AMBER"}}));
    const auto other = portal().published("CL", a_report({{"label", "TLP:AMBER"}}));
    const auto one = proposed(withdrawn, "state:PE"), two = proposed(withdrawn, "state:US"), kept = proposed(other, "state:PE");
    as(approver_of("CL")).post(path_of(withdrawn, "withdraw")).is(200);
    EXPECT_EQ(status(one), "ended");
    EXPECT_EQ(status(two), "ended");
    EXPECT_EQ(status(kept), "waiting");
    as(approver_of("CL", "second")).post(one + "/confirm").is_problem(409, "conflict");
    // Of two wishes about one state of a report the one that is confirmed ends the other.
    const auto rival = proposed(other, "state:US");
    as(approver_of("CL", "second")).post(kept + "/confirm").is(200);
    EXPECT_EQ(status(kept), "confirmed");
    EXPECT_EQ(status(rival), "ended");
}

TEST_F(AudienceChange, AProposalAboutARedReportIsSeenByThoseNamedAlone)
{
    const auto one = approver_of("CL", "one"), two = approver_of("CL", "two"), outside = approver_of("CL", "outside");
    const auto id = portal().draft(
        "CL", a_report({{"label", "TLP:RED"}, {"recipients", {"account:" + as(one).account(), "account:" + as(two).account()}}}));
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    as(one).post(path_of(id, "publish")).is(200);
    const auto proposal = as(one).post(path_of(id, "label"), {{"label", "TLP:AMBER+STRICT"}}).is(202);
    for (const auto& who : {outside, nominator_of("CL")}) {
        as(who).get("/v1/proposals/" + proposal.json()["id"].get<std::string>()).is_problem(404, "not-found");
        EXPECT_EQ(as(who).get("/v1/proposals").is(200).json()["items"].size(), 0U);
        EXPECT_NE(as(who).post(confirm_path(proposal)).status(), 200);
    }
    as(two).post(confirm_path(proposal)).is(200);
    as(outside).get(path_of(id)).is(200);
}

TEST_F(AudienceChange, NarrowingIsAtOnceAndLeavesATombstoneToWhoLostSight)
{
    const auto id = portal().published("CL");
    const auto before = as(drafter_of("PE")).get(path_of(id)).is(200).json();
    const auto green = as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:GREEN"}}).is(200).has_receipt();
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(anyone()).get("/v1/receipts/" + std::to_string(before["meta"]["seq"].get<std::int64_t>())).is_problem(404, "not-found");
    const auto tombstone = change_at(as(anyone()), seq_of(green));
    EXPECT_EQ(tombstone["tombstone"], true);
    EXPECT_EQ(tombstone["subject"], (json{{"kind", "report"}, {"id", id}}));
    EXPECT_EQ(tombstone.size(), 4U);  // with seq and leaf_hash
    const auto kept = change_at(as(drafter_of("PE")), seq_of(green));
    EXPECT_EQ(kept["record"]["content"], before["content"]);
    EXPECT_EQ(kept["record"]["meta"]["label"], "TLP:GREEN");

    const auto amber = as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER"}}).is(200);
    as(drafter_of("PE")).get(path_of(id)).is_problem(404, "not-found");
    EXPECT_EQ(change_at(as(drafter_of("PE")), seq_of(amber))["tombstone"], true);
    EXPECT_TRUE(change_at(as(anyone()), seq_of(amber)).is_null());
    EXPECT_TRUE(changes_about(as(drafter_of("CU")), id).size() == 1 && changes_about(as(drafter_of("CU")), id)[0].contains("tombstone"));
    as(secretariat()).get(path_of(id)).is(200);
    as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER"}}).is_problem(409, "conflict");
    as(drafter_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER+STRICT"}}).is_problem(403, "forbidden");
}

class LeavingOneselfOut : public Portal {
protected:
    std::string word(const Who& who) { return "account:" + as(who).account(); }
    std::string red(const std::vector<Who>& named)
    {
        std::vector<std::string> words;
        for (const auto& who : named)
            words.push_back(word(who));
        const auto id = portal().draft("CL", a_report({{"label", "TLP:RED"}, {"recipients", words}}));
        as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
        as(named.front()).post(path_of(id, "publish")).is(200);
        return id;
    }
    static void shows_nothing_of_it(const Reply& reply, const std::string& id)
    {
        const auto body = reply.is(200).json();
        EXPECT_EQ(body.size(), 3U) << body;
        EXPECT_EQ(body.at("id"), id);
        EXPECT_TRUE(body.at("opening").is_null());
        EXPECT_EQ(reply.field("ETag"), "");
    }
    const Who one = approver_of("CL", "one"), two = approver_of("CL", "two"), three = approver_of("CL", "three");
};

TEST_F(LeavingOneselfOut, ByNarrowingIsAnsweredWithTheReceiptAlone)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}}));
    const json wish{{"label", "TLP:RED"}, {"recipients", {word(one)}}};
    const Fields fields{{"If-Match", as(two).get(path_of(id)).field("ETag")}, {"Idempotency-Key", "leaving"}};
    const auto left = as(two).post(path_of(id, "label"), wish, fields).has_receipt();
    shows_nothing_of_it(left, id);
    as(two).get(path_of(id)).is_problem(404, "not-found");
    as(one).get(path_of(id)).is(200);
    EXPECT_EQ(as(two).post(path_of(id, "label"), wish, fields).body(), left.body()) << "nor does the request that is repeated";
}

TEST_F(LeavingOneselfOut, ByConfirmingIsAnsweredWithTheReceiptAlone)
{
    const auto id = red({one, two});
    const auto proposal = as(one).post(path_of(id, "recipients"), {{"recipients", {word(one), word(three)}}}).is(202);
    const auto left = as(two).post(confirm_path(proposal)).has_receipt();
    shows_nothing_of_it(left, proposal.json()["id"]);
    as(two).get(path_of(id)).is_problem(404, "not-found");
    as(three).get(path_of(id)).is(200);
}

TEST_F(LeavingOneselfOut, OfAWorkingCopyIsAnsweredWithItsIdAlone)
{
    const auto id = portal().draft("CL");
    const auto left = as(drafter_of("CL", "other")).patch(path_of(id), {{"label", "TLP:RED"}, {"recipients", {word(one)}}});
    shows_nothing_of_it(left, id);
    EXPECT_TRUE(left.json().at("receipt").is_null());
    as(drafter_of("CL")).get(path_of(id)).is(200);
}

class Gaining : public Portal {
protected:
    // Two revisions for the own State and the secretariat.
    std::string two_revisions()
    {
        const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"narrative", "first words"}}));
        as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
        as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "second words"}}).is(200);
        as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
        as(approver_of("CL")).post(path_of(id, "publish")).is(200);
        return id;
    }
    std::int64_t widened(const std::string& id, const json& body)
    {
        as(approver_of("CL", "second")).get("/v1/me").is(200);
        const auto proposal = as(approver_of("CL")).post(path_of(id, "recipients"), body).is(202);
        return seq_of(as(approver_of("CL", "second")).post(confirm_path(proposal)).is(200));
    }
};

TEST_F(Gaining, WhoGainsAccessGetsTheRecordUnderTheNewNumberAndTheCurrentRevisionOnward)
{
    const auto id = two_revisions();
    const auto revisions = as(contact_of("CL")).get(path_of(id, "revisions")).json()["items"];
    const auto seq = widened(id, {{"recipients", {"office:secretariat", "state:PE"}}});
    EXPECT_EQ(as(contact_of("PE")).get(path_of(id)).is(200).json()["content"]["narrative"], "second words");
    const auto seen = as(contact_of("PE")).get(path_of(id, "revisions")).json()["items"];
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0]["meta"]["revision"], 2);
    as(contact_of("PE")).get(path_of(id, "revisions/1")).is_problem(404, "not-found");
    as(contact_of("PE")).get(path_of(id, "difference?from=1&to=2")).is_problem(404, "not-found");
    as(contact_of("PE"))
        .get("/v1/receipts/" + std::to_string(revisions[0]["meta"]["seq"].get<std::int64_t>()))
        .is_problem(404, "not-found");
    EXPECT_EQ(as(contact_of("PE")).get("/v1/changes?limit=1000").body().find("first words"), std::string::npos);

    const auto item = change_at(as(contact_of("PE")), seq);
    EXPECT_EQ(item["record"]["id"], id);
    EXPECT_EQ(item["record"]["content"]["narrative"], "second words");
    const auto receipt = as(contact_of("PE")).get("/v1/receipts/" + std::to_string(seq)).is(200).json();
    EXPECT_EQ(fault_of(portal(), receipt["receipt"], receipt["opening"]), "none");
    EXPECT_EQ(fault_of(portal(), receipt["publication"]["receipt"], receipt["publication"]["opening"]), "none");
    EXPECT_EQ(receipt["publication"]["opening"]["content"]["narrative"], "second words");
    EXPECT_FALSE(receipt["opening"].contains("recipients"));  // the author's State alone
    EXPECT_TRUE(receipt["opening"].contains("authority"));    // who reads what was said reads what stood behind it
    EXPECT_TRUE(receipt["publication"]["opening"].contains("authority"));
    EXPECT_TRUE(as(contact_of("CL")).get("/v1/receipts/" + std::to_string(seq)).json()["opening"].contains("recipients"));
}

TEST_F(Gaining, EarlierRevisionsComeOnlyWhenTicked)
{
    const auto id = two_revisions();
    widened(id, {{"recipients", {"state:PE"}}});
    widened(id, {{"recipients", {"state:PE", "state:US"}}, {"include_earlier_revisions", true}});
    EXPECT_EQ(as(contact_of("US")).get(path_of(id, "revisions")).json()["items"].size(), 2U);
    EXPECT_EQ(as(contact_of("US")).get(path_of(id, "revisions/1")).is(200).json()["content"]["narrative"], "first words");
}

TEST_F(Gaining, OneUnnamedLosesItAndOneNamedAgainGetsItAgain)
{
    const auto id = two_revisions();
    widened(id, {{"recipients", {"state:PE", "state:US"}}});
    const auto narrowed = as(approver_of("CL")).post(path_of(id, "recipients"), {{"recipients", {"state:US"}}}).is(200);
    as(contact_of("PE")).get(path_of(id)).is_problem(404, "not-found");
    as(contact_of("PE")).get("/v1/receipts/" + std::to_string(seq_of(narrowed))).is_problem(404, "not-found");
    ASSERT_EQ(changes_about(as(contact_of("PE")), id).size(), 1U);
    EXPECT_EQ(change_at(as(contact_of("PE")), seq_of(narrowed))["tombstone"], true);
    EXPECT_TRUE(change_at(as(contact_of("US")), seq_of(narrowed)).contains("record"));
    const auto again = widened(id, {{"recipients", {"state:PE", "state:US"}}});
    EXPECT_EQ(change_at(as(contact_of("PE")), again)["record"]["content"]["narrative"], "second words");
    as(contact_of("PE")).get(path_of(id)).is(200);
}

TEST_F(Gaining, ARevisionWithANarrowerAudienceIsALossToo)
{
    const auto id = portal().published("CL");
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    as(drafter_of("CL")).patch(path_of(id, "draft"), {{"label", "TLP:AMBER"}}).is(200);
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    const auto published = as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    as(anyone()).get(path_of(id, "revisions/1")).is_problem(404, "not-found");
    EXPECT_EQ(change_at(as(anyone()), seq_of(published))["tombstone"], true);
}

}  // namespace
}  // namespace cbmx::test
