// The State's working copy: create, edit, discard, submit, return, start a revision. Only submit and return are ledger entries.
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/reports/content.hpp"
#include "service/reports/four_eyes.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/idempotency.hpp"
#include "store/rows/state_settings.hpp"

namespace cbmx::service {
namespace {

using domain::DraftState;
using domain::EventKind;
using domain::Permission;
using domain::RecordState;
using domain::Transition;

domain::Home home_of(const store::ReportRow& row) { return domain::Home::of_state(domain::StateCode(row.state)); }

Outcome draft_outcome(const std::string& id, int status, std::optional<Seq> seq = {})
{
    return Outcome{status, domain::Subject::report, id, true, seq, {}};
}

// The draft that the caller may act on: visible, of the own State, in a state that the transition table allows,
// and the version that the caller has seen.
Result<store::ReportRow> draft_for(Connection& db, const Principal& principal, const std::string& id, Transition transition,
                                   const ExpectedVersion& expected)
{
    auto row = store::visible_report(db, principal.visibility, id);
    if (!row)
        return domain::not_found();
    if (!principal.reaches(domain::row_of(transition).permission, home_of(*row)))
        return Error{ErrorCode::forbidden};
    if (const auto allowed = domain::check_transition(transition, row->record_state, row->draft_state()); !allowed)
        return allowed.error();
    if (const auto same = check_version(expected, draft_version(row->draft->version)); !same)
        return same.error();
    return std::move(*row);
}

nlohmann::json fields_as_input(const store::DraftRow& draft)
{
    auto fields = json::parse(draft.fields);
    if (!fields)
        throw std::logic_error("stored fields are not canonical JSON");
    (*fields)["label"] = draft.label;
    (*fields)["recipients"] = domain::recipients_from_json(draft.recipients);
    fields->erase("carried_forward");
    return std::move(*fields);
}

// RED names accounts alone, and somebody named must be able to approve (rules.md 33).
Result<void> check_eligible_approver(Connection& db, const store::ReportRow& row, domain::Instant now)
{
    if (row.draft->label != domain::name_of(domain::Label::red))
        return {};
    const bool four_eyes = store::find_state_settings(db, row.state).four_eyes;
    for (const auto& approver : store::active_named_accounts(db, row.state, row.draft->recipients, true))
        if (!four_eyes || can_approve(db, domain::AccountId(approver), row, now))
            return {};
    return Error{ErrorCode::not_eligible, {{"/recipients", Rule::needs_eligible_approver}}};
}

}  // namespace

Result<Outcome> create_report(Transaction& transaction, const Principal& principal, const nlohmann::json& body)
{
    auto& db = transaction.db();
    const auto reference = body.contains("client_ref") ? std::optional(body.at("client_ref").get<std::string>()) : std::nullopt;
    const auto fingerprint = base::sha256(json::canonical(body));
    if (reference) {
        if (const auto known = store::client_reference(db, principal.account.value, *reference)) {
            if (known->fingerprint != fingerprint)
                return Error{ErrorCode::reference_conflict, {{"/client_ref", Rule::already_exists}}};
            return draft_outcome(known->subject, 200);
        }
    }
    auto violations = unknown_codes(db, body);
    auto input = read_report_input(db, principal, body, principal.account);
    if (!input) {
        auto error = input.error();
        error.violations.insert(error.violations.begin(), violations.begin(), violations.end());
        return error;
    }
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto measure = body.at("measure").get<std::string>();
    const auto period = body.at("period").get<std::string>();

    store::ReportRow row;
    row.id = transaction.new_uuid();
    row.state = principal.home.state().value;
    row.measure = measure;
    row.period = period;
    carry_forward(db, principal, measure, row.id, *input);
    row.label = std::string(domain::name_of(input->audience.label));
    row.status = input->fields.at("status").get<std::string>();
    row.language = input->fields.at("language").get<std::string>();
    row.created_by = principal.account.value;
    row.created_at = transaction.now_text();
    const store::DraftRow draft{.report = row.id,
                                .state = DraftState::draft,
                                .fields = json::canonical(input->fields),
                                .label = row.label,
                                .recipients = domain::recipients_as_json(input->audience.recipients),
                                .version = 1,
                                .updated_at = row.created_at};
    store::insert_report(db, row, draft);
    store::replace_tags(db, row.id, tags_of(input->fields));
    store::record_editor(db, row.id, principal.account.value, principal.credential.value);
    if (reference)
        store::insert_client_reference(db, principal.account.value, *reference, {fingerprint, row.id});
    return draft_outcome(row.id, 201);
}

Result<Outcome> edit_draft(Transaction& transaction, const Principal& principal, const std::string& id, const nlohmann::json& patch,
                           const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    auto row = draft_for(db, principal, id, Transition::edit, expected);
    if (!row)
        return row.error();
    auto merged = json::merge_patch(fields_as_input(*row->draft), patch);
    // Another label without recipients takes that label's default recipients.
    if (patch.contains("label") && patch.at("label") != row->draft->label && !patch.contains("recipients"))
        merged.erase("recipients");
    // The merged whole must be a report again: the schema of a new one, with its fixed measure and period put back.
    auto whole = merged;
    whole["measure"] = row->measure;
    whole["period"] = row->period;
    if (auto violations = json::SchemaSet::embedded().validate("report-create", whole); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    // Its creator is named under TLP:RED at first; once it is published, only who is named in so many words.
    auto input = read_report_input(db, principal, merged, domain::AccountId(row->record_state == RecordState::none ? row->created_by : ""));
    if (!input)
        return input.error();
    carry_forward(db, principal, row->measure, row->id, *input);

    auto draft = *row->draft;
    draft.fields = json::canonical(input->fields);
    draft.label = std::string(domain::name_of(input->audience.label));
    draft.recipients = domain::recipients_as_json(input->audience.recipients);
    draft.version += 1;
    draft.updated_at = transaction.now_text();
    if (!store::update_draft(db, draft, row->draft->version))
        return Error{ErrorCode::precondition_failed};
    store::copy_draft_columns(db, id, draft.label, input->fields.at("status").get<std::string>(),
                              input->fields.at("language").get<std::string>(), tags_of(input->fields));
    store::record_editor(db, id, principal.account.value, principal.credential.value);
    return draft_outcome(id, 200);
}

Result<Outcome> discard_draft(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    const auto row = draft_for(db, principal, id, Transition::discard, expected);
    if (!row)
        return row.error();
    // What was once submitted is in the ledger: it may be returned and rewritten, not made to vanish.
    if (row->draft->ever_submitted)
        return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "submitted"}}}}};
    if (!store::delete_draft(db, id, row->draft->version))
        return Error{ErrorCode::precondition_failed};
    store::clear_touches(db, id);
    if (row->record_state == RecordState::none)
        store::delete_report(db, id);
    return draft_outcome(id, 204);
}

