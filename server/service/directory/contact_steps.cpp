// What is done to a contact in the directory, and the one way to record it: confirm, reduce, erase. See contacts.hpp.
#include "domain/workflow.hpp"
#include "json/parse.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nomination_parts.hpp"
#include "service/guard.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/log/entries.hpp"
#include "store/rows/nominations.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::ContactRule;
using domain::ContactStatus;
using domain::ContactStep;
using domain::EventKind;
using domain::Permission;
using domain::Position;
using domain::Workflow;

domain::Home home_of(const store::ContactRow& row) { return domain::Home::of_state(domain::StateCode(row.state)); }

Result<Outcome> outcome_of(const std::string& id, const Result<Seq>& seq)
{
    if (!seq)
        return seq.error();
    return Outcome{.subject = domain::Subject::contact, .id = id, .seq = *seq};
}

// The contact that the caller may act on now.
Result<store::ContactRow> contact_for(Transaction& transaction, const Principal& principal, const std::string& id, const ContactRule& rule,
                                      const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    return actable(
        store::visible_contact(db, principal.visibility, id),
        [&principal, &rule](const store::ContactRow& row) { return require(principal, rule.permission, home_of(row)); },
        [&rule](const store::ContactRow& row) { return domain::check_step(rule, row.status, row.erased, row.position); }, expected,
        [&db](const store::ContactRow& row) { return contact_tag(db, row); });
}

Json record_of(const store::ContactRow& row)
{
    return {{"id", row.id},
            {"state", row.state},
            {"status", domain::name_of(row.status)},
            {"nomination", row.nomination},
            {"position", or_null(domain::name_of(row.position))},
            {"confirmed_at", row.confirmed_at},
            {"reachability_confirmed_at", or_null(row.reachable_at)},
            {"content_version", row.content_version},
            {"erased", row.erased}};
}

// The secretariat takes out what it entered from paper, and nothing else.
Result<store::ContactRow> contact_to_erase(Transaction& transaction, const Principal& principal, const std::string& id,
                                           const ContactRule& rule, const ExpectedVersion& expected)
{
    auto row = contact_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    const auto nominations = store::nominations_of_contact(transaction.db(), id);
    const bool by_secretariat = !principal.is_operator && principal.home != home_of(*row);
    const bool all_recorded =
        std::all_of(nominations.begin(), nominations.end(), [](const auto& nomination) { return nomination.position.has_value(); });
    if (by_secretariat && !all_recorded)
        return Error{ErrorCode::forbidden};
    return row;
}

Result<Outcome> erase_now(Transaction& transaction, const Principal& principal, store::ContactRow row, const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto& rule = workflow.of(ContactStep::erase);
    // Before the entries are appended: their own contents are what remains to be read.
    const auto of_nomination = following(workflow.of(domain::NominationStep::erase), rule.permission);
    for (const auto& nomination : store::nominations_of_contact(db, row.id))
        if (const auto erased = erase_record_of_nomination(transaction, principal, nomination, of_nomination); !erased)
            return erased.error();
    store::erase_traces_of_contact(db, row.id);
    store::erase_openings(transaction, domain::Subject::contact, row.id);
    row.erased = true;
    const auto id = row.id;
    return outcome_of(id, settle(transaction, principal, std::move(row), rule));
}

bool is_asked(const std::vector<std::string>& what, std::string_view word)
{
    return what.empty() || std::find(what.begin(), what.end(), word) != what.end();
}

}  // namespace

std::vector<domain::Recipient> directory_readers() { return {"members", "office:chair", "office:reviewers", "office:vice_chair"}; }

std::string contact_record(Connection& db, const std::string& id)
{
    const auto row = store::find_contact(db, id);
    if (!row)
        throw std::logic_error("no contact " + id);
    return json::canonical(record_of(*row));
}

