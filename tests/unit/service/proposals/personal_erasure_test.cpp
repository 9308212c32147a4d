// Personal data is hidden from everybody at once by one person, and erased after a delay (rules.md 38).
#include "service/accounts/accounts.hpp"
#include "service/clock/due.hpp"
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"
#include "store/log/entries.hpp"
#include "store/rows/due.hpp"
#include "support/service_fixture.hpp"
#include "unit/service/directory/directory_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::ProposalId;
using std::chrono::days;
using std::chrono::hours;

constexpr auto english = i18n::Language::en;

class PersonalErasure : public DirectoryFixture {
protected:
    Principal second_ = someone("state:CL", {"nominator"}), approver_ = someone("state:CL", {"approver"}),
              contact_ = someone("state:CL", {"contact"});

    void TearDown() override
    {
        const auto report = verified(database_file());
        EXPECT_TRUE(report.ok()) << report.summary();
    }

    auto schedule(const Principal& by, const std::string& contact)
    {
        return write([&](Transaction& t) { return service::schedule_contact_erasure(t, by, contact, std::nullopt, days(7)); });
    }
    std::string scheduled()
    {
        return read([&](Connection& db) {
            const auto page = service::list_proposals(db, second_, english, domain::ProposalStatus::scheduled, 10, "");
            EXPECT_EQ(page->items.size(), 1u);
            return page->items.at(0).at("id").get<std::string>();
        });
    }
    Json shown(const Principal& to, const std::string& contact)
    {
        return read([&](Connection& db) {
            const auto got = service::get_contact(db, to, english, contact, now());
            return got ? got->body : Json();
        });
    }
    bool finds(const Principal& who, const service::ContactQuery& query)
    {
        return read([&](Connection& db) {
            auto asked = query;
            asked.status = "removed";
            return !service::list_contacts(db, who, english, asked, now(), 10, "")->items.empty();
        });
    }
    // Whether the words stand in any opening that the caller gets.
    bool is_opened_to(const Principal& who, const std::string& words)
    {
        return read([&](Connection& db) {
            for (Seq seq = 0; seq < size(); ++seq)
                if (service::opening_text(db, who, seq).find(words) != std::string::npos)
                    return true;
            return false;
        });
    }
    bool is_in_the_file(const std::string& words)
    {
        return read([&](Connection& db) { return db.query("SELECT 1 FROM ledger_opening WHERE instr(content, ?1) > 0", words).next(); });
    }
    auto confirm(const Principal& by, const std::string& proposal)
    {
        return write([&](Transaction& t) { return service::confirm_proposal(t, by, ProposalId(proposal), std::nullopt); });
    }
    auto decline(const Principal& by, const std::string& proposal)
    {
        return write([&](Transaction& t) { return service::decline_proposal(t, by, ProposalId(proposal), std::nullopt); });
    }
    std::string status_of(const std::string& proposal)
    {
        return read([&](Connection& db) {
            return service::get_proposal(db, second_, english, ProposalId(proposal))->body.at("content").at("status");
        });
    }
    Principal disabled(const std::string& name)
    {
        const auto gone = someone("state:CL", {"drafter"}, name);
        write([&](Transaction& t) {
            return service::change_account(t, nominator, gone.account, std::nullopt, {.status = domain::AccountStatus::disabled});
        });
        return gone;
    }
    auto schedule_account(const Principal& gone)
    {
        return write([&](Transaction& t) { return service::schedule_account_erasure(t, nominator, gone.account, std::nullopt, days(7)); });
    }
    auto erase_account(const Principal& by, const Principal& gone)
    {
        return write([&](Transaction& t) { return service::erase_account(t, by, gone.account, std::nullopt); });
    }
    void pass(hours time)
    {
        advance(time);
        EXPECT_TRUE(service::do_what_is_due(portal()));
    }
};

TEST_F(PersonalErasure, OneNominatorHidesAListedContactFromEverybodyAtOnce)
{
    const auto contact = listed("Juana Pérez");
    ASSERT_FALSE(shown(reader, contact).is_null());
    ASSERT_TRUE(schedule(nominator, contact).has_value());
    EXPECT_TRUE(shown(reader, contact).is_null());
    for (const auto* who : {&nominator, &clerk, &contact_}) {
        EXPECT_TRUE(shown(*who, contact).at("content").is_null());
        EXPECT_FALSE(is_opened_to(*who, "Juana"));
        EXPECT_FALSE(finds(*who, {.text = "juana"}));
        EXPECT_FALSE(finds(*who, {.language = "es"}));
        EXPECT_TRUE(finds(*who, {.category = "technical"})) << "what an erased one still says";
    }
    EXPECT_TRUE(is_in_the_file("Juana"));
}

