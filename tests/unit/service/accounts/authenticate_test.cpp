// Who a credential is, with which rights, and when it is nobody. See server/service/accounts/authenticate.hpp.
#include "service/accounts/delegations.hpp"
#include "support/service_fixture.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Role;
using domain::TokenScope;

class Authenticate : public ServiceFixture {
protected:
    ErrorCode refused(const std::optional<std::string>& token, const std::optional<std::string>& certificate = {})
    {
        return refusal(sign_in(token, certificate)).code;
    }
    std::vector<std::string> words(const domain::Principal& principal) { return nlohmann::json::parse(principal.visibility.tokens); }
    bool answers_to(const domain::Principal& principal, const std::string& word)
    {
        const auto all = words(principal);
        return std::find(all.begin(), all.end(), word) != all.end();
    }
};

TEST_F(Authenticate, NoCredentialIsAnyone)
{
    const auto anyone = signed_in(std::nullopt);
    EXPECT_TRUE(anyone.is_anonymous());
    EXPECT_EQ(words(anyone), std::vector<std::string>{"public"});
}

TEST_F(Authenticate, ATokenIsItsAccountWithinItsScopes)
{
    const auto id = account_of("state:CL", {"drafter"});
    const auto caller = signed_in(token_for(id, {"read", "draft"}));
    EXPECT_EQ(caller.account.value, id);
    EXPECT_EQ(caller.home.text(), "state:CL");
    EXPECT_TRUE(caller.has(Role::drafter));
    EXPECT_TRUE(caller.scopes.test(static_cast<std::size_t>(TokenScope::draft)));
    EXPECT_FALSE(caller.scopes.test(static_cast<std::size_t>(TokenScope::publish)));
}

TEST_F(Authenticate, ACertificateIsItsAccountByFingerprintWithEveryScope)
{
    const auto caller = someone("state:CL", {"approver"});
    EXPECT_TRUE(caller.has(Role::approver));
    EXPECT_TRUE(caller.scopes.all());
}

TEST_F(Authenticate, WhatIsNoTokenOfOursIsRefusedByItsForm)
{
    const auto token = token_for(account_of("state:CL", {"drafter"}));
    EXPECT_EQ(token.size(), 54u);
    EXPECT_TRUE(service::is_well_formed_token(token));
    auto mistyped = token;
    mistyped[20] = mistyped[20] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(service::is_well_formed_token(mistyped));
    EXPECT_FALSE(service::is_well_formed_token(""));
    EXPECT_FALSE(service::is_well_formed_token("cbmx_"));
    EXPECT_FALSE(service::is_well_formed_token(token + "0"));
    EXPECT_EQ(refused(mistyped), ErrorCode::invalid_credential);
}

TEST_F(Authenticate, UnknownExpiredRevokedAndDisabledAreRefusedAlike)
{
    EXPECT_EQ(refused(service::new_token(portal().random)), ErrorCode::invalid_credential);
    EXPECT_EQ(refused(std::nullopt, new_certificate("stranger", now() + std::chrono::days(30))), ErrorCode::invalid_credential);

    const auto id = account_of("state:CL", {"drafter"});
    const auto revoked = token_for(id);
    const auto credential = signed_in(revoked).credential.value;
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), domain::CredentialId(credential)); });
    EXPECT_EQ(refused(revoked), ErrorCode::invalid_credential);

    const auto expiring = token_for(id);
    advance(std::chrono::days(service::default_token_days));
    EXPECT_EQ(refused(expiring), ErrorCode::invalid_credential);

    const auto of_disabled = token_for(id);
    write([&](Transaction& t) {
        return service::change_account(t, domain::machine_operator(), domain::AccountId(id), std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    });
    EXPECT_EQ(refused(of_disabled), ErrorCode::invalid_credential);
}

TEST_F(Authenticate, ACertificateWithTheTokenOfAnotherAccountIsRefused)
{
    const auto one = account_of("state:CL", {"drafter"});
    const auto other = account_of("state:CL", {"approver"});
    const auto certificate = certificate_for(one);
    EXPECT_TRUE(sign_in(token_for(one), certificate).has_value());
    EXPECT_EQ(refused(token_for(other), certificate), ErrorCode::invalid_credential);
}

TEST_F(Authenticate, ABoundTokenWorksOnlyOverItsCertificate)
{
    const auto id = account_of("state:CL", {"drafter"});
    const auto certificate = certificate_for(id);
    const auto other = certificate_for(id);
    const auto token =
        write([&](Transaction& t) {
            return issue_token(portal(), t, domain::machine_operator(), domain::AccountId(id),
                               {.label = "bound", .scopes = {"read"}, .bound_to_certificate = base::hex(fingerprint_of(certificate))});
        })
            .value()
            .secret;
    EXPECT_TRUE(sign_in(token, certificate).has_value());
    EXPECT_EQ(refused(token), ErrorCode::invalid_credential);
    EXPECT_EQ(refused(token, other), ErrorCode::invalid_credential);
}

TEST_F(Authenticate, MembersAreAccountsOfStatesThatParticipateAndOthersAnswerToTheirNameForTheirOwnRecordsAlone)
{
    EXPECT_TRUE(answers_to(someone("state:CL", {"contact"}), "members"));
    add_state("NI", nlohmann::json::array({{{"participates", true}, {"from", nullptr}, {"until", "2026-02-01"}},
                                           {{"participates", false}, {"from", "2026-02-01"}, {"until", nullptr}}}));
    const auto leaving = someone("state:NI", {"contact"});
    EXPECT_TRUE(answers_to(leaving, "members"));
    advance(std::chrono::days(1));
    const auto left = again(leaving);
    EXPECT_TRUE(left.is_outside);
    EXPECT_EQ(words(left), (std::vector<std::string>{"public", "NI/account:" + left.account.value, "NI/state:NI"}));
}

