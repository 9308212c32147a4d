// How the holder of a credential comes in over the network, and that nobody else sees a secret. The rules one by one:
// unit/service/accounts/enrolments_test.cpp.
#include "base/ed25519.hpp"
#include "integration/certificates.hpp"
#include "integration/proofs.hpp"
#include "verify/verify.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;
using std::chrono::hours;

class Enrolments : public Portal {
protected:
    std::string invited(const Who& by, const Who& whom, const Json& changes = Json::object())
    {
        return as(by).post("/v1/accounts/" + as(whom).account() + "/credentials", an_enrolment(changes)).created_id();
    }
    std::string invited(const Json& changes = Json::object()) { return invited(nominator_of("CL"), drafter_of("CL"), changes); }
    std::string invited_with_certificate(const Who& by = nominator_of("CL"), const Who& whom = drafter_of("CL"))
    {
        return invited(by, whom, {{"kind", "certificate"}, {"scopes", nullptr}});
    }
    Reply use(const std::string& enrolment, const Json& body, Fields fields = {})
    {
        fields.emplace_back("If-Match", "");
        return as(anyone()).post("/v1/enrolments/" + enrolment + "/use", body, fields);
    }
    static Json with_token(const std::string& token, const std::string& code = enrolment_code)
    {
        return {{"code", code}, {"token_sha256", base::hex(base::sha256(token))}};
    }
    std::string text_for(const HeldCertificate& certificate, const std::string& enrolment, const Who& whom,
                         const std::string& origin = "test.example/log")
    {
        return base::enrolment_text(origin, as(whom).account(), fingerprint_of(certificate.pem), enrolment);
    }
    static Json signing(const HeldCertificate& certificate, const std::string& text)
    {
        return {{"code", enrolment_code}, {"certificate", certificate.pem}, {"signature", base::base64(certificate.key.sign(text))}};
    }
    Json with_certificate(const HeldCertificate& certificate, const std::string& enrolment, const Who& whom = drafter_of("CL"))
    {
        return signing(certificate, text_for(certificate, enrolment, whom));
    }
    std::vector<std::string> kinds_about(const Who& reader, const std::string& subject)
    {
        std::vector<std::string> kinds;
        for (const auto& item : changes_about(as(reader), subject))
            if (item.contains("entry"))
                kinds.push_back(item.at("entry").at("kind"));
        return kinds;
    }
    // What differs between any two answers stays out.
    static Json told(const Reply& reply)
    {
        auto json = reply.json();
        json.erase("instance");
        return json;
    }
    static constexpr const char* wrong_code = "q1w2e3r4t5y6u7i8o9p0a1s2d4";
};

TEST_F(Enrolments, NoAnswerEverCarriesASecret)
{
    const auto token = portal().new_token();
    const auto enrolment = invited();
    std::string told = use(enrolment, with_token(token)).is(201).has_receipt().body();
    const auto account = "/v1/accounts/" + as(drafter_of("CL")).account();
    told += as(anyone()).get("/v1/me", bearing(token)).is(200).body();
    for (const auto& path : std::vector<std::string>{"/v1/enrolments", "/v1/enrolments/" + enrolment, account, account + "/credentials",
                                                     "/v1/changes?limit=1000", "/v1/audit?limit=1000"})
        told += as(nominator_of("CL")).get(path).is(200).body();
    for (const auto& secret : {token, base::hex(base::sha256(token)), enrolment_code, base::hex(base::sha256(enrolment_code))})
        EXPECT_EQ(told.find(secret), std::string::npos) << secret;
    const auto log = portal().log_text();
    for (const auto& secret : {token, enrolment_code, base::hex(base::sha256(token))})
        EXPECT_EQ(log.find(secret), std::string::npos) << secret;
}

TEST_F(Enrolments, TheStateSeesWhatIsMadeUsedAndProven)
{
    const auto enrolment = invited();
    const auto token = portal().new_token();
    const auto credential = use(enrolment, with_token(token)).created_id();
    as(anyone()).get("/v1/me", bearing(token)).is(200);
    EXPECT_EQ(kinds_about(nominator_of("CL"), enrolment), (std::vector<std::string>{"enrolment_made", "enrolment_used"}));
    EXPECT_EQ(kinds_about(approver_of("CL"), credential), (std::vector<std::string>{"credential_offered", "credential_proven"}));
    EXPECT_TRUE(kinds_about(nominator_of("PE"), enrolment).empty());
    as(nominator_of("PE")).get("/v1/enrolments/" + enrolment).is_problem(404, "not-found");
    as(anyone()).get("/v1/enrolments/" + enrolment).is_problem(401, "unauthenticated");
}