TEST_F(PersonalErasure, ThePortalErasesItAfterTheDelayAndNobodyElseIsNeeded)
{
    const auto contact = listed("Juana Pérez");
    schedule(nominator, contact);
    pass(days(7) - hours(1));
    EXPECT_TRUE(is_in_the_file("Juana"));
    pass(hours(1));
    EXPECT_FALSE(is_in_the_file("Juana"));
    EXPECT_TRUE(shown(nominator, contact).at("meta").at("erased"));
}

TEST_F(PersonalErasure, ASecondPersonHastensIt)
{
    schedule(nominator, listed("Juana Pérez"));
    const ProposalId proposal(scheduled());
    const auto confirm = [&](const Principal& by) {
        return write([&](Transaction& t) { return service::confirm_proposal(t, by, proposal, std::nullopt); });
    };
    EXPECT_EQ(confirm(nominator).error().code, ErrorCode::not_eligible);
    EXPECT_EQ(confirm(approver_).error().code, ErrorCode::forbidden) << "an approver has no right over contacts";
    ASSERT_TRUE(confirm(second_).has_value());
    EXPECT_FALSE(is_in_the_file("Juana"));
}

TEST_F(PersonalErasure, AnyNominatorOrApproverBringsBackWhatWasHidden)
{
    const auto contact = listed("Juana Pérez");
    schedule(nominator, contact);
    const auto proposal = scheduled();
    ASSERT_TRUE(
        write([&](Transaction& t) { return service::decline_proposal(t, approver_, ProposalId(proposal), std::nullopt); }).has_value());
    pass(days(8));
    EXPECT_EQ(shown(nominator, contact).at("content").at("person"), "Juana Pérez");
    EXPECT_EQ(shown(nominator, contact).at("meta").at("status"), "removed");
}

TEST_F(PersonalErasure, TheSecretariatDoesSoWithWhatItEnteredFromPaperAlone)
{
    EXPECT_EQ(schedule(clerk, listed("Juana Pérez")).error().code, ErrorCode::forbidden);
    const auto contact = recorded("Ana Díaz");
    ASSERT_TRUE(schedule(clerk, contact).has_value());
    EXPECT_TRUE(shown(nominator, contact).at("content").is_null());
    pass(days(7));
    EXPECT_FALSE(is_in_the_file("Ana"));
}

TEST_F(PersonalErasure, OfWhatTheSecretariatEnteredAnotherOfItIsASecondPersonToo)
{
    const auto another = someone("office:secretariat", {"secretariat"});
    const auto hastened = recorded("Ana Díaz");
    ASSERT_TRUE(schedule(clerk, hastened).has_value());
    const auto proposal = scheduled();
    EXPECT_EQ(confirm(clerk, proposal).error().violations.at(0).rule, domain::Rule::same_person) << "nobody hastens it alone";
    ASSERT_TRUE(confirm(another, proposal).has_value());
    EXPECT_FALSE(is_in_the_file("Ana"));

    const auto brought_back = recorded("Eva Soto");
    ASSERT_TRUE(schedule(clerk, brought_back).has_value());
    ASSERT_TRUE(decline(another, scheduled()).has_value());
    pass(days(8));
    EXPECT_EQ(shown(nominator, brought_back).at("content").at("person"), "Eva Soto");
}

TEST_F(PersonalErasure, OfWhatAStateHidesTheSecretariatIsNoSecondPerson)
{
    schedule(nominator, listed("Juana Pérez"));
    const auto proposal = scheduled();
    EXPECT_EQ(confirm(clerk, proposal).error().code, ErrorCode::not_found);
    EXPECT_EQ(decline(clerk, proposal).error().code, ErrorCode::not_found);
    const auto wish = write([&](Transaction& t) {
        return service::make_proposal(t, clerk, {{"kind", "account_change"}, {"account", contact_.account.value}, {"name", "x"}});
    });
    EXPECT_EQ(confirm(someone("office:secretariat", {"secretariat"}), wish->id).error().code, ErrorCode::forbidden);
}

TEST_F(PersonalErasure, ANominationIsHiddenWithItsNoteAndErasedLater)
{
    const auto id = made(nominator, {{"kind", "nomination"}, {"fields", fields("Juana Pérez")}});
    stepped([&](Transaction& t) { return service::return_nomination(t, clerk, id, "No signature of Juana.", std::nullopt); });
    ASSERT_TRUE(
        write([&](Transaction& t) { return service::schedule_nomination_erasure(t, nominator, id, std::nullopt, days(7)); }).has_value());
    for (const auto* who : {&nominator, &clerk}) {
        const auto body = read([&](Connection& db) { return service::get_nomination(db, *who, id, now())->body; });
        EXPECT_EQ(body.dump().find("Juana"), std::string::npos);
        EXPECT_FALSE(is_opened_to(*who, "Juana"));
    }
    pass(days(7));
    EXPECT_FALSE(is_in_the_file("Juana"));
}

