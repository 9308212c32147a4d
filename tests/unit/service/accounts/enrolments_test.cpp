// Only the holder ever has a secret: how he comes in, and who cannot in his place. See server/service/accounts/enrolments.hpp.
#include "base/possession.hpp"
#include "support/certificates.hpp"
#include "support/service_fixture.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using service::Outcome;
using Json = nlohmann::json;
using Kinds = std::vector<std::string>;

class Enrolments : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});
    const std::string drafter_ = account_of("state:CL", {"drafter"});
    const std::string code_ = "q1w2e3r4t5y6u7i8o9p0a1s2d3", wrong_ = "q1w2e3r4t5y6u7i8o9p0a1s2d4";
    const std::string token_ = service::new_token(random());
    std::optional<domain::CertificateFault> fault_;  // of whatever certificate is judged

    service::Portal judging()
    {
        auto portal = this->portal();
        portal.judge_certificate = [this](const std::string&) { return fault_; };
        return portal;
    }
    Json for_token()
    {
        return {{"kind", "token"}, {"code_sha256", base::hex(base::sha256(code_))}, {"label", "script"}, {"scopes", {"draft", "read"}}};
    }
    Json for_certificate() { return {{"kind", "certificate"}, {"code_sha256", base::hex(base::sha256(code_))}, {"label", "laptop"}}; }

    domain::Result<Outcome> make(const Principal& principal, const std::string& account, const Json& body)
    {
        return write([&](Transaction& t) { return service::make_enrolment(judging(), t, principal, domain::AccountId(account), body); });
    }
    std::string invited(const Json& body) { return make(nominator_, drafter_, body).value().id; }
    domain::Result<Outcome> use(const std::string& enrolment, const Json& body)
    {
        return write([&](Transaction& t) { return service::use_enrolment(judging(), t, domain::EnrolmentId(enrolment), body); });
    }
    auto end(const Principal& principal, const std::string& enrolment)
    {
        return write([&](Transaction& t) { return service::end_enrolment(t, principal, domain::EnrolmentId(enrolment)); });
    }
    Json shown(const Principal& principal, const std::string& enrolment)
    {
        return read([&](Connection& c) { return service::get_enrolment(c, principal, domain::EnrolmentId(enrolment), now()); })
            .value()
            .body;
    }
    std::string status_of(const std::string& enrolment) { return shown(nominator_, enrolment)["content"]["status"]; }
    // Whether it is kept or not: what the caller is told.
    static Refusal refused(const domain::Result<Outcome>& result)
    {
        if (result && result->refused)
            return {result->refused->code, result->refused->violations};
        return refusal(result);
    }
    static bool is_used(const domain::Result<Outcome>& result) { return result.has_value() && !result->refused; }

    Json with_token(const std::string& token) { return {{"code", code_}, {"token_sha256", base::hex(base::sha256(token))}}; }
    Json with_token() { return with_token(token_); }

    HeldCertificate a_certificate(KeyKind key = KeyKind::p256)
    {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
        return self_signed({.key = key, .from = seconds - 86'400, .until = seconds + 300 * 86'400});
    }
    std::string text_for(const HeldCertificate& certificate, const std::string& enrolment, const std::string& account,
                         const std::string& origin = log_origin)
    {
        return base::enrolment_text(origin, account, fingerprint_of(certificate.pem), enrolment);
    }
    Json signing(const HeldCertificate& certificate, const std::string& text)
    {
        return {{"code", code_}, {"certificate", certificate.pem}, {"signature", base::base64(certificate.key.sign(text))}};
    }
    Json requesting(const HeldCertificate& certificate, const std::string& text)
    {
        return {{"code", code_}, {"certificate", certificate.pem}, {"request", certificate.key.request({base::challenge_for(text)})}};
    }
    Json with_certificate(const HeldCertificate& certificate, const std::string& enrolment)
    {
        return signing(certificate, text_for(certificate, enrolment, drafter_));
    }
    // An enrolment in CL by which this certificate became the drafter's.
    std::string held_in_chile(const HeldCertificate& certificate)
    {
        const auto enrolment = invited(for_certificate());
        return use(enrolment, with_certificate(certificate, enrolment)).value().id;
    }
};

