// What nobody could confirm is not proposed. See server/service/accounts/deciders.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/deciders.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/proposals/kinds.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::ProposalKind;
using domain::Rule;
using domain::Transition;
using service::Decider;

template <class T>
bool is_nobodys(const domain::Result<T>& result)
{
    return !result && result.error().code == ErrorCode::conflict && result.error().violations.front().rule == Rule::nobody_could_confirm;
}

class NobodyCouldConfirm : public LedgerFixture {
protected:
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    const Principal drafter_ = someone("state:CL", {"drafter"});

    auto make(const Json& body)
    {
        return write([&](Transaction& t) { return service::make_proposal(t, secretariat_, body); });
    }
    static Json an_account() { return {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}}; }
    Json new_roles(const Principal& of)
    {
        return {{"kind", "account_change"}, {"account", of.account.value}, {"roles", {"approver", "nominator"}}};
    }
    Json revocation(const Principal& of) { return {{"kind", "credential_revoke"}, {"credential", of.credential.value}}; }
    auto turning_off_four_eyes(const Principal& by)
    {
        return write([&](Transaction& t) { return service::change_state_settings(t, by, "CL", std::nullopt, {{"four_eyes", false}}); });
    }
    auto widening(const Principal& by, const std::string& report)
    {
        return write([&](Transaction& t) {
            return service::change_audience(t, by, report, {{"label", "TLP:CLEAR"}}, Transition::label, std::nullopt);
        });
    }
    auto erasing(const Principal& by, const std::string& report)
    {
        return write([&](Transaction& t) { return service::propose_erasure(t, by, report, std::nullopt); });
    }
    void withdraw(const Principal& by, const std::string& report)
    {
        write([&](Transaction& t) { return service::withdraw_report(t, by, report, std::nullopt); }).value();
    }
    void revoke(const Principal& of)
    {
        write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), of.credential); }).value();
    }
    // An account that this nominator has made and let in: it is in his hands.
    Principal let_in_by(const Principal& nominator, const std::string& role)
    {
        const auto account = write([&](Transaction& t) {
                                 return service::create_account(t, nominator, {nominator.home, role, {role}});
                             })
                                 .value()
                                 .id;
        const auto token = write([&](Transaction& t) {
                               return issue_token(portal(), t, nominator, domain::AccountId(account),
                                                  {.label = "t", .scopes = {"accounts", "publish", "read"}});
                           })
                               .value()
                               .secret;
        return write([&](Transaction& t) { return proven(t, token); }).value();
    }
};

TEST_F(NobodyCouldConfirm, WhatTheSecretariatProposesToAStateWithoutANominatorWhoCanSignIn)
{
    const auto before = size();
    EXPECT_TRUE(is_nobodys(make(an_account())));
    someone("state:PE", {"nominator"});
    EXPECT_TRUE(is_nobodys(make(an_account()))) << "another State's confirms nothing here";
    EXPECT_EQ(size(), before + 2) << "the refusals are no entries: those are the account and its certificate";
    const auto nominator = someone("state:CL", {"nominator"});
    EXPECT_TRUE(make(an_account()).has_value());
    revoke(nominator);
    EXPECT_TRUE(is_nobodys(make(an_account())));
}

TEST_F(NobodyCouldConfirm, TheRolesOfTheOneNominatorAndTheEndOfHisOneCredential)
{
    const auto nominator = someone("state:CL", {"nominator"});
    EXPECT_TRUE(is_nobodys(make(new_roles(nominator))));
    EXPECT_TRUE(is_nobodys(make(revocation(nominator))));
    EXPECT_TRUE(make({{"kind", "account_change"}, {"account", nominator.account.value}, {"name", "Other"}}).has_value())
        << "one's own name one may confirm";
    someone("state:CL", {"nominator"});
    EXPECT_TRUE(make(new_roles(nominator)).has_value());
    EXPECT_TRUE(make(revocation(nominator)).has_value());
}

