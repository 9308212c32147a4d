// What the secretariat cannot do alone, and what no one person can. See server/service/proposals/proposals.hpp.
#include "service/proposals/proposals.hpp"
#include "service/second_person.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using nlohmann::json;

class Proposals : public ServiceFixture {
protected:
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    const Principal nominator_ = someone("state:CL", {"nominator"});
    const std::string drafter_ = account_of("state:CL", {"drafter"});

    auto make(const Principal& principal, const json& body)
    {
        return write([&](Transaction& t) { return service::make_proposal(t, principal, body); });
    }
    std::string made(const json& body) { return make(secretariat_, body).value().id; }
    auto confirm(const Principal& principal, const std::string& id, service::ExpectedVersion expected = std::nullopt)
    {
        return write([&](Transaction& t) { return service::confirm_proposal(t, principal, domain::ProposalId(id), expected); });
    }
    auto decline(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::decline_proposal(t, principal, domain::ProposalId(id), std::nullopt); });
    }
    auto get(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_proposal(c, principal, language, domain::ProposalId(id)); });
    }
    json content_of(const std::string& id) { return get(secretariat_, id).value().body["content"]; }
    std::string a_certificate() { return new_certificate("x", now() + std::chrono::days(300)); }
    json an_enrolment()
    {
        return {{"kind", "enrolment"}, {"account", drafter_}, {"credential_kind", "token"}, {"label", "Nightly"}, {"scopes", {"read"}}};
    }
    auto confirm_with_code(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) {
            return service::confirm_proposal(t, principal, domain::ProposalId(id), std::nullopt, std::chrono::seconds(0),
                                             base::hex(base::sha256(code_)));
        });
    }
    auto use_enrolment(const std::string& id, const std::string& token)
    {
        return write([&](Transaction& t) {
            return service::use_enrolment(portal(), t, domain::EnrolmentId(id),
                                          {{"code", code_}, {"token_sha256", base::hex(base::sha256(token))}});
        });
    }
    void disable(const std::string& account)
    {
        write([&](Transaction& t) {
            return service::change_account(t, nominator_, domain::AccountId(account), std::nullopt,
                                           {.status = domain::AccountStatus::disabled});
        }).value();
    }
    const std::string code_ = "a-code-that-nobody-guesses";
    json an_account() { return {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}}; }
};

TEST_F(Proposals, OnlyTheSecretariatMakesThemAndNothingHappensYet)
{
    EXPECT_EQ(refusal(make(nominator_, an_account())).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(make(someone("office:chair", {"chair"}), an_account())).code, ErrorCode::forbidden);
    const auto size = ledger_size();
    const auto id = made(an_account());
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"proposal_made"});
    EXPECT_EQ(content_of(id)["status"], "waiting");
    EXPECT_EQ(content_of(id)["subject"], nullptr);
}

TEST_F(Proposals, AnAccountComesOfItWhenANominatorConfirms)
{
    const auto id = made(an_account());
    const auto size = ledger_size();
    const auto outcome = confirm(nominator_, id, 1).value();
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"account_created", "proposal_confirmed"}));
    EXPECT_EQ(*outcome.seq, static_cast<std::int64_t>(size));  // the receipt is of the change
    const auto account_id = content_of(id)["subject"].get<std::string>();
    const auto made_account = account(nominator_, account_id)["content"];
    EXPECT_EQ(made_account["created_by"], nominator_.account.value);
    // The secretariat sees the outcome of its proposal, and nothing else of the State's accounts.
    EXPECT_EQ(
        refusal(read([&](Connection& c) { return service::get_account(c, secretariat_, language, domain::AccountId(account_id)); })).code,
        ErrorCode::not_found);
    EXPECT_EQ(content_of(id)["status"], "confirmed");
    EXPECT_EQ(refusal(confirm(nominator_, id)).code, ErrorCode::conflict);
}