TEST_F(Enrolments, TheHolderBringsTheHashOfATokenAndNothingKeptLeadsToTheTokenOrTheCode)
{
    const auto size = ledger_size();
    const auto enrolment = invited(for_token());
    EXPECT_EQ(kinds_since(size), Kinds{"enrolment_made"});
    const auto credential = use(enrolment, with_token()).value();
    EXPECT_EQ(kinds_since(size), (Kinds{"enrolment_made", "credential_offered", "enrolment_used"}));
    EXPECT_EQ(credential.shown_to->account.value, drafter_);
    const auto record = shown(nominator_, enrolment)["content"];
    EXPECT_EQ(record["credential"], credential.id);
    EXPECT_EQ(record["made_by"], nominator_.account.value);
    const auto all = read([](Connection& c) {
        std::string text;
        for (auto rows = c.query("SELECT COALESCE(content, '') FROM ledger_opening"); rows.next();)
            text += rows.text(0);
        return text;
    });
    for (const auto& secret : {code_, token_, base::hex(base::sha256(code_)), base::hex(base::sha256(token_))})
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
}

TEST_F(Enrolments, EveryFaultOfTheWishedTokenIsNamedAtOnce)
{
    auto body = for_token();
    body["scopes"] = {"read", "everything"};
    body["expires_in_days"] = 366;
    body["bound_to_certificate"] = base::hex(base::sha256("unknown"));
    const auto refused = refusal(make(nominator_, drafter_, body));
    EXPECT_TRUE(refused.names("/scopes/1", Rule::not_allowed_value));
    EXPECT_TRUE(refused.names("/expires_in_days", Rule::above_maximum));
    EXPECT_TRUE(refused.names("/bound_to_certificate", Rule::unknown_reference));
}

TEST_F(Enrolments, NobodyInvitesThemselves)
{
    EXPECT_TRUE(refusal(make(nominator_, nominator_.account.value, for_token())).names("path:id", Rule::same_person));
    EXPECT_TRUE(refusal(make(nominator_, nominator_.account.value, for_certificate())).names("path:id", Rule::same_person));
}

TEST_F(Enrolments, OnlyWhoMayWriteTheAccountInvitesItsHolder)
{
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    EXPECT_EQ(refusal(make(someone("state:CL", {"approver"}), drafter_, for_token())).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(make(someone("state:PE", {"nominator"}), drafter_, for_token())).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(make(secretariat, drafter_, for_token())).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(make(secretariat, account_of("office:chair", {"chair"}), for_token())).code, ErrorCode::forbidden);
    EXPECT_TRUE(make(secretariat, account_of("office:secretariat", {"secretariat"}), for_token()).has_value());
}

TEST_F(Enrolments, TheyAreReadByTheOwnStateAlone)
{
    const auto enrolment = invited(for_token());
    const auto list = [&](const Principal& principal) {
        return read([&](Connection& c) { return service::list_enrolments(c, principal, language, 10, ""); }).value().items.size();
    };
    EXPECT_EQ(list(nominator_), 1U);
    EXPECT_EQ(list(someone("state:PE", {"nominator"})), 0U);
    EXPECT_EQ(list(someone("office:secretariat", {"secretariat"})), 0U);
    EXPECT_EQ(refusal(end(someone("state:PE", {"nominator"}), enrolment)).code, ErrorCode::not_found);
}

TEST_F(Enrolments, ACertificateIsNotRegisteredForItsHolderButJudgedBeforehand)
{
    auto body = for_certificate();
    body.erase("code_sha256");
    body["certificate"] = a_certificate().pem;
    EXPECT_TRUE(refusal(make(nominator_, drafter_, body)).names("/certificate", Rule::holder_enrols));
    fault_ = domain::CertificateFault::wrong_purpose;
    EXPECT_TRUE(refusal(make(nominator_, drafter_, body)).names("/certificate", Rule::certificate_purpose));
    body.erase("certificate");
    EXPECT_TRUE(refusal(make(nominator_, drafter_, body)).names("/code_sha256", Rule::required));
}

