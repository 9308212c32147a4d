// What others see: publish, label and recipients. Each is one ledger entry; four eyes guard every step that lets somebody in.
// Taking back and erasing: withdrawal.cpp.
#include "json/items.hpp"
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include "service/accounts/deciders.hpp"
#include "service/registry/offices.hpp"
#include "service/reports/content.hpp"
#include "service/reports/parts.hpp"
#include "service/reports/reports.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/log/entries.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/state_settings.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::RecordState;
using domain::Transition;
using domain::Workflow;

constexpr std::int64_t first_revision = 1;

// What is published is what was submitted: the draft's row must be what the ledger says, or somebody changed it in the file.
void check_submission(Connection& db, const store::ReportRow& row)
{
    const auto submission = store::last_submission(db, row.id);
    const auto entry = submission ? ledger::parse_entry(submission->entry) : std::nullopt;
    const bool sound =
        entry && submission->content == row.draft->submitted && submission->recipients == row.draft->recipients &&
        ledger::commitment(ledger::Part::commitment, entry->kind, entry->seq, submission->salt, submission->content) == entry->commitment;
    if (!sound)
        throw std::runtime_error("the submitted text of report " + row.id + " is not the one that the ledger says was submitted");
}

// Of the text that was checked when it was submitted, and is the same since, what lists filter by: the rest is not parsed.
nlohmann::json listed_fields(const std::string& content)
{
    auto fields = nlohmann::json::object();
    const auto members = json::object_members(content);
    for (const auto& [name, value] : members.value())
        if (name == "status" || name == "language" || name == "tags")
            fields[std::string(name)] = nlohmann::json::parse(value);
    return fields;
}

// Writes who reads what from now on; gives those who lose sight of the report.
std::vector<domain::Recipient> replace_readers(Transaction& transaction, const std::string& report, const domain::Readers& after)
{
    auto& db = transaction.db();
    const auto before = store::readers(db, report);
    store::set_readers(db, report, before, after, transaction.next_seq());
    std::vector<domain::Recipient> lost;
    for (const auto& [recipient, from] : before.from)
        if (!after.from.contains(recipient))
            lost.push_back(recipient);
    return lost;
}

std::int64_t first_read_by(Connection& db, const Principal& principal, const store::ReportRow& row)
{
    return store::first_read(db, principal.visibility, row.id).value_or(row.revision);
}

struct AudienceChange {
    domain::Audience audience;
    bool label_only = false;
    domain::Readers before, after;  // before: with those who are included
};

// Every revision that would open is judged by its own label, not by the report's alone.
Result<void> check_labels(const domain::Readers& readers, const std::vector<domain::Recipient>& named)
{
    std::vector<Violation> violations;
    for (const auto& [recipient, label] : domain::contradictions(readers)) {
        const auto at = std::find(named.begin(), named.end(), recipient);
        violations.push_back({at == named.end() ? "/recipients" : "/recipients/" + std::to_string(at - named.begin()),
                              Rule::label_recipients,
                              {{"label", std::string(domain::name_of(label))}, {"recipient", recipient}}});
    }
    if (!violations.empty())
        return Error{ErrorCode::audience_contradiction, std::move(violations)};
    return {};
}

// from_revision: the first that those who are added read.
Result<AudienceChange> read_audience_change(Transaction& transaction, const store::ReportRow& row, const nlohmann::json& body,
                                            std::int64_t from_revision)
{
    auto& db = transaction.db();
    const auto label = domain::label_from(body.value("label", row.label));
    const bool named = body.contains("recipients");
    // Another label without recipients takes that label's default recipients.
    auto recipients = named                                  ? body.at("recipients").get<std::vector<domain::Recipient>>()
                      : domain::name_of(*label) == row.label ? store::recipients_of(db, row.id)
                                                             : std::vector<domain::Recipient>();
    if (const auto known = check_named_recipients(db, home_of(row), recipients); !known)
        return known.error();
    const bool nobody_left =
        *label == domain::Label::red && store::active_named_accounts(db, row.state, domain::recipients_as_json(recipients), false).empty();
    if (nobody_left)
        return Error{ErrorCode::audience_contradiction, {{"/recipients", Rule::needs_named_accounts}}};
    const auto wished = domain::make_audience(*label, recipients, domain::StateCode(row.state), domain::AccountId());
    if (!wished)
        return wished.error();
    const auto audience = addressed(db, *wished, transaction.now());
    if (!audience)
        return audience.error();
    const auto readers = store::readers(db, row.id);
    const auto included = included_in(db, readers, audience->recipients, transaction.now());
    AudienceChange change{.audience = *audience,
                          .label_only = !named,
                          .before = domain::with_included(readers, included),
                          .after = domain::with_audience(readers, *audience, from_revision, included)};
    if (const auto allowed = check_labels(change.after, recipients); !allowed)
        return allowed.error();
    return change;
}

