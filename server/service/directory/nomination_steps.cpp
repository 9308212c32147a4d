// Deciding and answering: accept, return, withdraw, confirm, object, erase; and what an accepted nomination does to its
// contact. Two rows change together, so two entries stand side by side: the nomination's and the contact's.
#include "domain/workflow.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nomination_parts.hpp"
#include "service/guard.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/log/entries.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::ContactStep;
using domain::EventKind;
using domain::NominationRule;
using domain::NominationStatus;
using domain::NominationStep;
using domain::Permission;
using domain::Position;
using domain::Workflow;

Result<Outcome> outcome_of(const std::string& id, const Result<Seq>& seq)
{
    if (!seq)
        return seq.error();
    return Outcome{.subject = domain::Subject::nomination, .id = id, .seq = *seq};
}

// The nomination that the caller may act on now.
Result<store::NominationRow> nomination_for(Transaction& transaction, const Principal& principal, const std::string& id,
                                            const NominationRule& rule, const ExpectedVersion& expected)
{
    return actable(
        store::visible_nomination(transaction.db(), principal.visibility, id),
        [&principal, &rule](const store::NominationRow& row) {
            return require(principal, rule.permission, domain::Home::of_state(domain::StateCode(row.state)));
        },
        [&rule](const store::NominationRow& row) { return domain::check_step(rule, row.status, row.erased, row.position); }, expected,
        &nomination_tag);
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
    row.status = domain::value_named<domain::ContactStatus>(record.at("status").get<std::string>()).value();
    row.nomination = record.at("nomination").get<std::string>();
    row.position = record.at("position").is_null() ? std::nullopt : domain::value_named<Position>(record.at("position").get<std::string>());
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

Result<Seq> list_contact(Transaction& transaction, const Principal& principal, const Json& nomination, Permission taken_by)
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
    return record_contact(transaction, principal, row, EventKind::contact_listed, taken_by, json::canonical(content));
}

Result<Seq> amend_contact(Transaction& transaction, const Principal& principal, store::ContactRow row, const Json& nomination,
                          const domain::ContactRule& rule)
{
    auto& db = transaction.db();
    const auto fields = amended_fields(Json::parse(row.content.value()), nomination.value("fields", Json::object()));
    if (auto violations = check_still_right(transaction, row.state, fields); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto content = contact_content(nomination, fields, row.content_version + 1, std::max(said_at(nomination), row.confirmed_at));
    follow_content(row, content);
    store::replace_columns(db, row.id, columns_of_content(content));
    set_reductions(db, nomination);
    return settle(transaction, principal, std::move(row), rule, json::canonical(content));
}

Result<Seq> remove_contact(Transaction& transaction, const Principal& principal, store::ContactRow row, const Json& nomination,
                           const domain::ContactRule& rule)
{
    row.nomination = nomination.at("id").get<std::string>();
    row.position = nomination.at("entered_by") == "state" ? std::nullopt : std::optional(Position::unanswered);
    return settle(transaction, principal, std::move(row), rule);
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
                              const store::NominationRow& nomination, Permission taken_by, const Workflow& workflow)
{
    const auto step = nomination.kind == "removal" ? ContactStep::relist : ContactStep::object;
    auto rule = following(workflow.of(step), taken_by);
    if (const auto possible = domain::check_step(rule, row.status, row.erased, row.position); !possible)
        return possible.error();
    row.position = Position::objected;
    if (step == ContactStep::relist) {  // as it stood before, even if objected to
        const auto before =
            store::find_nomination(transaction.db(), Json::parse(row.content.value()).at("nomination").get<std::string>()).value();
        row.nomination = before.id;
        row.position = before.position;
        if (before.position == Position::objected)
            rule.to = workflow.of(ContactStep::object).to;
    }
    return settle(transaction, principal, std::move(row), rule);
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

Result<void> check_takes_part(Transaction& transaction, const Principal& principal, const Json& content)
{
    const domain::StateCode state(content.at("state").get<std::string>());
    if (principal.is_operator || domain::is_left_outside(domain::permission_to_ask(content.at("kind").get<std::string>())) ||
        state_participates(transaction.db(), state, transaction.now()))
        return {};
    return Error{ErrorCode::conflict, {{"/state", Rule::not_participating}}};
}

Result<Seq> apply_to_contact(Transaction& transaction, const Principal& principal, const Json& nomination, Seq asked_by,
                             Permission taken_by, const Workflow& workflow)
{
    if (const auto takes_part = check_takes_part(transaction, principal, nomination); !takes_part)
        return takes_part.error();
    const auto kind = nomination.at("kind").get<std::string>();
    if (kind == "nomination")
        return list_contact(transaction, principal, nomination, taken_by);
    auto row = store::find_contact(transaction.db(), nomination.at("contact").get<std::string>());
    if (!row)
        throw std::logic_error("a nomination about no contact");
    const auto rule = following(workflow.of(kind == "removal" ? ContactStep::remove : ContactStep::amend), taken_by);
    if (const auto possible = domain::check_step(rule, row->status, row->erased, row->position); !possible)
        return possible.error();
    // Another nomination, or a choice of the State about its audience, has come in between: the State is asked again.
    const bool reduced_since =
        nomination.contains("minimal_for") && store::has_entry_after(transaction.db(), row->id, EventKind::contact_reduced, asked_by);
    if (row->content_version != nomination.at("content_version").get<std::int64_t>() || reduced_since)
        return not_now("superseded");
    if (kind == "removal")
        return remove_contact(transaction, principal, std::move(*row), nomination, rule);
    return amend_contact(transaction, principal, std::move(*row), nomination, rule);
}

Result<Outcome> accept_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                  const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(NominationStep::accept);
    const auto row = nomination_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    if (const auto applied =
            apply_to_contact(transaction, principal, Json::parse(row->content.value()), row->content_seq, rule.permission, workflow);
        !applied)
        return as_conflict(applied.error());
    return outcome_of(id, settle(transaction, principal, *row, rule));
}

Result<Outcome> return_nomination(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                                  const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(NominationStep::send_back);
    auto row = nomination_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    row->reason = reason;
    return outcome_of(id, settle(transaction, principal, std::move(*row), rule));
}

Result<Outcome> withdraw_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                    const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(NominationStep::withdraw);
    const auto row = nomination_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    return outcome_of(id, settle(transaction, principal, *row, rule));
}