TEST_F(Enrolments, ADisabledAccountNeitherGetsOneNorUsesOne)
{
    const auto enrolment = invited(for_token());
    write([&](Transaction& t) {
        return service::change_account(t, nominator_, domain::AccountId(drafter_), std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    }).value();
    EXPECT_TRUE(refusal(make(nominator_, drafter_, for_token())).names("path:id", Rule::not_active));
    EXPECT_TRUE(refused(use(enrolment, with_token())).names("", Rule::not_active));
    EXPECT_FALSE(sign_in(token_).has_value());
}

// THE CODE

TEST_F(Enrolments, FiveWrongCodesEndItAndEachIsKeptThoughItIsRefused)
{
    const auto enrolment = invited(for_token());
    auto guess = with_token();
    guess["code"] = wrong_;
    const auto size = ledger_size();
    for (int left = 4; left >= 0; --left) {
        const auto told = refused(use(enrolment, guess));
        EXPECT_EQ(told.code, ErrorCode::not_eligible);
        ASSERT_TRUE(told.names("/code", Rule::wrong_code));
        EXPECT_EQ(told.violations.at(0).arguments.at(0).second, std::to_string(left));
        EXPECT_EQ(status_of(enrolment), left > 0 ? "open" : "ended");
    }
    EXPECT_EQ(kinds_since(size), Kinds{"enrolment_ended"}) << "one entry, whatever is guessed";
    EXPECT_TRUE(refused(use(enrolment, with_token())).names("", Rule::enrolment_ended)) << "the right one comes too late";
    EXPECT_TRUE(refused(use(enrolment, guess)).names("/code", Rule::wrong_code));
    EXPECT_EQ(ledger_size(), size + 1);
}

TEST_F(Enrolments, FourWrongCodesDoNotKeepTheHolderOut)
{
    const auto enrolment = invited(for_token());
    auto guess = with_token();
    guess["code"] = wrong_;
    for (int i = 0; i < 4; ++i)
        refused(use(enrolment, guess));
    EXPECT_TRUE(is_used(use(enrolment, with_token())));
}

TEST_F(Enrolments, ItIsUsedOnceAndTheSameUseAgainGivesTheSameAnswer)
{
    const auto enrolment = invited(for_token());
    const auto first = use(enrolment, with_token()).value();
    const auto size = ledger_size();
    const auto again = use(enrolment, with_token()).value();
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(again.seq, first.seq);
    EXPECT_EQ(again.status, first.status);
    EXPECT_EQ(again.shown_to->account, first.shown_to->account);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_TRUE(refused(use(enrolment, with_token(service::new_token(random())))).names("", Rule::enrolment_ended));
    auto guess = with_token();
    guess["code"] = wrong_;
    EXPECT_TRUE(refused(use(enrolment, guess)).names("/code", Rule::wrong_code)) << "knowing the token is not enough";
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Enrolments, TheSameCertificateAgainGivesTheSameAnswerToo)
{
    const auto certificate = a_certificate();
    const auto enrolment = invited(for_certificate());
    const auto first = use(enrolment, with_certificate(certificate, enrolment)).value();
    const auto size = ledger_size();
    EXPECT_EQ(use(enrolment, with_certificate(certificate, enrolment)).value().id, first.id);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_TRUE(refused(use(enrolment, with_certificate(a_certificate(), enrolment))).names("", Rule::enrolment_ended));
}

TEST_F(Enrolments, ItEndsAtItsTime)
{
    const auto in_time = invited(for_token()), late = invited(for_token());
    advance(service::enrolment_life - std::chrono::milliseconds(1));
    EXPECT_TRUE(is_used(use(in_time, with_token())));
    advance(std::chrono::milliseconds(1));
    EXPECT_TRUE(refused(use(late, with_token(service::new_token(random())))).names("", Rule::enrolment_ended));
}

TEST_F(Enrolments, ItIsTakenBackByItsMakerOrByTheAccountItIsFor)
{
    const auto one = invited(for_token()), other = invited(for_token()), used = invited(for_token());
    const auto size = ledger_size();
    EXPECT_EQ(refusal(end(someone("state:CL", {"approver"}), one)).code, ErrorCode::forbidden);
    EXPECT_TRUE(end(nominator_, one).has_value());
    EXPECT_TRUE(end(signed_in(token_for(drafter_)), other).has_value());
    const auto kinds = kinds_since(size);
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "enrolment_ended"), 2);
    EXPECT_TRUE(refused(use(one, with_token())).names("", Rule::enrolment_ended));
    EXPECT_EQ(refusal(end(nominator_, one)).code, ErrorCode::conflict);
    EXPECT_TRUE(is_used(use(used, with_token())));
    EXPECT_EQ(refusal(end(nominator_, used)).code, ErrorCode::conflict);
}

