// Deciding and answering: accept, return, withdraw, confirm, object, erase; and what an accepted nomination does to its
// contact. Two rows change together, so two entries stand side by side: the nomination's and the contact's.
#include "domain/workflow.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nomination_parts.hpp"
#include "service/rights.hpp"
#include "store/log/entries.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::DirectoryStep;
using domain::EventKind;
using domain::Permission;

Outcome nomination_outcome(const std::string& id, Seq seq) { return Outcome{200, domain::Subject::nomination, id, false, seq, {}}; }

// The nomination that the caller may act on now.
Result<store::NominationRow> nomination_for(Transaction& transaction, const Principal& principal, const std::string& id, DirectoryStep step,
                                            const ExpectedVersion& expected)
{
    auto row = store::visible_nomination(transaction.db(), principal.visibility, id);
    if (!row)
        return domain::not_found();
    if (const auto allowed = require(principal, domain::row_of(step).permission, domain::Home::of_state(domain::StateCode(row->state)));
        !allowed)
        return allowed.error();
    if (const auto current = check_version(expected, row->version); !current)
        return current.error();
    if (const auto possible = domain::check_step(step, row->status, row->erased, row->position); !possible)
        return possible.error();
    return std::move(*row);
}

Result<Outcome> settle(Transaction& transaction, const Principal& principal, store::NominationRow row, DirectoryStep step)
{
    const auto& rule = domain::row_of(step);
    if (!rule.to.empty() && row.status != rule.to) {
        row.status = std::string(rule.to);
        row.decided_at = transaction.now_text();
    }
    const auto seq = record_nomination(transaction, principal, row, rule.entry, rule.permission);
    if (!seq)
        return seq.error();
    return nomination_outcome(row.id, *seq);
}

// When the State said what the nomination says: what came on paper, on the day of the note.
std::string said_at(const Json& nomination)
{
    return nomination.at("entered_by") == "state" ? nomination.at("created_at").get<std::string>()
                                                  : nomination.at("note").at("date").get<std::string>() + "T00:00:00.000Z";
}

Json contact_content(const Json& nomination, const Json& fields, std::int64_t content_version, const std::string& stated_at)
{
    auto content = fields;
    content["id"] = nomination.at("contact");
    content["state"] = nomination.at("state");
    content["content_version"] = content_version;
    content["entered_by"] = nomination.at("entered_by");
    content["as_of"] = nomination.at("note").at("date");
    content["stated_at"] = stated_at;
    content["nomination"] = nomination.at("id");
    return content;
}

// The row as the content's entry leaves it: by the one rule that verify knows too.
void follow_content(store::ContactRow& row, const Json& content)
{
    const auto record = Json::parse(contact_record_after(content));
    row.status = record.at("status").get<std::string>();
    row.nomination = record.at("nomination").get<std::string>();
    row.position = record.at("position").is_null() ? std::nullopt : std::optional(record.at("position").get<std::string>());
    row.confirmed_at = record.at("confirmed_at").get<std::string>();
    row.reachable_at.reset();
    row.content_version = record.at("content_version").get<std::int64_t>();
}

// Time has passed since it was asked: an account may have ended, a key too.
std::vector<Violation> check_still_right(Transaction& transaction, const std::string& state, const Json& fields)
{
    auto violations = check_amended_fields(transaction.db(), state, fields);
    const auto keys = fields.value("keys", Json::array());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (const auto& end = keys[i].value("expires_at", Json()); end.is_string() && end.get<std::string>() <= transaction.now_text())
            violations.push_back({"/fields/keys/" + std::to_string(i) + "/key", Rule::key_ended});
    return violations;
}

void set_reductions(Connection& db, const Json& nomination)
{
    if (nomination.contains("minimal_for"))
        store::replace_reductions(db, nomination.at("contact").get<std::string>(),
                                  nomination.at("minimal_for").get<std::vector<std::string>>());
}