TEST_F(Enrolments, TheFirstRequestProvesATokenAndIsCarriedOut)
{
    const auto token = portal().new_token();
    use(invited({{"scopes", {"read", "draft"}}}), with_token(token)).is(201);
    const auto size = portal().ledger_size();
    const auto report = as(anyone()).post("/v1/reports", a_report(), bearing(token)).created_id();
    EXPECT_EQ(portal().ledger_size(), size + 1) << "a draft is no entry: the one is credential_proven";
    as(drafter_of("CL")).get(path_of(report, "draft")).is(200);
    as(anyone()).get("/v1/me", bearing(token)).is(200);
    EXPECT_EQ(portal().ledger_size(), size + 1);
}

TEST_F(Enrolments, FirstRequestsAtOnceOnManyConnectionsAreAllAnsweredAndProveItOnce)
{
    const auto token = portal().new_token();
    use(invited(), with_token(token)).is(201);
    const auto size = portal().ledger_size();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(
            std::make_unique<RawClient>(RawOptions{.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"}));
        ASSERT_TRUE(clients.back()->send(get_request("/v1/me", token)));
    }
    for (const auto& client : clients)
        EXPECT_EQ(client->read()->status, 200);
    EXPECT_EQ(portal().ledger_size(), size + 1);
}

TEST_F(Enrolments, AnUnprovenTokenIsNothingAfterTheEnrolmentsTime)
{
    const auto token = portal().new_token();
    use(invited(), with_token(token)).is(201);
    portal().advance(hours(7 * 24));
    const auto size = portal().ledger_size();
    as(anyone()).get("/v1/me", bearing(token)).is_problem(401, "invalid-credential");
    EXPECT_EQ(portal().ledger_size(), size);
}

// Whoever sees the hash on its way cannot make the token his own; the worst he does is that nobody comes in by it.
TEST_F(Enrolments, TheSameHashInAnotherStateIsNobodysToken)
{
    const auto token = portal().new_token();
    const auto theirs = invited(nominator_of("PE"), drafter_of("PE"));
    use(invited(), with_token(token)).is(201);
    use(theirs, with_token(token)).is(201);
    as(anyone()).get("/v1/me", bearing(token)).is_problem(401, "invalid-credential");

    const auto proven = portal().new_token();
    use(invited(), with_token(proven)).is(201);
    as(anyone()).get("/v1/me", bearing(proven)).is(200);
    use(invited(nominator_of("PE"), drafter_of("PE")), with_token(proven)).is(201);
    EXPECT_EQ(as(anyone()).get("/v1/me", bearing(proven)).is(200).json()["account"], as(drafter_of("CL")).account());
}

// THE CODE

TEST_F(Enrolments, FiveWrongCodesEndIt)
{
    const auto token = portal().new_token();
    const auto enrolment = invited();
    const auto size = portal().ledger_size();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(as(nominator_of("CL")).get("/v1/enrolments/" + enrolment).json()["content"]["status"], "open");
        use(enrolment, with_token(token, wrong_code)).is_problem(403, "not-eligible").has_error("/code", "wrong_code");
    }
    EXPECT_EQ(portal().ledger_size(), size + 1);
    use(enrolment, with_token(token)).is_problem(409, "conflict").has_error("", "enrolment_ended");
    EXPECT_EQ(kinds_about(nominator_of("CL"), enrolment), (std::vector<std::string>{"enrolment_made", "enrolment_ended"}));
}

TEST_F(Enrolments, ACodeIsNotGuessedByRehearsals)
{
    const auto token = portal().new_token();
    const auto enrolment = invited();
    const auto rehearse = [&](const std::string& code) {
        return as(anyone()).post("/v1/enrolments/" + enrolment + "/use?dry_run=true", with_token(token, code), {{"If-Match", ""}});
    };
    EXPECT_EQ(rehearse(enrolment_code).is(200).json(), (Json{{"dry_run", true}, {"status", 201}}));
    for (int i = 0; i < 5; ++i)
        rehearse(wrong_code).is_problem(403, "not-eligible");
    use(enrolment, with_token(token)).is_problem(409, "conflict");
}

TEST_F(Enrolments, TheSameUseAgainGivesTheSameAnswerWithoutAnEntry)
{
    const auto token = portal().new_token();
    const auto enrolment = invited();
    const auto first = use(enrolment, with_token(token)).is(201);
    const auto size = portal().ledger_size();
    EXPECT_EQ(use(enrolment, with_token(token)).is(201).json(), first.json());
    EXPECT_EQ(portal().ledger_size(), size);
    use(enrolment, with_token(portal().new_token())).is_problem(409, "conflict").has_error("", "enrolment_ended");
}

TEST_F(Enrolments, ItIsTakenBack)
{
    const auto enrolment = invited();
    as(nominator_of("PE")).post("/v1/enrolments/" + enrolment + "/end").is_problem(404, "not-found");
    as(approver_of("CL")).post("/v1/enrolments/" + enrolment + "/end").is_problem(403, "forbidden");
    as(nominator_of("CL")).post("/v1/enrolments/" + enrolment + "/end").is(200).has_receipt();
    use(enrolment, with_token(portal().new_token())).is_problem(409, "conflict").has_error("", "enrolment_ended");
    as(nominator_of("CL")).post("/v1/enrolments/" + enrolment + "/end").is_problem(409, "conflict");
}

TEST_F(Enrolments, WhatIsNoEnrolmentOrNoUseIsRefused)
{
    const auto token = portal().new_token();
    use("7d6f2a41-93c5-4e0b-8a17-5c2be09d4f36", with_token(token)).is_problem(404, "not-found");
    const auto enrolment = invited();
    use(enrolment, {{"token_sha256", "00"}}).is_problem(422, "validation-failed").has_error("/code", "required");
    use(enrolment, {{"code", enrolment_code}}).is_problem(422, "validation-failed").has_error("/token_sha256", "required");
    const auto other = invited_with_certificate();
    use(other, {{"code", enrolment_code}}).is_problem(422, "validation-failed").has_error("/certificate", "required");
    use(other, {{"code", enrolment_code}, {"certificate", certificate_pem("alone")}})
        .is_problem(422, "validation-failed")
        .has_error("/signature", "no_possession");
}

// CERTIFICATES

TEST_F(Enrolments, ACertificateComesInWithASignatureOrARequestOfItsKey)
{
    const auto one = held_certificate("signing"), other = held_certificate("requesting");
    const auto by_signature = invited_with_certificate(), by_request = invited_with_certificate();
    use(by_signature, with_certificate(one, by_signature)).is(201).has_receipt();
    const auto text = text_for(other, by_request, drafter_of("CL"));
    use(by_request, {{"code", enrolment_code}, {"certificate", other.pem}, {"request", other.key.request({base::challenge_for(text)})}})
        .is(201)
        .has_receipt();
    for (const auto* name : {"signing", "requesting"})
        EXPECT_EQ(Json::parse(over_mtls(portal(), name).body)["account"], as(drafter_of("CL")).account());
}

// ATTACK: a nominator of PE has CL's certificate, which is shown to whoever CL's client speaks to, and not its key.
TEST_F(Enrolments, WhoHasAnothersCertificateWithoutItsKeyRegistersNothingAndLearnsNothing)
{
    const auto known = held_certificate("of-chile"), unknown = held_certificate("of-nobody"), own = held_certificate("of-peru");
    register_certificate(portal(), drafter_of("CL"), "of-chile");
    std::vector<Json> answers;
    for (const auto* certificate : {&known, &unknown}) {
        const auto enrolment = invited_with_certificate(nominator_of("PE"), drafter_of("PE"));
        const auto text = text_for(*certificate, enrolment, drafter_of("PE"));
        const auto size = portal().ledger_size();
        auto body = signing(*certificate, text);
        body["signature"] = base::base64(own.key.sign(text));
        answers.push_back(told(use(enrolment, body).is_problem(422, "validation-failed").has_error("/signature", "no_possession")));
        body.erase("signature");
        body["request"] = own.key.request({base::challenge_for(text)});
        answers.push_back(told(use(enrolment, body).is_problem(422, "validation-failed").has_error("/request", "no_possession")));
        // Nor by naming it when the enrolment is made.
        answers.push_back(told(as(nominator_of("PE"))
                                   .post("/v1/accounts/" + as(drafter_of("PE")).account() + "/credentials",
                                         {{"kind", "certificate"}, {"certificate", certificate->pem}})
                                   .is_problem(409, "conflict")
                                   .has_error("/certificate", "holder_enrols")));
        EXPECT_EQ(portal().ledger_size(), size);
    }
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(answers[i], answers[i + 3]) << "whether CL has it registered makes no difference";
    EXPECT_EQ(Json::parse(over_mtls(portal(), "of-chile").body)["account"], as(drafter_of("CL")).account());
    EXPECT_EQ(over_mtls(portal(), "of-nobody").status, 401);
}

TEST_F(Enrolments, AProofForAnotherAccountEnrolmentOrOriginIsNone)
{
    const auto certificate = held_certificate("replayed");
    const auto enrolment = invited_with_certificate(), other = invited_with_certificate();
    for (const auto& text : {text_for(certificate, enrolment, approver_of("CL")), text_for(certificate, other, drafter_of("CL")),
                             text_for(certificate, enrolment, drafter_of("CL"), "other.example/log")}) {
        use(enrolment, signing(certificate, text)).is_problem(422, "validation-failed").has_error("/signature", "no_possession");
        use(enrolment,
            {{"code", enrolment_code}, {"certificate", certificate.pem}, {"request", certificate.key.request({base::challenge_for(text)})}})
            .is_problem(422, "validation-failed")
            .has_error("/request", "no_possession");
    }
    use(enrolment, with_certificate(certificate, enrolment)).is(201);
}

TEST_F(Enrolments, ASecondClaimWithTheKeyIsRefusedAndBothStatesFindItInTheirFeeds)
{
    const auto shared = held_certificate("shared");
    const auto first = invited_with_certificate();
    const auto credential = use(first, with_certificate(shared, first)).created_id();
    const auto second = invited_with_certificate(nominator_of("PE"), drafter_of("PE"));
    use(second, with_certificate(shared, second, drafter_of("PE"))).is_problem(409, "conflict").has_error("/certificate", "already_exists");
    EXPECT_EQ(kinds_about(nominator_of("CL"), credential), (std::vector<std::string>{"credential_registered", "credential_claimed"}));
    EXPECT_EQ(kinds_about(nominator_of("PE"), second), (std::vector<std::string>{"enrolment_made", "enrolment_ended"}));
    EXPECT_TRUE(kinds_about(nominator_of("PE"), credential).empty());
    EXPECT_EQ(Json::parse(over_mtls(portal(), "shared").body)["account"], as(drafter_of("CL")).account());
}

TEST_F(Enrolments, WhatTheHandshakeWouldRefuseIsRefusedAndNamesWhy)
{
    const auto enrolment = invited_with_certificate();
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto stranger = ClientAuthority(now).issue({.from = now - 86'400, .until = now + 300 * 86'400});
    use(enrolment, with_certificate(stranger, enrolment))
        .is_problem(422, "validation-failed")
        .has_error("/certificate", "certificate_authority");
    const HeldCertificate server{file_of_certificate("server.crt"), PrivateKey(file_of_certificate("server.key"))};
    use(enrolment, with_certificate(server, enrolment))
        .is_problem(422, "validation-failed")
        .has_error("/certificate", "certificate_purpose");
    const auto expired = self_signed({.from = now - 86'400, .until = now - 3600});
    use(enrolment, with_certificate(expired, enrolment))
        .is_problem(422, "validation-failed")
        .has_error("/certificate", "certificate_expired");
    const auto revoked = held_certificate("revoked-before");
    revoke_certificate("revoked-before");
    portal().app().reload([&] { return portal().config(); });
    use(enrolment, with_certificate(revoked, enrolment))
        .is_problem(422, "validation-failed")
        .has_error("/certificate", "certificate_revoked");
    as(nominator_of("CL"))
        .post("/v1/accounts/" + as(drafter_of("CL")).account() + "/credentials", {{"kind", "certificate"}, {"certificate", server.pem}})
        .is_problem(422, "validation-failed")
        .has_error("/certificate", "certificate_purpose");
    const auto good = held_certificate("good");
    use(enrolment, with_certificate(good, enrolment)).is(201);
}

TEST_F(Enrolments, AllOfItVerifies)
{
    const auto token = portal().new_token(), renewed = portal().new_token();
    use(invited({{"expires_in_days", 3}}), with_token(token)).is(201);
    as(anyone()).get("/v1/me", bearing(token)).is(200);
    portal().advance(hours(60));
    as(anyone()).post("/v1/credentials/renew", {{"token_sha256", base::hex(base::sha256(renewed))}}, bearing(token)).is(201);
    as(anyone()).get("/v1/me", bearing(renewed)).is(200);
    const auto shared = held_certificate("verified");
    for (int i = 0; i < 2; ++i) {
        const auto enrolment = invited_with_certificate();
        use(enrolment, with_certificate(shared, enrolment));
    }
    const auto guessed = invited();
    for (int i = 0; i < 5; ++i)
        use(guessed, with_token(token, wrong_code));
    invited();
    const auto report = service::verify((portal().directory() / "data/cbmx.sqlite").string(), {log_keys(portal()), {}});
    EXPECT_TRUE(report.ok()) << report.summary();
}

}  // namespace
}  // namespace cbmx::test