TEST_F(Enrolments, WhatItIsForIsWhatIsBrought)
{
    const auto certificate = a_certificate();
    const auto for_one = invited(for_certificate());
    EXPECT_TRUE(refused(use(for_one, with_token())).names("/certificate", Rule::required));
    const auto other = invited(for_token());
    EXPECT_TRUE(refused(use(other, with_certificate(certificate, other))).names("/token_sha256", Rule::required));
    auto without_proof = with_certificate(certificate, for_one);
    without_proof.erase("signature");
    EXPECT_TRUE(refused(use(for_one, without_proof)).names("/signature", Rule::no_possession));
}

// UNPROVEN TOKENS

class UnprovenTokens : public Enrolments {
protected:
    const Principal peruvian_ = someone("state:PE", {"nominator"});
    const std::string other_ = account_of("state:PE", {"drafter"});

    std::string offered(const Principal& by, const std::string& account)
    {
        const auto enrolment = make(by, account, for_token()).value().id;
        return use(enrolment, with_token()).value().id;
    }
    auto prove()
    {
        return write([&](Transaction& t) { return proven(t, token_); });
    }
    std::string status_of_credential(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_credential(c, principal, language, domain::CredentialId(id)); })
            .value()
            .body["content"]["status"];
    }
};

TEST_F(UnprovenTokens, TheFirstRequestProvesItWithExactlyOneEntry)
{
    const auto id = offered(nominator_, drafter_);
    EXPECT_EQ(status_of_credential(nominator_, id), "unproven");
    const auto size = ledger_size();
    const auto caller = prove().value();
    EXPECT_EQ(caller.account.value, drafter_);
    EXPECT_FALSE(caller.is_unproven);
    EXPECT_EQ(kinds_since(size), Kinds{"credential_proven"});
    EXPECT_EQ(status_of_credential(nominator_, id), "active");
    prove().value();
    EXPECT_EQ(ledger_size(), size + 1);
}

TEST_F(UnprovenTokens, TwoFirstRequestsAtOnceProveItOnce)
{
    offered(nominator_, drafter_);
    const auto caller = sign_in(token_).value();
    ASSERT_TRUE(caller.is_unproven);
    const auto size = ledger_size();
    for (int i = 0; i < 2; ++i) {
        const auto proven = write([&](Transaction& t) { return service::prove_credential(t, caller); });
        EXPECT_FALSE(proven.value().is_unproven);
    }
    EXPECT_EQ(kinds_since(size), Kinds{"credential_proven"});
}

TEST_F(UnprovenTokens, AfterTheEnrolmentsTimeItIsNothing)
{
    const auto enrolment = invited(for_token());
    advance(service::enrolment_life - std::chrono::hours(1));
    ASSERT_TRUE(is_used(use(enrolment, with_token())));
    const auto unproven = sign_in(token_).value();
    advance(std::chrono::hours(1));
    EXPECT_FALSE(sign_in(token_).has_value());
    EXPECT_EQ(refusal(write([&](Transaction& t) { return service::prove_credential(t, unproven); })).code, ErrorCode::invalid_credential);
}

TEST_F(UnprovenTokens, OnceProvenItLivesItsOwnLife)
{
    offered(nominator_, drafter_);
    prove().value();
    advance(std::chrono::days(89));
    EXPECT_TRUE(sign_in(token_).has_value());
    advance(std::chrono::days(1));
    EXPECT_FALSE(sign_in(token_).has_value());
}

// Whoever saw a hash in transit could register it for an account of his own: he would be nobody, and the holder with him, until
// the State makes a new enrolment.
TEST_F(UnprovenTokens, OfTwoEqualHashesNeitherBecomesActive)
{
    const auto ours = offered(nominator_, drafter_);
    const auto unproven = sign_in(token_).value();
    const auto theirs = offered(peruvian_, other_);
    const auto size = ledger_size();
    EXPECT_FALSE(sign_in(token_).has_value());
    EXPECT_EQ(refusal(write([&](Transaction& t) { return service::prove_credential(t, unproven); })).code, ErrorCode::invalid_credential);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_EQ(status_of_credential(nominator_, ours), "unproven");
    EXPECT_EQ(status_of_credential(peruvian_, theirs), "unproven");
    // Once one of them is taken back the other is alone.
    write([&](Transaction& t) { return service::revoke_credential(t, peruvian_, domain::CredentialId(theirs)); }).value();
    EXPECT_EQ(prove().value().account.value, drafter_);
}

