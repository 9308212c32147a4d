// A State's membership changes by what decided it, by two people, told to all; and what a State that does not participate may
// still do (rules.md 36).
#include "base/bytes.hpp"
#include "operation/data_directory.hpp"
#include "operation/operator.hpp"
#include "support/decisions.hpp"
#include "support/event_reader.hpp"
#include "support/portal.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using nlohmann::json;

const Who other_secretary = secretariat("other");
const json leaves{{"participation", {{"participates", false}, {"from", "2026-01-10"}}}};
const json returns{{"participation", {{"participates", true}, {"from", "2027-01-16"}}}};

class Membership : public Portal {
protected:
    Reply propose(const Who& who, const std::string& state, const json& facts, const json& decision = a_decision())
    {
        return as(who).post("/v1/proposals", a_membership_change(state, facts, decision));
    }
    Reply confirm(const Who& who, const std::string& proposal, const json& decision = a_decision())
    {
        return as(who).post("/v1/proposals/" + proposal + "/confirm", {{"sha256", hash_of(decision)}});
    }
    json state(const std::string& code, const Who& who = anyone())
    {
        return as(who).get("/v1/states/" + code).is(200).json().at("content");
    }
    bool participates(const Who& who) { return as(who).get("/v1/me").is(200).json().at("participates").get<bool>(); }
    void next_day() { portal().advance(std::chrono::days(1)); }
    json changes_about(const Who& who, const std::string& subject)
    {
        auto found = json::array();
        const auto changes = as(who).get("/v1/changes?limit=1000").is(200).json();
        for (const auto& change : changes.at("items"))
            if (change.contains("entry") && change.at("entry").at("subject").at("id") == subject)
                found.push_back(change.at("entry").at("kind"));
        return found;
    }
};

// The attack that this is about: one request of one of the secretariat, backdated, ended a State's participation at once.
TEST_F(Membership, NobodyAloneEndsAStatesParticipation)
{
    const json backdated{{"participates", false}, {"from", "2020-01-01"}, {"until", nullptr}};
    as(secretariat())
        .patch("/v1/states/CL", {{"participation", json::array({backdated})}})
        .is_problem(422, "validation-failed")
        .has_error("/participation", "by_decision");
    const auto refused =
        as(secretariat())
            .patch("/v1/states/CL", {{"membership", json::array({{{"status", "withdrawn"}, {"from", nullptr}, {"until", nullptr}}})}})
            .is_problem(422, "validation-failed")
            .has_error("/membership", "by_decision");
    EXPECT_NE(refused.body().find("/docs/membership"), std::string::npos) << "it says where it is done";
    as(secretariat())
        .patch("/v1/states/CL", {{"access", {{"participates", false}, {"changes_at", nullptr}}}})
        .is_problem(422, "validation-failed");
    EXPECT_TRUE(participates(drafter_of("CL")));
    as(secretariat()).patch("/v1/states/CL", {{"languages", {"es", "arn"}}}).is(200).has_receipt();
}

TEST_F(Membership, WithoutWhatDecidedItItIsRefused)
{
    auto body = a_membership_change("CL", leaves);
    body.erase("decision");
    as(secretariat()).post("/v1/proposals", body).is_problem(422, "validation-failed").has_error("/decision", "required");
    auto without_file = a_decision();
    without_file.erase("file");
    propose(secretariat(), "CL", leaves, without_file).is_problem(422, "validation-failed").has_error("/decision/file", "required");
    auto another = a_decision();
    another["file"]["sha256"] = hash_of(a_decision("another"));
    propose(secretariat(), "CL", leaves, another).is_problem(422, "validation-failed").has_error("/decision/file/sha256", "invalid_value");
    propose(secretariat(), "CL", json::object()).is_problem(422, "validation-failed");
}