Result<Seq> list_contact(Transaction& transaction, const Principal& principal, const Json& nomination, Permission permission)
{
    const auto state = nomination.at("state").get<std::string>();
    if (auto violations = check_still_right(transaction, state, nomination.at("fields")); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto content = contact_content(nomination, nomination.at("fields"), 1, said_at(nomination));
    store::ContactRow row{.id = nomination.at("contact").get<std::string>(), .state = nomination.at("state").get<std::string>()};
    follow_content(row, content);
    row.version = 0;  // its entry makes it 1
    row.content_seq = row.seq = transaction.next_seq();
    store::insert_contact(transaction.db(), row, columns_of_content(content));
    set_reductions(transaction.db(), nomination);
    return record_contact(transaction, principal, row, EventKind::contact_listed, permission, json::canonical(content));
}

Result<Seq> amend_contact(Transaction& transaction, const Principal& principal, store::ContactRow row, const Json& nomination,
                          Permission permission)
{
    auto& db = transaction.db();
    const auto fields = amended_fields(Json::parse(row.content.value()), nomination.value("fields", Json::object()));
    if (auto violations = check_still_right(transaction, row.state, fields); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto content = contact_content(nomination, fields, row.content_version + 1, std::max(said_at(nomination), row.confirmed_at));
    follow_content(row, content);
    store::replace_columns(db, row.id, columns_of_content(content));
    set_reductions(db, nomination);
    return record_contact(transaction, principal, row, EventKind::contact_amended, permission, json::canonical(content));
}

Result<Seq> remove_contact(Transaction& transaction, const Principal& principal, store::ContactRow row, const Json& nomination,
                           Permission permission)
{
    row.status = std::string(domain::row_of(DirectoryStep::remove).to);
    row.nomination = nomination.at("id").get<std::string>();
    row.position = nomination.at("entered_by") == "state" ? std::nullopt : std::optional<std::string>("unanswered");
    return record_contact(transaction, principal, row, EventKind::contact_removed, permission);
}

// The contact on which this nomination was the last word; nullopt: another has followed it.
std::optional<store::ContactRow> contact_after(Connection& db, const store::NominationRow& nomination)
{
    auto row = store::find_contact(db, nomination.contact);
    return row && row->nomination == nomination.id && !row->erased ? std::move(row) : std::nullopt;
}

// The body is not this caller's: a fault that it has since acquired is a conflict, not a mistake of theirs.
Error as_conflict(Error error)
{
    if (error.code == ErrorCode::validation_failed)
        error.code = ErrorCode::conflict;
    return error;
}

// An objection to what was entered takes the contact out of others' sight; one to a removal lists it again.
Result<Seq> object_on_contact(Transaction& transaction, const Principal& principal, store::ContactRow row,
                              const store::NominationRow& nomination)
{
    const auto step = nomination.kind == "removal" ? DirectoryStep::relist : DirectoryStep::object_contact;
    if (const auto possible = domain::check_step(step, row.status, row.erased, row.position); !possible)
        return possible.error();
    row.status = std::string(domain::row_of(step).to);
    row.position = "objected";
    if (step == DirectoryStep::relist) {  // as it stood before, even if objected to
        const auto before =
            store::find_nomination(transaction.db(), Json::parse(row.content.value()).at("nomination").get<std::string>()).value();
        row.nomination = before.id;
        row.position = before.position;
        if (before.position == "objected")
            row.status = std::string(domain::row_of(DirectoryStep::object_contact).to);
    }
    return record_contact(transaction, principal, row, domain::row_of(step).entry, domain::row_of(step).permission);
}

}  // namespace

Json amended_fields(const Json& contact_content, const Json& changes)
{
    return json::merge_patch(described_fields(contact_content), changes);
}

std::vector<Violation> check_amended_fields(Connection& db, const std::string& state, const Json& fields)
{
    const auto input = input_form(fields);
    auto violations = json::SchemaSet::embedded().validate("contact-fields", input);
    for (auto& violation : violations)
        violation.pointer = "/fields" + violation.pointer;
    if (violations.empty())
        violations = check_contact_fields(db, state, input, "/fields");
    return violations;
}

Result<Seq> apply_to_contact(Transaction& transaction, const Principal& principal, const Json& nomination, Seq asked_by,
                             Permission permission)
{
    const auto kind = nomination.at("kind").get<std::string>();
    if (kind == "nomination")
        return list_contact(transaction, principal, nomination, permission);
    auto row = store::find_contact(transaction.db(), nomination.at("contact").get<std::string>());
    if (!row)
        throw std::logic_error("a nomination about no contact");
    const auto step = kind == "removal" ? DirectoryStep::remove : DirectoryStep::amend;
    if (const auto possible = domain::check_step(step, row->status, row->erased, row->position); !possible)
        return possible.error();
    // Another nomination, or a choice of the State about its audience, has come in between: the State is asked again.
    const bool reduced_since =
        nomination.contains("minimal_for") && store::has_entry_after(transaction.db(), row->id, EventKind::contact_reduced, asked_by);
    if (row->content_version != nomination.at("content_version").get<std::int64_t>() || reduced_since)
        return not_now("superseded");
    if (kind == "removal")
        return remove_contact(transaction, principal, std::move(*row), nomination, permission);
    return amend_contact(transaction, principal, std::move(*row), nomination, permission);
}

Result<Outcome> accept_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                  const ExpectedVersion& expected)
{
    const auto row = nomination_for(transaction, principal, id, DirectoryStep::accept, expected);
    if (!row)
        return row.error();
    if (const auto applied =
            apply_to_contact(transaction, principal, Json::parse(row->content.value()), row->content_seq, Permission::nomination_decide);
        !applied)
        return as_conflict(applied.error());
    return settle(transaction, principal, *row, DirectoryStep::accept);
}

