// THE PROPERTY (rules.md 18): over random histories of every step, of changes of membership and of office, without a second person
// nobody's set of readable (report, revision) grows. CBMX_LONG=1: many more histories.
#include "domain/readers.hpp"
#include "domain/workflow.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/log/changes.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/reports.hpp"
#include "support/ledger_fixture.hpp"
#include <cstdlib>
#include <random>
#include <set>

namespace cbmx::test {
namespace {

using domain::Label;
using domain::Transition;
using Revision = std::pair<std::string, std::int64_t>;  // of a report
using Reading = std::set<Revision>;
using Outcome = domain::Result<service::Outcome>;

constexpr int steps_of_a_history = 50;
int histories() { return std::getenv("CBMX_LONG") != nullptr ? 400 : 4; }

class Histories : public LedgerFixture {
protected:
    void SetUp() override
    {
        for (const char* home : {"state:BR", "state:PE"})
            people_.push_back(someone(home, {"approver", "drafter"}));
        own_ = people_.size();
        for (int i = 0; i < 3; ++i)
            people_.push_back(someone("state:CL", {"approver"}));
        people_.push_back(someone("state:CL", {"drafter"}));
        people_.push_back(someone("state:CL", {"approver", "drafter"}));
        people_.push_back(someone("state:CL", {"nominator"}));
        people_.push_back(someone("state:CL", {"contact"}));
        people_.push_back(someone("office:secretariat", {"secretariat"}));
        for (const char* code : {"chair-a", "chair-b"}) {
            write([&](Transaction& t) {
                return service::create_office_term(
                    t, people_.back(),
                    {{"code", code},
                     {"office", "chair"},
                     {"state", code == std::string("chair-a") ? "CR" : "JM"},
                     {"from", code == std::string("chair-a") ? "2026-01-01" : "2030-01-01"},
                     {"until", code == std::string("chair-a") ? Json("2030-01-01") : Json()},
                     {"decision", {{"number", "Test/1"}, {"date", "2026-01-01"}, {"document", {{"title", "A decision"}}}}}});
            }).value();
        }
        for (const char* home : {"office:chair/chair-a", "office:chair/chair-b"})
            people_.push_back(someone(home, {"chair"}));
        people_.push_back(nobody());
        began_ = last();
    }

    // Whoever may newly read: what a step with a second person lets in.
    using Allowed = std::function<bool(const Revision&)>;
    static bool nothing(const Revision&) { return false; }

    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
    bool one_in(std::size_t times) { return below(times) == 0; }
    template <class List>
    const auto& any_of(const List& list)
    {
        return list[below(list.size())];
    }
    const Principal& somebody() { return people_[one_in(8) ? below(people_.size()) : own_ + below(people_.size() - own_)]; }

    const Principal& drafter() { return people_[own_ + 3 + below(2)]; }

    std::vector<std::string> words()
    {
        std::vector<std::string> list{
            "public", "members", "state:BR", "state:PE", "office:secretariat", "office:chair", "office:chair/chair-b"};
        for (std::size_t i = own_; i < own_ + 5; ++i)
            list.push_back("account:" + people_[i].account.value);
        return list;
    }
    // An audience that the table of labels allows, most often.
    Json audience()
    {
        const auto label = static_cast<Label>(below(5));
        Json body{{"label", domain::name_of(label)}, {"recipients", Json::array()}};
        for (const auto& word : words())
            if (one_in(3) && (domain::allows(label, word) || word == "office:chair" || one_in(20)))
                body["recipients"].push_back(word);
        if (body["recipients"].empty())
            body["recipients"].push_back(words().back());
        return body;
    }

    Outcome take(Transaction& t, Transition transition, const Principal& by, const std::string& id)
    {
        auto body = audience();
        switch (transition) {
        case Transition::edit: return service::edit_draft(t, by, id, body, std::nullopt);
        case Transition::discard: return service::discard_draft(t, by, id, std::nullopt);
        case Transition::submit: return service::submit_report(t, by, id, std::nullopt);
        case Transition::take_back: return service::take_back_report(t, by, id, std::nullopt);
        case Transition::send_back: return service::return_report(t, by, id, "Once more.", std::nullopt);
        case Transition::publish: return service::publish_report(t, by, id, std::nullopt);
        case Transition::revise: return service::start_revision(t, by, id, std::nullopt);
        case Transition::label: return service::change_audience(t, by, id, body, transition, std::nullopt);
        case Transition::recipients:
            body.erase("label");
            body["include_earlier_revisions"] = one_in(2);
            return service::change_audience(t, by, id, body, transition, std::nullopt);
        case Transition::withdraw: return service::withdraw_report(t, by, id, std::nullopt);
        case Transition::restore: return domain::not_found();  // nobody's step: the portal offers it
        case Transition::erase: return service::propose_erasure(t, by, id, std::nullopt);
        }
        throw std::logic_error("unknown transition");
    }

