// Whose hands a credential is in, and how that ends: rules.md 18, server/service/accounts/attestation.hpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/touches.hpp"
#include "support/decisions.hpp"
#include "support/enrolled.hpp"
#include "support/ledger_fixture.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using service::Outcome;

// Somebody who came in by an enrolment, and what he alone was given.
struct Official {
    std::string account, enrolment, words;
    domain::Principal principal;
};

class Attestation : public LedgerFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"drafter", "nominator"});
    const Principal colleague_ = someone("state:CL", {"contact"});
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    int made_ = 0;

    std::string account(const std::string& role)
    {
        return write([&](Transaction& t) { return service::create_account(t, nominator_, {nominator_.home, role, {role}}); }).value().id;
    }
    Official invited_by(const Principal& by, const std::string& role) { return came_in(by, account(role)); }
    // By an enrolment or, with reset, by what ends all that the account had.
    Official came_in(const Principal& by, const std::string& account, bool reset = false)
    {
        const auto code = base::hex(base::sha256("code " + std::to_string(++made_)));
        const Json wish{{"kind", "token"},
                        {"code_sha256", base::hex(base::sha256(code))},
                        {"label", "t"},
                        {"scopes", {"accounts", "draft", "publish", "read"}}};
        const auto enrolment = write([&](Transaction& t) {
                                   return reset ? service::reset_account(t, by, domain::AccountId(account), wish)
                                                : service::make_enrolment(portal(), t, by, domain::AccountId(account), wish);
                               })
                                   .value()
                                   .id;
        const auto token = service::new_token(random());
        const Json use{{"code", code}, {"token_sha256", base::hex(base::sha256(token))}};
        write([&](Transaction& t) { return service::use_enrolment(portal(), t, domain::EnrolmentId(enrolment), use); }).value();
        const auto principal = write([&](Transaction& t) { return proven(t, token); }).value();
        return {account, enrolment, words_of(principal), principal};
    }
    std::string words_of(const Principal& principal)
    {
        const auto me = read([&](Connection& c) { return service::get_me(c, principal); }).value().body;
        return me["credential"].value("check_words", "");
    }
    domain::Result<Outcome> attest(const Principal& by, const Official& official, const Json& body,
                                   const std::optional<service::CitedDecision>& note = {})
    {
        clock_moves();
        return write([&](Transaction& t) { return service::attest_enrolment(t, by, domain::EnrolmentId(official.enrolment), body, note); });
    }
    auto attest(const Principal& by, const Official& official) { return attest(by, official, {{"check_words", official.words}}); }
    void clock_moves() { advance(std::chrono::seconds(1)); }
    Principal again(const Principal& principal)
    {
        return read([&](Connection& c) { return service::reload(c, now(), principal); }).value();
    }
    bool are_one(const Principal& one, const Principal& other)
    {
        return read([&](Connection& c) { return service::is_same_actor(c, service::actor_of(one), service::actor_of(other), now()); });
    }
    std::string submitted_by(const Principal& drafter)
    {
        const auto id = drafted(drafter, a_report());
        submitted(drafter, id);
        return id;
    }
    auto publishing(const Principal& approver, const std::string& report)
    {
        return write([&](Transaction& t) { return service::publish_report(t, approver, report, std::nullopt); });
    }
    Json shown(const std::string& enrolment)
    {
        return read([&](Connection& c) { return service::get_enrolment(c, nominator_, domain::EnrolmentId(enrolment), now()); })
            .value()
            .body;
    }
    bool reads(const Principal& reader, const std::string& report)
    {
        return read([&](Connection& c) { return service::get_draft(c, reader, i18n::Language::en, report); }).has_value();
    }
};

TEST_F(Attestation, WhoMadeAnEnrolmentIsItsUsersHandsUntilSomebodyElseAttests)
{
    const auto official = invited_by(nominator_, "approver");
    EXPECT_TRUE(are_one(nominator_, official.principal));
    ASSERT_TRUE(attest(colleague_, official).has_value());
    EXPECT_FALSE(are_one(nominator_, official.principal));
}

TEST_F(Attestation, FromThenOnInviterAndHolderAreTwoPeople)
{
    const auto report = submitted_by(nominator_);
    const auto approver = invited_by(nominator_, "approver");
    EXPECT_EQ(publishing(approver.principal, report).error().code, ErrorCode::four_eyes);
    ASSERT_TRUE(attest(colleague_, approver).has_value());
    EXPECT_TRUE(publishing(approver.principal, report).has_value());
}

TEST_F(Attestation, WhatWasTouchedBeforeStaysAsItWas)
{
    const auto drafter = invited_by(nominator_, "drafter");
    const auto before = submitted_by(drafter.principal);
    ASSERT_TRUE(attest(colleague_, drafter).has_value());
    clock_moves();
    const auto after = submitted_by(drafter.principal);
    EXPECT_FALSE(are_one(drafter.principal, nominator_));
    const auto hands = [&](const std::string& report) {
        return read([&](Connection& c) {
            const auto touch = store::touches_since_publication(c, report).front();
            return service::is_same_actor(c, service::actor_of(nominator_), {touch.by->account, touch.by->credential, touch.at}, now());
        });
    };
    EXPECT_TRUE(hands(before));
    EXPECT_FALSE(hands(after));
}

