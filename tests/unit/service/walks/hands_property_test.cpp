// THE RULE BEHIND ALL RULES OF TWO PEOPLE (rules.md 18): over random histories of one State, no one person's acts satisfy them. Who is a
// person is the test's own notion, which the portal does not have: each account is some official's, and each credential is held by
// whoever came in by the enrolment, the official or its inviter himself. People are honest in one thing alone: nobody attests who does not
// know that it is the official. The same number gives the same history, on every machine.
#include "service/accounts/delegations.hpp"
#include "unit/service/walks/walk.hpp"
#include <algorithm>
#include <random>
#include <set>

namespace cbmx::test {
namespace {

using PersonNumber = int;

struct Held {  // a credential, and by whom
    std::string account, enrolment, token, words;
    domain::CredentialId credential;
    PersonNumber holder = 0;
};
struct Invitation {
    std::string account, enrolment, code;
    PersonNumber inviter = 0;
};
struct WrittenReport {
    std::string id;
    std::set<PersonNumber> writers;
};
struct Wish {  // of a State's own, that a second person confirms
    std::string proposal;
    PersonNumber proposer = 0;
};
struct PastAct {
    service::Actor actor;
    PersonNumber person = 0;
};
struct Alive {  // a credential that works now, with its rights
    Held held;
    domain::Principal principal;
};

constexpr std::size_t most_accounts = 9, most_held = 16;
constexpr int steps_of_a_history = 40;
constexpr std::size_t acts_looked_back = 12;

class HandsProperty : public Walk {
protected:
    // Three officials, by one note.
    void begin(unsigned seed, const std::string& state)
    {
        dice_.seed(seed);
        state_ = state;
        people_.clear();
        official_of_.clear();
        held_.clear();
        open_.clear();
        reports_.clear();
        wishes_.clear();
        past_.clear();
        history_ = "history " + std::to_string(seed) + " of " + state + ":\n";
        const Officials officials{{"Ana", {"approver", "drafter", "nominator"}},
                                  {"Bruno", {"approver", "drafter", "nominator"}},
                                  {"Carla", {"approver", "contact", "drafter"}}};
        found(officials, note_of_mission("NV 1/" + state));
        for (const auto& official : officials) {
            const auto& person = people_.at(official.name);
            const auto number = official_joins(person.account);
            held_.push_back({person.account, person.enrolment, person.token, person.words, as(official.name).credential, number});
        }
    }
    PersonNumber official_joins(const std::string& account)
    {
        const auto number = static_cast<PersonNumber>(official_of_.size());
        official_of_[account] = number;
        return number;
    }

    // CHANCE
    std::size_t any(std::size_t below) { return dice_() % below; }
    bool perhaps() { return any(2) == 0; }
    template <class T>
    T& one_of(std::vector<T>& list)
    {
        return list[any(list.size())];
    }
    std::string any_account()
    {
        auto account = official_of_.begin();
        std::advance(account, any(official_of_.size()));
        return account->first;
    }
    std::vector<Alive> alive()
    {
        std::vector<Alive> found;
        for (const auto& held : held_) {
            const auto entered = read([&](Connection& c) { return service::authenticate(c, now(), held.token, std::nullopt); });
            if (entered && !entered->is_suspended)
                found.push_back({held, *entered});
        }
        return found;
    }
    // What was done, or refused: then nothing happened.
    bool tried(const std::string& what, const Alive& by, const domain::Result<Outcome>& result)
    {
        history_ += std::to_string(by.held.holder) + " as " + by.held.account.substr(0, 4) + " " + what + (result ? "\n" : ": refused\n");
        return result.has_value();
    }
    template <class Step>
    domain::Result<Outcome> step(const Alive& by, const Step& work)
    {
        return write([&](Transaction& t) -> domain::Result<Outcome> { return work(t, by.principal); });
    }