// A revision in preparation must not bring back those whom a narrowing has just left out. One that is already submitted
// is frozen: it is returned or published first.
Result<void> narrow_draft(Transaction& transaction, const store::ReportRow& record, const domain::Audience& after)
{
    auto& db = transaction.db();
    const auto row = store::report_of_state(db, record.state, record.id);  // everyone who can see the draft
    if (!row || !row->draft)
        return {};
    auto draft = *row->draft;
    // A working copy names offices, the record their terms.
    const auto before = not_yet_addressed(store::recipients_of(db, record.id)), now = not_yet_addressed(after.recipients);
    std::vector<domain::Recipient> kept;
    for (const auto& recipient : domain::recipients_from_json(draft.recipients))
        if (const auto word = not_yet_addressed({recipient}).front();
            !std::binary_search(before.begin(), before.end(), word) || std::binary_search(now.begin(), now.end(), word))
            kept.push_back(recipient);
    if (domain::recipients_as_json(kept) == draft.recipients)
        return {};
    if (draft.state == domain::DraftState::submitted)
        return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "submitted"}}}}};
    draft.recipients = domain::recipients_as_json(kept);
    draft.version += 1;
    draft.updated_at = transaction.now_text();
    if (!store::update_draft(db, draft, row->draft->version))
        return Error{ErrorCode::precondition_failed};
    return {};
}

// What the change turns out to be decides on its row: of another label, or of recipients alone.
Result<Outcome> set_audience(Transaction& transaction, const Principal& principal, const Workflow& workflow, const store::ReportRow& row,
                             const AudienceChange& change, FourEyes four_eyes, const std::optional<Actor>& proposer)
{
    if (const auto narrowed = narrow_draft(transaction, row, change.audience); !narrowed)
        return narrowed.error();
    const bool of_label = change.label_only || row.label != domain::name_of(change.audience.label);
    ReportChange settled{.after = row, .of_record = true, .lost = replace_readers(transaction, row.id, change.after)};
    settled.after.label = std::string(domain::name_of(change.audience.label));
    settled.four_eyes = four_eyes;
    settled.proposer = proposer;
    return settle(transaction, principal, workflow.of(of_label ? Transition::label : Transition::recipients), row, std::move(settled));
}

// Nobody confirms that others read what they do not read themselves: of a TLP:RED report those who are not named.
Excepted whoever_does_not_read(Connection& db, const store::ReportRow& row)
{
    if (row.label != domain::name_of(domain::Label::red))
        return nullptr;
    return [named = store::active_named_accounts(db, row.state, domain::recipients_as_json(store::recipients_of(db, row.id)), true)](
               const store::CredentialRow& held) { return std::find(named.begin(), named.end(), held.account.value) == named.end(); };
}

// The change is kept as a proposal (202) that somebody else confirms: apply_report_audience() carries it out.
Result<Outcome> wait_for_second_person(Transaction& transaction, const Principal& principal, const store::ReportRow& row,
                                       const nlohmann::json& wish, Decider decider, const Excepted& is_excepted)
{
    if (auto could = check_somebody_could(transaction.db(), transaction.now(), principal, home_of(row), decider, is_excepted); !could)
        return could.error();
    auto proposed = propose(transaction, principal, home_of(row), ProposalKind::report_audience, row.id, wish, Entered::nowhere);
    if (proposed)
        proposed->status = 202;
    return proposed;
}

// A TLP:RED report none of whose named accounts is active any more: nominator and approver together may name one.
// Neither sees it, so it is looked up without a caller; only the fact that it is such a report decides.
std::optional<store::ReportRow> orphaned(Connection& db, const Principal& principal, const Workflow& workflow, const std::string& id)
{
    auto row = store::report_of_state(db, principal.home.state().value, id);
    if (!row || !principal.reaches(workflow.of(Transition::recipients).permission, home_of(*row)))
        return std::nullopt;
    const bool draft_only = row->record_state == RecordState::none;
    const auto& label = draft_only ? row->draft->label : row->label;
    const auto recipients = draft_only ? row->draft->recipients : domain::recipients_as_json(store::recipients_of(db, id));
    if (label != domain::name_of(domain::Label::red) || !store::active_named_accounts(db, row->state, recipients, false).empty())
        return std::nullopt;
    return row;
}

Result<Outcome> rescue(Transaction& transaction, const Principal& principal, const store::ReportRow& row, const nlohmann::json& body)
{
    auto& db = transaction.db();
    if (!principal.has(domain::Role::nominator))
        return domain::not_found();
    const auto recipients = body.value("recipients", std::vector<domain::Recipient>());
    if (const auto known = check_named_recipients(db, home_of(row), recipients); !known)
        return known.error();
    const auto audience = domain::make_audience(domain::Label::red, recipients, domain::StateCode(row.state), domain::AccountId());
    if (!audience)
        return audience.error();
    if (audience->recipients.size() != 1)
        return Error{ErrorCode::audience_contradiction, {{"/recipients", Rule::needs_named_accounts}}};
    return wait_for_second_person(transaction, principal, row, {{"recipients", audience->recipients}, {"rescue", true}},
                                  Decider::nominator_and_approver, nullptr);
}

