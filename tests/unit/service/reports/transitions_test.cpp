// THE TRANSITION TABLE of reports, walked through the service: every row in every state does what the row says, and no more;
// and each cell of a changed copy of the table makes itself felt. Directory: unit/service/directory/transitions_test.cpp.
#include "domain/workflow.hpp"
#include "service/reports/content.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/touches.hpp"
#include "support/ledger_fixture.hpp"
#include <tuple>

namespace cbmx::test {
namespace {

using domain::DraftState;
using domain::ErrorCode;
using domain::EventKind;
using domain::Permission;
using domain::RecordState;
using domain::Transition;
using domain::TransitionRow;
using domain::Workflow;

struct States {
    RecordState record = RecordState::none;
    DraftState draft = DraftState::none;
    auto operator<=>(const States&) const = default;
    std::string text() const
    {
        return std::string(domain::workflow_state(record, draft)) + " with draft " + std::to_string(static_cast<int>(draft));
    }
};

// What came of one step.
struct Outcome {
    std::optional<ErrorCode> refused;  // internal: it threw
    States after;
    std::vector<std::string> entries;
    std::optional<std::int64_t> record_version, draft_version;
    bool operator==(const Outcome&) const = default;
};

class Transitions : public LedgerFixture {
protected:
    // Has written all that is reported here; may do all that a drafter and an approver may.
    const Principal author_ = someone("state:CL", {"approver", "drafter"}), drafter_ = someone("state:CL", {"drafter"}),
                    approver_ = someone("state:CL", {"approver"}), nominator_ = someone("state:CL", {"nominator"});

    const std::vector<std::pair<States, std::string>>& reports()
    {
        if (reports_.empty())
            for (const auto record : {RecordState::none, RecordState::published, RecordState::withdrawn})
                for (const auto draft : {DraftState::none, DraftState::draft, DraftState::submitted})
                    if (record != RecordState::none || draft != DraftState::none)
                        reports_.emplace_back(States{record, draft}, report_in(record, draft));
        return reports_;
    }

    // Tries the step and takes it back.
    Outcome outcome(const Workflow& workflow, Transition transition, const Principal& principal, const std::string& id)
    {
        Outcome seen;
        const auto begin = size();
        database().writer().run([&](Transaction& transaction) {
            try {
                const auto result = step(transaction, workflow, transition, principal, id);
                if (!result)
                    seen.refused = result.error().code;
            } catch (const std::exception&) {
                seen.refused = ErrorCode::internal;
            }
            if (const auto row = store::report_of_state(transaction.db(), "CL", id)) {
                seen.after = {row->record_state, row->draft_state()};
                seen.record_version = row->version;
                if (row->draft)
                    seen.draft_version = row->draft->version;
            }
            auto rows = transaction.db().query("SELECT kind FROM ledger_entry WHERE seq >= ?1 ORDER BY seq", begin);
            while (rows.next())
                seen.entries.push_back(rows.text(0));
            return false;
        });
        return seen;
    }

    std::vector<Outcome> outcomes(const Workflow& workflow, Transition transition)
    {
        std::vector<Outcome> list;
        for (const auto& [states, id] : reports())
            for (const auto* principal : {&author_, &drafter_, &approver_})
                list.push_back(outcome(workflow, transition, *principal, id));
        return list;
    }

