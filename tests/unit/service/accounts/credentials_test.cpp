// Certificates and tokens: registering, renewing, revoking, and who stands behind them. See server/service/accounts/credentials.hpp.
#include "service/accounts/delegations.hpp"
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
        return write([&](Transaction& t) { return service::issue_token(t, principal, domain::AccountId(account), draft); });
    }
    auto register_certificate(const Principal& principal, const std::string& account, const std::string& pem)
    {
        return write([&](Transaction& t) { return service::register_certificate(t, principal, domain::AccountId(account), pem, ""); });
    }
    auto revoke(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::revoke_credential(t, principal, domain::CredentialId(id)); });
    }
    auto renew(const Principal& principal, const std::optional<std::vector<std::string>>& scopes = {})
    {
        return write([&](Transaction& t) { return service::renew_token(t, principal, scopes); });
    }
    auto get(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_credential(c, principal, language, domain::CredentialId(id)); });
    }
    std::string a_certificate() { return new_certificate("x", now() + std::chrono::days(300)); }
    TokenDraft a_token(std::vector<std::string> scopes = {"draft", "read"}) { return {.label = "script", .scopes = std::move(scopes)}; }
};

TEST_F(Credentials, ATokenIsShownOnceAndNeverKept)
{
    const auto size = ledger_size();
    const auto outcome = issue(nominator_, drafter_, a_token()).value();
    ASSERT_TRUE(outcome.secret.has_value());
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"credential_registered"});
    const auto shown = get(nominator_, outcome.id).value().body;
    EXPECT_EQ(shown.dump().find(*outcome.secret), std::string::npos);
    EXPECT_NE(shown["content"]["fingerprint"], base::hex(base::sha256(*outcome.secret)));  // not what it is looked up by
    EXPECT_EQ(shown["content"]["issued_by"], nominator_.account.value);
    EXPECT_EQ(shown["content"]["not_after"], domain::to_rfc3339(now() + std::chrono::days(90)));
}

TEST_F(Credentials, EveryFaultOfATokenIsNamedAtOnce)
{
    const auto refused = refusal(issue(nominator_, drafter_,
                                       {.label = "",
                                        .scopes = {"read", "everything"},
                                        .expires_in_days = 366,
                                        .bound_to_certificate = base::hex(base::sha256("unknown"))}));
    EXPECT_TRUE(refused.names("/scopes/1", Rule::not_allowed_value));
    EXPECT_TRUE(refused.names("/expires_in_days", Rule::above_maximum));
    EXPECT_TRUE(refused.names("/bound_to_certificate", Rule::unknown_reference));
}

TEST_F(Credentials, NobodyIssuesToThemselves)
{
    EXPECT_TRUE(refusal(issue(nominator_, nominator_.account.value, a_token())).names("path:id", Rule::same_person));
    EXPECT_TRUE(refusal(register_certificate(nominator_, nominator_.account.value, a_certificate())).names("path:id", Rule::same_person));
}

TEST_F(Credentials, OnlyWhoMayWriteTheAccountRegisters)
{
    EXPECT_EQ(refusal(issue(someone("state:CL", {"approver"}), drafter_, a_token())).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(issue(someone("state:PE", {"nominator"}), drafter_, a_token())).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(issue(someone("office:secretariat", {"secretariat"}), drafter_, a_token())).code, ErrorCode::not_found);
    const auto chair = account_of("office:chair", {"chair"});
    EXPECT_EQ(refusal(issue(someone("office:secretariat", {"secretariat"}), chair, a_token())).code, ErrorCode::forbidden);
    EXPECT_TRUE(
        issue(someone("office:secretariat", {"secretariat"}), account_of("office:secretariat", {"secretariat"}), a_token()).has_value());
}

TEST_F(Credentials, ADisabledAccountGetsNone)
{
    write([&](Transaction& t) {
        return service::change_account(t, nominator_, domain::AccountId(drafter_), std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    });
    EXPECT_TRUE(refusal(issue(nominator_, drafter_, a_token())).names("path:id", Rule::not_active));
}

TEST_F(Credentials, ACertificateEndsWhenItSaysAndIsRegisteredOnce)
{
    const auto pem = a_certificate();
    const auto id = register_certificate(nominator_, drafter_, pem).value().id;
    const auto content = get(nominator_, id).value().body["content"];
    EXPECT_EQ(content["fingerprint"], base::hex(fingerprint_of(pem)));
    EXPECT_EQ(content["not_after"], domain::to_rfc3339(now() + std::chrono::days(300)));
    const auto other_state = someone("state:PE", {"nominator"});
    const auto there = account_of("state:PE", {"drafter"});
    EXPECT_TRUE(refusal(register_certificate(nominator_, drafter_, pem)).names("/certificate", Rule::already_exists));
    EXPECT_TRUE(refusal(register_certificate(other_state, there, pem)).names("/certificate", Rule::already_exists));
}

TEST_F(Credentials, WhatIsNoUsableCertificateIsRefused)
{
    EXPECT_TRUE(refusal(register_certificate(nominator_, drafter_, "nonsense")).names("/certificate", Rule::invalid_value));
    const auto with_key = a_certificate() + "-----BEGIN PRIVATE KEY-----\n";
    EXPECT_TRUE(refusal(register_certificate(nominator_, drafter_, with_key)).names("/certificate", Rule::invalid_value));
    const auto expired = new_certificate("x", now() - std::chrono::hours(1));
    EXPECT_TRUE(refusal(register_certificate(nominator_, drafter_, expired)).names("/certificate", Rule::not_active));
}

TEST_F(Credentials, ARenewedTokenKeepsItsLifetimeAndTheOldOneEndsWithin14Days)
{
    const auto old_token = issue(nominator_, drafter_, a_token()).value().secret;
    const auto old = signed_in(old_token);
    advance(std::chrono::days(10));
    const auto size = ledger_size();
    const auto outcome = renew(again(old)).value();
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"credential_registered"});
    const auto content = get(nominator_, outcome.id).value().body["content"];
    EXPECT_EQ(content["scopes"], (nlohmann::json{"draft", "read"}));
    EXPECT_EQ(content["not_after"], domain::to_rfc3339(now() + std::chrono::days(90)));
    EXPECT_EQ(content["replaces"], old.credential.value);
    EXPECT_EQ(content["issued_by"], nominator_.account.value);  // still hers: she issued the first
    EXPECT_EQ(get(nominator_, old.credential.value).value().body["meta"]["ends_at"], domain::to_rfc3339(now() + std::chrono::days(14)));

    advance(std::chrono::days(14) - std::chrono::milliseconds(1));
    EXPECT_TRUE(sign_in(old_token).has_value());
    advance(std::chrono::milliseconds(1));
    EXPECT_FALSE(sign_in(old_token).has_value());
    EXPECT_TRUE(sign_in(outcome.secret).has_value());
}

