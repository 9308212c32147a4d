// The State's working copy: create, edit, discard, submit, take back, return, start a revision. Only submission and return are
// ledger entries.
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/guard.hpp"
#include "service/quotas.hpp"
#include "service/registry/offices.hpp"
#include "service/reports/content.hpp"
#include "service/reports/four_eyes.hpp"
#include "service/reports/parts.hpp"
#include "service/reports/reports.hpp"
#include "service/rights.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/idempotency.hpp"
#include "store/rows/state_settings.hpp"
#include "store/rows/touches.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::RecordState;
using domain::Transition;
using domain::Workflow;

nlohmann::json fields_as_input(const store::DraftRow& draft)
{
    auto fields = json::parse(draft.fields);
    if (!fields)
        throw std::logic_error("stored fields are not canonical JSON");
    (*fields)["label"] = draft.label;
    (*fields)["recipients"] = domain::recipients_from_json(draft.recipients);
    fields->erase("carried_forward");
    fields->erase(carried_from);
    return std::move(*fields);
}

// Room in the workspace for one more, or for more bytes of one that is there.
Result<void> check_workspace(Connection& db, const std::string& state, std::int64_t more, std::size_t before_bytes, std::size_t after_bytes)
{
    const auto home = domain::Home::of_state(domain::StateCode(state));
    if (more > 0)
        if (const auto room = check_quota(db, home, domain::Quota::drafts, more); !room)
            return room;
    if (after_bytes <= before_bytes)
        return {};
    return check_quota(db, home, domain::Quota::draft_bytes, static_cast<std::int64_t>(after_bytes - before_bytes));
}

Result<Outcome> with_status(Result<Outcome> outcome, int status)
{
    if (outcome)
        outcome->status = status;
    return outcome;
}

bool is_red(const std::string& label) { return label == domain::name_of(domain::Label::red); }

// The State's approvers whom a RED working copy names, and who read the RED record that it revises: who does not cannot open either.
std::vector<std::string> approvers_of_red(Connection& db, const store::ReportRow& row)
{
    const auto named_in = [&](const std::string& recipients) { return store::active_named_accounts(db, row.state, recipients, true); };
    if (row.record_state == RecordState::none || !is_red(row.label))
        return named_in(row.draft->recipients);
    const auto readers = named_in(domain::recipients_as_json(store::recipients_of(db, row.id)));
    if (!is_red(row.draft->label))
        return readers;
    std::vector<std::string> both;
    const auto named = named_in(row.draft->recipients);  // each in order
    std::set_intersection(named.begin(), named.end(), readers.begin(), readers.end(), std::back_inserter(both));
    return both;
}

// RED names accounts alone, and somebody who can open it must be able to approve it (rules.md 33).
Result<void> check_eligible_approver(Connection& db, const Workflow& workflow, const store::ReportRow& row, domain::Instant now)
{
    if (!is_red(row.draft->label) && (row.record_state == RecordState::none || !is_red(row.label)))
        return {};
    const bool four_eyes = workflow.of(Transition::publish).four_eyes && store::find_state_settings(db, row.state).asks_for_two();
    for (const auto& approver : approvers_of_red(db, row))
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
            return Outcome{.subject = domain::Subject::report, .id = known->subject, .draft = true};
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
    if (const auto carried = check_carried(*input); !carried)
        return carried.error();
    const auto measure = body.at("measure").get<std::string>();
    const auto period = body.at("period").get<std::string>();

    store::ReportRow row;
    row.id = transaction.new_uuid();
    row.state = principal.home.state().value;
    row.measure = measure;
    row.period = period;
    carry_forward(db, principal, measure, row.id, *input, transaction.now());
    row.label = std::string(domain::name_of(input->audience.label));
    row.status = input->fields.at("status").get<std::string>();
    row.language = input->fields.at("language").get<std::string>();
    row.created_by = principal.account.value;
    row.created_at = transaction.now_text();
    const store::DraftRow draft{.report = row.id,
                                .fields = json::canonical(input->fields),
                                .label = row.label,
                                .recipients = domain::recipients_as_json(input->audience.recipients),
                                .version = 1,
                                .updated_at = row.created_at};
    if (const auto room = check_workspace(db, row.state, 1, 0, draft.fields.size()); !room)
        return room.error();
    store::insert_report(db, row, draft);
    store::replace_tags(db, row.id, tags_of(input->fields));
    store::record_touch(transaction, row.id, {principal.account, principal.credential});
    if (reference)
        store::insert_client_reference(db, principal.account.value, *reference, {fingerprint, row.id});
    return Outcome{.status = 201, .subject = domain::Subject::report, .id = row.id, .draft = true};
}