    // PEOPLE AND WHAT THEY HOLD
    void invites(const Alive& by)
    {
        if (held_.size() + open_.size() > most_held)
            return;
        auto account = any_account();
        if (official_of_.size() < most_accounts && perhaps()) {
            const std::vector<std::string> roles =
                perhaps() ? std::vector<std::string>{"approver", "drafter", "nominator"} : std::vector<std::string>{"approver", "drafter"};
            const auto created = step(by, [&](Transaction& t, const Principal& principal) {
                return service::create_account(t, principal, {principal.home, "Somebody", roles});
            });
            if (!tried("makes an account", by, created))
                return;
            account = created->id;
            official_joins(account);
        }
        sends_a_code(by, account, false);
    }
    void resets(const Alive& by) { sends_a_code(by, any_account(), true); }
    void sends_a_code(const Alive& by, const std::string& account, bool is_reset)
    {
        const auto code = base::hex(base::sha256("property " + std::to_string(++codes_)));
        const Json wish{{"kind", "token"}, {"code_sha256", base::hex(base::sha256(code))}, {"label", "t"}, {"scopes", scopes()}};
        const domain::AccountId id(account);
        const auto made = step(by, [&](Transaction& t, const Principal& principal) {
            return is_reset ? service::reset_account(t, principal, id, wish) : service::make_enrolment(portal(), t, principal, id, wish);
        });
        const auto what = std::string(is_reset ? "resets " : "invites ").append(account.substr(0, 4));
        if (!tried(what, by, made))
            return;
        open_.push_back({account, made->id, code, by.held.holder});
        if (is_reset)  // what was held has ended
            std::erase_if(held_, [&](const Held& held) { return held.account == account; });
    }
    // By the official or, unknown to all, by the inviter.
    void somebody_comes_in()
    {
        if (open_.empty())
            return;
        const auto invitation = one_of(open_);
        std::erase_if(open_, [&](const Invitation& other) { return other.enrolment == invitation.enrolment; });
        enters(invitation, perhaps() ? invitation.inviter : official_of_.at(invitation.account));
    }
    void enters(const Invitation& invitation, PersonNumber holder)
    {
        const domain::EnrolmentId enrolment(invitation.enrolment);
        const auto token = service::new_token(random());
        const Json use{{"code", invitation.code}, {"token_sha256", base::hex(base::sha256(token))}};
        const auto used = write([&](Transaction& t) { return service::use_enrolment(portal(), t, enrolment, use); });
        history_ += std::to_string(holder) + " comes in as " + invitation.account.substr(0, 4) + (used ? "\n" : ": refused\n");
        if (!used)
            return;
        const auto principal = write([&](Transaction& t) { return proven(t, token); }).value();
        const auto me = read([&](Connection& c) { return service::get_me(c, principal); }).value();
        held_.push_back({invitation.account, invitation.enrolment, token, me.body.at("credential").value("check_words", ""),
                         principal.credential, holder});
    }
    domain::Result<Outcome> attesting(const Alive& by, const Held& whom)
    {
        return step(by, [&](Transaction& t, const Principal& principal) {
            return service::attest_enrolment(t, principal, domain::EnrolmentId(whom.enrolment), {{"check_words", whom.words}},
                                             std::nullopt);
        });
    }
    // Others only attest the official; whoever came in, official or not, may try it himself with whatever else he holds.
    void attests(const Alive& by)
    {
        const auto& whom = one_of(held_);
        const bool is_himself = by.held.holder == whom.holder;
        if (!is_himself && whom.holder != official_of_.at(whom.account))
            return;
        const auto what = std::string("attests ").append(whom.account.substr(0, 4));
        if (tried(what, by, attesting(by, whom)) && is_himself)
            fault_ = "somebody has attested himself";
    }

