// People of a State in a portal that is no demonstration, from its note verbale on. Each step is named after what they do, and each act is
// counted: what one person does in one go, a note, a letter, a call, a command. /docs/credentials prints the numbers. At the end verify
// judges all of it again. Used by: state_of_one_test.cpp, state_of_several_test.cpp, hands_property_test.cpp.
#pragma once
#include "service/accounts/accounts.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/accounts/suspension.hpp"
#include "service/clock/due.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/proposals/proposals.hpp"
#include "service/reports/reports.hpp"
#include "support/enrolled.hpp"
#include "support/foundings.hpp"
#include "support/ledger_fixture.hpp"
#include "verify/verify.hpp"
#include <map>

namespace cbmx::test {

struct Official {
    std::string name;
    std::vector<std::string> roles;
};
using Officials = std::vector<Official>;
using Acts = std::map<std::string, int>;  // how many, by person

class Walk : public LedgerFixture {
protected:
    using Outcome = service::Outcome;
    struct Person {
        std::string account, enrolment, token, words;
    };

    Walk() : LedgerFixture(false) {}
    void TearDown() override
    {
        const auto report = service::verify(database_file().string(), {keys(), std::nullopt});
        EXPECT_TRUE(report.ok()) << report.summary();
    }

    // WHO ACTS
    void did(const std::string& who)
    {
        ++acts_[who];
        advance(std::chrono::minutes(1));
    }
    domain::Result<Principal> entering(const std::string& who)
    {
        return read([&](Connection& c) { return service::authenticate(c, now(), people_.at(who).token, std::nullopt); });
    }
    Principal as(const std::string& who) { return who == "secretariat" ? secretariat_ : entering(who).value(); }
    // With the rights of the moment. step: Result<Outcome>(Transaction&, const Principal&).
    template <class Step>
    domain::Result<Outcome> act(const std::string& who, const Step& step)
    {
        did(who);
        const auto by = as(who);
        return write([&](Transaction& t) -> domain::Result<Outcome> { return step(t, by); });
    }
    domain::AccountId account_of(const std::string& who) { return domain::AccountId(people_.at(who).account); }
    bool decides(const std::string& who) { return as(who).reaches(domain::Permission::account_write, home()); }
    bool are_one(const std::string& one, const std::string& other)
    {
        const auto first = service::actor_of(as(one)), second = service::actor_of(as(other));
        return read([&](Connection& c) { return service::is_same_actor(c, first, second, now()); });
    }
    domain::Home home() const { return domain::Home::of_state(domain::StateCode(state_)); }

    // NOTES VERBALES: the mission sends one, the secretariat records what it says, the operator confirms it with the note in hand.
    Json note_of_mission(const std::string& number)
    {
        did("mission");
        return a_decision(number);
    }
    domain::Result<Outcome> recorded(Json body, const Json& note)
    {
        body["state"] = state_;
        body["decision"] = note;
        return act("secretariat", [&](Transaction& t, const Principal& by) {
            return service::make_proposal(t, by, body, service::read_decision(note, "/decision", t.now()).value());
        });
    }
    domain::Result<Outcome> founding_recorded(const Officials& officials, const Json& note)
    {
        halves_.clear();
        auto named = Json::array();
        for (const auto& official : officials) {
            halves_.emplace_back(service::new_half_code(random()), service::new_half_code(random()));
            named.push_back(an_official({{"name", official.name},
                                         {"roles", official.roles},
                                         {"code_sha256", base::hex(base::sha256(halves_.back().first))},
                                         {"credential", {{"scopes", scopes()}}}}));
        }
        return recorded({{"kind", "founding"}, {"officials", named}}, note);
    }
    // The secretariat's letter has the first half of each code, the operator reads out the other, and each official comes in.
    void found(const Officials& officials, const Json& note)
    {
        const domain::ProposalId proposal(founding_recorded(officials, note).value().id);
        service::OperatorsPart part{.note = hash_of(note), .second_codes = {}, .fingerprints = {}};
        for (const auto& halves : halves_)
            part.second_codes.emplace_back(base::sha256(halves.second));
        did("operator");
        write([&](Transaction& t) { return service::confirm_founding(t, domain::machine_operator(), proposal, part); }).value();
        did("secretariat");
        const auto body = read([&](Connection& c) { return Json::parse(store::find_proposal(c, proposal).value().body); });
        for (std::size_t n = 0; n < officials.size(); ++n) {
            const auto& named = body.at("officials").at(n);
            did("operator");
            people_[officials[n].name] = {.account = named.at("account"), .enrolment = named.at("enrolment"), .token = "", .words = ""};
            comes_in(officials[n].name, halves_[n].first + halves_[n].second);
        }
    }
    void let_one_act_alone(const Json& note)
    {
        const domain::ProposalId proposal(recorded({{"kind", "acting_alone"}, {"acts_alone", true}}, note).value().id);
        did("operator");
        write([&](Transaction& t) {
            return service::confirm_by_document(t, domain::machine_operator(), domain::ProposalKind::acting_alone, proposal, hash_of(note));
        }).value();
    }
    void suspend(const std::string& who, const Json& note, bool in_person = false)
    {
        const Json body{{"kind", "suspension"}, {"name", who}, {"function", "Counsellor"}, {"in_person", in_person}};
        const domain::ProposalId proposal(recorded(body, note).value().id);
        did("operator");
        write([&](Transaction& t) {
            return service::confirm_suspension(t, domain::machine_operator(), proposal, hash_of(note), {people_.at(who).account});
        }).value();
    }
    bool acts_alone()
    {
        return read([&](Connection& c) { return service::acts_alone(c, home()); });
    }

