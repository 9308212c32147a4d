// An official who has left and will not go: what his State's note verbale does, and who acts then. See
// server/service/accounts/suspension.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/suspension.hpp"
#include "service/proposals/founding.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "support/decisions.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using service::Outcome;

class Suspension : public LedgerFixture {
protected:
    const Principal official_ = someone("state:CL", {"approver", "drafter", "nominator"}, "Who has left");
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    const Json note_ = a_decision("NV 30/2026");
    const std::string half_ = "ABCDEFGHJKLM", other_half_ = "NPQRSTUVWXYZ";

    domain::Result<Outcome> recorded(const Json& body)
    {
        return write([&](Transaction& t) {
            return service::make_proposal(t, secretariat_, body, service::read_decision(note_, "/decision", t.now()).value());
        });
    }
    domain::Result<Outcome> note_recorded(bool in_person = false)
    {
        return recorded({{"kind", "suspension"},
                         {"state", "CL"},
                         {"name", "Who has left"},
                         {"function", "Counsellor"},
                         {"in_person", in_person},
                         {"decision", note_}});
    }
    domain::Result<Outcome> confirmed(const std::string& proposal, const std::vector<std::string>& accounts)
    {
        return write([&](Transaction& t) {
            return service::confirm_suspension(t, domain::machine_operator(), domain::ProposalId(proposal), hash_of(note_), accounts);
        });
    }
    void suspend(bool in_person = false) { confirmed(note_recorded(in_person).value().id, {official_.account.value}).value(); }
    Principal now_as(const Principal& principal)
    {
        return read([&](Connection& c) { return service::reload(c, now(), principal); }).value();
    }
    domain::Result<Outcome> objecting()
    {
        const auto caller = now_as(official_);
        return write([&](Transaction& t) { return service::object_to_suspension(t, caller, caller.account); });
    }
    domain::Result<Outcome> founding()
    {
        const Json official{{"name", "Who follows"},
                            {"function", "Counsellor"},
                            {"telephone", "+12025550101"},
                            {"email", "a@b.example"},
                            {"roles", {"approver", "drafter", "nominator"}},
                            {"code_sha256", base::hex(base::sha256(half_))},
                            {"credential", {{"kind", "token"}, {"label", "t"}, {"scopes", {"accounts", "draft", "publish", "read"}}}}};
        return recorded({{"kind", "founding"}, {"state", "CL"}, {"decision", note_}, {"officials", {official}}});
    }
    // Who comes in by a note that follows the first.
    Principal successor()
    {
        const auto proposal = founding().value().id;
        write([&](Transaction& t) {
            return service::confirm_founding(t, domain::machine_operator(), domain::ProposalId(proposal),
                                             {hash_of(note_), {base::sha256(other_half_)}, {}});
        }).value();
        const auto body = read([&](Connection& c) { return Json::parse(store::find_proposal(c, domain::ProposalId(proposal))->body); });
        const auto token = service::new_token(random());
        const Json use{{"code", half_ + other_half_}, {"token_sha256", base::hex(base::sha256(token))}};
        const domain::EnrolmentId enrolment(body["officials"][0]["enrolment"].get<std::string>());
        write([&](Transaction& t) { return service::use_enrolment(portal(), t, enrolment, use); }).value();
        return write([&](Transaction& t) { return proven(t, token); }).value();
    }
    bool decides(const Principal& principal) { return now_as(principal).reaches(domain::Permission::account_write, principal.home); }
    bool drafts(const Principal& principal) { return now_as(principal).reaches(domain::Permission::report_draft, principal.home); }
};

TEST_F(Suspension, TakesAllFromHimAtOnceButReadingWhatEveryoneReadsAndHisObjection)
{
    EXPECT_TRUE(decides(official_));
    suspend();
    EXPECT_FALSE(decides(official_));
    EXPECT_FALSE(drafts(official_));
    const auto caller = now_as(official_);
    EXPECT_FALSE(caller.reaches(domain::Permission::account_read, caller.home));
    EXPECT_EQ(caller.visibility.tokens, R"(["public"])");
    const auto me = read([&](Connection& c) { return service::get_me(c, caller); }).value().body;
    EXPECT_EQ(me["suspended"]["number"], "NV 30/2026");
    EXPECT_TRUE(objecting().has_value());
    EXPECT_EQ(objecting().error().code, ErrorCode::conflict) << "once";
}

