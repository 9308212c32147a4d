// The secretariat runs the registry and does not speak for a State; nobody acts alone on themselves. Tokens and
// certificates: credentials_test.cpp.
#include "base/ed25519.hpp"
#include "integration/certificates.hpp"
#include "integration/proofs.hpp"
#include "support/foundings.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

std::string confirm_path(const std::string& proposal) { return "/v1/proposals/" + proposal + "/confirm"; }

class Accounts : public Portal {
protected:
    // The secretariat records the note verbale that names the fingerprint of a State's first certificate.
    Reply founding(const std::string& state, const std::string& certificate)
    {
        return as(secretariat())
            .post("/v1/proposals", a_founding(state, {an_official({{"certificate", certificate_pem(certificate)}})}))
            .is(201)
            .has_receipt();
    }
    void confirm_on_the_machine(const std::string& proposal, const std::string& certificate)
    {
        const auto fingerprint = base::hex(base::certificate_facts(certificate_pem(certificate))->fingerprint);
        portal().operate({{"command", "founding confirm"},
                          {"proposal", proposal},
                          {"sha256", hash_of(a_founding("JM")["decision"])},
                          {"fingerprints", {fingerprint}}});
    }
};

TEST_F(Accounts, TheSecretariatProposesAndOnlyTheStatesNominatorMakesItHappen)
{
    const Json wanted{{"home", "state:CL"}, {"name", "Proposed Desk"}, {"roles", {"drafter"}}};
    as(secretariat()).post("/v1/accounts", wanted).is_problem(403, "forbidden");
    const auto drafter = "/v1/accounts/" + as(drafter_of("CL")).account();
    as(nominator_of("CL")).get("/v1/me").is(200);
    as(secretariat()).get(drafter).is_problem(404, "not-found");
    as(secretariat()).patch(drafter, {{"status", "disabled"}}).is_problem(404, "not-found");
    as(secretariat()).post(drafter + "/credentials", an_enrolment()).is_problem(404, "not-found");

    auto body = wanted;
    body["kind"] = "account_create";
    const auto proposal = as(secretariat()).post("/v1/proposals", body).is(201).has_receipt().json()["id"].get<std::string>();
    const auto known = [&] {
        return as(nominator_of("CL")).get("/v1/accounts?limit=100").body().find("Proposed Desk") != std::string::npos;
    };
    EXPECT_FALSE(known());
    as(secretariat()).post(confirm_path(proposal)).is_problem(403, "forbidden");
    as(drafter_of("CL")).post(confirm_path(proposal)).is_problem(403, "forbidden");
    as(approver_of("CL")).post(confirm_path(proposal)).is_problem(403, "not-eligible");
    as(nominator_of("PE")).post(confirm_path(proposal)).is_problem(404, "not-found");
    EXPECT_FALSE(known());
    const auto confirmed = as(nominator_of("CL")).post(confirm_path(proposal)).is(200).has_receipt().json();
    const auto account =
        as(nominator_of("CL")).get("/v1/accounts/" + confirmed["content"]["subject"].get<std::string>()).is(200).json()["content"];
    EXPECT_EQ(account["name"], "Proposed Desk");
    EXPECT_EQ(confirmed["content"]["by_secretariat"], true);
    as(nominator_of("CL")).post(confirm_path(proposal)).is_problem(409, "conflict");
}

TEST_F(Accounts, WhatTheStateDeclinesDoesNotHappen)
{
    const auto drafter = as(drafter_of("CL")).account();
    as(nominator_of("CL")).get("/v1/me").is(200);
    const auto proposal =
        as(secretariat()).post("/v1/proposals", {{"kind", "account_change"}, {"account", drafter}, {"status", "disabled"}}).created_id();
    as(nominator_of("CL")).post("/v1/proposals/" + proposal + "/decline").is(200).has_receipt();
    as(nominator_of("CL")).post(confirm_path(proposal)).is_problem(409, "conflict");
    as(drafter_of("CL")).get("/v1/me").is(200);
    as(secretariat())
        .post("/v1/proposals", {{"kind", "settings_change"}, {"state", "CL"}, {"four_eyes", false}})
        .is_problem(422, "validation-failed");
}

