// A wider audience waits for another approver, and reveals to nobody a report that they do not see. See
// server/service/proposals/proposals.hpp and store/visibility/reports.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Transition;

class AudienceProposals : public LedgerFixture {
protected:
    const Principal drafter_ = someone("state:CL", {"drafter"});
    const Principal one_ = someone("state:CL", {"approver"});
    const Principal two_ = someone("state:CL", {"approver"});
    const Principal nominator_ = someone("state:CL", {"nominator"});

    static std::string word(const Principal& principal) { return "account:" + principal.account.value; }
    std::string red_report() { return new_report(drafter_, one_, {{"label", "TLP:RED"}, {"recipients", {word(one_), word(drafter_)}}}); }
    auto change(const Principal& principal, const std::string& report, const Json& body, Transition transition)
    {
        return write([&](Transaction& t) { return service::change_audience(t, principal, report, body, transition, std::nullopt); });
    }
    std::string proposed(const Principal& principal, const std::string& report, const Json& body, Transition transition)
    {
        const auto outcome = change(principal, report, body, transition).value();
        EXPECT_EQ(outcome.status, 202);
        return outcome.id;
    }
    auto confirm(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::confirm_proposal(t, principal, domain::ProposalId(id), std::nullopt); });
    }
    bool sees(const Principal& principal, const std::string& id)
    {
        const bool shown = read([&](Connection& c) {
                               return service::get_proposal(c, principal, i18n::Language::en, domain::ProposalId(id));
                           }).has_value();
        const auto page =
            read([&](Connection& c) { return service::list_proposals(c, principal, i18n::Language::en, std::nullopt, 100, ""); }).value();
        EXPECT_EQ(std::any_of(page.items.begin(), page.items.end(), [&](const Json& item) { return item["id"] == id; }), shown);
        return shown;
    }
    void disable(const Principal& principal)
    {
        write([&](Transaction& t) {
            return service::change_account(t, domain::machine_operator(), principal.account, std::nullopt,
                                           {.status = domain::AccountStatus::disabled});
        }).value();
    }
};

TEST_F(AudienceProposals, TwoApproversSufficeToWiden)
{
    const auto report = new_report(drafter_, one_, {{"label", "TLP:GREEN"}});
    const auto proposal = proposed(one_, report, {{"label", "TLP:CLEAR"}}, Transition::label);
    EXPECT_TRUE(sees(two_, proposal));
    EXPECT_EQ(confirm(one_, proposal).error().code, ErrorCode::not_eligible);
    EXPECT_EQ(confirm(nominator_, proposal).error().code, ErrorCode::not_eligible);
    EXPECT_TRUE(confirm(two_, proposal).has_value());
}

TEST_F(AudienceProposals, ATokenThatMayNotPublishDoesNotConfirmOne)
{
    const auto proposal = proposed(one_, new_report(drafter_, one_, {{"label", "TLP:GREEN"}}), {{"label", "TLP:CLEAR"}}, Transition::label);
    const auto token = [&](const std::vector<std::string>& scopes) {
        const auto secret = write([&](Transaction& t) {
                                return issue_token(portal(), t, domain::machine_operator(), two_.account, {.label = "t", .scopes = scopes});
                            })
                                .value()
                                .secret;
        return write([&](Transaction& t) { return proven(t, secret); }).value();
    };
    EXPECT_EQ(confirm(token({"accounts", "read"}), proposal).error().code, ErrorCode::token_scope);
    EXPECT_TRUE(confirm(token({"accounts", "publish", "read"}), proposal).has_value());
}

TEST_F(AudienceProposals, ARedReportStaysHiddenFromWhomItDoesNotName)
{
    const auto also_named = someone("state:CL", {"approver"});
    const auto report = new_report(drafter_, one_, {{"label", "TLP:RED"}, {"recipients", {word(one_), word(drafter_), word(also_named)}}});
    const auto proposal = proposed(one_, report, {{"label", "TLP:AMBER+STRICT"}}, Transition::label);
    EXPECT_TRUE(sees(one_, proposal));
    EXPECT_TRUE(sees(also_named, proposal));
    for (const auto& other :
         {two_, nominator_, drafter_, someone("office:secretariat", {"secretariat"}), someone("state:PE", {"approver"})})
        EXPECT_FALSE(sees(other, proposal));
    EXPECT_EQ(confirm(two_, proposal).error().code, ErrorCode::not_found);
}

TEST_F(AudienceProposals, ARedReportThatNamesNoSecondApproverIsNotProposedToAnyone)
{
    const auto refused = change(one_, red_report(), {{"label", "TLP:AMBER+STRICT"}}, Transition::label);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().violations.front().rule, domain::Rule::nobody_could_confirm);
}

TEST_F(AudienceProposals, WhenNobodyNamedIsLeftNominatorAndApproverNameOneTogether)
{
    const auto report = red_report();
    disable(one_);
    disable(drafter_);
    const auto proposal = proposed(nominator_, report, {{"recipients", {word(two_)}}}, Transition::recipients);
    EXPECT_TRUE(sees(two_, proposal));
    EXPECT_TRUE(sees(nominator_, proposal));
    EXPECT_FALSE(sees(someone("state:CL", {"drafter"}), proposal));
    EXPECT_EQ(confirm(someone("state:CL", {"nominator"}), proposal).error().code, ErrorCode::not_eligible);
    EXPECT_TRUE(confirm(two_, proposal).has_value());
    EXPECT_TRUE(read([&](Connection& c) { return service::get_report(c, two_, i18n::Language::en, report); }).has_value());
}

}  // namespace
}  // namespace cbmx::test
