// What may become what. workflow.cpp holds THE TRANSITION TABLE of a report's working copy and its published record, and
// those of nominations and contacts. Services act by the rows: service/reports/parts.hpp, service/directory/nomination_parts.hpp.
#pragma once
#include "domain/directory.hpp"
#include "domain/error.hpp"
#include "domain/event.hpp"
#include "domain/policy.hpp"
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::domain {

// A report has a record (what others see) and at most one draft (the State's working copy). Before the first
// publication there is only the draft.
enum class RecordState { none, published, withdrawn };
template <>
struct Names<RecordState> {
    static constexpr std::array<std::string_view, 3> text{"none", "published", "withdrawn"};
};
enum class DraftState { none, draft, submitted };
template <>
struct Names<DraftState> {
    static constexpr std::array<std::string_view, 3> text{"none", "draft", "submitted"};
};

enum class Transition { edit, discard, submit, send_back, take_back, publish, revise, label, recipients, withdraw, restore, erase };

struct TransitionRow {
    Transition transition;
    std::string_view name;
    Permission permission;
    std::optional<RecordState> record;        // required; nullopt: any
    std::optional<DraftState> draft;          // required; nullopt: any
    std::optional<RecordState> record_after;  // nullopt: stays
    std::optional<DraftState> draft_after;    // nullopt: stays
    std::optional<EventKind> entry;           // nullopt: workspace, no ledger entry
    bool four_eyes;                           // where the State asks for them: by somebody who has not edited the content
};

// Error conflict with Rule::not_now and the present state when the row does not allow it. A withdrawn record is the end
// of its life, whatever the row says: it is erased, and a draft of it discarded, no more.
Result<void> check_transition(const TransitionRow& row, RecordState record, DraftState draft);

// One word for both: draft | submitted | published | withdrawn (the record's when there is one).
std::string_view workflow_state(RecordState record, DraftState draft);

// THE DIRECTORY. A step on a nomination is taken by a person; one on a contact too, or it follows from a nomination's
// (amend, remove, relist, object) and needs no permission of its own.
enum class NominationStep { accept, send_back, withdraw, confirm, object, erase };
enum class ContactStep { amend, remove, relist, object, confirm, reduce, hide, erase };

enum class Word {
    any,
    the_states,  // entered by the State itself
    unanswered,  // recorded by the secretariat, and the State has not answered
};

// A set of statuses.
template <class Status>
class AnyOf {
public:
    constexpr AnyOf(std::initializer_list<Status> statuses)
    {
        for (const auto status : statuses)
            bits_ |= bit(status);
    }
    constexpr AnyOf with(Status status) const
    {
        auto copy = *this;
        copy.bits_ |= bit(status);
        return copy;
    }
    constexpr bool has(Status status) const { return (bits_ & bit(status)) != 0; }

private:
    static constexpr unsigned bit(Status status) { return 1U << static_cast<unsigned>(status); }
    unsigned bits_ = 0;
};

template <class Step, class Status>
struct DirectoryRow {
    Step step;
    std::string_view name;
    Permission permission;
    AnyOf<Status> from;
    std::optional<Status> to;  // nullopt: stays
    EventKind entry;
    Word word;  // whose word it must be so far
};
using NominationRule = DirectoryRow<NominationStep, NominationStatus>;
using ContactRule = DirectoryRow<ContactStep, ContactStatus>;

// Error conflict with Rule::not_now and the present state when the row does not allow it. position: the State's, on
// what was recorded on its behalf; nullopt: entered by the State itself.
Result<void> check_step(const NominationRule& rule, NominationStatus status, bool erased, std::optional<Position> position);
Result<void> check_step(const ContactRule& rule, ContactStatus status, bool erased, std::optional<Position> position);

// What a nomination of this kind ("nomination", "amendment", "removal") asks for.
constexpr Permission permission_to_ask(std::string_view kind)
{
    return kind == "removal" ? Permission::contact_remove : Permission::nomination_make;
}

// All the tables. A service takes them as a parameter, so that a test can change a cell and see what becomes of it.
struct Workflow {
    std::array<TransitionRow, 12> reports;
    std::array<NominationRule, 6> nominations;
    std::array<ContactRule, 8> contacts;

    constexpr const TransitionRow& of(Transition transition) const { return reports[static_cast<std::size_t>(transition)]; }
    constexpr const NominationRule& of(NominationStep step) const { return nominations[static_cast<std::size_t>(step)]; }
    constexpr const ContactRule& of(ContactStep step) const { return contacts[static_cast<std::size_t>(step)]; }
};
const Workflow& workflow();  // THE tables

std::string transition_table_as_markdown();  // tests/golden/workflow.md

}  // namespace cbmx::domain
