// An office is its holder for a term (rules.md 37): who reads what is addressed to chair, vice-chair and reviewers, before and after
// the office changes hands. The clock of these tests begins on 2027-01-15.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using nlohmann::json;

class Offices : public Portal {
protected:
    const Who first_chair{"office:chair/chair-1", {"chair"}, ""}, next_chair{"office:chair/chair-2", {"chair"}, ""};

    static json term(const std::string& code, const std::string& office, const std::string& state, const std::string& from,
                     const json& until = nullptr)
    {
        return {{"code", code},
                {"office", office},
                {"state", state},
                {"from", from},
                {"until", until},
                {"decision", {{"number", "Test/1/26"}, {"date", "2026-11-20"}, {"document", {{"title", "A test's decision"}}}}}};
    }
    void enter(const json& body) { as(secretariat()).post("/v1/office-terms", body).is(201).has_receipt(); }
    // Costa Rica until the end of January, then Jamaica.
    void two_chairs()
    {
        as(approver_of("CL", "second")).get("/v1/me").is(200);
        enter(term("chair-1", "chair", "CR", "2027-01-01", "2027-02-01"));
        enter(term("chair-2", "chair", "JM", "2027-02-01"));
    }
    void in_february() { portal().advance(std::chrono::days(20)); }
    std::string confirmed(const Reply& proposal)
    {
        const auto path = "/v1/proposals/" + proposal.is(202).json().at("id").get<std::string>() + "/confirm";
        as(approver_of("CL", "second")).post(path).is(200).has_receipt();
        return path;
    }
    json recipients(const std::string& id) { return as(contact_of("CL")).get(path_of(id)).is(200).json()["meta"]["recipients"]; }
};

TEST_F(Offices, WhatIsAddressedBelowGreenIsReadByItsHolderInThatTerm)
{
    two_chairs();
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"office:chair"}}}));
    EXPECT_EQ(recipients(id), (json{"office:chair/chair-1", "state:CL"}));
    as(first_chair).get(path_of(id)).is(200);
    as(next_chair).get(path_of(id)).is_problem(404, "not-found");
    in_february();
    as(first_chair).get(path_of(id)).is(200);
    as(next_chair).get(path_of(id)).is_problem(404, "not-found");
    EXPECT_EQ(as(next_chair).get("/v1/changes?limit=1000").is(200).body().find(id), std::string::npos);

    confirmed(as(approver_of("CL")).post(path_of(id, "recipients"), {{"recipients", {"office:chair", "office:chair/chair-1"}}}));
    EXPECT_EQ(recipients(id), (json{"office:chair/chair-1", "office:chair/chair-2", "state:CL"}));
    as(next_chair).get(path_of(id)).is(200);
    as(first_chair).get(path_of(id)).is(200);
}

TEST_F(Offices, GreenIsReadByWhoeverHoldsTheOffice)
{
    two_chairs();
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}, {"recipients", {"office:chair"}}}));
    as(first_chair).get(path_of(id)).is(200);
    as(next_chair).get(path_of(id)).is_problem(404, "not-found");
    in_february();
    as(first_chair).get(path_of(id)).is_problem(404, "not-found");
    as(next_chair).get(path_of(id)).is(200);
    // Narrowed in this term, it stays with who holds the office now; nobody new reads it, so one approver is enough.
    as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER"}, {"recipients", {"office:chair"}}}).is(200);
    EXPECT_EQ(recipients(id), (json{"office:chair/chair-2", "state:CL"}));
    as(next_chair).get(path_of(id)).is(200);
    as(next_chair).get(path_of(id, "revisions/1")).is(200);
}

TEST_F(Offices, ARevisionIsAddressedToWhoHoldsTheOfficeWhenItIsPublished)
{
    two_chairs();
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"office:chair"}}}));
    as(first_chair).get(path_of(id)).is(200);
    in_february();
    const auto draft = as(drafter_of("CL")).post(path_of(id, "revise")).is(201).json();
    EXPECT_EQ(draft["meta"]["recipients"], (json{"office:chair", "state:CL"}));
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    as(next_chair).get(path_of(id)).is(200);
    as(next_chair).get(path_of(id, "revisions/1")).is_problem(404, "not-found");
    as(first_chair).get(path_of(id)).is_problem(404, "not-found");
}