    // Somebody else than the author who has the permission.
    const Principal& other_with(Permission permission) const { return is_drafters(permission) ? drafter_ : approver_; }
    static bool is_drafters(Permission permission)
    {
        return permission == Permission::report_draft || permission == Permission::report_discard;
    }

private:
    domain::Result<service::Outcome> step(Transaction& t, const Workflow& workflow, Transition transition, const Principal& by,
                                          const std::string& id)
    {
        switch (transition) {
        case Transition::edit: return service::edit_draft(t, by, id, {{"narrative", "Edited."}}, std::nullopt, workflow);
        case Transition::discard: return service::discard_draft(t, by, id, std::nullopt, workflow);
        case Transition::submit: return service::submit_report(t, by, id, std::nullopt, workflow);
        case Transition::send_back: return service::return_report(t, by, id, "Once more.", std::nullopt, workflow);
        case Transition::take_back: return service::take_back_report(t, by, id, std::nullopt, workflow);
        case Transition::publish: return service::publish_report(t, by, id, std::nullopt, workflow);
        case Transition::revise: return service::start_revision(t, by, id, std::nullopt, workflow);
        case Transition::label:
            return service::change_audience(t, by, id, {{"label", "TLP:AMBER+STRICT"}, {"recipients", {"state:AR", "state:PE"}}},
                                            transition, std::nullopt, workflow);
        case Transition::recipients:
            return service::change_audience(t, by, id, {{"recipients", {"state:PE"}}}, transition, std::nullopt, workflow);
        case Transition::withdraw: return service::withdraw_report(t, by, id, std::nullopt, workflow);
        case Transition::restore: return service::restore_report(t, by, by.home, id, workflow);
        case Transition::erase: {
            store::ProposalRow proposal;
            proposal.home = by.home;
            proposal.subject = id;
            proposal.body = Json{{"seen", service::report_tag(t.db(), store::report_of_state(t.db(), "CL", id).value())}}.dump();
            return service::apply_erasure(t, by, proposal, workflow);
        }
        }
        throw std::logic_error("unknown transition");
    }

    void take(Transition transition, const Principal& by, const std::string& id)
    {
        EXPECT_TRUE(write([&](Transaction& t) { return step(t, domain::workflow(), transition, by, id); }).has_value());
    }

    std::string report_in(RecordState record, DraftState draft)
    {
        auto body = a_report();
        body.update({{"label", "TLP:AMBER"}, {"recipients", {"state:AR", "state:PE"}}});
        const auto id = drafted(author_, body);
        if (record != RecordState::none) {
            submitted(author_, id);
            published(approver_, id);
            // An editor without a draft: no step leaves one behind, so that a row with four eyes can be tried here too.
            write([&](Transaction& t) {
                store::record_touch(t, id, {author_.account, author_.credential});
                return domain::Result<int>(0);
            }).value();
        }
        if (record != RecordState::none && draft != DraftState::none) {
            take(Transition::revise, author_, id);
            write([&](Transaction& t) {  // names others than the record: a narrower record does not touch it
                return service::edit_draft(t, author_, id, {{"recipients", {"state:BR"}}}, std::nullopt);
            })
                .value();
        }
        if (draft == DraftState::submitted)
            submitted(author_, id);
        if (record == RecordState::withdrawn)
            take(Transition::withdraw, approver_, id);
        return id;
    }

