// Two people, not one with two names: who publishes, and who may be named to publish. See server/service/reports/four_eyes.hpp.
#include "base/possession.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/reports/reports.hpp"
#include "support/certificates.hpp"
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
    // One that came in with a certificate, whose key the maker has.
    Principal puppet_with_certificate(const std::string& role)
    {
        const std::string code = "q1w2e3r4t5y6u7i8o9p0a1s2d3";
        const auto of = account(role);
        const Json wish{{"kind", "certificate"}, {"code_sha256", base::hex(base::sha256(code))}, {"label", "laptop"}};
        const auto enrolment =
            write([&](Transaction& t) { return service::make_enrolment(portal(), t, maker_, domain::AccountId(of), wish); }).value().id;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
        const auto held = self_signed({.from = seconds - 86'400, .until = seconds + 300 * 86'400});
        const auto text = base::enrolment_text(log_origin, of, fingerprint_of(held.pem), enrolment);
        const Json use{{"code", code}, {"certificate", held.pem}, {"signature", base::base64(held.key.sign(text))}};
        write([&](Transaction& t) { return service::use_enrolment(portal(), t, domain::EnrolmentId(enrolment), use); }).value();
        return read([&](Connection& c) { return service::authenticate(c, now(), std::nullopt, fingerprint_of(held.pem)); }).value();
    }
    ErrorCode publishing(const Principal& approver, const std::string& report)
    {
        return write([&](Transaction& t) { return service::publish_report(t, approver, report, std::nullopt); }).error().code;
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

TEST_F(FourEyes, NorWithATokenForTheOneAndACertificateForTheOther)
{
    const auto report = submitted_by(puppet("drafter"));
    EXPECT_EQ(publishing(puppet_with_certificate("approver"), report), ErrorCode::four_eyes);
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
