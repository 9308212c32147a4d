// Two people, not one with two names: who publishes, and who may be named to publish. See server/service/reports/four_eyes.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/reports/reports.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;

class FourEyes : public LedgerFixture {
protected:
    const Principal maker_ = someone("state:CL", {"drafter", "nominator"});

    std::string account(const std::string& role)
    {
        return write([&](Transaction& t) { return service::create_account(t, maker_, {maker_.home, role, {role}}); }).value().id;
    }
    std::string token(const std::string& account)
    {
        const service::TokenDraft draft{.label = "t", .scopes = {"accounts", "draft", "publish", "read"}};
        return write([&](Transaction& t) { return issue_token(portal(), t, maker_, domain::AccountId(account), draft); }).value().secret;
    }
    Principal signed_in(const std::string& token)
    {
        return write([&](Transaction& t) { return proven(t, token); }).value();
    }
    Principal puppet(const std::string& role) { return signed_in(token(account(role))); }
    ErrorCode publishing(const Principal& approver, const std::string& report)
    {
        return write([&](Transaction& t) { return service::publish_report(t, approver, report, std::nullopt, std::nullopt); }).error().code;
    }
    std::string submitted_by(const Principal& drafter)
    {
        const auto id = drafted(drafter, a_report());
        submitted(drafter, id);
        return id;
    }
};

TEST_F(FourEyes, ANominatorDoesNotPublishItsOwnTextByThePuppetThatItMade)
{
    const auto report = submitted_by(maker_);
    EXPECT_EQ(publishing(puppet("approver"), report), ErrorCode::four_eyes);
    EXPECT_GT(published(someone("state:CL", {"approver"}), report), 0);
}

TEST_F(FourEyes, NorDoTwoPuppetsOfOneMaker)
{
    const auto report = submitted_by(puppet("drafter"));
    EXPECT_EQ(publishing(puppet("approver"), report), ErrorCode::four_eyes);
    EXPECT_GT(published(someone("state:CL", {"approver"}), report), 0);
}

TEST_F(FourEyes, WhoIsNamedToApproveARedTextHasACredentialThatItsWriterDidNotIssue)
{
    const auto named = account("approver");
    token(named);
    auto body = a_report();
    body["label"] = "TLP:RED";
    body["recipients"] = {"account:" + named};
    const auto report = drafted(maker_, body);
    const auto refused = write([&](Transaction& t) { return service::submit_report(t, maker_, report, std::nullopt); });
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().violations.at(0).rule, domain::Rule::needs_eligible_approver);
    write([&](Transaction& t) {
        return issue_token(portal(), t, domain::machine_operator(), domain::AccountId(named),
                           {.label = "own", .scopes = {"publish", "read"}});
    }).value();
    EXPECT_GT(submitted(maker_, report), 0);
}

}  // namespace
}  // namespace cbmx::test