TEST_F(Proposals, NeitherTheSecretariatNorAnApproverNorAnotherStateConfirms)
{
    const auto id = made(an_account());
    EXPECT_EQ(refusal(confirm(secretariat_, id)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(confirm(someone("state:CL", {"approver"}), id)).code, ErrorCode::not_eligible);
    EXPECT_EQ(refusal(confirm(someone("state:PE", {"nominator"}), id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(confirm(domain::machine_operator(), id)).code, ErrorCode::not_eligible);
    EXPECT_EQ(refusal(confirm(nominator_, id, 7)).code, ErrorCode::precondition_failed);
}

TEST_F(Proposals, ADeclinedOneHasNoEffect)
{
    const auto id = made(an_account());
    const auto size = ledger_size();
    EXPECT_TRUE(decline(nominator_, id).has_value());
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"proposal_declined"});
    EXPECT_EQ(content_of(id)["decided_by"], nominator_.account.value);
    EXPECT_EQ(refusal(confirm(nominator_, id)).code, ErrorCode::conflict);
}

TEST_F(Proposals, WhatCannotBeIsRefusedWhenItIsProposed)
{
    EXPECT_TRUE(refusal(make(secretariat_, {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "x"}, {"roles", {"chair"}}}))
                    .names("/roles/0", Rule::not_allowed_value));
    EXPECT_TRUE(refusal(make(secretariat_, {{"kind", "account_create"}, {"home", "state:XX"}, {"name", "x"}, {"roles", {"drafter"}}}))
                    .names("/home", Rule::unknown_state));
    EXPECT_TRUE(refusal(make(secretariat_, {{"kind", "account_change"}, {"account", secretariat_.account.value}, {"name", "x"}}))
                    .names("/account", Rule::unknown_account));
    auto enrolment = an_enrolment();
    enrolment.erase("scopes");
    EXPECT_TRUE(refusal(make(secretariat_, enrolment)).names("/scopes", Rule::required));
    enrolment = an_enrolment();
    enrolment["account"] = secretariat_.account.value;
    EXPECT_TRUE(refusal(make(secretariat_, enrolment)).names("/account", Rule::unknown_account));
    EXPECT_TRUE(refusal(make(secretariat_, {{"kind", "settings_change"}})).names("/kind", Rule::not_allowed_value));
}

TEST_F(Proposals, ANominatorDoesNotConfirmTheirOwnRoles)
{
    const auto another = someone("state:CL", {"nominator"});
    const auto id = made({{"kind", "account_change"}, {"account", nominator_.account.value}, {"roles", {"approver", "nominator"}}});
    EXPECT_TRUE(refusal(confirm(nominator_, id)).names("/roles", Rule::not_own_role));
    EXPECT_TRUE(confirm(another, id).has_value());
    EXPECT_TRUE(again(nominator_).has(domain::Role::approver));
}

TEST_F(Proposals, AnEnrolmentForAStatesAccountWaitsForItsNominatorAndStaysTheStatesOwn)
{
    const auto id = made(an_enrolment());
    EXPECT_TRUE(refusal(confirm(nominator_, id)).names("/sha256", Rule::required)) << "whoever proposed it must not know the code";
    const auto size = ledger_size();
    ASSERT_TRUE(confirm_with_code(nominator_, id).has_value());
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"enrolment_made", "proposal_confirmed"}));
    const auto enrolment = content_of(id)["subject"].get<std::string>();
    const auto token = service::new_token(random());
    ASSERT_TRUE(use_enrolment(enrolment, token).has_value());
    EXPECT_EQ(signed_in(token).account.value, drafter_);
    EXPECT_EQ(
        refusal(read([&](Connection& c) { return service::get_enrolment(c, secretariat_, domain::EnrolmentId(enrolment), now()); })).code,
        ErrorCode::not_found);
}

TEST_F(Proposals, WhatBecameImpossibleMeanwhileIsAConflict)
{
    const auto id = made(an_enrolment());
    disable(drafter_);
    const auto size = ledger_size();
    EXPECT_EQ(refusal(confirm_with_code(nominator_, id)).code, ErrorCode::conflict);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_EQ(content_of(id)["status"], "waiting");
}

TEST_F(Proposals, ACredentialDoesNotConfirmItsOwnRevocation)
{
    const auto by_another_credential = signed_in(token_for(nominator_.account.value));
    const auto id = made({{"kind", "credential_revoke"}, {"credential", nominator_.credential.value}});
    EXPECT_TRUE(refusal(confirm(nominator_, id)).names("/credential", Rule::own_credential));
    EXPECT_TRUE(confirm(by_another_credential, id).has_value());
    const auto reloaded = read([&](Connection& c) { return service::reload(c, now(), nominator_); });
    EXPECT_EQ(refusal(reloaded).code, ErrorCode::invalid_credential);
}

TEST_F(Proposals, TheyAreSeenByTheStateThatDecidesAndByWhoMadeThem)
{
    const auto id = made(an_account());
    const auto other = someone("office:secretariat", {"secretariat"});
    for (const auto& reader : {secretariat_, other, nominator_, someone("state:CL", {"drafter"}), someone("state:CL", {"approver"})})
        EXPECT_TRUE(get(reader, id).has_value());
    for (const auto& stranger :
         {someone("state:PE", {"nominator"}), someone("state:CL", {"contact"}), someone("office:audit", {"auditor"}), domain::anonymous()})
        EXPECT_EQ(refusal(get(stranger, id)).code, ErrorCode::not_found);
    const auto listed = [&](const Principal& principal, domain::ProposalStatus status) {
        return read([&](Connection& c) { return service::list_proposals(c, principal, language, status, 10, ""); }).value().items.size();
    };
    EXPECT_EQ(listed(nominator_, domain::ProposalStatus::waiting), 1u);
    EXPECT_EQ(listed(nominator_, domain::ProposalStatus::confirmed), 0u);
    EXPECT_EQ(listed(someone("state:PE", {"nominator"}), domain::ProposalStatus::waiting), 0u);
}

