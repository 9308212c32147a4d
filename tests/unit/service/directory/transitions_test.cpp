// The tables of nominations and contacts (domain/workflow.cpp), walked through the service: every row in every state does
// what the row says; and each cell of a changed copy makes itself felt. Reports: unit/service/reports/transitions_test.cpp.
#include "domain/workflow.hpp"
#include "unit/service/directory/directory_fixture.hpp"
#include <functional>

namespace cbmx::test {
namespace {

using domain::ContactRule;
using domain::ContactStatus;
using domain::ContactStep;
using domain::ErrorCode;
using domain::EventKind;
using domain::NominationRule;
using domain::NominationStatus;
using domain::NominationStep;
using domain::Permission;
using domain::Position;
using domain::Word;
using domain::Workflow;

template <class Status>
struct State {
    Status status;
    std::optional<Position> position;
    bool erased = false;
    bool operator==(const State&) const = default;
};
template <class Status>
std::string text(const State<Status>& state)
{
    return std::string(domain::name_of(state.status)) + ", position " + domain::name_of(state.position).value_or("none") +
           (state.erased ? ", erased" : "");
}

// What came of one step.
template <class Status>
struct Outcome {
    std::optional<ErrorCode> refused;  // internal: it threw
    State<Status> after{};
    std::vector<std::string> entries = {}, acting_roles = {};
    bool operator==(const Outcome&) const = default;

    std::size_t count(EventKind kind) const
    {
        return static_cast<std::size_t>(std::count(entries.begin(), entries.end(), domain::row_of(kind).name));
    }
};

template <class Step, class Status>
bool allows(const domain::DirectoryRow<Step, Status>& rule, const State<Status>& state)
{
    const bool word_fits =
        rule.word == Word::any || (rule.word == Word::the_states ? !state.position : state.position == Position::unanswered);
    return !state.erased && rule.from.has(state.status) && word_fits;
}

using Nominations = std::vector<std::pair<State<NominationStatus>, std::string>>;
using Contacts = std::vector<std::pair<State<ContactStatus>, std::string>>;

class DirectoryTransitions : public DirectoryFixture {
protected:
    const Nominations& nominations()
    {
        if (nominations_.empty()) {
            const auto add = [this](const std::string& id) {
                const auto row = read([&](Connection& db) { return store::find_nomination(db, id); }).value();
                nominations_.push_back({{row.status, row.position, row.erased}, id});
            };
            add(asked("Open"));
            add(waiting("Waiting"));
            add(nomination_of(listed("Accepted")));
            add(nomination_of(recorded("Recorded")));
            add(nomination_of(confirmed_by_state("Confirmed")));
            add(nomination_of(objected_to("Objected")));
            add(returned(asked("Returned")));
            add(returned(waiting("Waiting and returned")));
            add(withdrawn(asked("Withdrawn")));
            const auto erased = returned(asked("Erased"));
            stepped([&](Transaction& t) { return service::erase_nomination(t, nominator, erased, std::nullopt); });
            add(erased);
        }
        return nominations_;
    }

    const Contacts& contacts()
    {
        if (contacts_.empty()) {
            const auto add = [this](const std::string& id) {
                const auto row = read([&](Connection& db) { return store::find_contact(db, id); }).value();
                contacts_.push_back({{row.status, row.position, row.erased}, id});
            };
            add(listed("Listed"));
            add(recorded("Recorded"));
            add(confirmed_by_state("Confirmed"));
            add(objected_to("Objected"));
            const auto by_state = listed("Removed");
            removed(by_state);
            add(by_state);
            const auto on_paper = recorded("Removed on paper");
            made(clerk, {{"kind", "removal"}, {"contact", on_paper}});
            add(on_paper);
            const auto gone = listed("Erased");
            removed(gone);
            erased(gone);
            add(gone);
        }
        return contacts_;
    }