TEST_F(Authenticate, OfficesAnswerToTheirNameAndAreNoMembers)
{
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    EXPECT_TRUE(answers_to(secretariat, "office:secretariat"));
    EXPECT_FALSE(answers_to(secretariat, "members"));
    EXPECT_TRUE(secretariat.visibility.secretariat);
    EXPECT_TRUE(answers_to(someone("office:reviewers", {"reviewer"}), "office:reviewers"));
    const auto auditor = someone("office:audit", {"auditor"});
    EXPECT_TRUE(auditor.visibility.auditor);
    EXPECT_EQ(words(auditor), (std::vector<std::string>{"public", "account:" + auditor.account.value}));
}

TEST_F(Authenticate, DraftsAreForDraftersAndApprovers)
{
    EXPECT_EQ(someone("state:CL", {"drafter"}).visibility.draft_state, "CL");
    EXPECT_EQ(someone("state:CL", {"approver"}).visibility.draft_state, "CL");
    EXPECT_EQ(someone("state:CL", {"nominator", "contact"}).visibility.draft_state, "");
}

TEST_F(Authenticate, ReloadSeesWhatChangedSince)
{
    const auto caller = someone("state:CL", {"drafter"});
    write([&](Transaction& t) {
        return service::change_account(t, domain::machine_operator(), caller.account, std::nullopt,
                                       {.roles = std::vector<std::string>{"contact"}});
    });
    EXPECT_FALSE(again(caller).has(Role::drafter));
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), caller.credential); });
    const auto reloaded = read([&](Connection& c) { return service::reload(c, now(), caller); });
    EXPECT_EQ(refusal(reloaded).code, ErrorCode::invalid_credential);
}

TEST_F(Authenticate, MeSaysWhoIAm)
{
    const auto id = account_of("state:CL", {"drafter"}, "Desk");
    const auto caller = signed_in(token_for(id, {"read"}));
    const auto me = read([&](Connection& c) { return service::get_me(c, caller); }).value().body;
    EXPECT_EQ(me["account"], id);
    EXPECT_EQ(me["name"], "Desk");
    EXPECT_EQ(me["roles"], nlohmann::json{"drafter"});
    EXPECT_EQ(me["scopes"], nlohmann::json{"read"});
    EXPECT_EQ(me["credential"]["kind"], "token");
    EXPECT_EQ(me["participates"], true);
}

class PrincipalCache : public Authenticate {
protected:
    std::chrono::steady_clock::time_point monotonic_{};
    service::PrincipalCache cache_{database().writer(), [this] { return monotonic_; }};
    const std::string id_ = account_of("state:CL", {"drafter"});
    const std::string token_ = token_for(id_);

    bool is_known() { return cache_.find(now(), token_, {}).has_value(); }
    void learn()
    {
        ASSERT_TRUE(read([&](Connection& c) { return cache_.authenticate(c, now(), token_, {}); }).has_value());
    }
};

TEST_F(PrincipalCache, RemembersForASecond)
{
    EXPECT_FALSE(is_known());
    learn();
    EXPECT_TRUE(is_known());
    EXPECT_EQ(cache_.find(now(), token_, {})->account.value, id_);
    monotonic_ += service::PrincipalCache::max_age;
    EXPECT_FALSE(is_known());
}

TEST_F(PrincipalCache, ForgetsWhenAnAccountOrCredentialChanges)
{
    learn();
    const auto generation = database().writer().generation();
    write([&](Transaction& t) {
        return service::change_account(t, domain::machine_operator(), domain::AccountId(id_), std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    });
    EXPECT_GT(database().writer().generation(), generation);
    EXPECT_FALSE(is_known());
    EXPECT_FALSE(read([&](Connection& c) { return cache_.authenticate(c, now(), token_, {}); }).has_value());
}

// Whether a caller is known already shows in how long an answer takes: it must not tell what another State does with its accounts.
TEST_F(PrincipalCache, IsLeftAsItIsByWhatAnotherStateChanges)
{
    learn();
    const auto generation = database().writer().generation();
    token_for(account_of("state:PE", {"drafter"}));
    EXPECT_GT(database().writer().generation(), generation);
    EXPECT_TRUE(is_known());
    account_of("state:CL", {"drafter"}, "Another");
    EXPECT_FALSE(is_known());
}

TEST_F(PrincipalCache, ARefusedWriteChangesNothing)
{
    learn();
    const auto generation = database().writer().generation();
    write([&](Transaction& t) {
        auto outcome = service::change_account(t, domain::machine_operator(), domain::AccountId(id_), std::nullopt,
                                               {.status = domain::AccountStatus::disabled});
        EXPECT_TRUE(outcome.has_value());
        return domain::Result<int>(domain::not_found());
    });
    EXPECT_EQ(database().writer().generation(), generation);
    EXPECT_TRUE(is_known());
}

TEST_F(PrincipalCache, NeverOutlivesTheCredential)
{
    learn();
    advance(std::chrono::days(service::default_token_days));
    EXPECT_FALSE(is_known());
}

}  // namespace
}  // namespace cbmx::test
