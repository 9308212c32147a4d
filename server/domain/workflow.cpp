// THE TRANSITION TABLE. A transition that has no row, or whose row does not fit the present state, is refused.
#include "domain/workflow.hpp"
#include <array>

namespace cbmx::domain {
namespace {

using R = RecordState;
using D = DraftState;
using P = Permission;
using K = EventKind;
using T = Transition;
constexpr std::nullopt_t keeps = std::nullopt;
constexpr std::nullopt_t no_entry = std::nullopt;

constexpr std::array table{
    //            transition            name                 permission          record needed  draft needed  (matters) record after  draft after   entry                         four eyes
    TransitionRow{T::edit,              "edit",              P::report_draft,    R::none,       D::draft,     true,     keeps,        keeps,        no_entry,                     false},
    TransitionRow{T::discard,           "discard",           P::report_draft,    R::none,       D::draft,     true,     keeps,        D::none,      no_entry,                     false},
    TransitionRow{T::submit,            "submit",            P::report_draft,    R::none,       D::draft,     true,     keeps,        D::submitted, K::report_submitted,          false},
    TransitionRow{T::give_back,         "return",            P::report_return,   R::none,       D::submitted, true,     keeps,        D::draft,     K::report_returned,           false},
    TransitionRow{T::publish,           "publish",           P::report_publish,  R::none,       D::submitted, true,     R::published, D::none,      K::report_published,          true},
    TransitionRow{T::revise,            "revise",            P::report_draft,    R::published,  D::none,      true,     keeps,        D::draft,     no_entry,                     false},
    TransitionRow{T::change_label,      "label",             P::report_audience, R::published,  D::none,      false,    keeps,        keeps,        K::report_label_changed,      false},
    TransitionRow{T::change_recipients, "recipients",        P::report_audience, R::published,  D::none,      false,    keeps,        keeps,        K::report_recipients_changed, false},
    TransitionRow{T::withdraw,          "withdraw",          P::report_withdraw, R::published,  D::none,      false,    R::withdrawn, keeps,        K::report_withdrawn,          false},
    TransitionRow{T::erase,             "erase",             P::report_erase,    R::withdrawn,  D::none,      false,    keeps,        D::none,      K::report_erased,             false},
};
static_assert([] {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].transition) != i)
            return false;
    return table.size() == static_cast<std::size_t>(Transition::erase) + 1;
}(), "one row per transition, in the enum's order");

std::string_view record_name(RecordState state)
{
    switch (state) {
    case R::none: return "-";
    case R::published: return "published";
    case R::withdrawn: return "withdrawn";
    }
    return {};
}

std::string_view draft_name(DraftState state)
{
    switch (state) {
    case D::none: return "-";
    case D::draft: return "draft";
    case D::submitted: return "submitted";
    }
    return {};
}

}  // namespace

const TransitionRow& row_of(Transition transition) { return table[static_cast<std::size_t>(transition)]; }

Result<void> check_transition(Transition transition, RecordState record, DraftState draft)
{
    const TransitionRow& row = row_of(transition);
    const bool record_fits = row.record == R::none || row.record == record;
    const bool draft_fits = !row.draft_matters || row.draft == draft;
    // A withdrawn record is the end of its life: no draft of it goes further.
    const bool ended = record == R::withdrawn && row.record != R::withdrawn && transition != T::discard;
    if (record_fits && draft_fits && !ended)
        return {};
    const auto now = draft != D::none && row.draft_matters && row.record == R::none ? draft_name(draft) : workflow_state(record, draft);
    return Error{ErrorCode::conflict, {Violation{"", Rule::not_now, {{"workflow_state", std::string(now)}}}}};
}

std::string_view workflow_state(RecordState record, DraftState draft)
{
    return record == R::none ? draft_name(draft) : record_name(record);
}

std::string transition_table_as_markdown()
{
    std::string text = "| transition | permission | record | draft | record after | draft after | ledger entry | four eyes |\n|---|---|---|---|---|---|---|---|\n";
    for (const auto& row : table) {
        text += "| " + std::string(row.name) + " | " + std::string(name_of(row.permission)) + " | " + std::string(row.record == R::none ? "any" : record_name(row.record));
        text += " | " + std::string(row.draft_matters ? draft_name(row.draft) : "any");
        text += " | " + std::string(row.record_after ? record_name(*row.record_after) : "same");
        text += " | " + std::string(row.draft_after ? draft_name(*row.draft_after) : "same");
        text += " | " + std::string(row.entry ? row_of(*row.entry).name : "none") + " | " + (row.four_eyes ? "yes" : "no") + " |\n";
    }
    return text;
}

}  // namespace cbmx::domain
