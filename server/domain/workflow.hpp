// What may become what. workflow.cpp holds THE TRANSITION TABLE of a report's working copy and its published record.
#pragma once
#include "domain/error.hpp"
#include "domain/event.hpp"
#include "domain/policy.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::domain {

// A report has a record (what others see) and at most one draft (the State's working copy). Before the first
// publication there is only the draft.
enum class RecordState { none, published, withdrawn };
enum class DraftState { none, draft, submitted };

enum class Transition { edit, discard, submit, send_back, publish, revise, change_label, change_recipients, withdraw, erase };

struct TransitionRow {
    Transition transition;
    std::string_view name;
    Permission permission;
    RecordState record;  // required; none: no requirement
    DraftState draft;    // required; none: there must be no draft where draft_matters
    bool draft_matters;
    std::optional<RecordState> record_after;
    std::optional<DraftState> draft_after;
    std::optional<EventKind> entry;  // nullopt: workspace, no ledger entry
    bool four_eyes;                  // a second person, who has not edited the content, is required
};

const TransitionRow& row_of(Transition transition);

// Error conflict with Rule::not_now and the present state when the row does not allow it.
Result<void> check_transition(Transition transition, RecordState record, DraftState draft);

// One word for both: draft | submitted | published | withdrawn (the record's when there is one).
std::string_view workflow_state(RecordState record, DraftState draft);

std::string transition_table_as_markdown();  // tests/golden/workflow.md, the directory's steps below

// THE DIRECTORY: a nomination is open, accepted, returned or withdrawn; a contact listed, objected (to by its State) or
// removed. What is erased keeps its status.
enum class DirectoryStep {
    accept,
    send_back,
    withdraw,
    confirm_record,
    object,
    erase_nomination,
    amend,
    remove,
    relist,
    object_contact,
    confirm,
    reduce,
    erase_contact
};

enum class Word {
    any,
    the_states,  // entered by the State itself
    unanswered,  // recorded by the secretariat, and the State has not answered
};

struct DirectoryRow {
    DirectoryStep step;
    std::string_view name;
    Permission permission;  // of the step that a person takes; what follows from it needs none of its own
    std::string_view from;  // words separated by '|'
    std::string_view to;    // empty: stays
    EventKind entry;
    Word word;  // whose word it must be so far
};
const DirectoryRow& row_of(DirectoryStep step);

// Error conflict with Rule::not_now and the present state when the row does not allow it. position: the State's, on
// what was recorded on its behalf; nullopt: entered by the State itself.
Result<void> check_step(DirectoryStep step, std::string_view status, bool erased, const std::optional<std::string>& position);

}  // namespace cbmx::domain