    // COMING IN
    void comes_in(const std::string& who, const std::string& code)
    {
        did(who);
        auto& person = people_.at(who);
        person.token = service::new_token(random());
        const Json use{{"code", code}, {"token_sha256", base::hex(base::sha256(person.token))}};
        const domain::EnrolmentId enrolment(person.enrolment);
        const auto used = write([&](Transaction& t) { return service::use_enrolment(portal(), t, enrolment, use); }).value();
        ASSERT_FALSE(used.refused.has_value());
        const auto principal = write([&](Transaction& t) { return proven(t, person.token); }).value();
        const auto me = read([&](Connection& c) { return service::get_me(c, principal); }).value();
        person.words = me.body.at("credential").value("check_words", "");
    }
    // A new account, its enrolment, and the code by telephone.
    void invites(const std::string& nominator, const Official& official)
    {
        const auto account = act(nominator, [&](Transaction& t, const Principal& by) {
                                 return service::create_account(t, by, {by.home, official.name, official.roles});
                             }).value();
        people_[official.name] = {.account = account.id, .enrolment = "", .token = "", .words = ""};
        lets_in(nominator, official.name, [&](Transaction& t, const Principal& by, const Json& wish) {
            return service::make_enrolment(portal(), t, by, domain::AccountId(account.id), wish);
        });
    }
    // All that the account had ends, and a new code goes out.
    void resets(const std::string& nominator, const std::string& who)
    {
        lets_in(nominator, who, [&](Transaction& t, const Principal& by, const Json& wish) {
            return service::reset_account(t, by, account_of(who), wish);
        });
    }
    // The holder reads out his check words to a colleague.
    domain::Result<Outcome> attests(const std::string& colleague, const std::string& who)
    {
        did(who);
        const auto& person = people_.at(who);
        return act(colleague, [&](Transaction& t, const Principal& by) {
            return service::attest_enrolment(t, by, domain::EnrolmentId(person.enrolment), {{"check_words", person.words}}, std::nullopt);
        });
    }
    // Or each of them to the mission; its note repeats them, and the secretariat attests.
    void attested_by_note(const std::vector<std::string>& holders, const std::string& number)
    {
        for (const auto& who : holders)
            did(who);
        const auto note = note_of_mission(number);
        for (const auto& who : holders) {
            auto cited = note;
            cited.update(Json{{"name", who}, {"function", "Counsellor"}});
            const Json body{{"check_words", people_.at(who).words}, {"note", cited}};
            act("secretariat", [&](Transaction& t, const Principal& by) {
                return service::attest_enrolment(t, by, domain::EnrolmentId(people_.at(who).enrolment), body,
                                                 service::read_decision(note, "/note", t.now()).value());
            }).value();
        }
    }
    void disables(const std::string& nominator, const domain::AccountId& account)
    {
        act(nominator, [&](Transaction& t, const Principal& by) {
            return service::change_account(t, by, account, std::nullopt, {.status = domain::AccountStatus::disabled});
        }).value();
    }
    domain::Result<Outcome> objects(const std::string& who)
    {
        return act(who, [](Transaction& t, const Principal& by) { return service::object_to_suspension(t, by, by.account); });
    }

