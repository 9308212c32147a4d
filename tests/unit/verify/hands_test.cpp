// Four eyes leaves evidence: whoever writes the file cannot take out, add or exchange a hand that an entry commits to.
#include "service/accounts/accounts.hpp"
#include "service/log/audit.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/parts.hpp"
#include "service/reports/reports.hpp"
#include "store/log/hands.hpp"
#include "unit/verify/tampering.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

class Hands : public Tampering {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), colleague = someone("state:CL", {"drafter"}),
              approver = someone("state:CL", {"approver"}), another = someone("state:CL", {"approver"}),
              nominator = someone("state:CL", {"nominator"});

    void edit(const Principal& by, const std::string& report, const std::string& text)
    {
        write([&](Transaction& t) { return service::edit_draft(t, by, report, {{"narrative", text}}, std::nullopt); }).value();
    }
    // Begun by the drafter, edited by the colleague, published; then revised by the colleague and published again.
    void populate()
    {
        report_ = drafted(drafter, a_report());
        edit(colleague, report_, "Edited by a colleague.");
        submission_ = submitted(drafter, report_);
        publication_ = published(approver, report_);
        write([&](Transaction& t) { return service::start_revision(t, colleague, report_, std::nullopt); }).value();
        submitted(colleague, report_);
        revision_ = published(approver, report_);
    }
    Json hands_at(Seq seq)
    {
        return Json::parse(
            read([&](Connection& c) { return domain::Result<std::string>(store::hands_at(c, seq).value().hands.value()); }).value());
    }
    Json audited(const Principal& who, Seq seq)
    {
        const auto list = read([&](Connection& c) {
                              store::AuditFilter filter;
                              filter.limit = 1000;
                              return service::json_result(Json::parse(service::list_audit(c, who, filter).text));
                          }).value();
        for (const auto& item : list.at("items"))
            if (item.at("seq") == seq)
                return item;
        return nullptr;
    }
    void erase_account(const Principal& who)
    {
        write([&](Transaction& t) {
            return service::change_account(t, nominator, who.account, std::nullopt,
                                           {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
        }).value();
        write([&](Transaction& t) { return service::erase_account(t, nominator, who.account, std::nullopt); }).value();
    }
    std::string touch(int number) const { return " WHERE report = '" + report_ + "' AND number = " + std::to_string(number); }

    std::string report_;
    Seq submission_ = 0, publication_ = 0, revision_ = 0;
};

TEST_F(Hands, APublicationNamesThoseWhoTouchedItsTextSinceTheOneBefore)
{
    populate();
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    EXPECT_TRUE(verified(database_file()).remarks.empty());
    EXPECT_EQ(hands_at(publication_).at("touches").size(), 2U);
    EXPECT_EQ(hands_at(publication_).at("touches"), hands_at(submission_).at("touches"));
    EXPECT_EQ(hands_at(publication_).at("four_eyes"), true);
    EXPECT_EQ(hands_at(revision_).at("touches").size(), 1U);
    EXPECT_EQ(hands_at(revision_).at("touches").at(0).at("number"), 3);
}

TEST_F(Hands, TheOwnStateAndTheAuditorCanOpenThemAndNobodyElse)
{
    populate();
    auto auditor = someone("office:audit", {"auditor"});
    for (const auto* who : {&approver, &auditor}) {
        const auto hands = audited(*who, publication_).at("hands");
        EXPECT_EQ(hands.at("touches").at(0).at("by").at("account"), drafter.account.value);
        EXPECT_EQ(hands.at("touches").at(1).at("by").at("account"), colleague.account.value);
    }
    const auto stranger = audited(someone("state:PE", {"approver"}), publication_);
    EXPECT_TRUE(stranger.is_null() || stranger.at("hands").is_null());
}

TEST_F(Hands, ATouchThatIsTakenOutAddedOrExchangedIsNamed)
{
    populate();
    finds("DELETE FROM report_touch" + touch(1), "the touch 1 that its entry names is missing", submission_);
    finds("DELETE FROM report_touch" + touch(3), "the touch 3 that its entry names is missing");
    finds("INSERT INTO report_touch SELECT report, 4, account, credential, salt, hand, at, hash FROM report_touch" + touch(3), "touch 4");
    finds("UPDATE report_touch SET account = '" + approver.account.value + "'" + touch(2), "do not give its hand");
    finds("UPDATE report_touch SET hand = zeroblob(32)" + touch(2), "by another hand than its entry says", submission_);
    finds("UPDATE report_touch SET at = '2020-01-01T00:00:00.000Z'" + touch(1), "does not give its hash");
    finds("UPDATE report_touch SET hash = zeroblob(32)" + touch(3), "is not the one that its entry commits to", revision_ - 1);
    finds("UPDATE report_touch SET number = 9" + touch(2) + "; UPDATE report_touch SET number = 2" + touch(3), "another hand", submission_);
    finds("UPDATE report SET touches_published = 2" + of(report_), "another touch as the last that was published");
}

TEST_F(Hands, WhatStandsBesideAnEntryIsWhatItCommitsTo)
{
    populate();
    finds("DELETE FROM ledger_hands" + at(publication_), "its row of ledger_hands is missing", publication_);
    finds("UPDATE ledger_hands SET hands = replace(hands, 'true', 'false')" + at(publication_), "do not give the hash of its hands",
          publication_);
    finds("UPDATE ledger_hands SET salt = NULL, hands = NULL" + at(publication_), "do not give the hash of its hands", publication_);
    finds("UPDATE ledger_hands SET proposer = '" + approver.account.value + "'" + at(publication_), "in part", publication_);
    finds("INSERT INTO ledger_hands (seq) VALUES (1)", "about no report", 1);
}

TEST_F(Hands, TheRuleIsJudgedAgainByTheSettingsOfThatTime)
{
    populate();
    without_four_eyes("CL");
    const auto alone = someone("state:CL", {"approver", "drafter"});
    const auto seq = published(alone, [&] {
        const auto id = drafted(alone, a_report());
        submitted(alone, id);
        return id;
    }());
    EXPECT_EQ(hands_at(seq).at("four_eyes"), false);
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    // A table that forgets its four eyes is found out, although every hash is right.
    auto careless = domain::workflow();
    careless.reports.at(static_cast<std::size_t>(domain::Transition::publish)).four_eyes = false;
    const auto peru = someone("state:PE", {"approver", "drafter"});
    const auto id = drafted(peru, a_report());
    submitted(peru, id);
    write([&](Transaction& t) { return service::publish_report(t, peru, id, std::nullopt, careless); }).value();
    EXPECT_NE(verified(database_file()).summary().find("whether a second person was needed"), std::string::npos);
}

TEST_F(Hands, AConfirmedWideningNamesItsProposerAndItIsAnotherPerson)
{
    const auto id = new_report(drafter, approver, {{"label", "TLP:AMBER"}});
    const auto proposal =
        write([&](Transaction& t) {
            return service::change_audience(t, approver, id, {{"recipients", {"state:PE"}}}, domain::Transition::recipients, std::nullopt);
        }).value();
    const auto seq =
        write([&](Transaction& t) { return service::confirm_proposal(t, another, domain::ProposalId(proposal.id), std::nullopt); })
            .value()
            .seq.value();
    EXPECT_EQ(audited(drafter, seq).at("hands").at("proposer").at("account"), approver.account.value);
    EXPECT_EQ(hands_at(seq).at("four_eyes"), true);
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    finds("UPDATE ledger_hands SET proposer = '" + drafter.account.value + "'" + at(seq), "do not give the handle of its proposer", seq);
    finds("UPDATE ledger_hands SET proposer = NULL, credential = NULL, proposer_salt = NULL" + at(seq), "its proposer is gone", seq);
    const auto narrowed =
        write([&](Transaction& t) {
            return service::change_audience(t, approver, id, {{"recipients", {"state:CL"}}}, domain::Transition::recipients, std::nullopt);
        })
            .value()
            .seq.value();
    EXPECT_TRUE(hands_at(narrowed).at("four_eyes").is_null()) << "what leaves somebody out needs no second person";
}

TEST_F(Hands, AChangeThatLetsSomebodyInIsNoNarrowingWhateverItsEntrySays)
{
    const auto forged = [&](const std::string& id, const std::function<void(domain::Readers&)>& widen) {
        return write([&](Transaction& t) {
                   const auto row = store::report_of_state(t.db(), "CL", id).value();
                   const auto before = store::readers(t.db(), id);
                   auto after = before;
                   widen(after);
                   store::set_readers(t.db(), id, before, after);
                   service::ReportChange change{.after = row, .of_record = true};
                   change.after.label = domain::name_of(after.labels.back());
                   const auto& rule = domain::workflow().of(domain::Transition::label);
                   return service::settle(t, approver, rule, row, std::move(change));
               })
            .value()
            .seq.value();
    };
    const auto is_named = [&](Seq seq) {
        const auto report = verified(database_file());
        EXPECT_NE(report.summary().find("its audience became wider"), std::string::npos) << report.summary();
        EXPECT_TRUE(std::any_of(report.faults.begin(), report.faults.end(), [seq](const auto& fault) { return fault.seq == seq; }));
        return report.faults.size();
    };
    const auto one = new_report(drafter, approver, {{"label", "TLP:AMBER"}}), two = new_report(drafter, approver, {{"label", "TLP:AMBER"}});
    EXPECT_EQ(is_named(forged(one, [](domain::Readers& readers) { readers.from.emplace("state:PE", 1); })), 1U);
    EXPECT_EQ(is_named(forged(two, [](domain::Readers& readers) { readers.labels.back() = domain::Label::green; })), 2U);
}

TEST_F(Hands, WhoIsNamedByNameAndWasIncludedBeforeIsNotLetIn)
{
    hold_offices();
    const auto narrowed = [&](const std::string& id, const Json& body) {
        const auto outcome = write([&](Transaction& t) {
                                 return service::change_audience(t, approver, id, body, domain::Transition::label, std::nullopt);
                             }).value();
        EXPECT_EQ(outcome.status, 200);
        EXPECT_TRUE(hands_at(outcome.seq.value()).at("four_eyes").is_null());
    };
    narrowed(new_report(drafter, approver, {{"label", "TLP:GREEN"}}),
             {{"label", "TLP:AMBER"}, {"recipients", {"office:chair", "office:secretariat"}}});
    narrowed(new_report(drafter, approver, {{"label", "TLP:AMBER"}}),
             {{"label", "TLP:RED"}, {"recipients", {"account:" + approver.account.value}}});
    narrowed(new_report(drafter, approver, {{"label", "TLP:CLEAR"}}), {{"label", "TLP:GREEN"}});
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
}

TEST_F(Hands, AfterAnAccountsErasureItIsNoLongerRecomputableWhichIsNoFault)
{
    populate();
    erase_account(colleague);
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_FALSE(report.remarks.empty());
    EXPECT_NE(report.remarks.at(0).what.find("no longer recomputable"), std::string::npos);
    EXPECT_TRUE(audited(approver, publication_).at("hands").at("touches").at(1).at("by").is_null());
}

TEST_F(Hands, AfterTheApproversErasureARemarkSaysWhatCanNoLongerBeTold)
{
    populate();
    const auto had = verified(database_file()).remarks.size();
    erase_account(approver);
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_EQ(report.remarks.size(), had + 2) << "of each publication";
    EXPECT_NE(report.remarks.at(0).what.find("whether another person published it is no longer recomputable"), std::string::npos);
}

TEST_F(Hands, AnErasedReportKeepsNobodysHands)
{
    populate();
    write([&](Transaction& t) { return service::withdraw_report(t, approver, report_, std::nullopt); }).value();
    erase(approver, report_);
    EXPECT_TRUE(audited(approver, publication_).at("hands").is_null());
    EXPECT_FALSE(
        read([&](Connection& c) { return domain::Result<bool>(store::hands_at(c, publication_).value().hands.has_value()); }).value());
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    finds("UPDATE report SET touches_published = 1" + of(report_), "still says who touched what was erased");
    finds("UPDATE ledger_hands SET proposer = '" + drafter.account.value + "'" + at(publication_), "names a proposer of what was erased");
}

TEST_F(Hands, AnErasedAccountStaysAHandUntilItsTextIsPublished)
{
    const auto both = someone("state:CL", {"approver", "drafter"});
    const auto id = drafted(drafter, a_report());
    edit(both, id, "Touched by an approver.");
    submitted(drafter, id);
    erase_account(drafter);
    EXPECT_EQ(write([&](Transaction& t) { return service::publish_report(t, both, id, std::nullopt); }).error().code,
              domain::ErrorCode::four_eyes);
    published(approver, id);
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
}

TEST_F(Hands, ADiscardedRevisionLeavesNoHand)
{
    populate();
    const auto both = someone("state:CL", {"approver", "drafter"});
    write([&](Transaction& t) { return service::start_revision(t, both, report_, std::nullopt); }).value();
    write([&](Transaction& t) { return service::discard_draft(t, both, report_, std::nullopt); }).value();
    write([&](Transaction& t) { return service::start_revision(t, drafter, report_, std::nullopt); }).value();
    submitted(drafter, report_);
    const auto seq = published(both, report_);
    EXPECT_EQ(hands_at(seq).at("touches").size(), 1U);
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
}

}  // namespace
}  // namespace cbmx::test