TEST_F(Accounts, TheSecretariatCannotReplaceANominatorWithoutANominator)
{
    const auto nominator = as(nominator_of("CL")).account();
    const auto credential = as(nominator_of("CL")).get("/v1/me").json()["credential"]["id"].get<std::string>();
    const Json revocation{{"kind", "credential_revoke"}, {"credential", credential}};
    const Json promotion{{"kind", "account_change"}, {"account", nominator}, {"roles", {"nominator", "approver"}}};
    for (const auto& nobodys : {revocation, promotion})  // no credential confirms its own end, and nobody their own roles
        as(secretariat()).post("/v1/proposals", nobodys).is_problem(409, "conflict").has_error("", "nobody_could_confirm");
    as(nominator_of("CL", "second")).get("/v1/me").is(200);
    const auto revoke = as(secretariat()).post("/v1/proposals", revocation).created_id();
    as(nominator_of("CL")).post(confirm_path(revoke)).is_problem(403, "not-eligible").has_error("/credential", "own_credential");
    as(secretariat())
        .post("/v1/proposals", a_founding("CL", {an_official({{"certificate", certificate_pem("other")}})}))
        .is_problem(409, "conflict");
    const auto promote = as(secretariat()).post("/v1/proposals", promotion).created_id();
    EXPECT_EQ(as(nominator_of("CL")).post(confirm_path(promote)).status(), 403);  // nobody changes their own roles, proposed or not
    as(nominator_of("CL", "second")).post(confirm_path(promote)).is(200);
}

TEST_F(Accounts, AStatesFirstCertificateNeedsTheNoteAndTheOperatorAndSaysSo)
{
    const auto proposed = founding("JM", "jamaica");
    const auto proposal = proposed.created_id();
    EXPECT_EQ(over_mtls(portal(), "jamaica").status, 401);
    as(secretariat()).post(confirm_path(proposal)).is_problem(403, "forbidden");
    EXPECT_THROW(confirm_on_the_machine(proposal, "other"), std::runtime_error);
    EXPECT_EQ(over_mtls(portal(), "jamaica").status, 401);
    confirm_on_the_machine(proposal, "jamaica");

    const auto me = Json::parse(over_mtls(portal(), "jamaica").body);
    EXPECT_EQ(me["roles"], Json::array({"nominator"}));
    const auto account = Json::parse(over_mtls(portal(), "jamaica", "/v1/accounts/" + me["account"].get<std::string>()).body)["content"];
    EXPECT_EQ(account["authority"], "note");
    EXPECT_EQ(account["authority_note"]["number"], "NV 12/2026");
    // The State sees all of it, with who acted.
    const auto changes =
        Json::parse(over_mtls(portal(), "jamaica", "/v1/changes?limit=1000&after=" + std::to_string(seq_of(proposed) - 1)).body);
    std::vector<std::pair<std::string, std::string>> told;
    for (const auto& item : changes["items"])
        if (item["entry"]["state"] == "JM")
            told.emplace_back(item["entry"]["kind"], item["entry"]["actor"]["role"]);
    const std::vector<std::pair<std::string, std::string>> expected{{"proposal_made", "secretariat"},
                                                                    {"account_created", "operator"},
                                                                    {"credential_registered", "operator"},
                                                                    {"proposal_confirmed", "operator"}};
    EXPECT_EQ(told, expected);
}