TEST_F(Membership, OneEntersItAnotherComparesItWithTheDocumentAndLessIsGivenFromTheNextDayOn)
{
    const auto id = propose(secretariat(), "CL", leaves).created_id();
    EXPECT_TRUE(participates(drafter_of("CL")));
    EXPECT_EQ(state("CL").at("participation").size(), 1U) << "it waits";
    confirm(secretariat(), id).is_problem(403, "not-eligible").has_error("", "same_person");
    as(other_secretary).post("/v1/proposals/" + id + "/confirm").is_problem(422, "validation-failed").has_error("/sha256", "required");
    confirm(other_secretary, id, a_decision("another")).is_problem(422, "validation-failed").has_error("/sha256", "invalid_value");
    const auto document = as(other_secretary).get("/v1/decisions/" + hash_of(a_decision())).is(200);
    EXPECT_EQ(document.field("Content-Type"), "application/pdf");
    EXPECT_EQ(base::hex(base::sha256(document.body())), hash_of(a_decision()));
    confirm(other_secretary, id).is(200).has_receipt();

    const auto now = state("CL");
    EXPECT_EQ(now.at("participation").at(0), (json{{"participates", true}, {"from", nullptr}, {"until", "2026-01-10"}}));
    EXPECT_EQ(now.at("participation").at(1).at("participates"), false);
    EXPECT_EQ(now.at("participation").at(1).at("from"), "2026-01-10") << "the day in law may be past";
    EXPECT_EQ(now.at("participation").at(1).at("decision").at("number"), "NV 41/2026");
    EXPECT_EQ(now.at("participation").at(1).at("decision").at("file").at("sha256"), hash_of(a_decision()));
    EXPECT_EQ(now.at("access"), (json{{"participates", true}, {"changes_at", "2027-01-16T00:00:00.000Z"}}));
    EXPECT_TRUE(participates(drafter_of("CL"))) << "nothing ends at once";
    next_day();
    EXPECT_FALSE(participates(drafter_of("CL")));
}

TEST_F(Membership, MoreIsGivenAtOnceAndAStateThatReturnsHasItsRightsAgain)
{
    const auto hers = portal().published("CL", a_report({{"label", "TLP:AMBER+STRICT"}}));
    const auto shared = portal().published("PE", a_report({{"label", "TLP:GREEN"}}));
    portal().decided("CL", leaves);
    next_day();
    as(drafter_of("CL")).get(path_of(shared)).is_problem(404, "not-found");
    as(drafter_of("CL")).get(path_of(hers)).is(200);
    portal().decided("CL", returns, a_decision("CICTE/RES.1/27", "resolution"));
    EXPECT_TRUE(participates(drafter_of("CL")));
    as(drafter_of("CL")).get(path_of(shared)).is(200);
    portal().published("CL");
}

TEST_F(Membership, TheChairIsToldWithEverybodyAndHasNoPartInIt)
{
    propose(chair(), "CL", leaves).is_problem(403, "forbidden");
    const auto id = propose(secretariat(), "CL", leaves).created_id();
    confirm(chair(), id).is_problem(403, "forbidden");
    as(chair()).get("/v1/decisions/" + hash_of(a_decision())).is_problem(403, "forbidden");
    EXPECT_EQ(changes_about(chair(), "CL"), json::array({"state_changed"}));
    confirm(other_secretary, id).is(200);
    for (const auto& who : {chair(), drafter_of("PE"), drafter_of("CL"), reviewer(), anyone()})
        EXPECT_EQ(changes_about(who, "CL").at(1), "state_membership_changed") << who.key();
}

TEST_F(Membership, TheOperatorConfirmsOnlyWhereNobodyElseOfTheSecretariatCould)
{
    const auto command = [&](const std::string& id, const std::string& sha256) {
        return ask_running_server(socket_path(portal().config()), {{"command", "membership confirm"}, {"proposal", id}, {"sha256", sha256}})
            .value();
    };
    as(other_secretary).get("/v1/me").is(200);
    const auto id = propose(secretariat(), "CL", leaves).created_id();
    EXPECT_EQ(command(id, hash_of(a_decision())).at("problem").at("errors").at(0).at("code"), "somebody_else_can");
    portal().operate({{"command", "account status"}, {"id", as(other_secretary).account()}, {"status", "disabled"}});
    EXPECT_EQ(command(id, hash_of(a_decision("another"))).at("problem").at("type"), "/problems/validation-failed");
    EXPECT_EQ(command(id, hash_of(a_decision())).at("ok"), true);
    EXPECT_EQ(state("CL").at("access").at("changes_at"), "2027-01-16T00:00:00.000Z");
}

