// What awaits an account: rules.md 59, service/overview/awaiting.hpp.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Awaiting : public Portal {
protected:
    // "report_approval 3f2c...": what awaits the caller.
    std::vector<std::string> of(const Who& who, const std::string& query = "")
    {
        std::vector<std::string> list;
        const auto answer = as(who).get("/v1/due" + query).is(200).json();
        EXPECT_EQ(answer["more"], false);
        for (const auto& item : answer.at("items"))
            list.push_back(item["kind"].get<std::string>() + " " + item["subject"].get<std::string>());
        return list;
    }
    using List = std::vector<std::string>;
};

TEST_F(Awaiting, AReportAwaitsThoseOfItsStateWhoMayApproveIt)
{
    const auto report = portal().submitted("CL");
    EXPECT_EQ(of(approver_of("CL")), List{"report_approval " + report});
    EXPECT_EQ(of(drafter_of("CL")), List{});
    EXPECT_EQ(of(approver_of("PE")), List{});
    as(approver_of("CL")).post(path_of(report, "publish")).is(200);
    EXPECT_EQ(of(approver_of("CL")), List{});
}

TEST_F(Awaiting, NobodyIsAskedToApproveWhatHeHasEdited)
{
    const auto both = drafter_and_approver_of("CL");
    const auto report = as(both).post("/v1/reports", a_report()).created_id();
    as(approver_of("CL")).get("/v1/me").is(200);  // somebody else could approve it
    as(both).post(path_of(report, "submit")).is(200);
    EXPECT_EQ(of(both), List{});
    EXPECT_EQ(of(approver_of("CL")), List{"report_approval " + report});
}

TEST_F(Awaiting, WhatWasRecordedOnPaperAwaitsTheStatesNominator)
{
    portal().recorded("CL");
    const auto nominations = as(nominator_of("CL")).get("/v1/nominations").is(200).json();
    const auto id = nominations["items"][0]["id"].get<std::string>();
    EXPECT_EQ(of(nominator_of("CL"), "?without=contact_confirmation"), List{"nomination_answer " + id});
    EXPECT_EQ(of(nominator_of("PE")), List{});
    EXPECT_EQ(of(secretariat()), List{});
}

TEST_F(Awaiting, ANominationAwaitsTheSecretariat)
{
    const auto id = as(nominator_of("CL")).post("/v1/nominations", a_nomination()).created_id();
    EXPECT_EQ(of(secretariat()), List{"nomination_decision " + id});
    EXPECT_EQ(of(nominator_of("CL")), List{});
}

TEST_F(Awaiting, AnEntryOfTheDirectoryAwaitsItsYearlyConfirmation)
{
    const auto contact = portal().listed("CL");
    EXPECT_EQ(of(nominator_of("CL")), List{});
    portal().advance(std::chrono::days(340));
    EXPECT_EQ(of(nominator_of("CL", "later")), List{"contact_confirmation " + contact});
    EXPECT_EQ(of(nominator_of("CL", "later"), "?without=contact_confirmation"), List{});
    EXPECT_EQ(of(nominator_of("PE", "later")), List{});
}

TEST_F(Awaiting, APeriodIsExpectedByADateOnlyWhereTheGroupHasSetOne)
{
    EXPECT_EQ(of(drafter_of("CL")), List{});
    as(secretariat()).patch("/v1/periods/2026-2027", {{"due", "2027-12-15"}}).is(200);
    const auto answer = as(drafter_of("CL")).get("/v1/due", {{"Accept-Language", "es"}}).is(200).json();
    ASSERT_EQ(answer["items"].size(), 1U);
    EXPECT_EQ(answer["items"][0]["expected_by"], "2027-12-15");
    EXPECT_EQ(answer["items"][0]["text"], "El grupo espera informes del período 2026-2027. Informar es voluntario.");
    EXPECT_EQ(of(reviewer()), List{});
}

TEST_F(Awaiting, ItIsTheCallersOwn)
{
    as(anyone()).get("/v1/due").is_problem(401, "unauthenticated");
    as(drafter_of("CL"))
        .get("/v1/due?without=everything")
        .is_problem(400, "invalid-parameter")
        .has_error("query:without", "not_allowed_value");
}

// Three States: the one that is asked, one that is named as a reader, one outside. What awaits one shows in no answer to the others.
TEST_F(Awaiting, WhatAwaitsAStateIsNotToldToOthers)
{
    const auto before_reader = as(approver_of("PE")).get("/v1/due").is(200).body();
    const auto before_outsider = as(approver_of("BR")).get("/v1/due").is(200).body();
    portal().submitted("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"state:CL", "state:PE"}}}));
    portal().recorded("CL");
    EXPECT_EQ(as(approver_of("PE")).get("/v1/due").is(200).body(), before_reader);
    EXPECT_EQ(as(approver_of("BR")).get("/v1/due").is(200).body(), before_outsider);
}

}  // namespace
}  // namespace cbmx::test
