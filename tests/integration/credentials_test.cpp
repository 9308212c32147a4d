// Tokens and certificates: what they may, how a token renews itself, when they end, and that revoking bites on connections that are
// open. How their holders come in: enrolments_test.cpp.
#include "base/ed25519.hpp"
#include "integration/certificates.hpp"
#include "integration/proofs.hpp"
#include "support/event_reader.hpp"
#include <thread>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;
using std::chrono::hours;

class Credentials : public Portal {
protected:
    HeldToken issue(const Who& to, const Json& changes = Json::object())
    {
        return portal().enrolled(nominator_of("CL"), as(to).account(), changes);
    }
    // As the holder asks for the token that comes after his.
    Reply renew(const std::string& old, const std::string& token, Json body = Json::object())
    {
        body["token_sha256"] = base::hex(base::sha256(token));
        return as(anyone()).post("/v1/credentials/renew", body, bearing(old));
    }
    std::string credentials_of(const Who& who) { return "/v1/accounts/" + as(who).account() + "/credentials"; }
    int status_of(const std::string& token) { return as(anyone()).get("/v1/me", bearing(token)).status(); }
    // The status that an open connection gets within a second.
    int status_within_a_second(RawClient& client, const std::string& request, int wanted)
    {
        for (int i = 0; i < 20; ++i) {
            const auto response = client.exchange(request);
            if (!response || response->status == wanted)
                return response ? response->status : 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return -1;
    }
};

TEST_F(Credentials, ATokenRenewsItselfInTheLastThirdOfItsLifeAndEndsWhenTheNextIsFirstUsed)
{
    const auto old = issue(drafter_of("CL"), {{"scopes", {"read", "draft"}}, {"expires_in_days", 60}});
    const auto token = portal().new_token();
    EXPECT_EQ(status_of(old.secret), 200);
    portal().advance(hours(39 * 24));
    renew(old.secret, token).is_problem(409, "conflict").has_error("header:Authorization", "not_yet_renewable");
    portal().advance(hours(24));
    renew(old.secret, token, {{"scopes", {"read", "publish"}}})
        .is_problem(422, "validation-failed")
        .has_error("/scopes/1", "not_allowed_value");
    const auto renewal = renew(old.secret, token).is(201).has_receipt().json();
    EXPECT_EQ(renewal["content"]["status"], "unproven");
    EXPECT_EQ(renewal["content"]["replaces"], old.id);
    EXPECT_FALSE(renewal.contains("token"));
    EXPECT_EQ(status_of(old.secret), 200);
    EXPECT_EQ(status_of(token), 200);
    EXPECT_EQ(status_of(old.secret), 401);
    portal().advance(hours(59 * 24));
    EXPECT_EQ(status_of(token), 200);
    portal().advance(hours(48));
    EXPECT_EQ(status_of(token), 401);  // its own sixty days
}

TEST_F(Credentials, ALostAnswerToARenewalLosesNothing)
{
    const auto old = issue(drafter_of("CL"), {{"expires_in_days", 3}}).secret;
    const auto token = portal().new_token();
    EXPECT_EQ(status_of(old), 200);
    portal().advance(hours(50));
    const auto first = renew(old, token).is(201);
    const auto size = portal().ledger_size();
    const auto again = renew(old, token).is(201);
    EXPECT_EQ(again.json(), first.json());
    EXPECT_EQ(portal().ledger_size(), size);
    EXPECT_EQ(status_of(token), 200);
}

TEST_F(Credentials, ATokenThatIsRenewedTwiceEndsWithBothAndTheStateSeesIt)
{
    const auto old = issue(drafter_of("CL"), {{"expires_in_days", 3}});
    const auto first = portal().new_token(), second = portal().new_token();
    EXPECT_EQ(status_of(old.secret), 200);
    portal().advance(hours(50));
    const auto successor = renew(old.secret, first).created_id();
    renew(old.secret, second).is_problem(409, "conflict").has_error("/token_sha256", "renewed_twice");
    for (const auto& token : {old.secret, first, second})
        EXPECT_EQ(status_of(token), 401);
    for (const auto& id : {old.id, successor})
        EXPECT_EQ(changes_about(as(nominator_of("CL")), id).back()["entry"]["kind"], "credential_revoked");
}

TEST_F(Credentials, ATokenEndsWhenItSays)
{
    const auto token = issue(drafter_of("CL"), {{"expires_in_days", 1}}).secret;
    portal().advance(hours(23));
    EXPECT_EQ(status_of(token), 200);
    portal().advance(hours(2));
    EXPECT_EQ(status_of(token), 401);
    as(nominator_of("CL"))
        .post(credentials_of(drafter_of("CL")), an_enrolment({{"expires_in_days", 366}}))
        .is_problem(422, "validation-failed")
        .has_error("/expires_in_days", "above_maximum");
}

TEST_F(Credentials, AScopeNeverGivesMoreThanItNamesNorThanTheAccountHas)
{
    const auto reading = issue(drafter_of("CL")).secret;
    as(anyone()).post("/v1/reports", a_report(), bearing(reading)).is_problem(403, "token-scope");
    as(anyone()).get("/v1/reports", bearing(reading)).is(200);
    const auto publishing = issue(drafter_of("CL"), {{"scopes", {"read", "publish"}}}).secret;
    as(anyone())
        .post(path_of(portal().submitted("CL"), "publish"), nullptr, bearing(publishing, {{"If-Match", "\"d2-\""}}))
        .is_problem(403, "forbidden");
    // A narrow token in wrong hands revokes itself alone.
    const auto other = as(drafter_of("CL")).get("/v1/me").json()["credential"]["id"].get<std::string>();
    as(anyone()).post("/v1/credentials/" + other + "/revoke", nullptr, bearing(reading)).is_problem(403, "token-scope");
}

TEST_F(Credentials, ABoundTokenIsNothingWithoutItsCertificate)
{
    register_certificate(portal(), drafter_of("CL"), "drafter");
    register_certificate(portal(), drafter_of("CL"), "drafter-spare");
    register_certificate(portal(), approver_of("CL"), "approver");
    const auto fingerprint = base::hex(base::certificate_facts(certificate_pem("drafter"))->fingerprint);
    const auto token = issue(drafter_of("CL"), {{"bound_to_certificate", fingerprint}}).secret;
    EXPECT_EQ(status_of(token), 401) << "nor does that prove it";
    EXPECT_EQ(over_mtls(portal(), "drafter", "/v1/me", token).status, 200);
    EXPECT_EQ(over_mtls(portal(), "drafter-spare", "/v1/me", token).status, 401);
    EXPECT_EQ(over_mtls(portal(), "approver", "/v1/me", token).status, 401);
    as(nominator_of("CL"))
        .post(credentials_of(approver_of("CL")), an_enrolment({{"bound_to_certificate", fingerprint}}))
        .is_problem(422, "validation-failed")
        .has_error("/bound_to_certificate", "unknown_reference");
}

TEST_F(Credentials, ATokenOfOneAccountWithACertificateOfAnotherIsRefused)
{
    register_certificate(portal(), drafter_of("CL"), "drafter");
    EXPECT_EQ(over_mtls(portal(), "drafter").status, 200);
    EXPECT_EQ(over_mtls(portal(), "drafter", "/v1/me", as(drafter_of("CL")).token()).status, 200);
    EXPECT_EQ(over_mtls(portal(), "drafter", "/v1/me", as(approver_of("CL")).token()).status, 401);
    EXPECT_EQ(over_mtls(portal(), "unregistered").status, 401);
    EXPECT_EQ(over_mtls(portal(), "unregistered", "/v1/reports", as(drafter_of("CL")).token()).status, 401);
}

TEST_F(Credentials, RevokingATokenBitesOnAnOpenConnection)
{
    const auto issued = issue(drafter_of("CL"));
    const auto request = get_request("/v1/me", issued.secret);
    RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"});
    ASSERT_EQ(client.exchange(request)->status, 200);
    as(nominator_of("CL")).post("/v1/credentials/" + issued.id + "/revoke").is(200).has_receipt();
    EXPECT_EQ(status_within_a_second(client, request, 401), 401);
    as(nominator_of("CL")).post("/v1/credentials/" + issued.id + "/revoke").is_problem(409, "conflict");
}

TEST_F(Credentials, RevokingACertificateBitesOnAnOpenConnectionAndOnWhatIsBoundToIt)
{
    const auto id = register_certificate(portal(), drafter_of("CL"), "drafter");
    const auto fingerprint = base::hex(base::certificate_facts(certificate_pem("drafter"))->fingerprint);
    const auto bound = issue(drafter_of("CL"), {{"bound_to_certificate", fingerprint}}).secret;
    RawClient client(with_certificate(portal(), "drafter"));
    ASSERT_EQ(client.exchange(get_request("/v1/me"))->status, 200);
    ASSERT_EQ(client.exchange(get_request("/v1/me", bound))->status, 200);
    as(drafter_of("CL")).post("/v1/credentials/" + id + "/revoke").is(200);
    EXPECT_EQ(status_within_a_second(client, get_request("/v1/me"), 401), 401);
    EXPECT_EQ(status_within_a_second(client, get_request("/v1/me", bound), 401), 401);
}

// Nine reads, nine writes and a stream went on after the authority had revoked the certificate.
TEST_F(Credentials, ACertificateThatItsAuthorityRevokesIsWorthNothingOnWhatIsOpen)
{
    register_certificate(portal(), drafter_of("CL"), "stolen");
    RawClient client(with_certificate(portal(), "stolen"));
    ASSERT_EQ(client.exchange(get_request("/v1/me"))->status, 200);
    EventReader stream(with_certificate(portal(), "stolen"), "/v1/changes?after=" + std::to_string(portal().ledger_size() - 1));
    ASSERT_EQ(stream.status(), 200);
    revoke_certificate("stolen");
    portal().app().reload([&] { return portal().config(); });
    const auto body = a_report().dump();
    const auto write =
        "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    for (int i = 0; i < 9; ++i) {
        EXPECT_FALSE(client.exchange(get_request("/v1/me")));
        EXPECT_FALSE(client.exchange(write));
    }
    portal().submitted("CL");
    EXPECT_FALSE(stream.next("change"));
    EXPECT_FALSE(stream.ended()) << "broken off, not told that it is whole";
    EXPECT_EQ(as(drafter_of("CL")).get("/v1/reports").is(200).json()["items"].size(), 1U);
}