Result<Outcome> return_nomination(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                                  const ExpectedVersion& expected)
{
    auto row = nomination_for(transaction, principal, id, DirectoryStep::send_back, expected);
    if (!row)
        return row.error();
    row->reason = reason;
    return settle(transaction, principal, std::move(*row), DirectoryStep::send_back);
}

Result<Outcome> withdraw_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                    const ExpectedVersion& expected)
{
    const auto row = nomination_for(transaction, principal, id, DirectoryStep::withdraw, expected);
    if (!row)
        return row.error();
    return settle(transaction, principal, *row, DirectoryStep::withdraw);
}

Result<Seq> confirm_recorded(Transaction& transaction, const Principal& principal, const std::string& id)
{
    auto row = store::find_nomination(transaction.db(), id).value();
    row.position = "confirmed";
    const auto settled = settle(transaction, principal, std::move(row), DirectoryStep::confirm_record);
    if (!settled)
        return settled.error();
    return settled->seq.value();
}

Result<Outcome> confirm_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                   const ExpectedVersion& expected)
{
    const auto row = nomination_for(transaction, principal, id, DirectoryStep::confirm_record, expected);
    if (!row)
        return row.error();
    if (row->status == "open")  // it waited for this
        if (const auto applied = apply_to_contact(transaction, principal, Json::parse(row->content.value()), row->content_seq,
                                                  Permission::nomination_answer);
            !applied)
            return as_conflict(applied.error());
    const auto seq = confirm_recorded(transaction, principal, id);
    if (!seq)
        return seq.error();
    if (auto contact = contact_after(transaction.db(), *row)) {
        contact->position = "confirmed";
        contact->confirmed_at = transaction.now_text();
        if (const auto recorded =
                record_contact(transaction, principal, *contact, EventKind::contact_confirmed, Permission::nomination_answer);
            !recorded)
            return recorded.error();
    }
    return nomination_outcome(id, *seq);
}

Result<Outcome> object_to_nomination(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                                     const ExpectedVersion& expected)
{
    auto row = nomination_for(transaction, principal, id, DirectoryStep::object, expected);
    if (!row)
        return row.error();
    if (row->status == "open") {  // it never took effect
        row->status = std::string(domain::row_of(DirectoryStep::send_back).to);
        row->decided_at = transaction.now_text();
    } else if (const auto contact = contact_after(transaction.db(), *row)) {
        if (const auto objected = object_on_contact(transaction, principal, *contact, *row); !objected)
            return objected.error();
    }
    row->position = "objected";
    row->reason = reason;
    const auto seq = record_nomination(transaction, principal, *row, EventKind::nomination_objected, Permission::nomination_answer);
    if (!seq)
        return seq.error();
    return nomination_outcome(id, *seq);
}

Result<Outcome> erase_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                 const ExpectedVersion& expected)
{
    const auto row = nomination_for(transaction, principal, id, DirectoryStep::erase_nomination, expected);
    if (!row)
        return row.error();
    const auto seq = erase_record_of_nomination(transaction, principal, *row, Permission::nomination_answer);
    if (!seq)
        return seq.error();
    return nomination_outcome(id, *seq);
}

}  // namespace cbmx::service