std::string contact_tag(Connection& db, const store::ContactRow& row)
{
    return record_tag(row.version,
                      {json::canonical(record_of(row)), row.content.value_or(""), json::canonical(store::reductions_of(db, row.id))});
}

std::string contact_record_after(const Json& content)
{
    return json::canonical({{"id", content.at("id")},
                            {"state", content.at("state")},
                            {"status", domain::name_of(ContactStatus::listed)},
                            {"nomination", content.at("nomination")},
                            {"position", content.at("entered_by") == "state" ? Json() : Json(domain::name_of(Position::unanswered))},
                            {"confirmed_at", content.at("stated_at")},
                            {"reachability_confirmed_at", nullptr},
                            {"content_version", content.at("content_version")},
                            {"erased", false}});
}

domain::Audience contact_audience(const store::ContactRow& row, const std::vector<std::string>& reductions)
{
    std::vector<domain::Recipient> words{"office:secretariat", "state:" + row.state};
    if (row.status == ContactStatus::listed) {
        const bool all_reduced = std::find(reductions.begin(), reductions.end(), "members") != reductions.end();
        words.emplace_back(all_reduced ? "members@minimal" : "members");
        words.emplace_back("office:chair@minimal");
        words.emplace_back("office:reviewers@minimal");
        words.emplace_back("office:vice_chair@minimal");
        for (const auto& recipient : reductions)
            if (recipient != "members")
                words.push_back(recipient + "@minimal");
    }
    std::sort(words.begin(), words.end());
    return {domain::Label::green, std::move(words)};
}

Result<Seq> record_contact(Transaction& transaction, const Principal& principal, store::ContactRow& row, EventKind kind,
                           Permission permission, const std::string& content,
                           const std::optional<std::vector<std::string>>& reductions_before)
{
    auto& db = transaction.db();
    const bool was_listed = store::find_contact(db, row.id).value().status == ContactStatus::listed;
    ++row.version;
    row.seq = transaction.next_seq();
    if (!content.empty())
        row.content_seq = row.seq;
    if (!store::update_contact(db, row))
        return Error{ErrorCode::precondition_failed};
    store::NewEntry entry{
        .kind = kind, .subject = row.id, .home = home_of(row), .acting_role = principal.acting_role(permission), .version = row.version};
    const auto reductions = store::reductions_of(db, row.id);
    entry.audience = contact_audience(row, reductions);
    entry.content = content.empty() ? json::canonical(record_of(row)) : content;
    if (was_listed && row.status != ContactStatus::listed)
        entry.lost = directory_readers();
    if (was_listed && reductions_before && row.status == ContactStatus::listed)
        entry.lost = differing(*reductions_before, reductions);
    return transaction.append(principal, entry);
}

Result<Seq> settle(Transaction& transaction, const Principal& principal, store::ContactRow row, const ContactRule& rule,
                   const std::string& content, const std::optional<std::vector<std::string>>& reductions_before)
{
    row.status = rule.to.value_or(row.status);
    return record_contact(transaction, principal, row, rule.entry, rule.permission, content, reductions_before);
}

std::vector<std::string> differing(const std::vector<std::string>& before, const std::vector<std::string>& after)
{
    auto sorted = after;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::string> list;
    std::set_symmetric_difference(before.begin(), before.end(), sorted.begin(), sorted.end(), std::back_inserter(list));
    return list;
}

std::vector<Violation> check_reductions(Connection& db, const std::string& state, const std::vector<std::string>& minimal_for)
{
    std::vector<Violation> violations;
    for (std::size_t i = 0; i < minimal_for.size(); ++i) {
        const auto pointer = "/minimal_for/" + std::to_string(i);
        const auto named = domain::Home::from(minimal_for[i]).state().value;
        if (!named.empty() && !store::row_exists(db, store::RegistryTable::state, named))
            violations.push_back({pointer, Rule::unknown_state});
        else if (named == state)
            violations.push_back({pointer, Rule::invalid_value, {{"allowed", "members, state:XX"}}});
    }
    return violations;
}

