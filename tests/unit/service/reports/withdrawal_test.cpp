// Taking back is one person's and at once, and can be undone when it was much; destroying is two people's and slow (rules.md 35).
#include "ledger/receipt.hpp"
#include "service/accounts/accounts.hpp"
#include "service/clock/due.hpp"
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "store/log/entries.hpp"
#include "support/ledger_fixture.hpp"
#include "verify/verify.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::ProposalId;
using domain::ProposalKind;
using domain::ProposalStatus;
using domain::RecordState;
using std::chrono::days;
using std::chrono::hours;

constexpr std::size_t go_untold = 5;

class TakingBack : public LedgerFixture {
protected:
    Principal drafter_ = someone("state:CL", {"drafter"}), approver_ = someone("state:CL", {"approver"}),
              second_ = someone("state:CL", {"approver"}), nominator_ = someone("state:CL", {"nominator"}),
              contact_ = someone("state:CL", {"contact"}), peru_ = someone("state:PE", {"drafter"});

    void TearDown() override
    {
        const auto report = service::verify(database_file().string(), {keys(), std::nullopt});
        EXPECT_TRUE(report.ok()) << report.summary();
    }

    auto withdraw(const Principal& by, const std::string& id)
    {
        return write([&](Transaction& t) { return service::withdraw_report(t, by, id, std::nullopt); });
    }
    std::vector<std::string> withdrawn(const Principal& by, std::size_t count, const Json& changes = Json::object())
    {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < count; ++i) {
            ids.push_back(new_report(drafter_, approver_, changes));
            EXPECT_TRUE(withdraw(by, ids.back()).has_value());
        }
        return ids;
    }
    auto confirm(const Principal& by, const std::string& proposal)
    {
        return write([&](Transaction& t) { return service::confirm_proposal(t, by, ProposalId(proposal), std::nullopt, days(7)); });
    }
    auto decline(const Principal& by, const std::string& proposal)
    {
        return write([&](Transaction& t) { return service::decline_proposal(t, by, ProposalId(proposal), std::nullopt); });
    }
    auto propose_erasure(const Principal& by, const std::string& id)
    {
        return write([&](Transaction& t) { return service::propose_erasure(t, by, id, std::nullopt); });
    }
    std::vector<std::string> offers()
    {
        return read([&](Connection& db) {
            std::vector<std::string> ids;
            const auto seen = service::list_proposals(db, nominator_, i18n::Language::en, ProposalStatus::waiting, 100, "").value();
            for (const auto& item : seen.items)
                if (item.at("content").at("kind") == domain::name_of(ProposalKind::report_restoring))
                    ids.push_back(item.at("id"));
            const auto of_contact = service::list_proposals(db, contact_, i18n::Language::en, ProposalStatus::waiting, 100, "").value();
            EXPECT_TRUE(of_contact.items.empty()) << "a contact decides on nothing";
            return ids;
        });
    }
    std::string status_of(const std::string& proposal)
    {
        return read([&](Connection& db) {
            return service::get_proposal(db, nominator_, i18n::Language::en, ProposalId(proposal))->body.at("content").at("status");
        });
    }
    Json shown(const Principal& to, const std::string& report)
    {
        return read([&](Connection& db) {
            const auto got = service::get_report(db, to, i18n::Language::en, report);
            return got ? got->body : Json();
        });
    }
    std::string state_of(const std::string& report) { return shown(approver_, report).at("meta").at("workflow_state"); }
    bool is_erased(const std::string& report) { return shown(approver_, report).at("meta").at("erased"); }
    std::vector<std::string> kinds_in_feed(const Principal& of, Seq after)
    {
        return read([&](Connection& db) {
            std::vector<std::string> kinds;
            for (const auto& entry : store::feed(db, of.visibility, after, size(), 1000))
                kinds.push_back(entry.kind);
            return kinds;
        });
    }
    void pass(hours time)
    {
        advance(time);
        EXPECT_TRUE(service::do_what_is_due(portal()));
    }
};

TEST_F(TakingBack, AFewGoUntoldAndOneMoreWithinTheHourIsToldToAllOfTheState)
{
    withdrawn(approver_, go_untold);
    EXPECT_TRUE(offers().empty());
    const auto before = last();
    withdrawn(approver_, 1, {{"label", "TLP:CLEAR"}});
    EXPECT_EQ(offers().size(), 1u);
    EXPECT_EQ(kinds_in_feed(contact_, before).back(), "proposal_made");
    EXPECT_EQ(kinds_in_feed(peru_, before), (std::vector<std::string>{"report_published", "report_withdrawn"}));
}

TEST_F(TakingBack, CountsEachAccountAndEachHourForItself)
{
    withdrawn(approver_, go_untold);
    withdrawn(second_, go_untold);
    advance(hours(1) + std::chrono::milliseconds(1));
    withdrawn(approver_, go_untold);
    EXPECT_TRUE(offers().empty());
}

