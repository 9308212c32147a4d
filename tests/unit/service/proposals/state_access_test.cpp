// What the secretariat sees of how a State can act, and whom each proposal waits for. See server/service/proposals/state_access.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/proposals/proposals.hpp"
#include "service/proposals/state_access.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using domain::ErrorCode;

const std::string code = "a-code-that-nobody-guesses";

class StateAccess : public LedgerFixture {
protected:
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});

    auto asked(const Principal& by, const std::string& state)
    {
        return read([&](Connection& c) { return service::get_state_access(c, by, state, now()); });
    }
    Json access(const std::string& state = "CL") { return asked(secretariat_, state).value().body.at("content"); }
    std::string enrolment_by(const Principal& by, const std::string& account)
    {
        const Json body{{"kind", "token"},
                        {"code_sha256", base::hex(base::sha256(code))},
                        {"label", "PLATYPUS"},
                        {"scopes", {"accounts", "publish", "read"}}};
        return write([&](Transaction& t) { return service::make_enrolment(portal(), t, by, domain::AccountId(account), body); }).value().id;
    }
    std::string account_by(const Principal& by, const std::string& role)
    {
        return write([&](Transaction& t) { return service::create_account(t, by, {by.home, "PLATYPUS", {role}}); }).value().id;
    }
    Principal came_in(const std::string& enrolment)
    {
        const auto token = service::new_token(random());
        const Json use{{"code", code}, {"token_sha256", base::hex(base::sha256(token))}};
        write([&](Transaction& t) { return service::use_enrolment(portal(), t, domain::EnrolmentId(enrolment), use); }).value();
        return write([&](Transaction& t) { return proven(t, token); }).value();
    }
    void attest(const Principal& by, const std::string& enrolment, const Principal& official)
    {
        advance(std::chrono::seconds(1));
        const auto words = read([&](Connection& c) { return service::get_me(c, official); }).value().body["credential"]["check_words"];
        write([&](Transaction& t) {
            return service::attest_enrolment(t, by, domain::EnrolmentId(enrolment), {{"check_words", words}}, std::nullopt);
        }).value();
    }
    std::string proposed(const Json& body)
    {
        return write([&](Transaction& t) { return service::make_proposal(t, secretariat_, body); }).value().id;
    }
    Json needs(const Principal& reader, const std::string& proposal)
    {
        return read([&](Connection& c) { return service::get_proposal(c, reader, i18n::Language::en, domain::ProposalId(proposal)); })
            .value()
            .body.at("meta")
            .at("needs");
    }
};

TEST_F(StateAccess, OfAStateWithoutAccountsNothingWaitsAndNobodyIsThere)
{
    EXPECT_EQ(access("BR"), (Json{{"nominator", "none"},
                                  {"acts_alone", false},
                                  {"open_enrolments", Json::array()},
                                  {"to_attest", Json::array()},
                                  {"waiting_proposals", Json::array()}}));
    someone("state:BR", {"approver"});
    EXPECT_EQ(access("BR")["nominator"], "none");
}

TEST_F(StateAccess, ANominatorWhomSomebodyElseCouldBeIsNotAttested)
{
    const auto colleague = someone("state:CL", {"contact"}), gone = someone("state:CL", {"nominator"});
    EXPECT_EQ(access()["nominator"], "attested");
    const auto account = account_by(gone, "nominator");
    const auto enrolment = enrolment_by(gone, account);
    const auto official = came_in(enrolment);
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), gone.credential); }).value();
    EXPECT_EQ(access()["nominator"], "not_attested");
    attest(colleague, enrolment, official);
    EXPECT_EQ(access()["nominator"], "attested");
}

TEST_F(StateAccess, ShowsWhoseEnrolmentsWaitByIdAndTimeAlone)
{
    const auto nominator = someone("state:CL", {"nominator"}), colleague = someone("state:CL", {"contact"});
    const auto enrolment = enrolment_by(nominator, account_by(nominator, "drafter"));
    EXPECT_EQ(access()["open_enrolments"],
              (Json::array({{{"id", enrolment}, {"until", domain::to_rfc3339(now() + service::enrolment_life)}}})));
    const auto used_at = domain::to_rfc3339(now());
    const auto official = came_in(enrolment);
    EXPECT_EQ(access()["open_enrolments"], Json::array());
    EXPECT_EQ(access()["to_attest"], (Json::array({{{"id", enrolment}, {"used_at", used_at}}})));
    const auto shown = access().dump();
    for (const auto& hidden : {std::string("PLATYPUS"), official.account.value, nominator.account.value, official.credential.value})
        EXPECT_EQ(shown.find(hidden), std::string::npos);
    attest(colleague, enrolment, official);
    EXPECT_EQ(access()["to_attest"], Json::array());
}

