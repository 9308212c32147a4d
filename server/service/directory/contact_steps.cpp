// What is done to a contact in the directory, and the one way to record it: confirm, reduce, erase. See contacts.hpp.
#include "domain/workflow.hpp"
#include "json/parse.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/rights.hpp"
#include "store/log/entries.hpp"
#include "store/rows/nominations.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::DirectoryStep;
using domain::EventKind;
using domain::Permission;

domain::Home home_of(const store::ContactRow& row) { return domain::Home::of_state(domain::StateCode(row.state)); }

Outcome contact_outcome(const std::string& id, Seq seq) { return Outcome{200, domain::Subject::contact, id, false, seq, {}}; }

// The contact that the caller may act on now.
Result<store::ContactRow> contact_for(Transaction& transaction, const Principal& principal, const std::string& id, DirectoryStep step,
                                      const ExpectedVersion& expected)
{
    auto row = store::visible_contact(transaction.db(), principal.visibility, id);
    if (!row)
        return domain::not_found();
    if (const auto allowed = require(principal, domain::row_of(step).permission, home_of(*row)); !allowed)
        return allowed.error();
    if (const auto current = check_version(expected, row->version); !current)
        return current.error();
    if (const auto possible = domain::check_step(step, row->status, row->erased, row->position); !possible)
        return possible.error();
    return std::move(*row);
}

Json record_of(const store::ContactRow& row)
{
    return {{"id", row.id},
            {"state", row.state},
            {"status", row.status},
            {"nomination", row.nomination},
            {"position", or_null(row.position)},
            {"confirmed_at", row.confirmed_at},
            {"reachability_confirmed_at", or_null(row.reachable_at)},
            {"content_version", row.content_version},
            {"erased", row.erased}};
}

bool is_asked(const std::vector<std::string>& what, std::string_view word)
{
    return what.empty() || std::find(what.begin(), what.end(), word) != what.end();
}

}  // namespace

std::vector<domain::Recipient> directory_readers() { return {"members", "office:chair", "office:reviewers"}; }

std::string contact_record(Connection& db, const std::string& id)
{
    const auto row = store::find_contact(db, id);
    if (!row)
        throw std::logic_error("no contact " + id);
    return json::canonical(record_of(*row));
}

std::string contact_record_after(const Json& content)
{
    return json::canonical({{"id", content.at("id")},
                            {"state", content.at("state")},
                            {"status", "listed"},
                            {"nomination", content.at("nomination")},
                            {"position", content.at("entered_by") == "state" ? Json() : Json("unanswered")},
                            {"confirmed_at", content.at("stated_at")},
                            {"reachability_confirmed_at", nullptr},
                            {"content_version", content.at("content_version")},
                            {"erased", false}});
}

domain::Audience contact_audience(const store::ContactRow& row, const std::vector<std::string>& reductions)
{
    std::vector<domain::Recipient> words{"office:secretariat", "state:" + row.state};
    if (row.status == "listed") {
        const bool all_reduced = std::find(reductions.begin(), reductions.end(), "members") != reductions.end();
        words.emplace_back(all_reduced ? "members@minimal" : "members");
        words.emplace_back("office:chair@minimal");
        words.emplace_back("office:reviewers@minimal");
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
    const bool was_listed = store::find_contact(db, row.id).value().status == "listed";
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
    if (was_listed && row.status != "listed")
        entry.lost = directory_readers();
    if (was_listed && reductions_before && row.status == "listed")
        entry.lost = differing(*reductions_before, reductions);
    return transaction.append(principal, entry);
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
                                const std::vector<std::string>& what, const ExpectedVersion& expected)
{
    auto row = contact_for(transaction, principal, id, DirectoryStep::confirm, expected);
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
    if (entry && row->position == "unanswered") {
        if (const auto answered = confirm_recorded(transaction, principal, row->nomination); !answered)
            return answered.error();
        row->position = "confirmed";
    }
    if (entry)
        row->confirmed_at = transaction.now_text();
    if (reachability)
        row->reachable_at = transaction.now_text();
    const auto seq = record_contact(transaction, principal, *row, EventKind::contact_confirmed, Permission::contact_confirm);
    if (!seq)
        return seq.error();
    return contact_outcome(id, *seq);
}

Result<Outcome> reduce_contact(Transaction& transaction, const Principal& principal, const std::string& id,
                               const std::vector<std::string>& minimal_for, const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    auto row = contact_for(transaction, principal, id, DirectoryStep::reduce, expected);
    if (!row)
        return row.error();
    if (auto violations = check_reductions(db, row->state, minimal_for); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto before = store::reductions_of(db, id);
    store::replace_reductions(db, id, minimal_for);
    const auto seq = record_contact(transaction, principal, *row, EventKind::contact_reduced, Permission::contact_reduce, {}, before);
    if (!seq)
        return seq.error();
    return contact_outcome(id, *seq);
}

Result<Outcome> erase_contact(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    auto row = contact_for(transaction, principal, id, DirectoryStep::erase_contact, expected);
    if (!row)
        return row.error();
    const auto nominations = store::nominations_of_contact(db, id);
    const bool by_secretariat = !principal.is_operator && principal.home != home_of(*row);
    const bool all_recorded =
        std::all_of(nominations.begin(), nominations.end(), [](const auto& nomination) { return nomination.position.has_value(); });
    if (by_secretariat && !all_recorded)
        return Error{ErrorCode::forbidden};
    // Before the entries are appended: their own contents are what remains to be read.
    for (const auto& nomination : nominations)
        if (const auto erased = erase_record_of_nomination(transaction, principal, nomination, Permission::contact_erase); !erased)
            return erased.error();
    store::erase_traces_of_contact(db, id);
    store::erase_openings(transaction, domain::Subject::contact, id);
    row->erased = true;
    const auto seq = record_contact(transaction, principal, *row, EventKind::contact_erased, Permission::contact_erase);
    if (!seq)
        return seq.error();
    return contact_outcome(id, *seq);
}

}  // namespace cbmx::service