TEST_F(UnprovenTokens, AProvenOneIsNotDisturbedByALaterOneOfAnotherState)
{
    offered(nominator_, drafter_);
    prove().value();
    const auto theirs = offered(peruvian_, other_);
    EXPECT_EQ(sign_in(token_).value().account.value, drafter_);
    EXPECT_EQ(status_of_credential(peruvian_, theirs), "unproven") << "and nobody there learns that it is known here";
    write([&](Transaction& t) { return service::revoke_credential(t, nominator_, sign_in(token_).value().credential); }).value();
    EXPECT_FALSE(sign_in(token_).has_value()) << "a token that was revoked is nobody's ever after";
}

// POSSESSION

TEST_F(Enrolments, ACertificateIsItsHoldersByItsSignatureOrItsRequest)
{
    for (const auto key : {KeyKind::p256, KeyKind::ed25519, KeyKind::rsa_2048}) {
        const auto signed_by = a_certificate(key), requested = a_certificate(key);
        const auto one = invited(for_certificate()), other = invited(for_certificate());
        const auto size = ledger_size();
        EXPECT_TRUE(is_used(use(one, with_certificate(signed_by, one))));
        EXPECT_TRUE(is_used(use(other, requesting(requested, text_for(requested, other, drafter_)))));
        EXPECT_EQ(kinds_since(size), (Kinds{"credential_registered", "enrolment_used", "credential_registered", "enrolment_used"}));
        EXPECT_EQ(signed_in(std::nullopt, signed_by.pem).account.value, drafter_);
        EXPECT_EQ(signed_in(std::nullopt, requested.pem).account.value, drafter_);
    }
}

TEST_F(Enrolments, AProofMadeForAnotherAccountEnrolmentOrOriginIsNone)
{
    const auto certificate = a_certificate();
    const auto enrolment = invited(for_certificate()), another = invited(for_certificate());
    const auto size = ledger_size();
    for (const auto& text :
         {text_for(certificate, enrolment, account_of("state:CL", {"drafter"})), text_for(certificate, another, drafter_),
          text_for(certificate, enrolment, drafter_, "other.example/log"), text_for(a_certificate(), enrolment, drafter_), std::string()}) {
        EXPECT_TRUE(refused(use(enrolment, signing(certificate, text))).names("/signature", Rule::no_possession)) << text;
        EXPECT_TRUE(refused(use(enrolment, requesting(certificate, text))).names("/request", Rule::no_possession)) << text;
    }
    EXPECT_EQ(kinds_since(size), (Kinds{"account_created"}));
    EXPECT_EQ(status_of(enrolment), "open") << "the holder may try again";
    EXPECT_TRUE(is_used(use(enrolment, with_certificate(certificate, enrolment))));
}

TEST_F(Enrolments, ARequestByAnotherKeyIsNoProof)
{
    const auto certificate = a_certificate(), other = a_certificate();
    const auto enrolment = invited(for_certificate());
    auto body = requesting(certificate, text_for(certificate, enrolment, drafter_));
    body["request"] = other.key.request({base::challenge_for(text_for(certificate, enrolment, drafter_))});
    EXPECT_TRUE(refused(use(enrolment, body)).names("/request", Rule::no_possession));
}

// A nominator of PE has CL's certificate, which is no secret, but not its key.
class TakenCertificates : public Enrolments {
protected:
    const Principal peruvian_ = someone("state:PE", {"nominator"});
    const std::string puppet_ = account_of("state:PE", {"drafter"});
    std::string in_peru() { return make(peruvian_, puppet_, for_certificate()).value().id; }
};

TEST_F(TakenCertificates, WhoHasTheCertificateWithoutItsKeyRegistersNothingAndLearnsNothing)
{
    const auto known = a_certificate(), unknown = a_certificate(), own = a_certificate();
    held_in_chile(known);
    const auto size = ledger_size();
    std::vector<std::string> answers;
    for (const auto* certificate : {&known, &unknown}) {
        const auto enrolment = in_peru();
        const auto text = text_for(*certificate, enrolment, puppet_);
        auto body = signing(*certificate, text);
        body["signature"] = base::base64(own.key.sign(text));
        const auto told = refused(use(enrolment, body));
        EXPECT_TRUE(told.names("/signature", Rule::no_possession));
        ASSERT_EQ(told.violations.size(), 1U);
        EXPECT_TRUE(told.violations.at(0).arguments.empty());
        // Nor by naming it to the portal beforehand.
        const auto named = refused(make(peruvian_, puppet_, {{"kind", "certificate"}, {"certificate", certificate->pem}}));
        EXPECT_TRUE(named.names("/certificate", Rule::holder_enrols));
        ASSERT_EQ(named.violations.size(), 1U);
    }
    EXPECT_EQ(kinds_since(size), (Kinds{"enrolment_made", "enrolment_made"}));
    EXPECT_EQ(signed_in(std::nullopt, known.pem).account.value, drafter_);
}