Result<Outcome> confirm_contact(Transaction& transaction, const Principal& principal, const std::string& id,
                                const std::vector<std::string>& what, const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(ContactStep::confirm);
    auto row = contact_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    const bool may_entry = principal.has(domain::Role::nominator);
    const bool may_reachability =
        principal.has(domain::Role::contact) && row->account && is_self(principal, domain::AccountId(*row->account));
    const bool entry = may_entry && is_asked(what, "entry"), reachability = may_reachability && is_asked(what, "reachability");
    const auto wanted = what.empty() ? std::size_t{0} : what.size();
    if ((!entry && !reachability) || (wanted > 0 && static_cast<std::size_t>(entry) + static_cast<std::size_t>(reachability) != wanted))
        return Error{ErrorCode::not_eligible, {{"/what", Rule::only_named_contact}}};
    // By confirming an entry, the State also answers what the secretariat recorded.
    if (entry && row->position == Position::unanswered) {
        if (const auto answered = confirm_recorded(transaction, principal, row->nomination, workflow); !answered)
            return answered.error();
        row->position = Position::confirmed;
    }
    if (entry)
        row->confirmed_at = std::max(row->confirmed_at, transaction.said_at_text());
    if (reachability)
        row->reachable_at = std::max(row->reachable_at.value_or(""), transaction.said_at_text());
    return outcome_of(id, settle(transaction, principal, std::move(*row), rule));
}

Result<Outcome> reduce_contact(Transaction& transaction, const Principal& principal, const std::string& id,
                               const std::vector<std::string>& minimal_for, const ExpectedVersion& expected, const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto& rule = workflow.of(ContactStep::reduce);
    const auto row = contact_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    if (auto violations = check_reductions(db, row->state, minimal_for); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto before = store::reductions_of(db, id);
    store::replace_reductions(db, id, minimal_for);
    return outcome_of(id, settle(transaction, principal, *row, rule, {}, before));
}

Result<Outcome> hide_contact(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                             const Workflow& workflow)
{
    const auto& rule = workflow.of(ContactStep::hide);
    const auto row = contact_to_erase(transaction, principal, id, rule, expected);
    return row ? outcome_of(id, settle(transaction, principal, *row, rule)) : row.error();
}

Result<Outcome> erase_contact(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                              const Workflow& workflow)
{
    const auto row = contact_to_erase(transaction, principal, id, workflow.of(ContactStep::erase), expected);
    return row ? erase_now(transaction, principal, *row, workflow) : row.error();
}

Result<Outcome> schedule_contact_erasure(Transaction& transaction, const Principal& principal, const std::string& id,
                                         const ExpectedVersion& expected, std::chrono::seconds delay)
{
    const auto seen = store::visible_contact(transaction.db(), principal.visibility, id);
    const bool is_out_of_sight = !seen || seen->erased || seen->status == ContactStatus::removed;
    if (!is_out_of_sight)
        if (const auto hidden = hide_contact(transaction, principal, id, expected); !hidden)
            return hidden.error();
    return schedule_erasure(
        transaction, principal, seen ? home_of(*seen) : domain::Home(), ProposalKind::contact_erasure, domain::Subject::contact, id, delay,
        [&](Transaction& part) { return erase_contact(part, principal, id, is_out_of_sight ? expected : ExpectedVersion()); });
}

Result<Outcome> apply_contact_erasure(Transaction& transaction, const Principal& principal, const std::string& id)
{
    const auto& rule = domain::workflow().of(ContactStep::erase);
    const auto row = store::find_contact(transaction.db(), id);
    if (!row)
        return domain::not_found();
    if (const auto possible = domain::check_step(rule, row->status, row->erased, row->position); !possible)
        return possible.error();
    return erase_now(transaction, principal, *row, domain::workflow());
}

}  // namespace cbmx::service