    // What a State does next with such a report, most often.
    Transition usual_step(const std::string& id)
    {
        const auto report = read([&](Connection& c) { return store::report_of_state(c, "CL", id); });
        if (report && report->draft)
            return report->draft->state == domain::DraftState::draft ? (one_in(4) ? Transition::edit : Transition::submit)
                                                                     : (one_in(5) ? Transition::send_back : Transition::publish);
        if (report && report->record_state == domain::RecordState::withdrawn)
            return Transition::erase;
        constexpr std::array steps{Transition::revise, Transition::revise, Transition::label, Transition::recipients};
        return one_in(5) ? Transition::withdraw : any_of(steps);
    }
    const Principal& usual_person(Transition transition)
    {
        const bool drafts = domain::workflow().of(transition).permission == domain::Permission::report_draft;
        return drafts ? drafter() : people_[own_ + below(3)];
    }

    Allowed step_on_a_report()
    {
        const auto id = any_of(reports_);
        const auto transition = one_in(5) ? static_cast<Transition>(below(domain::workflow().reports.size())) : usual_step(id);
        const auto& by = one_in(5) ? somebody() : usual_person(transition);
        const auto outcome = attempted([&](Transaction& t) { return take(t, transition, by, id); });
        if (!outcome)
            return nothing;
        last_ = domain::workflow().of(transition).name;
        ++taken_[last_];
        if (outcome->status == 202)
            proposals_.emplace_back(outcome->id, by.account.value);
        if (transition != Transition::publish)
            return nothing;
        return [published = Revision(id, revisions(id))](const Revision& revision) { return revision == published; };
    }

    Allowed confirmation()
    {
        if (proposals_.empty())
            return nothing;
        const auto [proposal, proposer] = any_of(proposals_);
        const auto& by = somebody();
        const auto id = read([&](Connection& c) {
            auto rows = c.query("SELECT subject FROM proposal WHERE id = ?1", proposal);
            return rows.next() ? rows.text(0) : std::string();
        });
        if (!attempted([&](Transaction& t) { return service::confirm_proposal(t, by, domain::ProposalId(proposal), std::nullopt); }))
            return nothing;
        ++taken_[last_ = "confirm"];
        EXPECT_NE(by.account.value, proposer);
        return [id](const Revision& revision) { return revision.first == id; };
    }

    // A State joins or leaves, which two people have decided: what it reads again is GREEN or CLEAR, or names it.
    Allowed membership()
    {
        const auto participates = one_in(2) ? "true" : "false";
        write([&](Transaction& t) {
            t.db().run("UPDATE state SET record = json_set(record, '$.access', json('{\"changes_at\":null,"
                       "\"participates\":' || ?1 || '}')) WHERE code = 'BR'",
                       participates);
            t.principals_changed(domain::Home::from("state:BR"));
            return domain::Result<int>(0);
        }).value();
        ++taken_[last_ = "membership"];
        return [this](const Revision& revision) { return label_of(revision) <= Label::green || names_brazil(revision.first); };
    }

    // The chair passes on, or back: what is read by whoever holds it is GREEN or CLEAR.
    Allowed office()
    {
        const std::string day = one_in(2) ? "2026-01-02" : "2030-01-01";
        write([&](Transaction& t) {
            t.db().run("UPDATE office_term SET record = json_set(record, '$.until', ?1) WHERE code = 'chair-a'", day);
            t.db().run("UPDATE office_term SET record = json_set(record, '$.from', ?1) WHERE code = 'chair-b'", day);
            for (const auto* term : {"office:chair/chair-a", "office:chair/chair-b"})
                t.principals_changed(domain::Home::from(term));
            return domain::Result<int>(0);
        }).value();
        ++taken_[last_ = "office"];
        return [this](const Revision& revision) { return label_of(revision) <= Label::green; };
    }

    // Nothing where the labels forbid the audience.
    void begin_report()
    {
        if (const auto id = attempted([&](Transaction& t) { return service::create_report(t, drafter(), new_report()); }))
            reports_.push_back(id->id);
    }

    Allowed one_step()
    {
        switch (below(13)) {
        case 0: begin_report(); return nothing;
        case 1:
        case 2: return confirmation();
        case 3: return membership();
        case 4: return office();
        default: return step_on_a_report();
        }
    }