TEST_F(Credentials, ARenewalNeverOutlivesTheOldEnd)
{
    const auto token = issue(nominator_, drafter_, {.label = "short", .scopes = {"read"}, .expires_in_days = 5}).value().secret;
    renew(signed_in(token));
    advance(std::chrono::days(5));
    EXPECT_FALSE(sign_in(token).has_value());
}

TEST_F(Credentials, ARenewalMayNarrowAndNeverWiden)
{
    const auto caller = signed_in(issue(nominator_, drafter_, a_token()).value().secret);
    EXPECT_TRUE(refusal(renew(caller, std::vector<std::string>{"read", "publish"})).names("/scopes/1", Rule::not_allowed_value));
    const auto narrower = renew(caller, std::vector<std::string>{"read"}).value();
    EXPECT_EQ(get(nominator_, narrower.id).value().body["content"]["scopes"], nlohmann::json{"read"});
}

TEST_F(Credentials, ACertificateDoesNotRenewItself) { EXPECT_EQ(refusal(renew(nominator_)).code, ErrorCode::conflict); }

TEST_F(Credentials, RevokingTakesEffectAtOnceAndOnce)
{
    const auto outcome = issue(nominator_, drafter_, a_token()).value();
    EXPECT_TRUE(revoke(nominator_, outcome.id).has_value());
    EXPECT_FALSE(sign_in(outcome.secret).has_value());
    EXPECT_EQ(refusal(revoke(nominator_, outcome.id)).code, ErrorCode::conflict);
}

TEST_F(Credentials, ATokenThatWasReplacedDoesNotRenewItselfAgain)
{
    const auto caller = signed_in(issue(nominator_, drafter_, a_token()).value().secret);
    ASSERT_TRUE(renew(caller).has_value());
    const auto size = ledger_size();
    EXPECT_TRUE(refusal(renew(caller)).names("header:Authorization", Rule::already_exists));
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Credentials, RevokingATokenRevokesWhateverItRenewedItselfInto)
{
    const auto first = issue(nominator_, drafter_, a_token()).value();
    const auto other = issue(nominator_, drafter_, a_token()).value();
    const auto second = renew(signed_in(first.secret)).value().secret;
    const auto third = renew(signed_in(second)).value().secret;
    const auto size = ledger_size();
    const auto outcome = revoke(nominator_, first.id).value();
    EXPECT_EQ(kinds_since(size), std::vector<std::string>(3, "credential_revoked"));
    EXPECT_EQ(outcome.id, first.id);
    EXPECT_EQ(*outcome.seq, static_cast<std::int64_t>(size));
    for (const auto& token : {first.secret, second, third})
        EXPECT_FALSE(sign_in(token).has_value());
    EXPECT_TRUE(sign_in(other.secret).has_value());
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
    issue(nominator_, drafter_, a_token());
    certificate_for(drafter_);
    const auto list = [&](const Principal& principal) {
        return read([&](Connection& c) { return service::list_credentials(c, principal, language, domain::AccountId(drafter_), 10, ""); });
    };
    EXPECT_EQ(list(nominator_).value().items.size(), 2u);
    EXPECT_EQ(refusal(list(someone("state:PE", {"nominator"}))).code, ErrorCode::not_found);
}

class SameHands : public Credentials {
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
    EXPECT_TRUE(same(approver_, signed_in(renew(signed_in(token)).value().secret)));
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

TEST_F(SameHands, ACertificatesKeyWasNeverInItsIssuersHandsNorIsTheOperatorAnIssuer)
{
    const auto writer = signed_in(issue(nominator_, drafter_, a_token()).value().secret);
    const auto reader = account_of("state:CL", {"approver"});
    const auto pem = a_certificate();
    ASSERT_TRUE(register_certificate(nominator_, reader, pem).has_value());
    EXPECT_FALSE(same(signed_in(std::nullopt, pem), writer));
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
