// THE TRANSITION TABLES. A transition that has no row, or whose row does not fit the present state, is refused.
#include "domain/workflow.hpp"

namespace cbmx::domain {
namespace {

using D = DraftState;
using enum Permission;
using enum EventKind;
constexpr std::nullopt_t any = std::nullopt;
constexpr std::nullopt_t same = std::nullopt;
constexpr std::nullopt_t no_entry = std::nullopt;

// clang-format off
constexpr auto report_rules = [] {
    using enum Transition;
    using RecordState::published, RecordState::withdrawn, DraftState::draft, DraftState::submitted;
    using Row = TransitionRow;
    return std::array{
        //  transition  name          permission       record     draft      record after draft after  entry                      four eyes
        Row{edit,       "edit",       report_draft,    any,       draft,     same,      same,      no_entry,                  false},
        Row{discard,    "discard",    report_discard,  any,       draft,     same,      D::none,   no_entry,                  false},
        Row{submit,     "submit",     report_draft,    any,       draft,     same,      submitted, report_submitted,          false},
        Row{send_back,  "return",     report_return,   any,       submitted, same,      draft,     report_returned,           false},
        Row{take_back,  "take back",  report_draft,    any,       submitted, same,      draft,     report_returned,           false},
        Row{publish,    "publish",    report_publish,  any,       submitted, published, D::none,   report_published,          true},
        Row{revise,     "revise",     report_draft,    published, D::none,   same,      draft,     no_entry,                  false},
        Row{label,      "label",      report_audience, published, any,       same,      same,      report_label_changed,      false},
        Row{recipients, "recipients", report_audience, published, any,       same,      same,      report_recipients_changed, false},
        Row{withdraw,   "withdraw",   report_withdraw, published, any,       withdrawn, same,      report_withdrawn,          false},
        Row{restore,    "restore",    report_withdraw, withdrawn, any,       published, same,      report_restored,           false},
        Row{erase,      "erase",      report_erase,    withdrawn, any,       same,      D::none,   report_erased,             false},
    };
}();

constexpr auto nomination_rules = [] {
    using enum NominationStep;
    using enum NominationStatus;
    using Row = NominationRule;
    return std::array{
        //  step       name                permission         from                   to         ledger entry          whose word
        Row{accept,    "accept",           nomination_decide, {open},                accepted,  nomination_accepted,  Word::the_states},
        Row{send_back, "return",           nomination_decide, {open},                returned,  nomination_returned,  Word::any},
        Row{withdraw,  "withdraw",         nomination_answer, {open},                withdrawn, nomination_withdrawn, Word::the_states},
        Row{confirm,   "confirm record",   nomination_answer, {accepted, open},      accepted,  nomination_confirmed, Word::unanswered},
        Row{object,    "object to record", nomination_answer, {accepted, open},      same,      nomination_objected,  Word::unanswered},
        Row{erase,     "erase nomination", nomination_answer, {returned, withdrawn}, same,      nomination_erased,    Word::any},
    };
}();

constexpr auto contact_rules = [] {
    using enum ContactStep;
    using enum ContactStatus;
    using Row = ContactRule;
    return std::array{
        //  step     name                 permission         from                to        ledger entry       whose word
        Row{amend,   "amend",             nomination_decide, {listed, objected}, listed,   contact_amended,   Word::any},
        Row{remove,  "remove",            nomination_decide, {listed, objected}, removed,  contact_removed,   Word::any},
        Row{relist,  "relist",            nomination_answer, {removed},          listed,   contact_relisted,  Word::unanswered},
        Row{object,  "object to contact", nomination_answer, {listed},           objected, contact_objected,  Word::unanswered},
        Row{confirm, "confirm",           contact_confirm,   {listed},           same,     contact_confirmed, Word::any},
        Row{reduce,  "reduce",            contact_reduce,    {listed, objected}, same,     contact_reduced,   Word::any},
        Row{hide,    "hide",              contact_erase,     {listed, objected}, removed,  contact_removed,   Word::any},
        Row{erase,   "erase contact",     contact_erase,     {removed},          same,     contact_erased,    Word::any},
    };
}();
// clang-format on

constexpr Workflow tables{report_rules, nomination_rules, contact_rules};
static_assert(
    [] {
        for (std::size_t i = 0; i < tables.reports.size(); ++i)
            if (tables.reports[i].transition != static_cast<Transition>(i))
                return false;
        for (std::size_t i = 0; i < tables.nominations.size(); ++i)
            if (tables.nominations[i].step != static_cast<NominationStep>(i))
                return false;
        for (std::size_t i = 0; i < tables.contacts.size(); ++i)
            if (tables.contacts[i].step != static_cast<ContactStep>(i))
                return false;
        return tables.reports.back().transition == Transition::erase && tables.nominations.back().step == NominationStep::erase &&
               tables.contacts.back().step == ContactStep::erase;
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

bool fits(Word word, std::optional<Position> position)
{
    switch (word) {
    case Word::any: return true;
    case Word::the_states: return !position;
    case Word::unanswered: return position == Position::unanswered;
    }
    return false;
}

template <Named State>
std::string name_or_dash(State state)
{
    return state == State::none ? "-" : std::string(name_of(state));
}

Error not_now(std::string_view state)
{
    return Error{ErrorCode::conflict, {Violation{"", Rule::not_now, {{"workflow_state", std::string(state)}}}}};
}

template <class Step, class Status>
Result<void> check(const DirectoryRow<Step, Status>& rule, Status status, bool erased, std::optional<Position> position)
{
    if (erased)
        return not_now("erased");
    if (!rule.from.has(status))
        return not_now(name_of(status));
    if (!fits(rule.word, position))
        return not_now(name_of(position.value_or(Position::confirmed)));
    return {};
}

template <class Step, class Status>
std::string as_line(const DirectoryRow<Step, Status>& rule)
{
    std::string from;
    for (std::size_t i = 0; i < Names<Status>::text.size(); ++i)
        if (rule.from.has(static_cast<Status>(i)))
            from += (from.empty() ? "" : " or ") + std::string(Names<Status>::text[i]);
    return "| " + std::string(rule.name) + " | " + std::string(name_of(rule.permission)) + " | " + from + " | " +
           std::string(rule.to ? name_of(*rule.to) : "same") + " | " + std::string(word_name(rule.word)) + " | " +
           std::string(row_of(rule.entry).name) + " |\n";
}

}  // namespace

const Workflow& workflow() { return tables; }

Result<void> check_transition(const TransitionRow& row, RecordState record, DraftState draft)
{
    const bool record_fits = !row.record || row.record == record;
    const bool draft_fits = !row.draft || row.draft == draft;
    const bool ended = record == RecordState::withdrawn && row.record != RecordState::withdrawn && row.transition != Transition::discard;
    if (record_fits && draft_fits && !ended)
        return {};
    return not_now(draft != D::none && row.draft && !row.record ? name_of(draft) : workflow_state(record, draft));
}

std::string_view workflow_state(RecordState record, DraftState draft)
{
    if (record != RecordState::none)
        return name_of(record);
    return draft == D::none ? "-" : name_of(draft);
}

Result<void> check_step(const NominationRule& rule, NominationStatus status, bool erased, std::optional<Position> position)
{
    return check(rule, status, erased, position);
}

Result<void> check_step(const ContactRule& rule, ContactStatus status, bool erased, std::optional<Position> position)
{
    return check(rule, status, erased, position);
}

std::string transition_table_as_markdown()
{
    std::string text = "| transition | permission | record | draft | record after | draft after | ledger entry | four eyes "
                       "|\n|---|---|---|---|---|---|---|---|\n";
    for (const auto& row : tables.reports) {
        text += "| " + std::string(row.name) + " | " + std::string(name_of(row.permission)) + " | " +
                (row.record ? name_or_dash(*row.record) : "any");
        text += " | " + (row.draft ? name_or_dash(*row.draft) : "any");
        text += " | " + (row.record_after ? name_or_dash(*row.record_after) : "same");
        text += " | " + (row.draft_after ? name_or_dash(*row.draft_after) : "same");
        text += " | " + std::string(row.entry ? row_of(*row.entry).name : "none") + " | " + (row.four_eyes ? "yes" : "no") + " |\n";
    }
    text += "\n| directory | permission | from | to | whose word | ledger entry |\n|---|---|---|---|---|---|\n";
    for (const auto& rule : tables.nominations)
        text += as_line(rule);
    for (const auto& rule : tables.contacts)
        text += as_line(rule);
    return text;
}

}  // namespace cbmx::domain