    std::vector<Reading> readings()
    {
        std::vector<Reading> list;
        for (auto& person : people_) {
            if (const auto now_ = read([&](Connection& c) { return service::reload(c, now(), person); }))
                person = *now_;
            list.push_back(reading(person));
        }
        return list;
    }

    void expect_no_growth(const std::vector<Reading>& before, const std::vector<Reading>& after, const Allowed& allowed)
    {
        for (std::size_t i = 0; i < after.size(); ++i)
            for (const auto& revision : after[i])
                EXPECT_TRUE(before[i].contains(revision) || allowed(revision))
                    << "after " << last_ << ": " << people_[i].home.text() << " " << people_[i].account.value << " newly reads revision "
                    << revision.second << " of " << revision.first;
    }

    void run(std::uint64_t seed)
    {
        random_.seed(seed);
        reports_.clear(), proposals_.clear();
        while (reports_.size() < 2)
            begin_report();
        auto before = readings();
        for (int i = 0; i < steps_of_a_history && !HasFailure(); ++i) {
            const auto allowed = one_step();
            auto after = readings();
            expect_no_growth(before, after, allowed);
            before = std::move(after);
        }
    }

    std::map<std::string, int> taken_;
    std::string last_;  // step

private:
    Json new_report()
    {
        auto body = a_report();
        body.update(audience());
        return body;
    }

    template <class Work>
    Outcome attempted(const Work& work)
    {
        return write(work);
    }

    std::int64_t revisions(const std::string& id)
    {
        return read([&](Connection& c) { return static_cast<std::int64_t>(store::readers(c, id).labels.size()); });
    }
    bool names_brazil(const std::string& id)
    {
        const auto from = read([&](Connection& c) { return store::readers(c, id).from; });
        return from.contains("state:BR") || from.contains("account:" + people_.front().account.value);
    }
    Label label_of(const Revision& revision)
    {
        return read(
            [&](Connection& c) { return store::readers(c, revision.first).labels.at(static_cast<std::size_t>(revision.second) - 1); });
    }

    // By every way to a text: the report, its revisions, and what entries open.
    Reading reading(const Principal& person)
    {
        Reading found;
        for (const auto& id : reports_) {
            const auto count = revisions(id);
            for (std::int64_t i = 1; i <= count; ++i)
                if (const auto shown = read([&](Connection& c) { return service::get_revision(c, person, i18n::Language::en, id, i); });
                    shown && !shown->body["content"].is_null())
                    found.emplace(id, i);
            const auto now_ = read([&](Connection& c) { return service::get_report(c, person, i18n::Language::en, id); });
            if (now_ && now_->body["content"].is_object() && now_->body["content"]["revision"] <= count)
                found.emplace(id, now_->body["content"]["revision"].get<std::int64_t>());
        }
        const auto after = person.is_anonymous() ? std::nullopt : std::optional(began_);  // what is published may end before that
        const auto feed = Json::parse(
            read([&](Connection& c) { return service::list_changes(portal(), c, person, i18n::Language::en, after, service::max_changes); })
                .value()
                .text());
        for (const auto& item : feed["items"])
            if (item.contains("opening") && item["opening"].is_object() && item["opening"].contains("content") &&
                item["entry"]["subject"]["kind"] == "report")
                if (const auto revision = item["opening"]["content"]["revision"].get<std::int64_t>();
                    revision <= revisions(item["entry"]["subject"]["id"]))
                    found.emplace(item["entry"]["subject"]["id"].get<std::string>(), revision);
        return found;
    }

    std::mt19937_64 random_;
    domain::Seq began_ = 0;  // the last entry before all histories
    std::size_t own_ = 0;    // where the people of Chile begin: three approvers, a drafter, one who is both, and others
    std::vector<Principal> people_;
    std::vector<std::string> reports_;
    std::vector<std::pair<std::string, std::string>> proposals_;  // and who made them
};

TEST_F(Histories, WithoutASecondPersonNobodyReadsMore)
{
    for (int i = 0; i < histories() && !HasFailure(); ++i) {
        SCOPED_TRACE("history " + std::to_string(i));
        run(static_cast<std::uint64_t>(i));
    }
    for (const char* step :
         {"edit", "submit", "return", "publish", "revise", "label", "recipients", "withdraw", "confirm", "membership", "office"})
        EXPECT_GT(taken_[step], 0) << step;
}

}  // namespace
}  // namespace cbmx::test