    // Tries the step and takes it back.
    template <class Status, class Step, class Find>
    Outcome<Status> outcome(const Step& step, const Find& find)
    {
        Outcome<Status> seen;
        const auto begin = size();
        database().writer().run([&](Transaction& transaction) {
            try {
                if (const auto result = step(transaction); !result)
                    seen.refused = result.error().code;
            } catch (const std::exception&) {
                seen.refused = ErrorCode::internal;
            }
            const auto row = find(transaction.db()).value();
            seen.after = {row.status, row.position, row.erased};
            auto rows = transaction.db().query("SELECT kind, actor_role FROM ledger_entry WHERE seq >= ?1 ORDER BY seq", begin);
            while (rows.next()) {
                seen.entries.push_back(rows.text(0));
                seen.acting_roles.push_back(rows.text(1));
            }
            return false;
        });
        return seen;
    }

    Outcome<NominationStatus> outcome(const Workflow& workflow, NominationStep step, const Principal& by, const std::string& id)
    {
        return outcome<NominationStatus>([&](Transaction& t) { return take(t, workflow, step, by, id); },
                                         [&](Connection& db) { return store::find_nomination(db, id); });
    }

    // What follows from a nomination: its State asks and the secretariat accepts, or it objects to the last one.
    Outcome<ContactStatus> outcome(const Workflow& workflow, ContactStep step, const Principal& by, const std::string& id)
    {
        return outcome<ContactStatus>([&](Transaction& t) { return take(t, workflow, step, by, id); },
                                      [&](Connection& db) { return store::find_contact(db, id); });
    }

    template <class Step, class States>
    auto outcomes(const Workflow& workflow, Step step, const States& states)
    {
        std::vector<decltype(outcome(workflow, step, nominator, std::string()))> list;
        for (const auto& [state, id] : states)
            for (const auto* by : {&nominator, &clerk})
                list.push_back(outcome(workflow, step, *by, id));
        return list;
    }

    // An objection to a removal lists the contact again, one to anything else takes it out of sight: the last nomination decides.
    static bool can_be_asked(ContactStep step, ContactStatus status)
    {
        const bool was_removed = status == ContactStatus::removed;
        return step == ContactStep::relist ? was_removed : step != ContactStep::object || !was_removed;
    }

    const Principal& who_may(Permission permission) const { return permission == Permission::nomination_decide ? clerk : nominator; }

private:
    domain::Result<service::Outcome> take(Transaction& t, const Workflow& workflow, NominationStep step, const Principal& by,
                                          const std::string& id)
    {
        switch (step) {
        case NominationStep::accept: return service::accept_nomination(t, by, id, std::nullopt, workflow);
        case NominationStep::send_back: return service::return_nomination(t, by, id, "No signature.", std::nullopt, workflow);
        case NominationStep::withdraw: return service::withdraw_nomination(t, by, id, std::nullopt, workflow);
        case NominationStep::confirm: return service::confirm_nomination(t, by, id, std::nullopt, workflow);
        case NominationStep::object: return service::object_to_nomination(t, by, id, "Not ours.", std::nullopt, workflow);
        case NominationStep::erase: return service::erase_nomination(t, by, id, std::nullopt, workflow);
        }
        throw std::logic_error("unknown step");
    }

    domain::Result<service::Outcome> take(Transaction& t, const Workflow& workflow, ContactStep step, const Principal& by,
                                          const std::string& id)
    {
        switch (step) {
        case ContactStep::amend:
            return accept_new(t, workflow, {{"kind", "amendment"}, {"contact", id}, {"fields", {{"rank", "alternate"}}}});
        case ContactStep::remove: return accept_new(t, workflow, {{"kind", "removal"}, {"contact", id}});
        case ContactStep::relist:
        case ContactStep::object:
            return service::object_to_nomination(t, nominator, store::find_contact(t.db(), id).value().nomination, "Not ours.",
                                                 std::nullopt, workflow);
        case ContactStep::confirm: return service::confirm_contact(t, by, id, {}, std::nullopt, workflow);
        case ContactStep::reduce: return service::reduce_contact(t, by, id, {"state:AR"}, std::nullopt, workflow);
        case ContactStep::hide: return service::hide_contact(t, by, id, std::nullopt, workflow);
        case ContactStep::erase: return service::erase_contact(t, by, id, std::nullopt, workflow);
        }
        throw std::logic_error("unknown step");
    }

