// Certificates and tokens: registering, renewing, revoking, and who stands behind them. See server/service/accounts/credentials.hpp; how
// their holders come in: enrolments_test.cpp.
#include "service/accounts/delegations.hpp"
#include "service/proposals/proposals.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using service::TokenDraft;

class Credentials : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});
    const std::string drafter_ = account_of("state:CL", {"drafter"});

    auto issue(const Principal& principal, const std::string& account, const TokenDraft& draft)
    {
        return write([&](Transaction& t) { return issue_token(portal(), t, principal, domain::AccountId(account), draft); });
    }
    auto register_certificate(const Principal& principal, const std::string& account, const std::string& pem)
    {
        return write([&](Transaction& t) { return service::register_certificate(t, principal, domain::AccountId(account), pem, ""); });
    }
    auto revoke(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::revoke_credential(t, principal, domain::CredentialId(id)); });
    }
    auto get(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_credential(c, principal, language, domain::CredentialId(id)); });
    }
    nlohmann::json content_of(const std::string& id) { return get(nominator_, id).value().body["content"]; }
    std::string a_certificate() { return new_certificate("x", now() + std::chrono::days(300)); }
    TokenDraft a_token(std::vector<std::string> scopes = {"draft", "read"}) { return {.label = "script", .scopes = std::move(scopes)}; }
    const Principal operator_ = domain::machine_operator();
};

TEST_F(Credentials, TheOperatorAloneRegistersWithoutTheHolder)
{
    const auto size = ledger_size();
    const auto token = issue(operator_, drafter_, a_token()).value();
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"credential_registered"});
    EXPECT_EQ(signed_in(token.secret).account.value, drafter_);
    EXPECT_EQ(content_of(token.id)["issued_by"], nullptr);
    EXPECT_EQ(content_of(token.id)["not_after"], domain::to_rfc3339(now() + std::chrono::days(90)));
    for (const auto& other : {nominator_, someone("office:secretariat", {"secretariat"}), domain::the_portal()}) {
        EXPECT_FALSE(register_certificate(other, drafter_, a_certificate()).has_value());
        EXPECT_FALSE(
            write([&](Transaction& t) { return service::issue_token(t, other, domain::AccountId(drafter_), a_token()); }).has_value());
    }
}

TEST_F(Credentials, WhatIsKeptDoesNotLeadToTheToken)
{
    const auto token = issue(nominator_, drafter_, a_token()).value();
    const auto shown = get(nominator_, token.id).value().body;
    EXPECT_EQ(shown.dump().find(token.secret), std::string::npos);
    EXPECT_NE(shown["content"]["fingerprint"], base::hex(base::sha256(token.secret)));  // not what it is looked up by
    EXPECT_EQ(shown["content"]["issued_by"], nominator_.account.value);
}

TEST_F(Credentials, EveryFaultOfATokenIsNamedAtOnce)
{
    const auto refused = refusal(issue(operator_, drafter_,
                                       {.label = "",
                                        .scopes = {"read", "everything"},
                                        .expires_in_days = 366,
                                        .bound_to_certificate = base::hex(base::sha256("unknown"))}));
    EXPECT_TRUE(refused.names("/scopes/1", Rule::not_allowed_value));
    EXPECT_TRUE(refused.names("/expires_in_days", Rule::above_maximum));
    EXPECT_TRUE(refused.names("/bound_to_certificate", Rule::unknown_reference));
}