TEST_F(TakenCertificates, WhoHasTheKeyTooIsRefusedAndBothStatesSeeIt)
{
    const auto shared = a_certificate();
    const auto first = held_in_chile(shared);
    const auto enrolment = in_peru();
    const auto size = ledger_size();
    const auto told = refused(use(enrolment, signing(shared, text_for(shared, enrolment, puppet_))));
    EXPECT_EQ(told.code, ErrorCode::conflict);
    EXPECT_TRUE(told.names("/certificate", Rule::already_exists));
    EXPECT_EQ(kinds_since(size), (Kinds{"credential_claimed", "enrolment_ended"}));
    EXPECT_EQ(signed_in(std::nullopt, shared.pem).account.value, drafter_);
    const auto homes = read([&](Connection& c) {
        std::vector<std::string> found;
        for (auto rows = c.query("SELECT home FROM ledger_entry WHERE seq >= ?1 ORDER BY seq", static_cast<std::int64_t>(size));
             rows.next();)
            found.push_back(rows.text(0));
        return found;
    });
    EXPECT_EQ(homes, (std::vector<std::string>{"state:CL", "state:PE"}));
    EXPECT_EQ(shown(peruvian_, enrolment)["content"]["status"], "ended");
}

TEST_F(TakenCertificates, ARevokedCertificateIsNeverRegisteredAgain)
{
    const auto certificate = a_certificate();
    const auto id = held_in_chile(certificate);
    write([&](Transaction& t) { return service::revoke_credential(t, nominator_, domain::CredentialId(id)); }).value();
    const auto size = ledger_size();
    const auto enrolment = invited(for_certificate());
    EXPECT_TRUE(refused(use(enrolment, with_certificate(certificate, enrolment))).names("/certificate", Rule::already_exists));
    EXPECT_EQ(kinds_since(size), (Kinds{"enrolment_made", "enrolment_ended"}));
}

TEST_F(Enrolments, WhatTheHandshakeWouldRefuseIsRefusedHereAndNamesWhy)
{
    const auto certificate = a_certificate();
    const auto enrolment = invited(for_certificate());
    using enum domain::CertificateFault;
    for (const auto& [fault, rule] : {std::pair{unknown_authority, Rule::certificate_authority},
                                      {wrong_purpose, Rule::certificate_purpose},
                                      {expired, Rule::certificate_expired},
                                      {not_yet_valid, Rule::certificate_not_yet_valid},
                                      {revoked, Rule::certificate_revoked},
                                      {no_current_list, Rule::certificate_list_ended},
                                      {other, Rule::certificate_other}}) {
        fault_ = fault;
        const auto told = refused(use(enrolment, with_certificate(certificate, enrolment)));
        EXPECT_EQ(told.code, ErrorCode::validation_failed);
        EXPECT_TRUE(told.names("/certificate", rule));
    }
    fault_.reset();
    EXPECT_TRUE(is_used(use(enrolment, with_certificate(certificate, enrolment))));
}

TEST_F(Enrolments, WhatIsNoCertificateIsNamedSo)
{
    const auto certificate = a_certificate();
    const auto enrolment = invited(for_certificate());
    auto body = with_certificate(certificate, enrolment);
    for (const auto& pem : {std::string("nonsense"), certificate.pem + "-----BEGIN PRIVATE KEY-----\n"}) {
        body["certificate"] = pem;
        EXPECT_TRUE(refused(use(enrolment, body)).names("/certificate", Rule::invalid_value));
    }
    body["certificate"] = new_certificate("x", now() - std::chrono::hours(1));
    EXPECT_TRUE(refused(use(enrolment, body)).names("/certificate", Rule::certificate_expired));
}

// Whoever holds what came of it is not who made it, and still counts as led by him (four eyes).
TEST_F(Enrolments, WhoInvitedStandsBehindTheCredential)
{
    const auto certificate = a_certificate();
    held_in_chile(certificate);
    const auto holder = signed_in(std::nullopt, certificate.pem);
    EXPECT_TRUE(
        read([&](Connection& c) { return service::is_same_actor(c, service::actor_of(nominator_), service::actor_of(holder), now()); }));
}

}  // namespace
}  // namespace cbmx::test
