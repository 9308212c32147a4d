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

// clang-format off
constexpr std::array table{
    //            transition            name                 permission          record needed  draft needed  (matters) record after  draft after   entry                         four eyes
    TransitionRow{T::edit,              "edit",              P::report_draft,    R::none,       D::draft,     true,     keeps,        keeps,        no_entry,                     false},
    TransitionRow{T::discard,           "discard",           P::report_draft,    R::none,       D::draft,     true,     keeps,        D::none,      no_entry,                     false},
    TransitionRow{T::submit,            "submit",            P::report_draft,    R::none,       D::draft,     true,     keeps,        D::submitted, K::report_submitted,          false},
    TransitionRow{T::send_back,         "return",            P::report_return,   R::none,       D::submitted, true,     keeps,        D::draft,     K::report_returned,           false},
    TransitionRow{T::publish,           "publish",           P::report_publish,  R::none,       D::submitted, true,     R::published, D::none,      K::report_published,          true},
    TransitionRow{T::revise,            "revise",            P::report_draft,    R::published,  D::none,      true,     keeps,        D::draft,     no_entry,                     false},
    TransitionRow{T::change_label,      "label",             P::report_audience, R::published,  D::none,      false,    keeps,        keeps,        K::report_label_changed,      false},
    TransitionRow{T::change_recipients, "recipients",        P::report_audience, R::published,  D::none,      false,    keeps,        keeps,        K::report_recipients_changed, false},
    TransitionRow{T::withdraw,          "withdraw",          P::report_withdraw, R::published,  D::none,      false,    R::withdrawn, keeps,        K::report_withdrawn,          false},
    TransitionRow{T::erase,             "erase",             P::report_erase,    R::withdrawn,  D::none,      false,    keeps,        D::none,      K::report_erased,             false},
};
// clang-format on
static_assert(
    [] {
        for (std::size_t i = 0; i < table.size(); ++i)
            if (static_cast<std::size_t>(table[i].transition) != i)
                return false;
        return table.size() == static_cast<std::size_t>(Transition::erase) + 1;
    }(),
    "one row per transition, in the enum's order");

using S = DirectoryStep;
using W = Word;
// clang-format off
constexpr std::array directory{
    //           step                  name                 permission            from                  to           ledger entry             whose word
    DirectoryRow{S::accept,           "accept",            P::nomination_decide, "open",               "accepted",  K::nomination_accepted,  W::the_states},
    DirectoryRow{S::send_back,        "return",            P::nomination_decide, "open",               "returned",  K::nomination_returned,  W::any},
    DirectoryRow{S::withdraw,         "withdraw",          P::nomination_answer, "open",               "withdrawn", K::nomination_withdrawn, W::the_states},
    DirectoryRow{S::confirm_record,   "confirm record",    P::nomination_answer, "accepted|open",      "accepted",  K::nomination_confirmed, W::unanswered},
    DirectoryRow{S::object,           "object to record",  P::nomination_answer, "accepted|open",      "",          K::nomination_objected,  W::unanswered},
    DirectoryRow{S::erase_nomination, "erase nomination",  P::nomination_answer, "returned|withdrawn", "",          K::nomination_erased,    W::any},
    DirectoryRow{S::amend,            "amend",             P::nomination_decide, "listed|objected",    "listed",    K::contact_amended,      W::any},
    DirectoryRow{S::remove,           "remove",            P::nomination_decide, "listed|objected",    "removed",   K::contact_removed,      W::any},
    DirectoryRow{S::relist,           "relist",            P::nomination_answer, "removed",            "listed",    K::contact_relisted,     W::unanswered},
    DirectoryRow{S::object_contact,   "object to contact", P::nomination_answer, "listed",             "objected",  K::contact_objected,     W::unanswered},
    DirectoryRow{S::confirm,          "confirm",           P::contact_confirm,   "listed",             "",          K::contact_confirmed,    W::any},
    DirectoryRow{S::reduce,           "reduce",            P::contact_reduce,    "listed|objected",    "",          K::contact_reduced,      W::any},
    DirectoryRow{S::erase_contact,    "erase contact",     P::contact_erase,     "removed",            "",          K::contact_erased,       W::any},
};
// clang-format on
static_assert(
    [] {
        for (std::size_t i = 0; i < directory.size(); ++i)
            if (static_cast<std::size_t>(directory[i].step) != i)
                return false;
        return directory.size() == static_cast<std::size_t>(S::erase_contact) + 1;
    }(),
    "one row per step, in the enum's order");

std::string_view word_name(Word word)
{
    switch (word) {
    case Word::any: return "any";
    case Word::the_states: return "the State's";
    case Word::unanswered: return "recorded on paper, not answered by the State";
    }
    return {};
}

bool is_among(std::string_view word, std::string_view words)
{
    while (!words.empty()) {
        const auto bar = words.find('|');
        if (words.substr(0, bar) == word)
            return true;
        words.remove_prefix(bar == std::string_view::npos ? words.size() : bar + 1);
    }
    return false;
}

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
    std::string text = "| transition | permission | record | draft | record after | draft after | ledger entry | four eyes "
                       "|\n|---|---|---|---|---|---|---|---|\n";
    for (const auto& row : table) {
        text += "| " + std::string(row.name) + " | " + std::string(name_of(row.permission)) + " | " +
                std::string(row.record == R::none ? "any" : record_name(row.record));
        text += " | " + std::string(row.draft_matters ? draft_name(row.draft) : "any");
        text += " | " + std::string(row.record_after ? record_name(*row.record_after) : "same");
        text += " | " + std::string(row.draft_after ? draft_name(*row.draft_after) : "same");
        text += " | " + std::string(row.entry ? row_of(*row.entry).name : "none") + " | " + (row.four_eyes ? "yes" : "no") + " |\n";
    }
    text += "\n| directory | permission | from | to | whose word | ledger entry |\n|---|---|---|---|---|---|\n";
    for (const auto& row : directory) {
        std::string from(row.from);
        if (const auto bar = from.find('|'); bar != std::string::npos)
            from.replace(bar, 1, " or ");
        text += "| " + std::string(row.name) + " | " + std::string(name_of(row.permission)) + " | " + from + " | " +
                std::string(row.to.empty() ? "same" : row.to);
        text += " | " + std::string(word_name(row.word)) + " | " + std::string(row_of(row.entry).name) + " |\n";
    }
    return text;
}

const DirectoryRow& row_of(DirectoryStep step) { return directory[static_cast<std::size_t>(step)]; }

Result<void> check_step(DirectoryStep step, std::string_view status, bool erased, const std::optional<std::string>& position)
{
    const auto& row = row_of(step);
    const bool fits = row.word == Word::any || (row.word == Word::the_states ? !position : position == "unanswered");
    if (!erased && is_among(status, row.from) && fits)
        return {};
    const auto now = erased ? "erased" : is_among(status, row.from) ? position.value_or("confirmed") : std::string(status);
    return Error{ErrorCode::conflict, {Violation{"", Rule::not_now, {{"workflow_state", now}}}}};
}

}  // namespace cbmx::domain
