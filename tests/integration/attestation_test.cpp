// Over the network: who is shown the check words, who attests by them, and what a reset ends. The rules one by one:
// unit/service/accounts/attestation_test.cpp.
#include "integration/proofs.hpp"
#include "support/decisions.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

// Somebody whom a State's nominator invited, who came in with a token and has asked once.
struct Official {
    std::string account, enrolment, token, words;
};

class Attestations : public Portal {
protected:
    const Who nominator_{"state:CL", {"drafter", "nominator"}};

    Official came_in(const std::string& account, const std::string& step)
    {
        const auto token = portal().new_token();
        const auto enrolment =
            as(nominator_)
                .post("/v1/accounts/" + account + step, an_enrolment({{"scopes", {"accounts", "draft", "publish", "read"}}}))
                .created_id();
        const Json brought{{"code", enrolment_code}, {"token_sha256", base::hex(base::sha256(token))}};
        as(anyone()).post("/v1/enrolments/" + enrolment + "/use", brought, {{"If-Match", ""}}).is(201);
        return {account, enrolment, token, me(token).is(200).json()["credential"]["check_words"].get<std::string>()};
    }
    Official invited(const std::string& role)
    {
        return came_in(as(nominator_).post("/v1/accounts", {{"name", role}, {"roles", {role}}}).created_id(), "/credentials");
    }
    Reply me(const std::string& token) { return as(anyone()).get("/v1/me", bearing(token)); }
    Reply attest(const Who& by, const Official& official) { return attest(by, official, {{"check_words", official.words}}); }
    Reply attest(const Who& by, const Official& official, const Json& body)
    {
        return as(by).post("/v1/enrolments/" + official.enrolment + "/attest", body);
    }
    static Json by_note(const Official& official, const Json& decision)
    {
        auto note = decision;
        note.update(Json{{"name", "Ana Soto"}, {"function", "Director of Digital Security"}});
        return {{"check_words", official.words}, {"note", note}};
    }
    Reply publish(const Official& approver, const std::string& report)
    {
        const auto tag = as(anyone()).get(path_of(report, "draft"), bearing(approver.token)).is(200).field("ETag");
        return as(anyone()).post(path_of(report, "publish"), nullptr, bearing(approver.token, {{"If-Match", tag}}));
    }
};

TEST_F(Attestations, TheWordsAreShownToTheHolderAloneAndKeptOutOfTheLog)
{
    const auto official = invited("approver");
    std::string told;
    for (const auto& who : {nominator_, approver_of("CL"), auditor()})
        for (const auto& path : {"/v1/enrolments?limit=100", "/v1/accounts?limit=100", "/v1/changes?limit=1000", "/v1/audit?limit=1000"})
            told += as(who).get(path).is(200).body();
    for (const auto& path : {"/v1/enrolments/" + official.enrolment, "/v1/accounts/" + official.account + "/credentials"})
        told += as(nominator_).get(path).is(200).body();
    EXPECT_EQ(told.find(official.words), std::string::npos);
    EXPECT_EQ(portal().log_text().find(official.words), std::string::npos);
}

TEST_F(Attestations, SomebodyElseOfTheStateAttestsOnceAndTheStateSeesWho)
{
    const auto official = invited("contact");
    attest(nominator_, official).is_problem(403, "not-eligible").has_error("path:id", "own_hands");
    attest(drafter_of("PE"), official).is_problem(404, "not-found");
    attest(drafter_of("CL"), official, {{"check_words", "kamito rasefo linota nerika sotima lefaro"}})
        .is_problem(403, "not-eligible")
        .has_error("/check_words", "wrong_words");
    const auto attested = attest(drafter_of("CL"), official).is(200).has_receipt().json();
    EXPECT_EQ(attested["content"]["attested"]["by"], as(drafter_of("CL")).account());
    attest(approver_of("CL"), official).is_problem(409, "conflict");
    EXPECT_FALSE(me(official.token).json()["credential"].contains("check_words"));
    EXPECT_EQ(changes_about(as(contact_of("CL")), official.enrolment).back()["entry"]["kind"], "enrolment_attested");
}

TEST_F(Attestations, UntilThenTheInviterCannotApproveHisOwnTextThroughAnAccountThatHeInvited)
{
    const auto report = as(nominator_).post("/v1/reports", a_report()).created_id();
    as(nominator_).post(path_of(report, "submit")).is(200);
    const auto approver = invited("approver");
    publish(approver, report).is_problem(403, "four-eyes");
    attest(drafter_of("CL"), approver).is(200);
    publish(approver, report).is(200).has_receipt();
}

TEST_F(Attestations, TheSecretariatAttestsByANoteVerbaleWhichItKeeps)
{
    const auto official = invited("approver");
    const auto decision = a_decision("NV 12/2026");
    auto another = by_note(official, decision);
    another["note"]["file"]["sha256"] = hash_of(a_decision("NV 13/2026"));
    attest(secretariat(), official).is_problem(404, "not-found");
    attest(secretariat(), official, another).is_problem(422, "validation-failed").has_error("/note/file/sha256", "invalid_value");
    const auto attested = attest(secretariat(), official, by_note(official, decision)).is(200).has_receipt().json();
    EXPECT_EQ(attested["content"]["attested"]["note"]["name"], "Ana Soto");
    as(secretariat()).get("/v1/enrolments/" + official.enrolment).is(200);
    as(secretariat()).get("/v1/decisions/" + hash_of(decision)).is(200);
    as(nominator_).get("/v1/decisions/" + hash_of(decision)).is_problem(403, "forbidden");
}

TEST_F(Attestations, AResetEndsEveryWayIntoTheAccountAndItsHolderComesInAgain)
{
    const auto before = invited("approver");
    attest(drafter_of("CL"), before).is(200);
    const auto open = as(nominator_).post("/v1/accounts/" + before.account + "/credentials", an_enrolment()).created_id();
    const auto after = came_in(before.account, "/reset");
    me(before.token).is_problem(401, "invalid-credential");
    EXPECT_EQ(as(nominator_).get("/v1/enrolments/" + open).json()["content"]["status"], "ended");
    EXPECT_EQ(me(after.token).is(200).json()["account"], before.account);
    attest(drafter_of("CL"), after).is(200);
}

TEST_F(Attestations, AResetIsForAnotherAccountOfTheSameStateByItsNominator)
{
    const auto account = as(contact_of("CL")).account();
    as(drafter_of("CL")).post("/v1/accounts/" + account + "/reset", an_enrolment()).is_problem(403, "forbidden");
    as(nominator_of("PE")).post("/v1/accounts/" + account + "/reset", an_enrolment()).is_problem(404, "not-found");
    as(nominator_of("CL"))
        .post("/v1/accounts/" + as(nominator_of("CL")).account() + "/reset", an_enrolment())
        .is_problem(403, "not-eligible")
        .has_error("path:id", "same_person");
    as(contact_of("CL")).get("/v1/me").is(200);
}

}  // namespace
}  // namespace cbmx::test