    // WHAT IS LENT, TAKEN AND GIVEN BACK
    void lends(const Alive& by)
    {
        const service::DelegationDraft draft{
            domain::AccountId(any_account()), {"drafter"}, domain::to_rfc3339(now() + std::chrono::hours(1 + any(48)))};
        tried("lends", by,
              step(by, [&](Transaction& t, const Principal& principal) { return service::give_delegation(t, principal, draft); }));
    }
    void state_suspends(const std::vector<Alive>& working)
    {
        std::set<std::string> accounts;
        for (const auto& one : working)
            accounts.insert(one.held.account);
        if (accounts.size() < 3)
            return;
        const auto note = a_decision("NV " + std::to_string(++codes_));
        const auto account = any_account();
        const Json body{{"kind", "suspension"}, {"name", "Somebody"}, {"function", "Counsellor"}, {"in_person", perhaps()}};
        const auto proposal = recorded(body, note);
        if (!proposal)
            return;
        const auto suspended = write([&](Transaction& t) {
            return service::confirm_suspension(t, domain::machine_operator(), domain::ProposalId(proposal->id), hash_of(note), {account});
        });
        history_ += "a note suspends " + account.substr(0, 4) + (suspended ? "\n" : ": refused\n");
    }
    void changes_an_account(const Alive& by)
    {
        const domain::AccountId account(any_account());
        service::AccountChange change{};
        if (any(3) == 0)
            change.roles = std::vector<std::string>{"approver", "drafter", "nominator"};
        else
            change.status = any(4) == 0 ? domain::AccountStatus::disabled : domain::AccountStatus::active;
        const auto what = std::string("changes ").append(account.value.substr(0, 4));
        tried(what, by, step(by, [&](Transaction& t, const Principal& principal) {
                  return service::change_account(t, principal, account, std::nullopt, change);
              }));
    }

    // WHAT NEEDS TWO PEOPLE
    void acted(const Alive& by)
    {
        past_.push_back({{by.principal.account, by.principal.credential, domain::to_rfc3339(now())}, by.held.holder});
        if (past_.size() > acts_looked_back)
            past_.erase(past_.begin());
    }
    void writes_a_report(const Alive& first, const Alive& second)
    {
        const auto created = step(first, [&](Transaction& t, const Principal& by) { return service::create_report(t, by, a_report()); });
        if (!tried("drafts", first, created))
            return;
        acted(first);
        WrittenReport report{created->id, {first.held.holder}};
        const auto submitted =
            step(second, [&](Transaction& t, const Principal& by) { return service::submit_report(t, by, report.id, std::nullopt); });
        if (!tried("submits", second, submitted))
            return;
        acted(second);
        report.writers.insert(second.held.holder);
        reports_.push_back(report);
    }
    void publishes_a_report(const Alive& by)
    {
        if (reports_.empty())
            return;
        const auto report = one_of(reports_);
        const auto published = step(
            by, [&](Transaction& t, const Principal& approver) { return service::publish_report(t, approver, report.id, std::nullopt); });
        const bool is_one = report.writers.contains(by.held.holder);
        count(tried("publishes", by, published), is_one);
        if (published)
            std::erase_if(reports_, [&](const WrittenReport& other) { return other.id == report.id; });
    }
    void wishes_to_turn_four_eyes_off(const Alive& by)
    {
        const auto wish = step(by, [&](Transaction& t, const Principal& nominator) {
            return service::change_state_settings(t, nominator, state_, std::nullopt, {{"four_eyes", false}});
        });
        if (tried("proposes", by, wish))
            wishes_.push_back({wish->id, by.held.holder});
    }
    // Only rehearsed: it would take four eyes off.
    void confirms_a_wish(const Alive& by)
    {
        if (wishes_.empty())
            return;
        const auto wish = one_of(wishes_);
        domain::Result<Outcome> confirmed = domain::not_found();
        database().writer().run([&](Transaction& t) {
            confirmed = service::confirm_proposal(t, by.principal, domain::ProposalId(wish.proposal), std::nullopt, erasure_delay);
            return false;
        });
        count(tried("confirms", by, confirmed), wish.proposer == by.held.holder);
    }
    void count(bool is_done, bool is_one_person)
    {
        if (is_done && is_one_person)
            fault_ = "one person has done what needs two";
        done_by_two_ += is_done && !is_one_person ? 1 : 0;
        refused_to_one_ += !is_done && is_one_person ? 1 : 0;
    }
    // All that one person holds, and did, is one person's to the portal too.
    void look_at_all_that_one_person_holds()
    {
        std::vector<PastAct> acts = past_;
        for (const auto& held : held_)
            acts.push_back({{domain::AccountId(held.account), held.credential, std::nullopt}, held.holder});
        const auto now_is = now();
        read([&](Connection& c) {
            for (std::size_t one = 0; one < acts.size(); ++one)
                for (std::size_t other = one + 1; other < acts.size(); ++other)
                    if (acts[one].person == acts[other].person && acts[one].actor.account != acts[other].actor.account) {
                        ++pairs_;
                        if (!service::is_same_actor(c, acts[one].actor, acts[other].actor, now_is))
                            fault_ = "one person counts as two: " + acts[one].actor.account.value.substr(0, 4) + ", " +
                                     acts[other].actor.account.value.substr(0, 4);
                    }
            return true;
        });
    }