TEST_F(Accounts, WhatTheOperatorMakesInADemonstrationIsMarkedUntilANominatorOfTheStateConfirmsIt)
{
    confirm_on_the_machine(founding("JM", "jamaica").created_id(), "jamaica");
    const auto made = nominator_of("JM", "made");
    const auto path = "/v1/accounts/" + as(made).account();
    const auto authority = [&] { return as(made).get(path).is(200).json()["content"]["authority"]; };
    EXPECT_EQ(authority(), "demonstration");
    as(made).post(path + "/confirm").is_problem(403, "not-eligible").has_error("path:id", "same_person");
    as(approver_of("JM")).post(path + "/confirm").is_problem(403, "forbidden");
    as(nominator_of("CL")).post(path + "/confirm").is_problem(404, "not-found");
    EXPECT_EQ(post_over_mtls(portal(), "jamaica", path + "/confirm?dry_run=true").status, 200);
    EXPECT_EQ(authority(), "demonstration");
    EXPECT_EQ(post_over_mtls(portal(), "jamaica", path + "/confirm").status, 200);
    EXPECT_EQ(authority(), "nominator");
    EXPECT_EQ(post_over_mtls(portal(), "jamaica", path + "/confirm").status, 409);
}

TEST_F(Accounts, NobodyChangesTheirOwnRolesStatusOrCredentials)
{
    const auto nominator = as(nominator_of("CL"));
    const auto own = "/v1/accounts/" + nominator.account();
    nominator.patch(own, {{"roles", {"approver", "nominator"}}}).is_problem(403, "forbidden").has_error("/roles", "not_own_role");
    nominator.patch(own, {{"status", "disabled"}, {"roles", {"contact"}}})
        .is_problem(403, "forbidden")
        .has_error("/status", "not_own_role")
        .has_error("/roles", "not_own_role");
    nominator.post(own + "/credentials", an_enrolment()).is_problem(403, "not-eligible").has_error("path:id", "same_person");
    nominator.patch(own, {{"name", "A new name"}}).is(200);
    as(nominator_of("CL", "second")).patch(own, {{"roles", {"approver", "nominator"}}}).is(200).has_receipt();
    as(drafter_of("CL")).patch(own, {{"name", "x"}}).is_problem(403, "forbidden");
    as(nominator_of("PE")).patch(own, {{"name", "x"}}).is_problem(404, "not-found");
    as(nominator_of("CL", "second"))
        .patch(own, {{"roles", {"secretariat"}}})
        .is_problem(422, "validation-failed")
        .has_error("/roles/0", "not_allowed_value");
    as(nominator_of("CL", "second"))
        .post("/v1/accounts", {{"home", "state:PE"}, {"name", "x"}, {"roles", {"drafter"}}})
        .is_problem(403, "forbidden");
    // Another role is felt by the very next request.
    nominator.post(path_of(portal().submitted("CL"), "publish")).is(200);
}

TEST_F(Accounts, ADelegationLendsAPartOfOnesRightsUntilItEnds)
{
    const auto giver = drafter_and_approver_of("CL");
    const auto delegate = contact_of("CL");
    const auto until = [&](std::chrono::hours from_now) { return domain::to_rfc3339(portal().now() + from_now); };
    const auto wish = [&](const Json& roles) {
        return Json{{"delegate", as(delegate).account()}, {"roles", roles}, {"until", until(std::chrono::hours(48))}};
    };
    as(delegate).post("/v1/reports", a_report()).is_problem(403, "forbidden");
    as(giver).post("/v1/delegations", wish({"approver"})).is_problem(422, "validation-failed").has_error("/roles/0", "not_delegable");
    as(nominator_of("CL"))
        .post("/v1/delegations", wish({"nominator"}))
        .is_problem(422, "validation-failed")
        .has_error("/roles/0", "not_delegable");
    as(giver)
        .post("/v1/delegations", {{"delegate", as(contact_of("PE")).account()}, {"roles", {"drafter"}}})
        .is_problem(422, "validation-failed")
        .has_error("/delegate", "unknown_account")
        .has_error("/until", "end_required");
    const auto delegation = as(giver).post("/v1/delegations", wish({"drafter"})).is(201).has_receipt().json()["id"].get<std::string>();
    EXPECT_EQ(as(delegate).get("/v1/me").json()["delegated_roles"], Json::array({"drafter"}));
    const auto id = as(delegate).post("/v1/reports", a_report()).created_id();
    as(delegate)
        .post("/v1/delegations",
              {{"delegate", as(nominator_of("CL")).account()}, {"roles", {"drafter"}}, {"until", until(std::chrono::hours(1))}})
        .is_problem(422, "validation-failed")
        .has_error("/roles/0", "not_delegable");
    as(delegate).post(path_of(id, "submit")).is(200);
    as(giver).post(path_of(id, "publish")).is_problem(403, "four-eyes");  // its own delegated rights
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
    as(giver).post("/v1/delegations/" + delegation + "/end").is(200).has_receipt();
    as(delegate).post("/v1/reports", a_report()).is_problem(403, "forbidden");

    as(giver).post("/v1/delegations", wish({"drafter"})).is(201);
    as(delegate).post("/v1/reports", a_report()).is(201);
    portal().advance(std::chrono::hours(49));
    as(delegate).post("/v1/reports", a_report()).is_problem(403, "forbidden");
}