TEST_F(Membership, WhoseCredentialTheProposerIssuedIsNoOtherPerson)
{
    const auto account = as(secretariat()).post("/v1/accounts", {{"name", "Second"}, {"roles", {"secretariat"}}}).created_id();
    const auto token = portal().enrolled(secretariat(), account, {{"scopes", {"read", "accounts", "registry"}}}).secret;
    const auto id = propose(secretariat(), "CL", leaves).created_id();
    as(anyone())
        .post("/v1/proposals/" + id + "/confirm", {{"sha256", hash_of(a_decision())}},
              {{"Authorization", "Bearer " + token}, {"If-Match", as(secretariat()).get("/v1/proposals/" + id).field("ETag")}})
        .is_problem(403, "not-eligible")
        .has_error("", "four_eyes");
}

TEST_F(Membership, ConfirmingTakesATokenThatMayChangeTheRegistry)
{
    as(other_secretary).get("/v1/me").is(200);
    const auto token = portal()
                           .operate({{"command", "credential token"},
                                     {"account", as(other_secretary).account()},
                                     {"label", "narrow"},
                                     {"scopes", {"read", "accounts"}},
                                     {"days", 9}})
                           .at("token")
                           .get<std::string>();
    const auto id = propose(secretariat(), "CL", leaves).created_id();
    as(anyone())
        .post("/v1/proposals/" + id + "/confirm", {{"sha256", hash_of(a_decision())}},
              {{"Authorization", "Bearer " + token}, {"If-Match", as(secretariat()).get("/v1/proposals/" + id).field("ETag")}})
        .is_problem(403, "token-scope");
    EXPECT_EQ(state("CL").at("participation").size(), 1U);
    confirm(other_secretary, id).is(200);
}

TEST_F(Membership, OneChangeOfAStateWaitsAtATimeAndEitherCanTakeItBack)
{
    const auto id = propose(secretariat(), "CL", leaves).created_id();
    propose(other_secretary, "CL", leaves, a_decision("2")).is_problem(409, "conflict").has_error("/state", "already_exists");
    as(secretariat()).post("/v1/proposals/" + id + "/decline").is(200);
    confirm(other_secretary, id).is_problem(409, "conflict");
    EXPECT_EQ(state("CL").at("participation").size(), 1U);
    propose(secretariat(), "CL", {{"participation", {{"participates", true}, {"from", "2026-01-10"}}}})
        .is_problem(422, "validation-failed")
        .has_error("/participation", "already_exists");
    propose(secretariat(), "XX", leaves).is_problem(422, "validation-failed").has_error("/state", "unknown_state");
}

TEST_F(Membership, AStatusThatANoteExplainsIsTheSecretariatsAloneWithItsDecision)
{
    as(secretariat()).patch("/v1/states/CL", {{"note", "Two delegations."}}).is(200);
    portal().decided("CL", {{"membership", {{"status", "see_note"}, {"from", "2026-05-01"}}}});
    for (const auto& who : {anyone(), drafter_of("CL"), chair()}) {
        const auto shown = state("CL", who);
        EXPECT_TRUE(shown.at("membership").at(1).at("status").is_null()) << who.key();
        EXPECT_FALSE(shown.at("membership").at(1).contains("decision"));
        EXPECT_EQ(as(who).get("/v1/changes?limit=1000").body().find("see_note"), std::string::npos);
    }
    EXPECT_EQ(state("CL", secretariat()).at("membership").at(1).at("status"), "see_note");
    EXPECT_TRUE(participates(drafter_of("CL"))) << "membership is not participation";
}