TEST_F(TakingBack, IsUndoneByAnyApproverInOneActUnchangedAndWithTheSameReaders)
{
    const auto kept_back = withdrawn(second_, 1);
    const auto before = new_report(drafter_, approver_, {{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}});
    const auto as_peru_read_it = shown(peru_, before);
    withdraw(approver_, before);
    auto ids = withdrawn(approver_, go_untold);
    const auto offer = offers().at(0);
    const auto later = withdrawn(approver_, 2);
    ids.insert(ids.end(), later.begin(), later.end());
    ids.push_back(before);

    EXPECT_EQ(confirm(nominator_, offer).error().code, ErrorCode::not_eligible);
    EXPECT_EQ(confirm(drafter_, offer).error().code, ErrorCode::forbidden);
    ASSERT_TRUE(confirm(second_, offer).has_value());
    for (const auto& id : ids)
        EXPECT_EQ(state_of(id), "published");
    EXPECT_EQ(state_of(kept_back.front()), "withdrawn") << "another account withdrew it";
    auto again = shown(peru_, before);
    EXPECT_EQ(again.at("content"), as_peru_read_it.at("content"));
    EXPECT_EQ(again.at("salt"), as_peru_read_it.at("salt"));
    EXPECT_EQ(again.at("meta").at("revision"), as_peru_read_it.at("meta").at("revision"));
    EXPECT_TRUE(shown(someone("state:BR", {"drafter"}), before).is_null());
}

TEST_F(TakingBack, ARevisionThatAReaderDidNotReadStaysUnreadWhenTheReportIsPutBack)
{
    const auto id = new_report(drafter_, approver_, {{"label", "TLP:AMBER+STRICT"}, {"recipients", {"state:BR"}}});
    write([&](Transaction& t) { return service::start_revision(t, drafter_, id, std::nullopt); });
    write([&](Transaction& t) { return service::edit_draft(t, drafter_, id, {{"recipients", {"state:BR", "state:PE"}}}, std::nullopt); });
    submitted(drafter_, id);
    published(approver_, id);
    withdraw(approver_, id);
    withdrawn(approver_, go_untold);
    ASSERT_TRUE(confirm(second_, offers().at(0)).has_value());
    read([&](Connection& db) {
        EXPECT_TRUE(service::get_revision(db, peru_, i18n::Language::en, id, 2).has_value());
        EXPECT_FALSE(service::get_revision(db, peru_, i18n::Language::en, id, 1).has_value());
        return true;
    });
}

TEST_F(TakingBack, TheOfferStandsForThreeDaysAndIsDeclinedByNobody)
{
    const auto ids = withdrawn(approver_, go_untold + 1);
    const auto offer = offers().at(0);
    EXPECT_EQ(decline(approver_, offer).error().code, ErrorCode::not_eligible) << "who holds the thief's token would decline it";
    EXPECT_EQ(decline(nominator_, offer).error().code, ErrorCode::not_eligible);
    pass(hours(71));
    EXPECT_EQ(status_of(offer), "waiting");
    pass(hours(1));
    EXPECT_EQ(status_of(offer), "ended");
    EXPECT_EQ(confirm(second_, offer).error().code, ErrorCode::conflict);
    EXPECT_EQ(state_of(ids.front()), "withdrawn");
}

TEST_F(TakingBack, TheOfferOutlivesTheAccountThatWithdrew)
{
    const auto ids = withdrawn(approver_, go_untold + 1);
    write([&](Transaction& t) {
        return service::change_account(t, nominator_, approver_.account, std::nullopt, {.status = domain::AccountStatus::disabled});
    });
    approver_ = second_;
    ASSERT_TRUE(confirm(second_, offers().at(0)).has_value());
    EXPECT_EQ(state_of(ids.back()), "published");
}

TEST_F(TakingBack, WhatIsErasedByThenIsNotPutBackAndWhatIsPutBackIsNotErased)
{
    const auto ids = withdrawn(approver_, go_untold + 1);
    erase(approver_, ids.front());
    const auto doomed = propose_erasure(approver_, ids.back()).value().id;
    ASSERT_TRUE(confirm(second_, doomed).has_value());
    ASSERT_TRUE(confirm(second_, offers().at(0)).has_value());
    EXPECT_TRUE(is_erased(ids.front()));
    EXPECT_EQ(state_of(ids.back()), "published");
    pass(days(7));
    EXPECT_EQ(status_of(doomed), "ended");
    EXPECT_FALSE(is_erased(ids.back()));
}

