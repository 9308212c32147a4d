// verify judges each attestation again: when it was, who made it, and that the credential was in none of his hands; and what
// the note verbale of an attestation leaves when its official is erased.
#include "service/accounts/accounts.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/enrolments.hpp"
#include "support/decisions.hpp"
#include "support/enrolled.hpp"
#include "unit/verify/tampering.hpp"

namespace cbmx::test {
namespace {

using domain::EnrolmentId;

// Somebody who came in by an enrolment.
struct Official {
    EnrolmentId enrolment;
    domain::Principal principal;
};

class Attestations : public Tampering {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"}), colleague_ = someone("state:CL", {"contact"}),
                    secretariat_ = someone("office:secretariat", {"secretariat"});
    const Official official_ = invited();

    Official invited()
    {
        const auto account = write([&](Transaction& t) {
                                 return service::create_account(t, nominator_, {nominator_.home, "Ana", {"approver"}});
                             }).value();
        const auto held = write([&](Transaction& t) {
                              return issue_token(portal(), t, nominator_, domain::AccountId(account.id),
                                                 {.label = "desk", .scopes = {"accounts", "read"}, .expires_in_days = 9});
                          }).value();
        const auto principal = write([&](Transaction& t) { return proven(t, held.secret); }).value();
        return {read([&](Connection& c) { return store::enrolment_of(c, principal.credential); }).value(), principal};
    }
    store::EnrolmentRow row_of(const Official& official)
    {
        return read([&](Connection& c) { return store::find_enrolment(c, official.enrolment); }).value();
    }
    Seq attested(const Official& official, const Principal& by, Json body = Json::object(),
                 const std::optional<service::CitedDecision>& note = {})
    {
        advance(std::chrono::seconds(1));
        body["check_words"] = row_of(official).check_words.value();
        return write([&](Transaction& t) { return service::attest_enrolment(t, by, official.enrolment, body, note); }).value().seq.value();
    }
    void attested_by_note(const Official& official, const Json& decision)
    {
        auto cited = decision;
        cited["name"] = "Ana Soto";
        cited["function"] = "Director";
        attested(official, secretariat_, {{"note", cited}}, service::read_decision(decision, "/note", now()).value());
    }
    // As a portal would enter it that forgets to look whose hands the enrolment is in.
    Seq attested_carelessly(const Official& official, const Principal& by)
    {
        advance(std::chrono::seconds(1));
        return write([&](Transaction& t) {
                   auto row = store::find_enrolment(t.db(), official.enrolment).value();
                   row.attested_at = t.now_text();
                   row.attested_by = by.account;
                   row.attested_with = by.credential;
                   return domain::Result<service::Outcome>(service::settle(t, by, std::move(row), by.home,
                                                                           domain::EventKind::enrolment_attested,
                                                                           by.acting_role(domain::Permission::enrolment_attest)));
               })
            .value()
            .seq.value();
    }
    void erase_account(const Principal& who)
    {
        write([&](Transaction& t) {
            return service::change_account(t, nominator_, who.account, std::nullopt,
                                           {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
        }).value();
        write([&](Transaction& t) { return service::erase_account(t, nominator_, who.account, std::nullopt); }).value();
    }
    bool is_kept(const Json& decision)
    {
        return read([&](Connection& c) { return service::get_decision_file(c, hash_of(decision)); }).has_value();
    }
    void verifies()
    {
        const auto report = verified(database_file());
        EXPECT_TRUE(report.ok()) << report.summary();
    }
    void names(Seq seq, const std::string& words)
    {
        const auto report = verified(database_file());
        EXPECT_NE(report.summary().find(words), std::string::npos) << report.summary();
        ASSERT_TRUE(report.first_wrong_entry().has_value());
        EXPECT_EQ(report.first_wrong_entry()->seq, seq);
        EXPECT_EQ(report.faults.size(), 1U) << report.summary();
    }
};

TEST_F(Attestations, BySomebodyElseVerifies)
{
    attested(official_, colleague_);
    attested_by_note(invited(), a_decision("NV 12/2026"));
    verifies();
}

TEST_F(Attestations, ByWhoMadeTheEnrolmentIsNamedAlthoughEveryHashIsRight)
{
    names(attested_carelessly(official_, nominator_), "attested by somebody in whose hands it was");
}

TEST_F(Attestations, ByTheHolderHimselfIsNamed)
{
    names(attested_carelessly(official_, official_.principal), "attested by somebody in whose hands it was");
}

TEST_F(Attestations, ByAnotherWhomTheSamePersonInvitedIsNamed)
{
    names(attested_carelessly(official_, invited().principal), "attested by somebody in whose hands it was");
}

TEST_F(Attestations, ByAnotherWhomTheSamePersonInvitedAndWhoWasAttestedBeforeVerifies)
{
    const auto another = invited();
    attested(another, colleague_);
    attested(official_, another.principal);
    verifies();
}

TEST_F(Attestations, ARowThatWasChangedIsNamed)
{
    const auto seq = attested(official_, colleague_);
    const auto row = of(official_.enrolment.value);
    finds("UPDATE enrolment SET attested_at = '2020-01-01T00:00:00.000Z'" + row, "attested at another time than its entry says", seq);
    finds("UPDATE enrolment SET attested_by = made_by, attested_with = made_with" + row, "attested by another than its entry names", seq);
    finds("UPDATE enrolment SET attested_by = made_by, attested_with = made_with" + row, "somebody in whose hands it was", seq);
    finds("UPDATE enrolment SET attested_at = NULL, attested_by = NULL, attested_with = NULL" + row, "its row does not", seq);
    finds("UPDATE enrolment SET made_by = '" + colleague_.account.value + "'" + row, "somebody in whose hands it was", seq);
    const auto waiting = invited();
    finds("UPDATE enrolment SET attested_at = created_at, attested_by = '" + colleague_.account.value + "', attested_with = '" +
              colleague_.credential.value + "'" + of(waiting.enrolment.value),
          "it counts as attested, and no entry says so");
}

TEST_F(Attestations, StayJudgedWhenOneOfTheTwoAccountsWasErased)
{
    attested(official_, colleague_);
    erase_account(colleague_);
    verifies();
    erase_account(official_.principal);
    verifies();
    finds("UPDATE enrolment SET attested_by = made_by, attested_with = made_with" + of(official_.enrolment.value),
          "somebody in whose hands it was");
}

TEST_F(Attestations, ANoteVerbaleGoesWithTheLastOfTheOfficialsWhomItNames)
{
    const auto another = invited();
    const auto decision = a_decision("NV 12/2026");
    attested_by_note(official_, decision);
    attested_by_note(another, decision);
    erase_account(official_.principal);
    EXPECT_TRUE(is_kept(decision));
    verifies();
    erase_account(another.principal);
    EXPECT_FALSE(is_kept(decision));
    verifies();
}

TEST_F(Attestations, ANoteWhoseDocumentIsGoneIsNamed)
{
    attested_by_note(official_, a_decision("NV 12/2026"));
    finds("DELETE FROM decision_file", "which is cited, is missing");
}

}  // namespace
}  // namespace cbmx::test