TEST_F(NobodyCouldConfirm, TurningASafeguardOffWithoutAnApproverWhoIsAnotherPerson)
{
    const auto nominator = someone("state:CL", {"nominator"});
    EXPECT_TRUE(is_nobodys(turning_off_four_eyes(nominator)));
    let_in_by(nominator, "approver");
    EXPECT_TRUE(is_nobodys(turning_off_four_eyes(nominator))) << "an approver in his own hands is nobody else";
    someone("state:CL", {"approver"});
    EXPECT_EQ(turning_off_four_eyes(nominator).value().status, 202);
}

TEST_F(NobodyCouldConfirm, AWiderAudienceOrAnErasureWithoutASecondApprover)
{
    const auto approver = someone("state:CL", {"approver"});
    someone("state:CL", {"nominator"});
    const auto report = new_report(drafter_, approver, {{"label", "TLP:GREEN"}}), withdrawn = new_report(drafter_, approver);
    withdraw(approver, withdrawn);
    EXPECT_TRUE(is_nobodys(widening(approver, report)));
    EXPECT_TRUE(is_nobodys(erasing(approver, withdrawn)));
    const auto second = someone("state:CL", {"approver"});
    EXPECT_EQ(widening(approver, report).value().status, 202);
    EXPECT_EQ(erasing(approver, withdrawn).value().status, 202);
    revoke(second);
    EXPECT_TRUE(is_nobodys(widening(approver, report)));
}

TEST_F(NobodyCouldConfirm, TheRescueOfAReportThatNobodyCanOpenWithoutAnApprover)
{
    const auto approver = someone("state:CL", {"approver"}), nominator = someone("state:CL", {"nominator"});
    const auto word = [](const Principal& principal) { return "account:" + principal.account.value; };
    const auto report = new_report(drafter_, approver, {{"label", "TLP:RED"}, {"recipients", {word(approver), word(drafter_)}}});
    const auto heir = someone("state:CL", {"drafter"});
    for (const auto& gone : {approver, drafter_})
        write([&](Transaction& t) {
            return service::change_account(t, domain::machine_operator(), gone.account, std::nullopt,
                                           {.status = domain::AccountStatus::disabled});
        }).value();
    const auto rescuing = [&] {
        return write([&](Transaction& t) {
            return service::change_audience(t, nominator, report, {{"recipients", {word(heir)}}}, Transition::recipients, std::nullopt);
        });
    };
    EXPECT_TRUE(is_nobodys(rescuing()));
    someone("state:CL", {"approver"});
    EXPECT_EQ(rescuing().value().status, 202);
}

TEST_F(NobodyCouldConfirm, IsNotAskedWhereTheMachineThePortalOrADocumentDecides)
{
    for (const auto kind :
         {ProposalKind::acting_alone, ProposalKind::key_note, ProposalKind::report_restoring, ProposalKind::membership_change,
          ProposalKind::contact_erasure, ProposalKind::nomination_erasure, ProposalKind::account_erasure})
        EXPECT_TRUE(read([&](Connection& c) {
                        return service::check_somebody_could(c, now(), secretariat_, domain::Home::from("state:CL"),
                                                             service::row_of(kind).decider);
                    }).has_value())
            << domain::name_of(kind);
}

// Those who propose for their own State name the decider themselves; the table of kinds is what decides.
TEST_F(NobodyCouldConfirm, IsAskedForWhomTheTableOfKindsNames)
{
    EXPECT_EQ(service::row_of(ProposalKind::settings_change).decider.value, Decider::nominator_and_approver);
    EXPECT_EQ(service::row_of(ProposalKind::key_registration).decider.value, Decider::another_nominator);
    EXPECT_EQ(service::row_of(ProposalKind::report_audience).decider.value, Decider::another_approver);
    EXPECT_EQ(service::row_of(ProposalKind::report_erasure).decider.value, Decider::another_approver);
}

}  // namespace
}  // namespace cbmx::test