// WHAT A STATE THAT DOES NOT PARTICIPATE MAY STILL DO

class Outside : public Membership {
protected:
    void leave(const std::string& state)
    {
        portal().decided(state, leaves);
        next_day();
    }
};

TEST_F(Outside, ReadsExportsWithdrawsAndErasesItsOwn)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    const auto draft = portal().draft("CL");
    leave("CL");
    as(contact_of("CL")).get(path_of(id)).is(200);
    as(contact_of("CL")).get(path_of(id, "revisions")).is(200);
    EXPECT_EQ(as(drafter_of("CL")).get("/v1/reports?state=CL").json().at("items").size(), 2U);
    as(drafter_of("CL")).get("/v1/export").is(200);
    as(drafter_of("CL")).remove(path_of(draft)).is(204);
    as(approver_of("CL")).post(path_of(id, "withdraw")).is(200).has_receipt();
    portal().erased("CL", id, approver_of("CL", "second"));
}

TEST_F(Outside, TakesWhatIsPersonalOutOfSightAndEndsIt)
{
    options.settings["erasure_delay_days"] = "7";
    const auto contact = portal().listed("CL");
    const auto erase = [&](const char* nominator) { return as(nominator_of("CL", nominator)).post("/v1/contacts/" + contact + "/erase"); };
    const auto scheduled = [&] {
        const auto items = as(nominator_of("CL")).get("/v1/proposals?status=scheduled").is(200).json().at("items");
        EXPECT_EQ(items.size(), 1U);
        return "/v1/proposals/" + items.at(0).at("id").get<std::string>();
    };
    leave("CL");
    erase("").is(200).has_receipt();
    EXPECT_TRUE(as(contact_of("CL")).get("/v1/contacts/" + contact).is(200).json().at("content").is_null());
    as(approver_of("CL")).post(scheduled() + "/decline").is(200);
    EXPECT_TRUE(as(contact_of("CL")).get("/v1/contacts/" + contact).is(200).json().at("content").is_object());
    erase("").is(200);
    as(nominator_of("CL", "second")).post(scheduled() + "/confirm").is(200).has_receipt();
    EXPECT_EQ(as(nominator_of("CL")).get("/v1/contacts/" + contact).is(200).json().at("meta").at("erased"), true);
}