    void something_happens(const std::vector<Alive>& working)
    {
        const auto& by = working[any(working.size())];
        switch (any(10)) {
        case 0:
        case 1: return invites(by);
        case 2:
        case 3:
        case 4: return somebody_comes_in();
        case 5:
        case 6: return attests(by);
        case 7: return perhaps() ? resets(by) : lends(by);
        case 8: return perhaps() ? state_suspends(working) : changes_an_account(by);
        default: return changes_an_account(by);
        }
    }
    // Something about people, and an attempt at each thing that needs two.
    void goes_on()
    {
        advance(std::chrono::minutes(1 + any(300)));
        service::do_what_is_due(portal());
        if (const auto working = alive(); !working.empty())
            something_happens(working);
        const auto working = alive();
        if (working.empty())
            return;
        const auto somebody = [&]() -> const Alive& { return working[any(working.size())]; };
        const auto &first = somebody(), &second = somebody();
        writes_a_report(first, second);
        publishes_a_report(somebody());
        publishes_a_report(somebody());
        if (perhaps())
            wishes_to_turn_four_eyes_off(somebody());
        confirms_a_wish(somebody());
        look_at_all_that_one_person_holds();
    }

    std::string fault_, history_;
    int done_by_two_ = 0, refused_to_one_ = 0, pairs_ = 0;
    std::map<std::string, PersonNumber> official_of_;  // by account
    std::vector<Held> held_;
    std::vector<Invitation> open_;

private:
    std::mt19937 dice_;
    std::vector<WrittenReport> reports_;  // submitted
    std::vector<Wish> wishes_;
    std::vector<PastAct> past_;
    int codes_ = 0;
};

TEST_F(HandsProperty, NoOnePersonsActsSatisfyARuleOfTwoPeople)
{
    unsigned seed = 0;
    for (const auto* state : {"AR", "BR", "CL", "CO", "PE"}) {
        begin(++seed, state);
        for (int n = 0; n < steps_of_a_history && fault_.empty(); ++n)
            goes_on();
        ASSERT_EQ(fault_, "") << history_;
    }
    // That much was there to be wrong about.
    EXPECT_GT(done_by_two_, 10);
    EXPECT_GT(refused_to_one_, 10);
    EXPECT_GT(pairs_, 100);
}

// That it can fail: somebody is deceived, and attests words that the inviter himself has read out.
TEST_F(HandsProperty, WhatADeceivedColleagueAttestsIsFound)
{
    begin(1, "CL");
    const auto working = alive();
    const auto &ana = working.front(), &carla = working.back();
    const auto account = step(ana,
                              [&](Transaction& t, const Principal& by) {
                                  return service::create_account(t, by, {by.home, "Nobody", {"approver"}});
                              })
                             .value()
                             .id;
    official_joins(account);
    sends_a_code(ana, account, false);
    enters(open_.back(), ana.held.holder);
    look_at_all_that_one_person_holds();
    EXPECT_EQ(fault_, "");
    advance(std::chrono::seconds(1));
    attesting(carla, held_.back()).value();
    look_at_all_that_one_person_holds();
    EXPECT_NE(fault_, "");
}

}  // namespace
}  // namespace cbmx::test