TEST_F(Accounts, HandsThatAnApproverArmedAreItsOwnHands)
{
    const Who arming{"state:CL", {"approver", "nominator"}, "arming"};
    const auto account = as(arming).post("/v1/accounts", {{"name", "Armed"}, {"roles", {"drafter"}}}).created_id();
    const auto token = portal().enrolled(arming, account, {{"scopes", {"read", "draft"}}, {"expires_in_days", 3}}).secret;
    as(anyone()).get("/v1/me", bearing(token)).is(200);
    portal().advance(std::chrono::hours(60));
    const auto renewed = portal().new_token();
    as(anyone()).post("/v1/credentials/renew", {{"token_sha256", base::hex(base::sha256(renewed))}}, bearing(token)).is(201);
    const auto id = as(anyone()).post("/v1/reports", a_report(), bearing(renewed)).created_id();
    as(anyone()).post(path_of(id, "submit"), nullptr, bearing(renewed, {{"If-Match", "*"}})).is(200);
    as(arming).post(path_of(id, "publish")).is_problem(403, "four-eyes");
    as(approver_of("CL")).post(path_of(id, "publish")).is(200);
}

TEST_F(Accounts, TurningFourEyesOffNeedsTwoPeopleOneOfThemTheNominator)
{
    const auto settings = std::string("/v1/states/CL/settings");
    const auto both = drafter_and_approver_of("CL");
    as(approver_of("CL")).patch(settings, {{"four_eyes", false}}).is_problem(403, "forbidden");
    as(secretariat()).patch(settings, {{"four_eyes", false}}).is_problem(403, "forbidden");
    as(nominator_of("PE")).get(settings).is_problem(404, "not-found");
    as(anyone()).get(settings).is_problem(401, "unauthenticated");
    const auto proposal = as(nominator_of("CL")).patch(settings, {{"four_eyes", false}}).is(202).json()["id"].get<std::string>();
    EXPECT_EQ(as(approver_of("CL")).get(settings).json()["content"]["four_eyes"], true);
    as(nominator_of("CL")).post(confirm_path(proposal)).is_problem(403, "not-eligible").has_error("", "same_person");
    as(drafter_of("CL")).post(confirm_path(proposal)).is_problem(403, "forbidden");
    as(secretariat()).post(confirm_path(proposal)).is_problem(404, "not-found");  // a State's own matter
    as(approver_of("CL")).post(confirm_path(proposal)).is(200).has_receipt();
    EXPECT_EQ(as(approver_of("CL")).get(settings).json()["content"]["four_eyes"], false);
    const auto id = as(both).post("/v1/reports", a_report()).created_id();
    as(both).post(path_of(id, "submit")).is(200);
    as(both).post(path_of(id, "publish")).is(200);
    // On again is one person's to decide, at once.
    as(nominator_of("CL")).patch(settings, {{"four_eyes", true}}).is(200).has_receipt();
    const auto guarded = as(both).post("/v1/reports", a_report()).created_id();
    as(both).post(path_of(guarded, "submit")).is(200);
    as(both).post(path_of(guarded, "publish")).is_problem(403, "four-eyes");
}

}  // namespace
}  // namespace cbmx::test