Result<Outcome> apply_rescue(Transaction& transaction, const Principal& principal, const Workflow& workflow, const store::ReportRow& row,
                             const std::vector<domain::Recipient>& recipients, const Actor& proposer)
{
    if (row.record_state != RecordState::none) {
        const domain::Audience audience{domain::Label::red, recipients};
        const auto before = store::readers(transaction.db(), row.id);
        return set_audience(transaction, principal, workflow, row,
                            {.audience = audience, .before = before, .after = domain::with_audience(before, audience, first_revision)},
                            true, proposer);
    }
    // Who may read it changes: what was submitted goes back to draft, with an entry that says so, by the right of those
    // who rescue it; a draft never submitted is workspace.
    auto rule = workflow.of(Transition::send_back);
    rule.permission = workflow.of(Transition::recipients).permission;
    if (row.draft->state != domain::DraftState::submitted)
        rule.entry.reset();
    ReportChange change{.after = row, .rescues = true};
    change.after.draft->recipients = domain::recipients_as_json(recipients);
    return settle(transaction, principal, rule, row, std::move(change));
}

}  // namespace

Result<Outcome> publish_report(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                               const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto& rule = workflow.of(Transition::publish);
    const auto row = draft_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    check_submission(db, *row);

    const auto& draft = *row->draft;
    const auto audience = addressed(db, audience_of(draft), transaction.now());
    if (!audience)
        return audience.error();
    const auto content = listed_fields(draft.submitted.value());
    ReportChange change{.after = *row, .of_record = true};
    change.after.revision += 1;
    change.after.label = draft.label;
    change.after.status = content.at("status").get<std::string>();
    change.after.language = content.at("language").get<std::string>();
    const auto readers = store::readers(db, id);
    const auto included = included_in(db, readers, audience->recipients, transaction.now());
    change.lost = replace_readers(transaction, id, domain::with_publication(readers, *audience, included));
    change.four_eyes = rule.four_eyes && store::find_state_settings(db, row->state).asks_for_two();
    store::replace_tags(db, id, tags_of(content));
    const auto published = settle(transaction, principal, rule, *row, std::move(change));
    if (published && published->seq)
        store::insert_revision(db, id, row->revision + 1, *published->seq, draft.label);
    return published;
}

Result<Outcome> change_audience(Transaction& transaction, const Principal& principal, const std::string& id, const nlohmann::json& body,
                                Transition transition, const ExpectedVersion& expected, const Workflow& workflow)
{
    auto& db = transaction.db();
    if (const auto orphan = orphaned(db, principal, workflow, id))
        return rescue(transaction, principal, *orphan, body);
    const auto row = record_for(transaction, principal, id, workflow.of(transition), expected);
    if (!row)
        return row.error();
    if (!principal.has(domain::Role::approver))
        return Error{ErrorCode::forbidden};
    // Nobody opens what they do not read themselves: of the earlier revisions those that the caller reads.
    const auto from_revision = body.value("include_earlier_revisions", false) ? first_read_by(db, principal, *row) : row->revision;
    const auto change = read_audience_change(transaction, *row, body, from_revision);
    if (!change)
        return change.error();
    if (change->after == store::readers(db, id))
        return Error{ErrorCode::conflict, {{"", Rule::already_exists}}};
    const bool wider = domain::is_wider(change->before, change->after);
    if (wider && store::find_state_settings(db, row->state).asks_for_two()) {
        auto wish = body;
        wish["from_revision"] = from_revision;
        wish["seen"] = report_tag(db, *row);
        return wait_for_second_person(transaction, principal, *row, wish, Decider::another_approver, whoever_does_not_read(db, *row));
    }
    return set_audience(transaction, principal, workflow, *row, *change, wider ? FourEyes(false) : std::nullopt, std::nullopt);
}

Result<Outcome> apply_report_audience(Transaction& transaction, const Principal& principal, const store::ProposalRow& proposal,
                                      const Workflow& workflow)
{
    auto& db = transaction.db();
    if (!principal.has(domain::Role::approver))
        return Error{ErrorCode::forbidden};
    const auto body = json::parse(proposal.body);
    const auto id = proposal.subject.value();
    const Actor proposer{proposal.proposed_by.value(), proposal.credential.value()};
    if (body->value("rescue", false)) {
        const auto orphan = orphaned(db, principal, workflow, id);
        if (!orphan)
            return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "published"}}}}};
        return apply_rescue(transaction, principal, workflow, *orphan, body->at("recipients").get<std::vector<domain::Recipient>>(),
                            proposer);
    }
    // The second pair of eyes confirms what the first one saw: a report changed since is no longer that.
    const ExpectedVersion seen({{body->at("seen").get<std::string>()}});
    const auto row = record_for(transaction, principal, id, workflow.of(Transition::recipients), seen);
    if (!row)
        return row.error();
    const auto change = read_audience_change(transaction, *row, *body, body->at("from_revision").get<std::int64_t>());
    if (!change)
        return change.error();
    const auto opened = domain::first_opened(change->before, change->after);
    if (opened && *opened < first_read_by(db, principal, *row))
        return Error{ErrorCode::not_eligible};
    return set_audience(transaction, principal, workflow, *row, *change, true, proposer);
}

}  // namespace cbmx::service
