// A State of one official: what he does alone at once, and where he is asked a second time. See
// server/service/accounts/state_settings.hpp and server/service/proposals/proposals.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/state_settings.hpp"
#include "support/decisions.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::ProposalKind;
using domain::Rule;
using service::Outcome;

class ActingAlone : public LedgerFixture {
protected:
    const Principal official_ = someone("state:CL", {"approver", "contact", "drafter", "nominator"});
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    const Json note_ = a_decision("NV 7/2026");

    domain::Result<Outcome> noted(bool alone)
    {
        return write([&](Transaction& t) {
            const Json body{{"kind", "acting_alone"}, {"state", "CL"}, {"acts_alone", alone}, {"decision", note_}};
            return service::make_proposal(t, secretariat_, body, service::read_decision(note_, "/decision", t.now()).value());
        });
    }
    domain::Result<Outcome> confirmed_at_the_machine(const std::string& proposal, const std::string& hash)
    {
        return write([&](Transaction& t) {
            return service::confirm_by_document(t, domain::machine_operator(), ProposalKind::acting_alone, domain::ProposalId(proposal),
                                                hash);
        });
    }
    void let_act_alone() { confirmed_at_the_machine(noted(true).value().id, hash_of(note_)).value(); }
    bool acts_alone()
    {
        return read([](Connection& c) { return service::acts_alone(c, domain::Home::of_state(domain::StateCode("CL"))); });
    }
    std::string submitted_by_himself()
    {
        const auto id = drafted(official_, a_report());
        submitted(official_, id);
        return id;
    }
    auto publishing(const std::string& report)
    {
        return write([&](Transaction& t) { return service::publish_report(t, official_, report, std::nullopt); });
    }
    auto confirming(const std::string& proposal, std::chrono::seconds delay = std::chrono::days(7))
    {
        return write(
            [&](Transaction& t) { return service::confirm_proposal(t, official_, domain::ProposalId(proposal), std::nullopt, delay); });
    }
    auto turning_off_four_eyes()
    {
        return write([&](Transaction& t) {
            return service::change_state_settings(t, official_, "CL", std::nullopt, {{"four_eyes", false}});
        });
    }
};

TEST_F(ActingAlone, IsWhatANoteSaysThatTheSecretariatRecordsAndTheOperatorConfirms)
{
    const auto proposal = noted(true).value().id;
    EXPECT_FALSE(acts_alone());
    EXPECT_FALSE(confirmed_at_the_machine(proposal, base::hex(base::sha256("another document"))).has_value());
    EXPECT_FALSE(confirming(proposal).has_value()) << "the State's own account confirms nothing that its note decides";
    EXPECT_TRUE(confirmed_at_the_machine(proposal, hash_of(note_)).has_value());
    EXPECT_TRUE(acts_alone());
}

TEST_F(ActingAlone, PublishingThenNeedsOnePerson)
{
    EXPECT_EQ(publishing(submitted_by_himself()).error().code, ErrorCode::four_eyes);
    let_act_alone();
    EXPECT_TRUE(publishing(submitted_by_himself()).has_value());
}

TEST_F(ActingAlone, WhatAsksForASecondPersonAsksTheSameOneAgainAfterADay)
{
    let_act_alone();
    const auto proposal = turning_off_four_eyes().value().id;
    advance(service::second_thought - std::chrono::seconds(1));
    EXPECT_EQ(confirming(proposal).error().violations.front().rule, Rule::asked_again);
    advance(std::chrono::seconds(1));
    EXPECT_TRUE(confirming(proposal).has_value());
}

TEST_F(ActingAlone, ErasureAsksAgainAfterItsDelayAndIsThenDone)
{
    let_act_alone();
    const auto report = submitted_by_himself();
    publishing(report).value();
    write([&](Transaction& t) { return service::withdraw_report(t, official_, report, std::nullopt); }).value();
    const auto proposal = write([&](Transaction& t) { return service::propose_erasure(t, official_, report, std::nullopt); }).value().id;
    advance(std::chrono::days(6));
    EXPECT_EQ(confirming(proposal).error().violations.front().rule, Rule::asked_again);
    advance(std::chrono::days(1));
    ASSERT_TRUE(confirming(proposal).has_value());
    EXPECT_TRUE(read([&](Connection& c) { return store::report_of_state(c, "CL", report); })->erased);
}

TEST_F(ActingAlone, WithoutTheNoteTheSamePersonIsNeverTheSecond)
{
    EXPECT_EQ(turning_off_four_eyes().error().violations.front().rule, Rule::nobody_could_confirm);
    someone("state:CL", {"approver"});
    const auto proposal = turning_off_four_eyes().value().id;
    advance(service::second_thought);
    EXPECT_EQ(confirming(proposal).error().violations.front().rule, Rule::same_person);
}

TEST_F(ActingAlone, EndsByItselfWhenASecondApproverIsThere)
{
    let_act_alone();
    const auto before = size();
    someone("state:CL", {"approver"});
    EXPECT_FALSE(acts_alone());
    EXPECT_EQ(publishing(submitted_by_himself()).error().code, ErrorCode::four_eyes);
    const auto entries = read([&](Connection& c) {
        std::vector<std::string> kinds;
        for (auto rows = c.query("SELECT kind FROM ledger_entry WHERE seq >= ?1 AND kind = 'state_settings_changed'", before); rows.next();)
            kinds.push_back(rows.text(0));
        return kinds;
    });
    EXPECT_EQ(entries.size(), 1U);
}

TEST_F(ActingAlone, IsRefusedForAStateOfTwo)
{
    someone("state:CL", {"approver"});
    EXPECT_EQ(noted(true).error().violations.front().rule, Rule::somebody_else_can);
}

TEST_F(ActingAlone, EndsAlsoByANote)
{
    EXPECT_EQ(noted(false).error().violations.front().rule, Rule::already_exists);
    let_act_alone();
    confirmed_at_the_machine(noted(false).value().id, hash_of(note_)).value();
    EXPECT_FALSE(acts_alone());
}

}  // namespace
}  // namespace cbmx::test
