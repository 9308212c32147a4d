// See parts.hpp.
#include "service/reports/parts.hpp"
#include "service/guard.hpp"
#include "service/reports/content.hpp"
#include "service/reports/four_eyes.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/log/hands.hpp"
#include "store/rows/state_settings.hpp"
#include "store/rows/touches.hpp"

namespace cbmx::service {
namespace {

using domain::DraftState;
using domain::RecordState;
using domain::Transition;
using domain::TransitionRow;
using store::ReportRow;

// A TLP:RED working copy is hidden from all but those named in it; still there is only one.
DraftState draft_state_of(Connection& db, const TransitionRow& rule, const ReportRow& row)
{
    if (row.draft || !rule.draft)
        return row.draft_state();
    return store::report_of_state(db, row.state, row.id).value().draft_state();
}

Result<void> is_possible_on_draft(const TransitionRow& rule, const ReportRow& row)
{
    if (const auto allowed = domain::check_transition(rule, row.record_state, row.draft_state()); !allowed)
        return allowed.error();
    if (!row.draft)
        return not_now(domain::workflow_state(row.record_state, row.draft_state()));
    // What was once submitted is in the ledger: it may be returned and rewritten, not made to vanish.
    if (rule.transition == Transition::discard && row.draft->ever_submitted)
        return not_now("submitted");
    return {};
}

Result<void> is_possible_on_record(Connection& db, const TransitionRow& rule, const ReportRow& row)
{
    if (const auto allowed = domain::check_transition(rule, row.record_state, draft_state_of(db, rule, row)); !allowed)
        return allowed.error();
    if (row.erased)
        return not_now("withdrawn");
    return {};
}

Result<ReportRow> with_four_eyes(Transaction& transaction, const Principal& principal, const TransitionRow& rule, Result<ReportRow> row)
{
    auto& db = transaction.db();
    if (row && rule.four_eyes && store::find_state_settings(db, row->state).asks_for_two() &&
        has_edited(db, actor_of(principal), *row, transaction.now()))
        return Error{ErrorCode::four_eyes, {{"", Rule::same_person}}};
    return row;
}

// What follows from a working copy's state: submitted it is frozen, as a draft it is not.
void enter(store::DraftRow& draft, DraftState state, const ReportRow& report)
{
    draft.state = state;
    draft.submitted.reset();
    if (state != DraftState::submitted)
        return;
    draft.submitted = content_of(report, draft);
    draft.ever_submitted = true;
    draft.return_reason.reset();
}

Result<void> end_draft(Connection& db, const ReportRow& before, bool published)
{
    if (!before.draft)
        store::delete_draft(db, before.id);  // one that the caller does not see
    else if (!store::delete_draft(db, before.id, before.draft->version))
        return Error{ErrorCode::precondition_failed};
    if (published)
        store::keep_touches(db, before.id);
    else
        store::drop_touches(db, before.id);
    return {};
}

Result<void> settle_draft(Transaction& transaction, const TransitionRow& rule, const ReportRow& before, ReportChange& change)
{
    auto& db = transaction.db();
    if (rule.draft_after == DraftState::none)
        return end_draft(db, before, rule.entry == domain::EventKind::report_published);
    auto& draft = change.after.draft;
    if (!draft || (change.of_record && !rule.draft_after))
        return {};
    enter(*draft, rule.draft_after.value_or(draft->state), change.after);
    draft->updated_at = transaction.now_text();
    draft->version = (before.draft ? before.draft->version : before.draft_versions) + 1;
    if (!before.draft)
        return store::insert_draft(db, *draft) ? Result<void>() : not_now("draft");
    return store::update_draft(db, *draft, before.draft->version) ? Result<void>() : Error{ErrorCode::precondition_failed};
}

Result<void> settle_record(Transaction& transaction, const TransitionRow& rule, const ReportRow& before, ReportRow& after)
{
    after.record_state = rule.record_after.value_or(before.record_state);
    after.version = before.version + 1;
    if (rule.entry)
        after.changed_seq = transaction.next_seq();
    return store::update_record(transaction.db(), after, before.version) ? Result<void>() : Error{ErrorCode::precondition_failed};
}

std::string committed_content(domain::EventKind kind, const ReportChange& change)
{
    if (domain::is_content_kind(kind))
        return change.after.draft->submitted.value();
    if (kind == domain::EventKind::report_returned)
        return return_record(change.after.id, change.reason);
    return audience_record(change.after);
}

// Each entry is about a revision, and shown to those who may read that one: an entry about the working copy is about the revision
// that it will become, for those whom it names.
store::NewEntry entry_of(Connection& db, const Principal& principal, const TransitionRow& rule, ReportChange change,
                         std::optional<store::NewHands> hands)
{
    const auto& report = change.after;
    store::NewEntry entry{.kind = rule.entry.value(),
                          .subject = report.id,
                          .home = home_of(report),
                          .acting_role = principal.acting_role(rule.permission),
                          .version = change.of_record ? report.version : report.draft->version,
                          .content = committed_content(*rule.entry, change),
                          .lost = std::move(change.lost)};
    entry.hands = std::move(hands);
    if (change.of_record)
        entry.audience = {*domain::label_from(report.label), store::readers_of(db, report.id)};  // and the revision each reads from
    else
        entry.audience = audience_of(*report.draft);
    entry.revision = change.of_record ? report.revision : report.revision + 1;
    return entry;
}

}  // namespace

domain::Home home_of(const ReportRow& row) { return domain::Home::of_state(domain::StateCode(row.state)); }

domain::Audience audience_of(const store::DraftRow& draft)
{
    return {*domain::label_from(draft.label), domain::recipients_from_json(draft.recipients)};
}

Result<ReportRow> draft_for(Transaction& transaction, const Principal& principal, const std::string& id, const TransitionRow& rule,
                            const ExpectedVersion& expected)
{
    auto row = actable(
        store::visible_report(transaction.db(), principal.visibility, id),
        [&principal, &rule](const ReportRow& report) { return reaches(principal, rule.permission, home_of(report)); },
        [&rule](const ReportRow& report) { return is_possible_on_draft(rule, report); }, expected, &draft_tag);
    return with_four_eyes(transaction, principal, rule, std::move(row));
}

Result<ReportRow> record_for(Transaction& transaction, const Principal& principal, const std::string& id, const TransitionRow& rule,
                             const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    auto row = actable(
        store::visible_report(db, principal.visibility, id),
        [&principal, &rule](const ReportRow& report) { return reaches(principal, rule.permission, home_of(report)); },
        [&db, &rule](const ReportRow& report) { return is_possible_on_record(db, rule, report); }, expected,
        [&db](const ReportRow& report) { return report_tag(db, report); });
    return with_four_eyes(transaction, principal, rule, std::move(row));
}

Result<ReportRow> unseen_record_for(Transaction& transaction, const Principal& principal, const domain::Home& home, const std::string& id,
                                    const TransitionRow& rule, const ExpectedVersion& expected)
{
    auto& db = transaction.db();
    auto row = actable(
        store::report_of_state(db, home.state().value, id),
        [&](const ReportRow&) { return principal.is_portal ? Result<void>() : require(principal, rule.permission, home); },
        [&db, &rule](const ReportRow& report) { return is_possible_on_record(db, rule, report); }, expected,
        [&db](const ReportRow& report) { return report_tag(db, report); });
    return with_four_eyes(transaction, principal, rule, std::move(row));
}

Result<Outcome> settle(Transaction& transaction, const Principal& principal, const TransitionRow& rule, const ReportRow& before,
                       ReportChange change)
{
    auto& db = transaction.db();
    std::optional<store::NewHands> hands;
    if (rule.entry && store::has_hands(*rule.entry))
        hands = hands_of(transaction, before, domain::is_content_kind(*rule.entry), change.four_eyes, change.proposer);
    if (const auto settled = settle_draft(transaction, rule, before, change); !settled)
        return settled.error();
    const bool record_moves = rule.record_after && *rule.record_after != before.record_state;
    if (change.of_record || record_moves)
        if (const auto settled = settle_record(transaction, rule, before, change.after); !settled)
            return settled.error();
    Outcome outcome{.subject = domain::Subject::report, .id = before.id, .draft = !change.of_record};
    if (rule.entry)
        outcome.seq = transaction.append(principal, entry_of(db, principal, rule, change, std::move(hands)));
    if (change.of_record || record_moves || change.rescues)  // what was to be widened or erased is no longer what its proposer saw
        for (const auto kind : {ProposalKind::report_audience, ProposalKind::report_erasure})
            end_proposals(transaction, principal, home_of(before), kind, rule.permission,
                          [&before](const auto& proposal) { return proposal.subject == before.id; });
    if (rule.draft_after == DraftState::none && change.after.record_state == RecordState::none)
        store::delete_report(db, before.id);
    return outcome;
}

}  // namespace cbmx::service