TEST_F(Attestation, TwoWhomOneInvitedAreOnePerson)
{
    const auto drafter = invited_by(nominator_, "drafter"), approver = invited_by(nominator_, "approver");
    EXPECT_TRUE(are_one(drafter.principal, approver.principal));
    ASSERT_TRUE(attest(colleague_, drafter).has_value());
    EXPECT_FALSE(are_one(drafter.principal, approver.principal)) << "one of them is known to be himself";
    EXPECT_TRUE(are_one(nominator_, approver.principal));
}

TEST_F(Attestation, NobodyInWhoseHandsItWasAttests)
{
    const auto official = invited_by(nominator_, "approver"), another = invited_by(nominator_, "contact");
    for (const auto& by : {nominator_, official.principal, another.principal})
        EXPECT_EQ(attest(by, official).error().violations.front().rule, Rule::own_hands);
    const auto of_other_state = someone("state:PE", {"nominator"});
    EXPECT_EQ(attest(of_other_state, official).error().code, ErrorCode::not_found);
}

TEST_F(Attestation, OnlyHeWhoCameInIsShownTheWords)
{
    const auto official = invited_by(nominator_, "approver");
    EXPECT_EQ(official.words, read([&](Connection& c) {
                                  return service::get_credential(c, official.principal, i18n::Language::en, official.principal.credential);
                              })
                                  .value()
                                  .body["meta"]["check_words"]);
    EXPECT_FALSE(
        read([&](Connection& c) { return service::get_credential(c, nominator_, i18n::Language::en, official.principal.credential); })
            .value()
            .body["meta"]
            .contains("check_words"));
    EXPECT_EQ(shown(official.enrolment).dump().find(official.words), std::string::npos);
    ASSERT_TRUE(attest(colleague_, official).has_value());
    EXPECT_EQ(words_of(official.principal), "");
}

TEST_F(Attestation, OtherWordsAttestNothing)
{
    const auto official = invited_by(nominator_, "approver"), another = invited_by(nominator_, "contact");
    EXPECT_EQ(attest(colleague_, official, {{"check_words", another.words}}).error().violations.front().rule, Rule::wrong_words);
    EXPECT_TRUE(are_one(nominator_, official.principal));
}

TEST_F(Attestation, IsDoneOnceAndOnlyOfWhoHasComeIn)
{
    const auto official = invited_by(nominator_, "approver");
    ASSERT_TRUE(attest(colleague_, official).has_value());
    EXPECT_EQ(attest(colleague_, official).error().code, ErrorCode::conflict);
}

TEST_F(Attestation, IsDoneAlsoWhenTheTokenHasRenewedItself)
{
    const auto official = invited_by(nominator_, "approver");
    advance(std::chrono::days(70));
    const auto renewed = write([&](Transaction& t) { return renew_token(t, official.principal); }).value();
    const auto holder = write([&](Transaction& t) { return proven(t, renewed.secret); }).value();
    EXPECT_EQ(words_of(holder), official.words);
    EXPECT_TRUE(are_one(nominator_, holder));
    ASSERT_TRUE(attest(colleague_, official).has_value());
    EXPECT_FALSE(are_one(nominator_, holder));
}

TEST_F(Attestation, IsRefusedOfACredentialThatHasEnded)
{
    const auto official = invited_by(nominator_, "approver");
    write([&](Transaction& t) { return service::revoke_credential(t, nominator_, official.principal.credential); }).value();
    EXPECT_EQ(attest(colleague_, official).error().code, ErrorCode::conflict);
}

TEST_F(Attestation, TheSecretariatAttestsByTheNoteThatGivesTheWords)
{
    const auto official = invited_by(nominator_, "approver");
    auto cited = a_decision("NV 12/2026");
    cited["name"] = "Ana Soto";
    cited["function"] = "Director";
    const Json body{{"check_words", official.words}, {"note", cited}};
    auto input = cited;
    input.erase("name");
    input.erase("function");
    const auto note = service::read_decision(input, "/note", now()).value();
    EXPECT_EQ(attest(secretariat_, official).error().code, ErrorCode::not_found) << "without a note it sees no enrolment of a State";
    auto other = body;
    other["check_words"] = "kamito rasefo linota nerika sotima lefaro";
    EXPECT_EQ(attest(secretariat_, official, other, note).error().code, ErrorCode::not_found);
    ASSERT_TRUE(attest(secretariat_, official, body, note).has_value());
    EXPECT_EQ(shown(official.enrolment)["content"]["attested"]["note"]["function"], "Director");
    EXPECT_FALSE(are_one(nominator_, official.principal));
}