TEST_F(Outside, PublishesNominatesAndDecidesNothing)
{
    const auto id = portal().published("CL"), submitted = portal().submitted("CL");
    leave("CL");
    const auto refused = [](const Reply& reply) { reply.is_problem(403, "forbidden").has_error("", "not_participating"); };
    refused(as(drafter_of("CL")).post("/v1/reports", a_report()));
    refused(as(drafter_of("CL")).post(path_of(id, "revise")));
    refused(as(approver_of("CL")).post(path_of(submitted, "publish")));
    refused(as(approver_of("CL")).post(path_of(submitted, "return"), {{"reason", "No."}}));
    refused(as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:GREEN"}}));
    refused(as(nominator_of("CL")).patch("/v1/states/CL/settings", {{"four_eyes", false}}));
    refused(as(nominator_of("CL")).post("/v1/nominations", a_nomination()));
    auto on_paper = a_nomination();
    on_paper["state"] = "CL";
    as(secretariat()).post("/v1/nominations", on_paper).is_problem(409, "conflict").has_error("/state", "not_participating");
}

TEST_F(Outside, WhatItAskedForBeforeIsNotDoneForItAfter)
{
    const auto nomination = as(nominator_of("CL")).post("/v1/nominations", a_nomination()).created_id();
    const auto report = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto wider =
        as(approver_of("CL")).post(path_of(report, "label"), {{"label", "TLP:CLEAR"}}).is(202).json().at("id").get<std::string>();
    leave("CL");
    as(secretariat())
        .post("/v1/nominations/" + nomination + "/accept")
        .is_problem(409, "conflict")
        .has_error("/state", "not_participating");
    as(nominator_of("CL")).post("/v1/nominations/" + nomination + "/withdraw").is(200);
    as(approver_of("CL", "second"))
        .post("/v1/proposals/" + wider + "/confirm")
        .is_problem(403, "forbidden")
        .has_error("", "not_participating");
    as(approver_of("CL", "second")).post("/v1/proposals/" + wider + "/decline").is(200);
}

TEST_F(Outside, DecidesWhetherItsContactsStayListed)
{
    const auto kept = portal().listed("CL"), removed = portal().listed("CL", a_contact({{"office", "Another"}}));
    leave("CL");
    as(drafter_of("PE")).get("/v1/contacts/" + kept).is(200);
    as(nominator_of("CL")).post("/v1/contacts/" + kept + "/confirm", json::object()).is(200);
    const json removal{{"kind", "removal"}, {"contact", removed}, {"note", {{"reference", "NV 9"}, {"date", "2027-01-10"}}}};
    const auto asked = as(nominator_of("CL")).post("/v1/nominations", removal).created_id();
    as(secretariat()).post("/v1/nominations/" + asked + "/accept").is(200);
    as(drafter_of("PE")).get("/v1/contacts/" + removed).is_problem(404, "not-found");
    as(nominator_of("CL")).post("/v1/contacts/" + removed + "/erase").is(200);
}

TEST_F(Outside, SeesOfOthersWhatThePublicSees)
{
    const auto members = portal().published("PE", a_report({{"label", "TLP:GREEN"}}));
    const auto named = portal().published("PE", a_report({{"label", "TLP:AMBER"}, {"recipients", {"state:CL"}}}));
    const auto open = portal().published("PE");
    const auto contact = portal().listed("PE");
    as(drafter_of("CL")).get(path_of(named)).is(200);
    leave("CL");
    as(drafter_of("CL")).get(path_of(open)).is(200);
    for (const auto& id : {members, named}) {
        as(drafter_of("CL")).get(path_of(id)).is_problem(404, "not-found");
        as(drafter_of("CL")).get(path_of(id, "revisions")).is_problem(404, "not-found");
        EXPECT_EQ(as(drafter_of("CL")).get("/v1/changes?limit=1000").body().find(id), std::string::npos);
    }
    EXPECT_EQ(as(drafter_of("CL")).get("/v1/reports?state=PE").json().at("items").size(), 1U);
    as(nominator_of("CL")).get("/v1/contacts/" + contact).is_problem(404, "not-found");
    EXPECT_EQ(as(contact_of("CL")).get("/v1/contacts").json().at("items").size(), 0U);
}

TEST_F(Outside, AStreamThatIsOpenAndALentRoleEndWithTheDay)
{
    const auto until = domain::to_rfc3339(portal().now() + std::chrono::days(5));
    const auto lent = nominator_of("CL", "borrower");
    as(drafter_of("CL")).post("/v1/delegations", {{"delegate", as(lent).account()}, {"roles", {"drafter"}}, {"until", until}}).is(201);
    as(lent).post("/v1/reports", a_report()).is(201);
    portal().decided("CL", leaves);
    EventReader events(portal(), drafter_of("CL"), "/v1/changes");
    const auto read_until = [&events](const std::string& words) {
        std::string read;
        while (read.find(words) == std::string::npos)
            if (const auto change = events.next("change"))
                read += change->data.dump();
            else
                return std::string("the stream has ended");
        return read;
    };
    portal().published("PE", a_report({{"label", "TLP:GREEN"}, {"narrative", "Before midnight."}}));
    read_until("Before midnight.");
    next_day();
    as(lent).post("/v1/reports", a_report()).is_problem(403, "forbidden");
    portal().published("PE", a_report({{"label", "TLP:GREEN"}, {"narrative", "After midnight."}}));
    portal().published("PE", a_report({{"narrative", "For everybody."}}));
    const auto read = read_until("For everybody.");
    EXPECT_NE(read.find("For everybody."), std::string::npos) << read;
    EXPECT_EQ(read.find("After midnight."), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