TEST_F(Offices, NobodyIsAddressedWhereNobodyHoldsTheOffice)
{
    const auto id = portal().submitted("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"office:chair"}}}));
    as(approver_of("CL")).post(path_of(id, "publish")).is_problem(422, "audience-contradiction").has_error("/recipients", "no_holder");
    as(drafter_of("CL"))
        .post("/v1/reports", a_report({{"label", "TLP:AMBER"}, {"recipients", {"office:chair/unknown"}}}))
        .is_problem(422, "validation-failed")
        .has_error("/recipients/0", "unknown_reference");
    enter(term("chair-1", "chair", "CR", "2027-01-01"));
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    as(first_chair).get(path_of(id)).is(200);
}

TEST_F(Offices, AnAccountBelongsToOneTerm)
{
    two_chairs();
    const auto home_of = [&](const Who& who) { return as(who).get("/v1/me").is(200).json()["home"]; };
    EXPECT_EQ(home_of({"office:chair", {"chair"}, "present"}), "office:chair/chair-1");
    EXPECT_EQ(home_of(next_chair), "office:chair/chair-2");
    EXPECT_EQ(home_of(first_chair), "office:chair/chair-1");
    in_february();
    EXPECT_EQ(home_of({"office:chair", {"chair"}, "present now"}), "office:chair/chair-2");
    EXPECT_THROW(home_of({"office:chair/chair-1", {"chair"}, "too late"}), std::runtime_error) << "that term is over";
    EXPECT_THROW(home_of({"office:vice_chair", {"chair"}, ""}), std::runtime_error) << "nobody holds it";
    // Nor does the former holder see the accounts of the present one, or the directory.
    EXPECT_EQ(as(first_chair).get("/v1/contacts").is(200).json()["items"].size(), 0U);
    const auto accounts = as(first_chair).get("/v1/accounts").is(200).json();
    for (const auto& account : accounts["items"])
        EXPECT_EQ(account["content"]["home"], "office:chair/chair-1");
}

TEST_F(Offices, TermsArePublicAndKeptByTheSecretariat)
{
    two_chairs();
    const auto shown = as(anyone()).get("/v1/office-terms/chair-1").is(200).json();
    EXPECT_EQ(shown["content"]["state"], "CR");
    EXPECT_EQ(shown["content"]["decision"]["number"], "Test/1/26");
    EXPECT_EQ(as(anyone()).get("/v1/office-terms").is(200).json()["items"].size(), 2U);
    for (const auto& who : {approver_of("CR"), nominator_of("CR"), first_chair, auditor()})
        as(who).post("/v1/office-terms", term("mine", "vice_chair", "CR", "2027-01-01")).is_problem(403, "forbidden");
    as(secretariat())
        .post("/v1/office-terms", term("chair-3", "chair", "PE", "2027-01-20", "2027-01-25"))
        .is_problem(422, "validation-failed")
        .has_error("/from", "term_overlaps");
    as(secretariat())
        .post("/v1/office-terms", term("chair-3", "chair", "ZZ", "2026-01-20", "2026-01-20"))
        .is_problem(422, "validation-failed")
        .has_error("/state", "unknown_state")
        .has_error("/until", "invalid_value");
    as(secretariat()).patch("/v1/office-terms/chair-1", {{"state", "PE"}}).is_problem(422, "validation-failed");
    as(secretariat()).patch("/v1/office-terms/chair-1", {{"until", "2027-01-30"}}).is(200).has_receipt();
    enter(term("review-1", "reviewers", "UY", "2027-01-01"));
    enter(term("review-2", "reviewers", "PA", "2027-01-01"));  // several review at a time
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"office:reviewers"}}}));
    EXPECT_EQ(recipients(id), (json{"office:reviewers/review-1", "office:reviewers/review-2", "state:CL"}));
}

}  // namespace
}  // namespace cbmx::test