    domain::Result<service::Outcome> accept_new(Transaction& t, const Workflow& workflow, Json body)
    {
        body["note"] = note();
        const auto made = service::make_nomination(t, nominator, body, {}, workflow);
        if (!made)
            return made.error();
        return service::accept_nomination(t, clerk, made->id, std::nullopt, workflow);
    }

    std::string asked(const std::string& person) { return made(nominator, {{"kind", "nomination"}, {"fields", fields(person)}}); }
    // On paper, about what the State entered itself: it waits for the State.
    std::string waiting(const std::string& person)
    {
        return made(clerk, {{"kind", "amendment"}, {"contact", listed(person)}, {"fields", {{"rank", "alternate"}}}});
    }
    std::string nomination_of(const std::string& contact)
    {
        return read([&](Connection& db) { return store::find_contact(db, contact); }).value().nomination;
    }
    std::string confirmed_by_state(const std::string& person)
    {
        const auto contact = recorded(person);
        stepped([&](Transaction& t) { return service::confirm_nomination(t, nominator, nomination_of(contact), std::nullopt); });
        return contact;
    }
    std::string objected_to(const std::string& person)
    {
        const auto contact = recorded(person);
        stepped([&](Transaction& t) { return service::object_to_nomination(t, nominator, nomination_of(contact), "No.", std::nullopt); });
        return contact;
    }
    std::string returned(const std::string& id)
    {
        stepped([&](Transaction& t) { return service::return_nomination(t, clerk, id, "No.", std::nullopt); });
        return id;
    }
    std::string withdrawn(const std::string& id)
    {
        stepped([&](Transaction& t) { return service::withdraw_nomination(t, nominator, id, std::nullopt); });
        return id;
    }