TEST_F(Credentials, TheOperatorTooRegistersNothingTwiceNorForADisabledAccount)
{
    const auto pem = a_certificate();
    ASSERT_TRUE(register_certificate(operator_, drafter_, pem).has_value());
    EXPECT_TRUE(refusal(register_certificate(operator_, drafter_, pem)).names("/certificate", Rule::already_exists));
    EXPECT_TRUE(
        refusal(register_certificate(operator_, account_of("state:PE", {"drafter"}), pem)).names("/certificate", Rule::already_exists));
    write([&](Transaction& t) {
        return service::change_account(t, nominator_, domain::AccountId(drafter_), std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    }).value();
    EXPECT_TRUE(refusal(issue(operator_, drafter_, a_token())).names("path:id", Rule::not_active));
    EXPECT_TRUE(refusal(register_certificate(operator_, drafter_, a_certificate())).names("path:id", Rule::not_active));
}

TEST_F(Credentials, ACertificateEndsWhenItSays)
{
    const auto pem = a_certificate();
    const auto content = content_of(register_certificate(operator_, drafter_, pem).value().id);
    EXPECT_EQ(content["fingerprint"], base::hex(fingerprint_of(pem)));
    EXPECT_EQ(content["not_after"], domain::to_rfc3339(now() + std::chrono::days(300)));
}

TEST_F(Credentials, WhatIsNoUsableCertificateIsRefused)
{
    EXPECT_TRUE(refusal(register_certificate(operator_, drafter_, "nonsense")).names("/certificate", Rule::invalid_value));
    const auto with_key = a_certificate() + "-----BEGIN PRIVATE KEY-----\n";
    EXPECT_TRUE(refusal(register_certificate(operator_, drafter_, with_key)).names("/certificate", Rule::invalid_value));
    const auto expired = new_certificate("x", now() - std::chrono::hours(1));
    EXPECT_TRUE(refusal(register_certificate(operator_, drafter_, expired)).names("/certificate", Rule::certificate_expired));
}

TEST_F(Credentials, RevokingTakesEffectAtOnceAndOnce)
{
    const auto token = issue(nominator_, drafter_, a_token()).value();
    EXPECT_TRUE(revoke(nominator_, token.id).has_value());
    EXPECT_FALSE(sign_in(token.secret).has_value());
    EXPECT_EQ(refusal(revoke(nominator_, token.id)).code, ErrorCode::conflict);
}

TEST_F(Credentials, OnesOwnCredentialIsRevokedByOneselfAndByNoPeer)
{
    const auto own = issue(nominator_, drafter_, a_token()).value();
    EXPECT_EQ(refusal(revoke(someone("state:CL", {"drafter"}), own.id)).code, ErrorCode::forbidden);
    EXPECT_TRUE(revoke(signed_in(own.secret), own.id).has_value());
}

TEST_F(Credentials, ANarrowTokenRevokesItselfAlone)
{
    const auto narrow = signed_in(token_for(nominator_.account.value, {"read"}));
    const auto drafters = issue(nominator_, drafter_, a_token()).value().id;
    EXPECT_EQ(refusal(revoke(narrow, nominator_.credential.value)).code, ErrorCode::token_scope);
    EXPECT_EQ(refusal(revoke(narrow, drafters)).code, ErrorCode::token_scope);
    EXPECT_TRUE(revoke(narrow, narrow.credential.value).has_value());
}

TEST_F(Credentials, TheyAreListedWithTheirAccountOrNotAtAll)
{
    issue(nominator_, drafter_, a_token()).value();
    certificate_for(drafter_);
    const auto list = [&](const Principal& principal) {
        return read([&](Connection& c) { return service::list_credentials(c, principal, language, domain::AccountId(drafter_), 10, ""); });
    };
    EXPECT_EQ(list(nominator_).value().items.size(), 2u);
    EXPECT_EQ(refusal(list(someone("state:PE", {"nominator"}))).code, ErrorCode::not_found);
}

class Renewal : public Credentials {
protected:
    // A token of ninety days that the drafter holds, as it is when it may be renewed.
    HeldToken held(std::int64_t days = 90)
    {
        const auto token = issue(nominator_, drafter_, {.label = "script", .scopes = {"draft", "read"}, .expires_in_days = days}).value();
        signed_in(token.secret);
        return token;
    }
    HeldToken renewable()
    {
        auto token = held();
        advance(std::chrono::days(60));
        return token;
    }
    auto renew(const Principal& principal, const std::string& token, const std::optional<std::vector<std::string>>& scopes = {})
    {
        return write([&](Transaction& t) { return service::renew_token(t, principal, base::sha256(token), scopes); });
    }
    // The whole of a renewal: asked for with the old one, and the new one used.
    HeldToken renewed(const std::string& old)
    {
        const auto token = service::new_token(random());
        const auto id = renew(signed_in(old), token).value().id;
        signed_in(token);
        return {id, token};
    }
    std::string status_of(const std::string& id) { return content_of(id)["status"]; }
};

TEST_F(Renewal, OnlyInTheLastThirdOfItsLife)
{
    const auto token = held();
    const auto caller = signed_in(token.secret);
    const auto from = now() + std::chrono::days(60);
    advance(std::chrono::days(60) - std::chrono::milliseconds(1));
    const auto refused = refusal(renew(caller, service::new_token(random())));
    ASSERT_TRUE(refused.names("header:Authorization", Rule::not_yet_renewable));
    EXPECT_EQ(refused.violations.at(0).arguments.at(0).second, domain::to_rfc3339(from));
    advance(std::chrono::milliseconds(1));
    EXPECT_TRUE(renew(caller, service::new_token(random())).has_value());
}

TEST_F(Renewal, TheSuccessorIsLikeItAndIsOfferedUntilTheOldOneEnds)
{
    const auto old = renewable();
    const auto size = ledger_size();
    const auto token = service::new_token(random());
    const auto id = renew(signed_in(old.secret), token).value().id;
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"credential_offered"});
    const auto content = content_of(id);
    EXPECT_EQ(content["status"], "unproven");
    EXPECT_EQ(content["label"], "script");
    EXPECT_EQ(content["scopes"], (nlohmann::json{"draft", "read"}));
    EXPECT_EQ(content["not_after"], domain::to_rfc3339(now() + std::chrono::days(90)));
    EXPECT_EQ(content["prove_by"], content_of(old.id)["not_after"]);
    EXPECT_EQ(content["replaces"], old.id);
    EXPECT_EQ(content["enrolment"], nullptr);
    EXPECT_EQ(content["issued_by"], nominator_.account.value);  // still hers: she invited the first
}