TEST_F(PersonalErasure, AnAccountsNameIsHiddenWhereverItStands)
{
    const auto gone = someone("state:CL", {"drafter"}, "Juana Pérez");
    write([&](Transaction& t) {
        return service::make_proposal(t, clerk, {{"kind", "account_change"}, {"account", gone.account.value}, {"name", "Juana P."}});
    });
    write([&](Transaction& t) {
        return service::change_account(t, nominator, gone.account, std::nullopt, {.status = domain::AccountStatus::disabled});
    });
    ASSERT_TRUE(write([&](Transaction& t) {
                    return service::schedule_account_erasure(t, nominator, gone.account, std::nullopt, days(7));
                }).has_value());
    for (const auto* who : {&nominator, &contact_}) {
        const auto body = read([&](Connection& db) { return service::get_account(db, *who, english, gone.account)->body; });
        EXPECT_EQ(body.at("content").at("name"), "");
        EXPECT_TRUE(body.at("salt").is_null());
        EXPECT_FALSE(is_opened_to(*who, "Juana"));
        const auto proposals = read([&](Connection& db) { return service::list_proposals(db, *who, english, {}, 100, "")->items; });
        EXPECT_EQ(proposals.dump().find("Juana"), std::string::npos);
    }
    EXPECT_EQ(write([&](Transaction& t) {
                  return service::change_account(t, nominator, gone.account, std::nullopt, {.status = domain::AccountStatus::active});
              })
                  .error()
                  .code,
              ErrorCode::conflict);
    pass(days(7));
    EXPECT_FALSE(is_in_the_file("Juana"));
}

TEST_F(PersonalErasure, TheOperatorDoesNotWaitForWhatIsScheduled)
{
    const auto gone = disabled("Juana Pérez");
    ASSERT_TRUE(schedule_account(gone).has_value());
    const auto proposal = scheduled();
    EXPECT_EQ(erase_account(nominator, gone).error().code, ErrorCode::conflict);
    ASSERT_TRUE(erase_account(domain::machine_operator(), gone).has_value());
    EXPECT_FALSE(is_in_the_file("Juana"));
    EXPECT_EQ(status_of(proposal), "ended");
    EXPECT_EQ(erase_account(domain::machine_operator(), gone).error().code, ErrorCode::conflict);
}

TEST_F(PersonalErasure, WhatIsProposedForAnAccountEndsWithIt)
{
    const auto gone = disabled("Juana Pérez"), stays = someone("state:CL", {"drafter"});
    const auto proposed = [&](const Json& body) {
        return write([&](Transaction& t) { return service::make_proposal(t, clerk, body); })->id;
    };
    const auto change = [&](const Principal& who) {
        return proposed({{"kind", "account_change"}, {"account", who.account.value}, {"name", "Renamed"}});
    };
    const auto registration = [&](const Principal& who) {
        return proposed(
            {{"kind", "credential_register"}, {"account", who.account.value}, {"certificate", new_certificate("x", now() + days(300))}});
    };
    const auto revocation = [&](const Principal& who) {
        return proposed({{"kind", "credential_revoke"}, {"credential", who.credential.value}});
    };
    const std::vector<std::string> kept{change(stays), registration(stays), revocation(stays)};
    std::vector<std::string> ended{change(gone), revocation(gone)};
    write([&](Transaction& t) {
        return service::change_account(t, nominator, gone.account, std::nullopt, {.status = domain::AccountStatus::active});
    });
    ended.push_back(registration(gone));
    write([&](Transaction& t) {
        return service::change_account(t, nominator, gone.account, std::nullopt, {.status = domain::AccountStatus::disabled});
    });
    ASSERT_TRUE(schedule_account(gone).has_value());
    EXPECT_EQ(status_of(ended.front()), "waiting") << "while its erasure can be taken back";
    pass(days(7));
    for (const auto& id : ended)
        EXPECT_EQ(status_of(id), "ended");
    for (const auto& id : kept)
        EXPECT_EQ(status_of(id), "waiting");
    EXPECT_EQ(read([&](Connection& db) { return store::stored_due(db); }).size(), kept.size());
    EXPECT_FALSE(is_in_the_file("Juana"));
}

}  // namespace
}  // namespace cbmx::test