TEST_F(TakingBack, OnePersonErasesNothing)
{
    const auto id = withdrawn(approver_, 1).front();
    const auto publication = last() - 1;
    const auto proposed = propose_erasure(approver_, id);
    ASSERT_TRUE(proposed.has_value());
    EXPECT_EQ(proposed->status, 202);
    EXPECT_EQ(confirm(approver_, proposed->id).error().code, ErrorCode::not_eligible);
    EXPECT_EQ(propose_erasure(second_, id).error().code, ErrorCode::conflict) << "there is a proposal already";
    pass(days(30));
    EXPECT_FALSE(is_erased(id));
    EXPECT_TRUE(read([&](Connection& db) { return store::opening(db, publication); })->content.has_value());
}

TEST_F(TakingBack, WhatIsConfirmedIsTheReportAsTheProposerOfItsErasureSawIt)
{
    const auto id = withdrawn(approver_, 1).front();
    const auto seen = read([&](Connection& db) { return service::get_report(db, approver_, i18n::Language::en, id)->tag.value(); });
    const auto proposal = propose_erasure(approver_, id).value().id;
    const auto body = read([&](Connection& db) {
        return service::get_proposal(db, approver_, i18n::Language::en, ProposalId(proposal))->body.at("content").at("body");
    });
    EXPECT_EQ(body, (Json{{"seen", seen}}));
    const auto relabel = [&](std::string_view label) {
        write([&](Transaction& t) {
            t.db().run("UPDATE report SET label = ?2 WHERE id = ?1", id, label);
            return domain::Result<bool>(true);
        });
    };
    relabel("TLP:RED");
    EXPECT_EQ(confirm(second_, proposal).error().code, ErrorCode::precondition_failed) << "the version is the same, the report is not";
    relabel(shown(approver_, id).at("content").at("label").get<std::string>());
    EXPECT_TRUE(confirm(second_, proposal).has_value());
}

TEST_F(TakingBack, TwoPeopleEraseAfterSevenDaysAndThePortalDoesIt)
{
    const auto id = withdrawn(approver_, 1).front();
    const auto proposal = propose_erasure(approver_, id).value().id;
    const auto before = last();
    ASSERT_TRUE(confirm(second_, proposal).has_value());
    EXPECT_EQ(status_of(proposal), "scheduled");
    EXPECT_EQ(kinds_in_feed(contact_, before), (std::vector<std::string>{"proposal_scheduled"}));
    EXPECT_EQ(confirm(second_, proposal).error().code, ErrorCode::conflict);
    pass(days(7) - hours(1));
    EXPECT_FALSE(is_erased(id));
    pass(hours(1));
    EXPECT_TRUE(is_erased(id));
    EXPECT_EQ(status_of(proposal), "confirmed");
    const auto entry = read([&](Connection& db) { return store::entry_body(db, last() - 1); });
    EXPECT_NE(entry->find(R"("kind":"report_erased")"), std::string::npos);
    EXPECT_NE(entry->find(R"("role":"portal")"), std::string::npos);
}

TEST_F(TakingBack, AnyNominatorOrApproverStopsAnErasureInTime)
{
    for (const auto* by : {&nominator_, &approver_, &second_}) {
        const auto id = withdrawn(approver_, 1).front();
        const auto proposal = propose_erasure(approver_, id).value().id;
        ASSERT_TRUE(confirm(second_, proposal).has_value());
        EXPECT_EQ(decline(drafter_, proposal).error().code, ErrorCode::forbidden);
        ASSERT_TRUE(decline(*by, proposal).has_value());
        pass(days(8));
        EXPECT_FALSE(is_erased(id));
        EXPECT_EQ(status_of(proposal), "declined");
    }
}

TEST_F(TakingBack, WhatWillBeGoneIsHandedOverOnceMoreToThoseWhoMayReadIt)
{
    const auto id = withdrawn(approver_, 1).front();
    const auto proposal = propose_erasure(approver_, id).value().id;
    const auto openings = [&](const Principal& to) {
        return read([&](Connection& db) {
            const auto report = service::report_to_be_erased(db, to, ProposalId(proposal));
            return report ? Json::parse(service::openings_about(db, to, *report)) : Json();
        });
    };
    const auto all = openings(approver_);
    std::vector<std::string> kinds;
    for (const auto& each : all) {
        kinds.push_back(each.at("receipt").at("entry").at("kind"));
        EXPECT_EQ(ledger::verify_receipt(each.at("receipt"), each.at("opening"), keys()), ledger::ReceiptFault::none);
    }
    EXPECT_EQ(kinds, (std::vector<std::string>{"report_submitted", "report_published", "report_withdrawn"}));
    EXPECT_TRUE(openings(peru_).is_null());
    ASSERT_TRUE(confirm(second_, proposal).has_value());
    EXPECT_EQ(openings(approver_), all);
    pass(days(7));
    EXPECT_TRUE(openings(approver_).is_null());
}

}  // namespace
}  // namespace cbmx::test