    // REPORTS
    std::string writes(const std::string& drafter)
    {
        auto body = a_report();
        body["label"] = "TLP:GREEN";
        const auto report = act(drafter, [&](Transaction& t, const Principal& by) { return service::create_report(t, by, body); }).value();
        submits(drafter, report.id);
        return report.id;
    }
    void submits(const std::string& drafter, const std::string& report)
    {
        act(drafter, [&](Transaction& t, const Principal& by) { return service::submit_report(t, by, report, std::nullopt); }).value();
    }
    void revises(const std::string& drafter, const std::string& report)
    {
        act(drafter, [&](Transaction& t, const Principal& by) { return service::start_revision(t, by, report, std::nullopt); }).value();
        act(drafter, [&](Transaction& t, const Principal& by) {
            return service::edit_draft(t, by, report, {{"narrative", "The strategy was revised."}}, std::nullopt);
        }).value();
        submits(drafter, report);
    }
    domain::Result<Outcome> publishes(const std::string& approver, const std::string& report)
    {
        return act(approver, [&](Transaction& t, const Principal& by) { return service::publish_report(t, by, report, std::nullopt); });
    }
    domain::Result<Outcome> widens(const std::string& approver, const std::string& report)
    {
        return act(approver, [&](Transaction& t, const Principal& by) {
            return service::change_audience(t, by, report, {{"label", "TLP:CLEAR"}}, domain::Transition::label, std::nullopt);
        });
    }
    void withdraws(const std::string& approver, const std::string& report)
    {
        act(approver, [&](Transaction& t, const Principal& by) { return service::withdraw_report(t, by, report, std::nullopt); }).value();
    }
    domain::Result<Outcome> asks_to_erase(const std::string& approver, const std::string& report)
    {
        return act(approver, [&](Transaction& t, const Principal& by) { return service::propose_erasure(t, by, report, std::nullopt); });
    }
    domain::Result<Outcome> confirms(const std::string& who, const std::string& proposal)
    {
        return act(who, [&](Transaction& t, const Principal& by) {
            return service::confirm_proposal(t, by, domain::ProposalId(proposal), std::nullopt, erasure_delay);
        });
    }
    store::ReportRow row_of(const std::string& report)
    {
        return read([&](Connection& c) { return store::report_of_state(c, state_, report); }).value();
    }
    bool everybody_reads(const std::string& report)
    {
        return read([&](Connection& c) { return service::get_report(c, nobody(), i18n::Language::en, report); }).has_value();
    }

    // THE DIRECTORY: a nominator asks, the secretariat accepts, and a nominator confirms it when a year is over.
    void contact_is_nominated_accepted_and_confirmed(const std::string& nominator, const std::string& who_confirms)
    {
        const Json body{{"kind", "nomination"},
                        {"note", {{"reference", "NV 20/2026"}, {"date", "2026-01-15"}}},
                        {"fields",
                         {{"category", "technical"},
                          {"person", "Ana Soto"},
                          {"institution", "Equipo"},
                          {"emails", {"a@team.example"}},
                          {"languages", {"es", "en"}},
                          {"time_zone", "America/Santiago"},
                          {"hours", {{{"days", {"mo", "su"}}, {"from", "20:00"}, {"until", "04:00"}}}},
                          {"csirt", {{"constituency", "Redes"}}}}}};
        const auto nomination =
            act(nominator, [&](Transaction& t, const Principal& by) { return service::make_nomination(t, by, body, {}); }).value().id;
        act("secretariat", [&](Transaction& t, const Principal& by) {
            return service::accept_nomination(t, by, nomination, std::nullopt);
        }).value();
        const auto contact = read([&](Connection& c) { return store::find_nomination(c, nomination); }).value().contact;
        act(who_confirms, [&](Transaction& t, const Principal& by) {
            return service::confirm_contact(t, by, contact, {}, std::nullopt);
        }).value();
        EXPECT_EQ(read([&](Connection& c) { return store::find_contact(c, contact); })->confirmed_at, domain::to_rfc3339(now()));
    }

    static constexpr std::chrono::days erasure_delay{7};
    static const std::vector<std::string>& scopes()
    {
        static const std::vector<std::string> all{"accounts", "directory", "draft", "publish", "read"};
        return all;
    }

    std::string state_ = "CL";
    std::map<std::string, Person> people_;
    Acts acts_;
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"}, "Secretariat");

private:
    // make: what gives an enrolment to the account of this person.
    template <class Make>
    void lets_in(const std::string& nominator, const std::string& who, const Make& make)
    {
        const auto code = base::hex(base::sha256("code " + std::to_string(++codes_)));
        const Json wish{{"kind", "token"}, {"code_sha256", base::hex(base::sha256(code))}, {"label", "t"}, {"scopes", scopes()}};
        people_.at(who).enrolment = act(nominator, [&](Transaction& t, const Principal& by) { return make(t, by, wish); }).value().id;
        did(nominator);
        comes_in(who, code);
    }

    std::vector<std::pair<std::string, std::string>> halves_;  // of the codes of the last founding
    int codes_ = 0;
};

}  // namespace cbmx::test