TEST_F(Attestation, ItsNoteIsHiddenOnceTheAccountIsGoingToBeErased)
{
    const auto official = invited_by(nominator_, "approver");
    auto cited = a_decision("NV 12/2026");
    const auto note = service::read_decision(cited, "/note", now()).value();
    cited.update(Json{{"name", "Ana Soto"}, {"function", "Director"}});
    ASSERT_TRUE(attest(secretariat_, official, {{"check_words", official.words}, {"note", cited}}, note).has_value());
    const domain::AccountId account(official.account);
    write([&](Transaction& t) {
        return service::change_account(t, nominator_, account, std::nullopt,
                                       {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
    }).value();
    write([&](Transaction& t) {
        return service::schedule_account_erasure(t, nominator_, account, std::nullopt, std::chrono::days(7));
    }).value();
    EXPECT_EQ(shown(official.enrolment).dump().find("Ana Soto"), std::string::npos);
    EXPECT_TRUE(shown(official.enrolment)["content"]["attested"]["note"].is_null());
}

TEST_F(Attestation, AnEnrolmentSaysWhoCouldAttestItAndWhoCouldApproveWhatItsUserWrites)
{
    const auto approver = someone("state:CL", {"approver"});
    const auto puppet = invited_by(nominator_, "approver");
    const auto official = invited_by(nominator_, "drafter");
    const auto meta = shown(official.enrolment)["meta"];
    EXPECT_EQ(meta["approvers"], Json({approver.account.value}));
    EXPECT_TRUE(std::ranges::find(meta["attesters"], Json(colleague_.account.value)) != meta["attesters"].end());
    EXPECT_TRUE(std::ranges::find(meta["attesters"], Json(puppet.account)) == meta["attesters"].end());
    ASSERT_TRUE(attest(colleague_, official).has_value());
    EXPECT_FALSE(shown(official.enrolment)["meta"].contains("approvers"));
}

// A nominator gives himself a token of an account that a TLP:RED report names.
TEST_F(Attestation, ACredentialThatAnotherCouldHoldReadsNothingThatNamesItsAccount)
{
    const auto named = someone("state:CL", {"approver", "drafter"});
    auto secret = a_report();
    secret["label"] = "TLP:RED";
    const auto report = drafted(named, secret);
    EXPECT_TRUE(reads(named, report));
    const auto by_nominator = came_in(nominator_, named.account.value);
    EXPECT_FALSE(reads(by_nominator.principal, report));
    ASSERT_TRUE(attest(colleague_, by_nominator).has_value());
    EXPECT_TRUE(reads(again(by_nominator.principal), report));
}

TEST_F(Attestation, NorDoesItMakeATextThatNamesIt)
{
    const auto official = invited_by(nominator_, "drafter");
    auto secret = a_report();
    secret["label"] = "TLP:RED";
    const auto refused = write([&](Transaction& t) { return service::create_report(t, official.principal, secret); });
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().violations.front().rule, Rule::not_attested);
}

TEST_F(Attestation, AResetEndsAllWaysInAndTheNominatorIsTheAccountsHandsUntilItIsAttested)
{
    const auto named = someone("state:CL", {"approver", "drafter"});
    auto secret = a_report();
    secret["label"] = "TLP:RED";
    const auto report = drafted(named, secret);
    const auto anew = came_in(nominator_, named.account.value, true);
    EXPECT_FALSE(read([&](Connection& c) { return service::reload(c, now(), named); }).has_value());
    EXPECT_TRUE(are_one(nominator_, anew.principal));
    EXPECT_FALSE(reads(anew.principal, report));
    ASSERT_TRUE(attest(colleague_, anew).has_value());
    EXPECT_FALSE(are_one(nominator_, anew.principal));
    EXPECT_TRUE(reads(again(anew.principal), report));
}

TEST_F(Attestation, NobodyResetsHimself)
{
    const Json wish{{"kind", "certificate"}, {"code_sha256", base::hex(base::sha256("c"))}};
    const auto refused = write([&](Transaction& t) { return service::reset_account(t, nominator_, nominator_.account, wish); });
    EXPECT_EQ(refused.error().violations.front().rule, Rule::same_person);
}

// Of whoever was in whose hands when he invited.
TEST_F(Attestation, HandsPassOnToWhomTheyInvite)
{
    const auto puppet = invited_by(nominator_, "nominator");
    const auto friend_of_puppet = came_in(puppet.principal, account("approver"));
    EXPECT_TRUE(are_one(nominator_, friend_of_puppet.principal));
    ASSERT_TRUE(attest(colleague_, puppet).has_value());
    EXPECT_TRUE(are_one(nominator_, friend_of_puppet.principal)) << "he was invited before";
    const auto friend_of_official = came_in(puppet.principal, account("approver"));
    EXPECT_FALSE(are_one(nominator_, friend_of_official.principal));
}

}  // namespace
}  // namespace cbmx::test