    Nominations nominations_;
    Contacts contacts_;
};

TEST_F(DirectoryTransitions, EveryRowOfNominationsDoesInEveryStateWhatItSays)
{
    const auto& workflow = domain::workflow();
    for (const auto& rule : workflow.nominations)
        for (const auto& [state, id] : nominations()) {
            SCOPED_TRACE(std::string(rule.name) + ": " + text(state));
            const auto seen = outcome(workflow, rule.step, who_may(rule.permission), id);
            if (!allows(rule, state)) {
                EXPECT_EQ(seen.refused, ErrorCode::conflict);
                EXPECT_EQ(seen.after, state);
                EXPECT_TRUE(seen.entries.empty());
                continue;
            }
            // What was never accepted is returned by an objection.
            const bool never_accepted = rule.step == NominationStep::object && state.status == NominationStatus::open;
            const auto to = never_accepted ? workflow.of(NominationStep::send_back).to : rule.to;
            EXPECT_EQ(seen.refused, std::nullopt);
            EXPECT_EQ(seen.after.status, to.value_or(state.status));
            EXPECT_EQ(seen.after.erased, rule.step == NominationStep::erase);
            EXPECT_EQ(seen.count(rule.entry), 1U);
            const auto& other = &who_may(rule.permission) == &clerk ? nominator : clerk;
            EXPECT_EQ(outcome(workflow, rule.step, other, id).refused, ErrorCode::forbidden);
        }
}

TEST_F(DirectoryTransitions, EveryRowOfContactsDoesInEveryStateWhatItSays)
{
    const auto& workflow = domain::workflow();
    for (const auto& rule : workflow.contacts)
        for (const auto& [state, id] : contacts()) {
            if (!can_be_asked(rule.step, state.status))
                continue;
            SCOPED_TRACE(std::string(rule.name) + ": " + text(state));
            const auto seen = outcome(workflow, rule.step, nominator, id);
            if (!allows(rule, state)) {
                EXPECT_EQ(seen.refused, ErrorCode::conflict);
                EXPECT_EQ(seen.after, state);
                EXPECT_EQ(seen.count(rule.entry), 0U);
                continue;
            }
            EXPECT_EQ(seen.refused, std::nullopt);
            EXPECT_EQ(seen.after.status, rule.to.value_or(state.status));
            EXPECT_EQ(seen.after.erased, rule.step == ContactStep::erase);
            EXPECT_EQ(seen.count(rule.entry), 1U);
        }
}

// The cells by which a row acts, each with another value in it.
template <class Rule, class Status>
std::vector<std::pair<std::string, Rule>> changed(const Rule& rule, EventKind entry, EventKind other_entry, Status to, Status other_to)
{
    std::vector<std::pair<std::string, Rule>> rules;
    const auto with = [&rule, &rules](const std::string& cell, const auto& change) {
        auto copy = rule;
        change(copy);
        rules.emplace_back(std::string(rule.name) + ": " + cell, copy);
    };
    with("permission", [](Rule& r) {
        r.permission = r.permission == Permission::nomination_decide ? Permission::nomination_answer : Permission::nomination_decide;
    });
    with("from", [](Rule& r) {
        domain::AnyOf<Status> others{};
        for (std::size_t i = 0; i < domain::Names<Status>::text.size(); ++i)
            if (const auto status = static_cast<Status>(i); !r.from.has(status))
                others = others.with(status);
        r.from = others;
    });
    with("to", [to, other_to](Rule& r) { r.to = r.to == to ? other_to : to; });
    with("entry", [entry, other_entry](Rule& r) { r.entry = r.entry == entry ? other_entry : entry; });
    with("word", [](Rule& r) { r.word = r.word == Word::unanswered ? Word::the_states : Word::unanswered; });
    return rules;
}

TEST_F(DirectoryTransitions, EachCellOfTheTableOfNominationsRules)
{
    for (const auto& rule : domain::workflow().nominations) {
        const auto before = outcomes(domain::workflow(), rule.step, nominations());
        ASSERT_EQ(outcomes(domain::workflow(), rule.step, nominations()), before);
        for (const auto& [cell, copy] : changed(rule, EventKind::nomination_returned, EventKind::nomination_withdrawn,
                                                NominationStatus::returned, NominationStatus::withdrawn)) {
            Workflow workflow = domain::workflow();
            workflow.nominations.at(static_cast<std::size_t>(rule.step)) = copy;
            EXPECT_NE(outcomes(workflow, rule.step, nominations()), before) << cell << " is not what the service goes by";
        }
    }
}

// Of what follows from a nomination the permission is that of the nomination's step: the cell says whose it is.
TEST_F(DirectoryTransitions, EachCellOfTheTableOfContactsRules)
{
    for (const auto& rule : domain::workflow().contacts) {
        const auto before = outcomes(domain::workflow(), rule.step, contacts());
        ASSERT_EQ(outcomes(domain::workflow(), rule.step, contacts()), before);
        const bool is_taken_by_a_person = rule.step == ContactStep::confirm || rule.step == ContactStep::reduce ||
                                          rule.step == ContactStep::hide || rule.step == ContactStep::erase;
        for (const auto& [cell, copy] :
             changed(rule, EventKind::contact_confirmed, EventKind::contact_reduced, ContactStatus::objected, ContactStatus::removed)) {
            if (!is_taken_by_a_person && copy.permission != rule.permission)
                continue;
            Workflow workflow = domain::workflow();
            workflow.contacts.at(static_cast<std::size_t>(rule.step)) = copy;
            EXPECT_NE(outcomes(workflow, rule.step, contacts()), before) << cell << " is not what the service goes by";
        }
    }
}

}  // namespace
}  // namespace cbmx::test