TEST_F(Renewal, TheOldTokenWorksUntilTheNewOneIsFirstUsed)
{
    const auto old = renewable();
    const auto token = service::new_token(random());
    renew(signed_in(old.secret), token).value();
    EXPECT_TRUE(sign_in(old.secret).has_value());
    const auto size = ledger_size();
    signed_in(token);
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"credential_proven", "credential_revoked"}));
    EXPECT_FALSE(sign_in(old.secret).has_value());
    EXPECT_EQ(status_of(old.id), "revoked");
}

TEST_F(Renewal, ALostAnswerLosesNothing)
{
    const auto old = renewable();
    const auto caller = signed_in(old.secret);
    const auto token = service::new_token(random());
    const auto first = renew(caller, token).value();
    const auto size = ledger_size();
    const auto again = renew(caller, token).value();
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(again.seq, first.seq);
    EXPECT_EQ(again.status, first.status);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_EQ(signed_in(token).credential.value, first.id);
}

TEST_F(Renewal, AnUnusedSuccessorEndsWithTheOldToken)
{
    const auto old = renewable();
    const auto token = service::new_token(random());
    renew(signed_in(old.secret), token).value();
    advance(std::chrono::days(30) - std::chrono::milliseconds(1));
    EXPECT_TRUE(sign_in(token).has_value());
    advance(std::chrono::milliseconds(1));
    EXPECT_FALSE(sign_in(token).has_value());
    EXPECT_FALSE(sign_in(old.secret).has_value());
}

// Two who ask for different successors are two who hold the token.
TEST_F(Renewal, WithAnotherHashBothEndAndTheStateSeesIt)
{
    const auto old = renewable();
    const auto caller = signed_in(old.secret);
    const auto token = service::new_token(random());
    const auto successor = renew(caller, token).value().id;
    const auto size = ledger_size();
    const auto refused = renew(caller, service::new_token(random())).value();
    ASSERT_TRUE(refused.refused.has_value());
    EXPECT_EQ(refused.refused->code, ErrorCode::conflict);
    EXPECT_EQ(refused.refused->violations.at(0).rule, Rule::renewed_twice);
    EXPECT_EQ(kinds_since(size), std::vector<std::string>(2, "credential_revoked"));
    EXPECT_EQ(status_of(old.id), "revoked");
    EXPECT_EQ(status_of(successor), "revoked");
    EXPECT_FALSE(sign_in(old.secret).has_value());
    EXPECT_FALSE(sign_in(token).has_value());
}

TEST_F(Renewal, AChainLivesAYearAtMost)
{
    const auto began = now();
    auto token = held();
    std::string end;
    for (int i = 0; i < 4; ++i) {
        advance(std::chrono::days(80));
        token = renewed(token.secret);
        end = content_of(token.id)["not_after"];
    }
    EXPECT_EQ(end, domain::to_rfc3339(began + std::chrono::days(365)));
    advance(std::chrono::days(40));
    EXPECT_TRUE(refusal(renew(signed_in(token.secret), service::new_token(random()))).names("header:Authorization", Rule::chain_ended));
    advance(std::chrono::days(5));
    EXPECT_FALSE(sign_in(token.secret).has_value());
}