Result<Outcome> carry_report_forward(Transaction& transaction, const Principal& principal, const std::string& id,
                                     const nlohmann::json& body)
{
    auto& db = transaction.db();
    const auto source = actable(
        store::visible_report(db, principal.visibility, id),
        [&](const store::ReportRow& row) { return reaches(principal, domain::Permission::report_draft, home_of(row)); },
        [](const store::ReportRow& row) {
            return row.record_state == RecordState::published && row.content
                       ? Result<void>()
                       : not_now(domain::workflow_state(row.record_state, row.draft_state()));
        });
    if (!source)
        return source.error();
    if (body.at("period") == source->period && !body.contains("label") && !body.contains("recipients"))
        return Error{ErrorCode::conflict, {{"/period", Rule::already_exists}}};
    auto report = json::parse(*source->content).value();
    for (const char* own : {"state", "revision", "carried_forward"})
        report.erase(own);
    if (!body.contains("label"))  // another label without recipients takes that label's default recipients
        report["recipients"] = not_yet_addressed(store::recipients_of(db, id));
    report[carried_from] = origin_of(*source, store::recipients_of(db, id));
    report.update(body);
    return create_report(transaction, principal, report);
}

Result<Outcome> edit_draft(Transaction& transaction, const Principal& principal, const std::string& id, const nlohmann::json& patch,
                           const ExpectedVersion& expected, const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto& rule = workflow.of(Transition::edit);
    const auto row = draft_for(transaction, principal, id, rule, expected);
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
    carry_forward(db, principal, row->measure, row->id, *input, transaction.now());
    if (const auto before = json::parse(row->draft->fields); before && before->contains(carried_from))
        input->fields[carried_from] = before->at(carried_from);
    if (const auto carried = check_carried(*input); !carried)
        return carried.error();

    ReportChange change{.after = *row};
    auto& draft = *change.after.draft;
    draft.fields = json::canonical(input->fields);
    if (const auto room = check_workspace(db, row->state, 0, row->draft->fields.size(), draft.fields.size()); !room)
        return room.error();
    draft.label = std::string(domain::name_of(input->audience.label));
    draft.recipients = domain::recipients_as_json(input->audience.recipients);
    store::copy_draft_columns(db, id, draft.label, input->fields.at("status").get<std::string>(),
                              input->fields.at("language").get<std::string>(), tags_of(input->fields));
    store::record_touch(transaction, id, {principal.account, principal.credential});
    return settle(transaction, principal, rule, *row, std::move(change));
}

Result<Outcome> discard_draft(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                              const Workflow& workflow)
{
    const auto& rule = workflow.of(Transition::discard);
    const auto row = draft_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    return with_status(settle(transaction, principal, rule, *row, {.after = *row}), 204);
}

Result<Outcome> start_revision(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                               const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto& rule = workflow.of(Transition::revise);
    const auto row = record_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    auto fields = json::parse(row->content.value());
    for (const char* servers : {"state", "measure", "period", "revision", "label"})
        fields->erase(servers);
    ReportChange change{.after = *row};
    change.after.draft = store::DraftRow{.report = id,
                                         .fields = json::canonical(*fields),
                                         .label = row->label,
                                         .recipients = domain::recipients_as_json(not_yet_addressed(store::recipients_of(db, id)))};
    if (const auto room = check_workspace(db, row->state, 1, 0, change.after.draft->fields.size()); !room)
        return room.error();
    store::record_touch(transaction, id, {principal.account, principal.credential});
    return with_status(settle(transaction, principal, rule, *row, std::move(change)), 201);
}

Result<Outcome> submit_report(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                              const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto& rule = workflow.of(Transition::submit);
    const auto row = draft_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    if (const auto eligible = check_eligible_approver(db, workflow, *row, transaction.now()); !eligible)
        return eligible.error();
    // What is carried forward is judged again: the earlier report may have been narrowed, withdrawn or erased since.
    ReportInput input{*json::parse(row->draft->fields), audience_of(*row->draft)};
    carry_forward(db, principal, row->measure, id, input, transaction.now());
    ReportChange change{.after = *row};
    change.after.draft->fields = json::canonical(input.fields);
    if (const auto room = check_days_quota(transaction, domain::Home::of_state(domain::StateCode(row->state)),
                                           domain::Quota::submitted_bytes, static_cast<std::int64_t>(change.after.draft->fields.size()));
        !room)
        return room.error();
    store::record_touch(transaction, id, {principal.account, principal.credential});
    return settle(transaction, principal, rule, *row, std::move(change));
}

Result<Outcome> take_back_report(Transaction& transaction, const Principal& principal, const std::string& id,
                                 const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(Transition::take_back);
    const auto row = draft_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    return settle(transaction, principal, rule, *row, {.after = *row});
}

Result<Outcome> return_report(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                              const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(Transition::send_back);
    const auto row = draft_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    ReportChange change{.after = *row, .reason = reason};
    change.after.draft->return_reason = reason;
    return settle(transaction, principal, rule, *row, std::move(change));
}

}  // namespace cbmx::service