Result<Seq> confirm_recorded(Transaction& transaction, const Principal& principal, const std::string& id, const Workflow& workflow)
{
    auto row = store::find_nomination(transaction.db(), id).value();
    row.position = Position::confirmed;
    return settle(transaction, principal, std::move(row), workflow.of(NominationStep::confirm));
}

Result<Outcome> confirm_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                   const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(NominationStep::confirm);
    const auto row = nomination_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    if (row->status == NominationStatus::open)  // it waited for this
        if (const auto applied =
                apply_to_contact(transaction, principal, Json::parse(row->content.value()), row->content_seq, rule.permission, workflow);
            !applied)
            return as_conflict(applied.error());
    const auto seq = confirm_recorded(transaction, principal, id, workflow);
    if (!seq)
        return seq.error();
    if (auto contact = contact_after(transaction.db(), *row)) {
        contact->position = Position::confirmed;
        contact->confirmed_at = std::max(contact->confirmed_at, transaction.said_at_text());
        if (const auto recorded = settle(transaction, principal, *contact, following(workflow.of(ContactStep::confirm), rule.permission));
            !recorded)
            return recorded.error();
    }
    return outcome_of(id, seq);
}

Result<Outcome> object_to_nomination(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                                     const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(NominationStep::object);
    auto row = nomination_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    if (row->status == NominationStatus::open) {  // it never took effect
        row->status = workflow.of(NominationStep::send_back).to.value_or(row->status);
        row->decided_at = transaction.said_at_text();
    } else if (const auto contact = contact_after(transaction.db(), *row)) {
        if (const auto objected = object_on_contact(transaction, principal, *contact, *row, rule.permission, workflow); !objected)
            return objected.error();
    }
    row->position = Position::objected;
    row->reason = reason;
    return outcome_of(id, settle(transaction, principal, std::move(*row), rule));
}

Result<Outcome> erase_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                 const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(NominationStep::erase);
    const auto row = nomination_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    return outcome_of(id, erase_record_of_nomination(transaction, principal, *row, rule));
}

Result<Outcome> schedule_nomination_erasure(Transaction& transaction, const Principal& principal, const std::string& id,
                                            const ExpectedVersion& expected, std::chrono::seconds delay)
{
    const auto row = store::visible_nomination(transaction.db(), principal.visibility, id);
    const auto home = row ? domain::Home::of_state(domain::StateCode(row->state)) : domain::Home();
    return schedule_erasure(transaction, principal, home, ProposalKind::nomination_erasure, domain::Subject::nomination, id, delay,
                            [&](Transaction& part) { return erase_nomination(part, principal, id, expected); });
}

Result<Outcome> apply_nomination_erasure(Transaction& transaction, const Principal& principal, const std::string& id)
{
    const auto& rule = domain::workflow().of(NominationStep::erase);
    const auto row = store::find_nomination(transaction.db(), id);
    if (!row)
        return domain::not_found();
    if (const auto possible = domain::check_step(rule, row->status, row->erased, row->position); !possible)
        return possible.error();
    return outcome_of(id, erase_record_of_nomination(transaction, principal, *row, rule));
}

}  // namespace cbmx::service