Result<Outcome> start_revision(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    const auto row = store::visible_report(db, principal.visibility, id);
    if (!row)
        return domain::not_found();
    if (!principal.reaches(Permission::report_draft, home_of(*row)))
        return Error{ErrorCode::forbidden};
    // A TLP:RED working copy is hidden from all but those named in it; still there is only one.
    const auto whole = store::report_of_state(db, row->state, id);
    if (const auto allowed = domain::check_transition(Transition::revise, row->record_state, whole->draft_state()); !allowed)
        return allowed.error();
    if (const auto same = check_version(expected, row->version); !same)
        return same.error();
    auto fields = json::parse(row->content.value());
    for (const char* servers : {"state", "measure", "period", "revision", "label"})
        fields->erase(servers);
    if (!store::insert_draft(db, {.report = id,
                                  .state = DraftState::draft,
                                  .fields = json::canonical(*fields),
                                  .label = row->label,
                                  .recipients = domain::recipients_as_json(store::recipients_of(db, id)),
                                  .version = 1,
                                  .updated_at = transaction.now_text()}))
        return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "draft"}}}}};
    store::record_editor(db, id, principal.account.value, principal.credential.value);
    return draft_outcome(id, 201);
}

Result<Outcome> submit_report(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    const auto row = draft_for(db, principal, id, Transition::submit, expected);
    if (!row)
        return row.error();
    if (const auto eligible = check_eligible_approver(db, *row, transaction.now()); !eligible)
        return eligible.error();
    auto draft = *row->draft;
    // What is carried forward is judged again: the earlier report may have been narrowed, withdrawn or erased since.
    ReportInput input{*json::parse(draft.fields), {*domain::label_from(draft.label), domain::recipients_from_json(draft.recipients)}};
    carry_forward(db, principal, row->measure, id, input);
    draft.fields = json::canonical(input.fields);
    draft.state = DraftState::submitted;
    draft.submitted = content_of(*row, draft);
    draft.ever_submitted = true;
    draft.return_reason.reset();
    draft.version += 1;
    draft.updated_at = transaction.now_text();
    if (!store::update_draft(db, draft, row->draft->version))
        return Error{ErrorCode::precondition_failed};
    store::record_editor(db, id, principal.account.value, principal.credential.value);
    const auto seq = transaction.append(
        principal, {.kind = EventKind::report_submitted,
                    .subject = id,
                    .home = home_of(*row),
                    .acting_role = principal.acting_role(Permission::report_draft),
                    .version = draft.version,
                    .revision = row->revision + 1,
                    .audience = domain::Audience{*domain::label_from(draft.label), domain::recipients_from_json(draft.recipients)},
                    .content = *draft.submitted});
    return draft_outcome(id, 200, seq);
}

Result<Outcome> return_report(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                              const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    const auto row = draft_for(db, principal, id, Transition::send_back, expected);
    if (!row)
        return row.error();
    auto draft = *row->draft;
    draft.state = DraftState::draft;
    draft.submitted.reset();
    draft.return_reason = reason;
    draft.version += 1;
    draft.updated_at = transaction.now_text();
    if (!store::update_draft(db, draft, row->draft->version))
        return Error{ErrorCode::precondition_failed};
    const auto record = return_record(id, reason);
    const auto seq = transaction.append(
        principal, {.kind = EventKind::report_returned,
                    .subject = id,
                    .home = home_of(*row),
                    .acting_role = principal.acting_role(Permission::report_return),
                    .version = draft.version,
                    .revision = row->revision + 1,
                    .audience = domain::Audience{*domain::label_from(draft.label), domain::recipients_from_json(draft.recipients)},
                    .content = record});
    return draft_outcome(id, 200, seq);
}

}  // namespace cbmx::service