    std::vector<std::pair<States, std::string>> reports_;
};

bool allows(const TransitionRow& row, const States& states)
{
    const bool ended = states.record == RecordState::withdrawn && row.record != RecordState::withdrawn;
    return (!row.record || row.record == states.record) && (!row.draft || row.draft == states.draft) &&
           (!ended || row.transition == Transition::discard);
}

TEST_F(Transitions, EveryRowDoesInEveryStateWhatItSays)
{
    for (const auto& row : domain::workflow().reports)
        for (const auto& [states, id] : reports()) {
            SCOPED_TRACE(std::string(row.name) + " a report that is " + states.text());
            const auto seen = outcome(domain::workflow(), row.transition, other_with(row.permission), id);
            if (!allows(row, states)) {
                EXPECT_EQ(seen.refused, ErrorCode::conflict);
                EXPECT_EQ(seen.after, states);
                EXPECT_TRUE(seen.entries.empty());
                continue;
            }
            EXPECT_EQ(seen.refused, std::nullopt);
            EXPECT_EQ(seen.after, (States{row.record_after.value_or(states.record), row.draft_after.value_or(states.draft)}));
            EXPECT_EQ(seen.entries, row.entry ? std::vector{std::string(domain::row_of(*row.entry).name)} : std::vector<std::string>());
        }
}

TEST_F(Transitions, EveryRowIsForThoseWhoHaveItsPermission)
{
    for (const auto& row : domain::workflow().reports)
        for (const auto& [states, id] : reports())
            for (const auto* principal : {&drafter_, &approver_, &nominator_}) {
                const bool permitted = principal->reaches(row.permission, principal->home) && principal != &nominator_;
                if (!allows(row, states) || permitted)
                    continue;
                SCOPED_TRACE(std::string(row.name) + " a report that is " + states.text());
                const auto seen = outcome(domain::workflow(), row.transition, *principal, id);
                EXPECT_TRUE(seen.refused == ErrorCode::forbidden || seen.refused == ErrorCode::not_found);
                EXPECT_EQ(seen.after, states);
            }
}

TEST_F(Transitions, AnEditorOfTheContentTakesEveryStepButThoseOfFourEyes)
{
    for (const auto& row : domain::workflow().reports)
        for (const auto& [states, id] : reports()) {
            if (!allows(row, states))
                continue;
            SCOPED_TRACE(std::string(row.name) + " a report that is " + states.text());
            const auto refused = outcome(domain::workflow(), row.transition, author_, id).refused;
            EXPECT_EQ(refused, row.four_eyes ? std::optional(ErrorCode::four_eyes) : std::nullopt);
        }
}

std::optional<RecordState> another(std::optional<RecordState> state)
{
    return state == RecordState::published ? RecordState::withdrawn : RecordState::published;
}
std::optional<DraftState> another(std::optional<DraftState> state)
{
    return state == DraftState::submitted ? DraftState::draft : DraftState::submitted;
}
std::optional<DraftState> another_after(std::optional<DraftState> after)
{
    if (!after)
        return DraftState::none;
    return after == DraftState::none ? std::nullopt : another(after);
}

// The cells by which a row acts, each with another value in it.
std::vector<std::pair<std::string, TransitionRow>> changed(const TransitionRow& row)
{
    std::vector<std::pair<std::string, TransitionRow>> rows;
    const auto with = [&row, &rows](const std::string& cell, const auto& change) {
        auto copy = row;
        change(copy);
        rows.emplace_back(std::string(row.name) + ": " + cell, copy);
    };
    with("permission", [](TransitionRow& r) {
        const bool is_drafters = r.permission == Permission::report_draft || r.permission == Permission::report_discard;
        r.permission = is_drafters ? Permission::report_publish : Permission::report_draft;
    });
    with("record", [](TransitionRow& r) { r.record = another(r.record); });
    with("draft", [](TransitionRow& r) { r.draft = another(r.draft); });
    with("record after", [](TransitionRow& r) {
        const bool is_withdrawn = r.record_after == RecordState::withdrawn || (!r.record_after && r.record == RecordState::withdrawn);
        r.record_after = is_withdrawn ? RecordState::published : RecordState::withdrawn;
    });
    with("draft after", [](TransitionRow& r) { r.draft_after = another_after(r.draft_after); });
    with("entry", [](TransitionRow& r) { r.entry = r.entry ? std::nullopt : std::optional(EventKind::report_returned); });
    with("four eyes", [](TransitionRow& r) { r.four_eyes = !r.four_eyes; });
    return rows;
}

TEST_F(Transitions, EachCellOfTheTableRules)
{
    for (const auto& row : domain::workflow().reports) {
        const auto before = outcomes(domain::workflow(), row.transition);
        ASSERT_EQ(outcomes(domain::workflow(), row.transition), before);
        for (const auto& [cell, copy] : changed(row)) {
            Workflow workflow = domain::workflow();
            workflow.reports.at(static_cast<std::size_t>(row.transition)) = copy;
            EXPECT_NE(outcomes(workflow, row.transition), before) << cell << " is not what the service goes by";
        }
    }
}

}  // namespace
}  // namespace cbmx::test