TEST_F(Suspension, ChangesNothingThatHeDidBefore)
{
    const auto colleague = someone("state:CL", {"approver"});
    const auto report = new_report(official_, colleague);
    suspend();
    EXPECT_TRUE(read([&](Connection& c) { return service::get_report(c, colleague, i18n::Language::en, report); }).has_value());
}

TEST_F(Suspension, IsTheOperatorsToConfirmWithTheNoteInHand)
{
    const auto proposal = note_recorded().value().id;
    EXPECT_TRUE(decides(official_));
    EXPECT_FALSE(confirmed(proposal, {}).has_value());
    EXPECT_FALSE(confirmed(proposal, {secretariat_.account.value}).has_value()) << "of another home";
    const auto by_secretariat = write([&](Transaction& t) {
        return service::confirm_proposal(t, secretariat_, domain::ProposalId(proposal), std::nullopt, std::chrono::seconds(0),
                                         hash_of(note_));
    });
    EXPECT_FALSE(by_secretariat.has_value());
    EXPECT_TRUE(confirmed(proposal, {official_.account.value}).has_value());
}

TEST_F(Suspension, AnotherNominatorOfTheStateDecides)
{
    const auto other = someone("state:CL", {"nominator"});
    suspend();
    const auto reinstated = write([&](Transaction& t) {
        return service::change_account(t, other, official_.account, std::nullopt, {.status = domain::AccountStatus::active});
    });
    ASSERT_TRUE(reinstated.has_value());
    EXPECT_TRUE(decides(official_));
}

TEST_F(Suspension, OpensThePaperPathAndWhoComesInActsAfterThreeDays)
{
    EXPECT_EQ(founding().error().code, ErrorCode::conflict) << "while he is there";
    suspend();
    const auto follower = successor();
    EXPECT_TRUE(drafts(follower));
    EXPECT_FALSE(decides(follower));
    advance(service::waiting_time);
    EXPECT_TRUE(decides(follower));
}

TEST_F(Suspension, WithTwoClaimantsNothingChangesUntilTheMissionConfirmsItsNoteInPerson)
{
    suspend();
    const auto follower = successor();
    ASSERT_TRUE(objecting().has_value());
    advance(service::waiting_time + std::chrono::days(1));
    EXPECT_FALSE(decides(follower));
    EXPECT_EQ(founding().error().violations.front().rule, Rule::two_claimants);
    EXPECT_EQ(note_recorded().error().violations.front().rule, Rule::two_claimants);
    suspend(true);
    EXPECT_TRUE(decides(follower));
    EXPECT_FALSE(decides(official_));
}

// Before he left he has made himself another nominator.
TEST_F(Suspension, NobodyActsByACredentialThatHeCouldHoldAndItKeepsNoPathShut)
{
    const auto account = write([&](Transaction& t) {
                             return service::create_account(t, official_, {official_.home, "Another", {"nominator"}});
                         })
                             .value()
                             .id;
    const auto token =
        write([&](Transaction& t) {
            return issue_token(portal(), t, official_, domain::AccountId(account), {.label = "t", .scopes = {"accounts", "read"}});
        }).value();
    const auto other = write([&](Transaction& t) { return proven(t, token.secret); }).value();
    EXPECT_TRUE(decides(other));
    suspend();
    EXPECT_FALSE(decides(other));
    EXPECT_TRUE(founding().has_value());
}

// Disabling him would end his objection, and the wait of whoever follows.
TEST_F(Suspension, TheOperatorDecidesNothingBetweenThem)
{
    suspend();
    const auto follower = successor();
    ASSERT_TRUE(objecting().has_value());
    const auto disabled = write([&](Transaction& t) {
        return service::change_account(t, domain::machine_operator(), official_.account, std::nullopt,
                                       {.status = domain::AccountStatus::disabled});
    });
    EXPECT_FALSE(disabled.has_value());
    EXPECT_FALSE(decides(follower));
}

TEST_F(Suspension, ConfirmedInPersonHoldsAtOnce)
{
    suspend(true);
    EXPECT_TRUE(decides(successor()));
}

}  // namespace
}  // namespace cbmx::test