TEST_F(Renewal, ItMayNarrowAndNeverWiden)
{
    const auto caller = signed_in(renewable().secret);
    const auto token = service::new_token(random());
    EXPECT_TRUE(refusal(renew(caller, token, std::vector<std::string>{"read", "publish"})).names("/scopes/1", Rule::not_allowed_value));
    const auto narrower = renew(caller, token, std::vector<std::string>{"read"}).value();
    EXPECT_EQ(content_of(narrower.id)["scopes"], nlohmann::json{"read"});
}

TEST_F(Renewal, ACertificateDoesNotRenewItself)
{
    EXPECT_EQ(refusal(renew(nominator_, service::new_token(random()))).code, ErrorCode::conflict);
}

TEST_F(Renewal, NobodyRenewsATokenIntoItself)
{
    const auto old = renewable();
    EXPECT_TRUE(refusal(renew(signed_in(old.secret), old.secret)).names("/token_sha256", Rule::invalid_value));
}

// A hash that is somebody's proven token already is of no use to whoever asks for it.
TEST_F(Renewal, IntoAnothersTokenItComesToNothing)
{
    const auto others = issue(operator_, account_of("state:PE", {"drafter"}), a_token()).value();
    const auto old = renewable();
    const auto successor = renew(signed_in(old.secret), others.secret).value().id;
    EXPECT_NE(sign_in(others.secret).value().account.value, drafter_);
    EXPECT_EQ(status_of(successor), "unproven");
}

TEST_F(Renewal, RevokingATokenRevokesWhateverItRenewedItselfInto)
{
    const auto old = renewable();
    const auto other = held();
    const auto token = service::new_token(random());
    renew(signed_in(old.secret), token).value();
    const auto size = ledger_size();
    const auto outcome = revoke(nominator_, old.id).value();
    EXPECT_EQ(kinds_since(size), std::vector<std::string>(2, "credential_revoked"));
    EXPECT_EQ(outcome.id, old.id);
    EXPECT_EQ(*outcome.seq, static_cast<std::int64_t>(size));
    EXPECT_FALSE(sign_in(old.secret).has_value());
    EXPECT_FALSE(sign_in(token).has_value());
    EXPECT_TRUE(sign_in(other.secret).has_value());
}

// A narrow one too: the client that renews tidies up behind itself, and finds it done.
TEST_F(Renewal, WhatASuccessorReplacedHasEndedAndRevokingItHarmsNobody)
{
    const auto old = renewable();
    const auto next = renewed(old.secret);
    EXPECT_EQ(refusal(revoke(signed_in(next.secret), old.id)).code, ErrorCode::conflict);
    EXPECT_TRUE(sign_in(next.secret).has_value());
}

// The secretariat proposed to revoke it; meanwhile whoever stole it renewed it.
TEST_F(Renewal, DoesNotEscapeARevocationThatWasProposedBefore)
{
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    const auto old = renewable();
    const nlohmann::json body{{"kind", "credential_revoke"}, {"credential", old.id}};
    const auto proposal = write([&](Transaction& t) { return service::make_proposal(t, secretariat, body); }).value().id;
    const auto next = renewed(old.secret);
    const auto size = ledger_size();
    write([&](Transaction& t) { return service::confirm_proposal(t, nominator_, domain::ProposalId(proposal), std::nullopt); }).value();
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"credential_revoked", "proposal_confirmed"}));
    EXPECT_FALSE(sign_in(next.secret).has_value());
}

class SameHands : public Renewal {
protected:
    const Principal approver_ = someone("state:CL", {"approver", "drafter", "nominator"});

    // Either way round: what one is to the other, the other is to it.
    bool same(const Principal& one, const Principal& other, std::optional<domain::Instant> since = {})
    {
        return read([&](Connection& c) {
            const bool there = service::is_same_actor(c, service::actor_of(one), service::actor_of(other), now(), since);
            EXPECT_EQ(service::is_same_actor(c, service::actor_of(other), service::actor_of(one), now(), since), there);
            return there;
        });
    }
    std::string lend(const Principal& giver, const std::string& delegate)
    {
        return write([&](Transaction& t) {
                   return service::give_delegation(
                       t, giver, {domain::AccountId(delegate), {"drafter"}, domain::to_rfc3339(now() + std::chrono::days(10))});
               })
            .value()
            .id;
    }
};