TEST_F(Credentials, AStreamOverACertificateEndsAtItsTimeAndSaysWhenToComeAgain)
{
    options.certificate_connection = std::chrono::seconds(2);
    register_certificate(portal(), drafter_of("CL"), "drafter");
    EventReader over_certificate(with_certificate(portal(), "drafter"), "/v1/changes");
    EventReader over_token(portal(), drafter_of("CL"), "/v1/changes");
    ASSERT_EQ(over_certificate.status(), 200);
    const auto last = over_certificate.next("change");
    ASSERT_TRUE(last);
    while (over_certificate.next()) {
    }
    EXPECT_TRUE(over_certificate.ended()) << "in good order";
    EXPECT_EQ(over_certificate.retry(), "1000");
    portal().submitted("CL");
    EventReader again(with_certificate(portal(), "drafter"), "/v1/changes", {{"Last-Event-ID", last->id}});
    EXPECT_TRUE(again.next("change"));
    while (over_token.next("change")->data["entry"]["kind"] != "report_submitted") {
    }
    EXPECT_EQ(over_token.retry(), "5000") << "goes on";
}

TEST_F(Credentials, DisablingAnAccountEndsAllThatItHolds)
{
    RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"});
    const auto request = get_request("/v1/me", as(drafter_of("CL")).token());
    ASSERT_EQ(client.exchange(request)->status, 200);
    as(nominator_of("CL")).patch("/v1/accounts/" + as(drafter_of("CL")).account(), {{"status", "disabled"}}).is(200);
    EXPECT_EQ(status_within_a_second(client, request, 401), 401);
}

}  // namespace
}  // namespace cbmx::test