TEST_F(StateAccess, AnEnrolmentWhoseTimeIsOverOrWhoseAccountIsDisabledWaitsForNobody)
{
    const auto nominator = someone("state:CL", {"nominator"});
    enrolment_by(nominator, account_by(nominator, "drafter"));
    advance(service::enrolment_life);
    EXPECT_EQ(access()["open_enrolments"], Json::array());
    const auto account = account_by(nominator, "contact");
    enrolment_by(nominator, account);
    EXPECT_EQ(access()["open_enrolments"].size(), 1U);
    write([&](Transaction& t) {
        return service::change_account(t, nominator, domain::AccountId(account), std::nullopt, {.status = domain::AccountStatus::disabled});
    }).value();
    EXPECT_EQ(access()["open_enrolments"], Json::array());
}

TEST_F(StateAccess, ShowsWhatTheSecretariatProposedAndNothingOfWhatTheStateDecidesByItself)
{
    const auto nominator = someone("state:CL", {"nominator"}), approver = someone("state:CL", {"approver"});
    const auto proposal = proposed({{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}});
    const auto own = write([&](Transaction& t) {
                         return service::change_state_settings(t, nominator, "CL", std::nullopt, {{"four_eyes", false}});
                     })
                         .value()
                         .id;
    EXPECT_EQ(access()["waiting_proposals"], (Json::array({{{"id", proposal}, {"kind", "account_create"}, {"needs", "nominator"}}})));
    EXPECT_EQ(needs(secretariat_, proposal), "nominator");
    EXPECT_EQ(needs(approver, own), "nominator_and_approver");
    write([&](Transaction& t) { return service::confirm_proposal(t, nominator, domain::ProposalId(proposal), std::nullopt); }).value();
    EXPECT_EQ(access()["waiting_proposals"], Json::array());
    EXPECT_EQ(needs(secretariat_, proposal), nullptr);
}

TEST_F(StateAccess, SaysWhetherOneOfficialActsAlone)
{
    write([&](Transaction& t) {
        return service::carry_out_acting_alone(t, domain::machine_operator(), "CL",
                                               {{"acts_alone", true}, {"decision", {{"number", "NV 7/2026"}, {"date", "2026-01-10"}}}},
                                               domain::Permission::proposal_decide);
    }).value();
    EXPECT_EQ(access()["acts_alone"], true);
    EXPECT_EQ(access("PE")["acts_alone"], false);
}

TEST_F(StateAccess, IsForTheSecretariatAlone)
{
    for (const auto& other : {someone("state:CL", {"approver", "contact", "drafter", "nominator"}), someone("office:chair", {"chair"}),
                              someone("office:reviewers", {"reviewer"}), someone("office:audit", {"auditor"}), nobody()}) {
        EXPECT_EQ(asked(other, "CL").error().code, ErrorCode::forbidden);
        EXPECT_EQ(read([&](Connection& c) { return service::list_state_access(c, other, 25, "", now()); }).error().code,
                  ErrorCode::forbidden);
    }
    EXPECT_EQ(asked(secretariat_, "XX").error().code, ErrorCode::not_found);
}

TEST_F(StateAccess, ListsEveryStateOfTheRegistryOnceInTheOrderOfItsCode)
{
    std::vector<std::string> listed;
    std::string after;
    for (bool more = true; more;) {
        const auto page = read([&](Connection& c) { return service::list_state_access(c, secretariat_, 10, after, now()); }).value();
        for (const auto& item : page.items)
            listed.push_back(item.at("id"));
        more = page.next.has_value();
        after = page.next.value_or("");
    }
    EXPECT_EQ(listed.size(), 35U);
    EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end()));
    EXPECT_EQ(std::adjacent_find(listed.begin(), listed.end()), listed.end());
}

}  // namespace
}  // namespace cbmx::test