TEST_F(SameHands, OneselfIsAndAStrangerIsNot)
{
    EXPECT_TRUE(same(approver_, approver_));
    EXPECT_FALSE(same(approver_, someone("state:CL", {"drafter"})));
}

TEST_F(SameHands, WhoeverIssuedTheCredentialActsThroughIt)
{
    const auto token = issue(approver_, drafter_, a_token()).value().secret;
    EXPECT_TRUE(same(approver_, signed_in(token)));
    advance(std::chrono::days(80));
    EXPECT_TRUE(same(approver_, signed_in(renewed(token).secret)));
    EXPECT_FALSE(same(approver_, signed_in(token_for(drafter_))));  // the same account by another's credential
}

TEST_F(SameHands, IssuingThroughOthersIsIssuing)
{
    const auto puppet = account_of("state:CL", {"nominator"});
    const auto by_puppet = signed_in(issue(approver_, puppet, a_token({"accounts", "read"})).value().secret);
    const auto token = issue(by_puppet, drafter_, a_token()).value().secret;
    EXPECT_TRUE(same(approver_, signed_in(token)));
}

TEST_F(SameHands, TwoTokensOfOneIssuerAreOneHand)
{
    const auto writer = signed_in(issue(nominator_, drafter_, a_token()).value().secret);
    const auto reader = account_of("state:CL", {"approver"});
    EXPECT_TRUE(same(signed_in(issue(nominator_, reader, a_token({"publish", "read"})).value().secret), writer));
    const auto helper = signed_in(issue(nominator_, account_of("state:CL", {"nominator"}), a_token({"accounts", "read"})).value().secret);
    EXPECT_TRUE(same(signed_in(issue(helper, reader, a_token({"publish", "read"})).value().secret), writer));
    EXPECT_FALSE(same(signed_in(issue(approver_, reader, a_token({"publish", "read"})).value().secret), writer));
}

// Whoever makes an enrolment could use it, whatever it is for; the operator of a demonstration makes accounts for whoever they are.
TEST_F(SameHands, ACertificateIsInItsIssuersHandsAsATokenIsAndTheOperatorOfADemonstrationIsNobodysHands)
{
    const auto writer = signed_in(issue(nominator_, drafter_, a_token()).value().secret);
    const auto reader = account_of("state:CL", {"approver"});
    const auto pem = a_certificate();
    ASSERT_TRUE(write([&](Transaction& t) {
                    const auto account = store::find_account(t.db(), domain::AccountId(reader)).value();
                    return service::carry_out_certificate(t, nominator_, account, pem, "", domain::Permission::account_write);
                }).has_value());
    EXPECT_TRUE(same(signed_in(std::nullopt, pem), writer));
    EXPECT_TRUE(same(signed_in(std::nullopt, pem), nominator_));
    EXPECT_FALSE(same(signed_in(token_for(reader)), signed_in(token_for(drafter_))));
}

TEST_F(SameHands, LendingARoleIsActing)
{
    const auto delegate = someone("state:CL", {"contact"});
    const auto id = lend(approver_, delegate.account.value);
    EXPECT_TRUE(same(approver_, delegate));
    advance(std::chrono::days(1));
    write([&](Transaction& t) { return service::end_delegation(t, approver_, domain::DelegationId(id)); });
    EXPECT_TRUE(same(approver_, delegate)) << "it may have been in force when the content was touched";
    advance(std::chrono::days(1));
    EXPECT_FALSE(same(approver_, delegate, now()));
}

TEST_F(SameHands, TwoWhoActForTheSameGiverAreNotTwo)
{
    const auto giver = someone("state:CL", {"drafter"});
    const auto delegate = someone("state:CL", {"contact"});
    lend(giver, delegate.account.value);
    EXPECT_FALSE(same(approver_, delegate));
    lend(giver, approver_.account.value);
    EXPECT_TRUE(same(approver_, delegate));
}

}  // namespace
}  // namespace cbmx::test