TEST_F(Proposals, AnAudienceIsAWorkspaceMatterAmongThoseWhoDecide)
{
    const auto size = ledger_size();
    const auto outcome = write([&](Transaction& t) {
                             return service::propose(t, nominator_, nominator_.home, service::ProposalKind::report_audience, "r",
                                                     {{"rescue", true}}, service::Entered::nowhere);
                         }).value();
    EXPECT_EQ(outcome.seq, std::nullopt);
    EXPECT_EQ(ledger_size(), size);
    EXPECT_TRUE(get(someone("state:CL", {"approver"}), outcome.id).has_value());
    EXPECT_EQ(refusal(get(someone("state:CL", {"drafter"}), outcome.id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(get(secretariat_, outcome.id)).code, ErrorCode::not_found);
    EXPECT_TRUE(refusal(confirm(nominator_, outcome.id)).names("", Rule::same_person));
    EXPECT_TRUE(decline(nominator_, outcome.id).has_value());
}

TEST_F(Proposals, TheOfficeThatProposedTakesItBack)
{
    const auto id = made(an_account());
    const auto colleague = someone("office:secretariat", {"secretariat"});
    EXPECT_TRUE(get(colleague, id).value().tag.value_or("").starts_with("1-"));
    EXPECT_EQ(refusal(decline(someone("state:CL", {"approver"}), id)).code, ErrorCode::not_eligible);
    EXPECT_EQ(refusal(confirm(colleague, id)).code, ErrorCode::forbidden);
    const auto size = ledger_size();
    EXPECT_TRUE(decline(colleague, id).has_value());
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"proposal_declined"});
    EXPECT_EQ(refusal(confirm(nominator_, id)).code, ErrorCode::conflict);
}

TEST_F(Proposals, WhatItsProposerNoLongerStandsForIsNotConfirmed)
{
    const auto gone = someone("office:secretariat", {"secretariat"});
    const auto disabled = make(gone, an_account()).value().id;
    write([&](Transaction& t) {
        return service::change_account(t, domain::machine_operator(), gone.account, std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    });
    EXPECT_TRUE(refusal(confirm(nominator_, disabled)).names("", Rule::not_active));

    const auto stolen = signed_in(token_for(secretariat_.account.value));
    const auto revoked = make(stolen, an_account()).value().id;
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), stolen.credential); });
    EXPECT_TRUE(refusal(confirm(nominator_, revoked)).names("", Rule::not_active));
    EXPECT_TRUE(decline(nominator_, revoked).has_value());
}

TEST_F(Proposals, AfterThreeMonthsAProposalIsNoLongerConfirmed)
{
    const auto first = made(an_account()), second = made(an_account());
    advance(service::max_waiting);
    EXPECT_TRUE(confirm(nominator_, first).has_value());
    advance(std::chrono::milliseconds(1));
    EXPECT_TRUE(refusal(confirm(nominator_, second)).names("", Rule::not_now));
    EXPECT_EQ(content_of(second)["status"], "waiting");
}

TEST_F(Proposals, ARenewedTokenDoesNotConfirmTheRevocationOfTheTokenThatItWas)
{
    const auto old = signed_in(token_for(nominator_.account.value));
    const auto id = made({{"kind", "credential_revoke"}, {"credential", old.credential.value}});
    advance(std::chrono::days(80));
    const auto next = write([&](Transaction& t) { return renew_token(t, old); }).value();
    const auto renewed = read([&](Connection& c) { return service::authenticate(c, now(), next.secret, std::nullopt); }).value();
    EXPECT_TRUE(refusal(confirm(renewed, id)).names("/credential", Rule::own_credential));
    EXPECT_TRUE(confirm(nominator_, id).has_value());
}

TEST_F(Proposals, AnErasedAccountTakesItsProposalsWithIt)
{
    const auto id = made({{"kind", "account_change"}, {"account", drafter_}, {"name", "Ana Paula"}});
    auto invited = an_enrolment();
    invited["label"] = "Ana Paula's laptop";
    const auto enrolment = made(invited);
    ASSERT_TRUE(confirm_with_code(nominator_, enrolment).has_value());
    disable(drafter_);
    write([&](Transaction& t) { return service::erase_account(t, nominator_, domain::AccountId(drafter_), std::nullopt); });
    for (const auto& proposal : {id, enrolment})
        EXPECT_EQ(content_of(proposal)["body"], json::object());
    EXPECT_EQ(get(secretariat_, enrolment).value().body["salt"], nullptr);  // that of the other has ended by an entry of its own
    EXPECT_EQ(content_of(id)["status"], "ended");
    EXPECT_EQ(refusal(confirm(nominator_, id)).code, ErrorCode::conflict);
}

}  // namespace
}  // namespace cbmx::test
