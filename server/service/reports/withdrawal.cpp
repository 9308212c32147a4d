// Taking back is one person's and at once; erasing is two people's and slow. When an account takes back more than a few within an
// hour, the portal tells the State and offers to put all of it back (rules.md 35).
#include "json/parse.hpp"
#include "service/accounts/deciders.hpp"
#include "service/reports/content.hpp"
#include "service/reports/parts.hpp"
#include "service/reports/reports.hpp"
#include "service/second_person.hpp"
#include "store/log/entries.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::Transition;
using domain::Workflow;

constexpr std::chrono::hours counted_for{1};

// Once for each hour: what is withdrawn after the offer was made is part of it.
Result<void> offer_to_restore(Transaction& transaction, const Principal& principal, const domain::Home& home)
{
    auto& db = transaction.db();
    const auto since = domain::to_rfc3339(transaction.now() - counted_for);
    const auto recent = store::withdrawals_by(db, home, principal.account, since);
    if (recent.size() <= withdrawals_without_notice || store::has_offer_to_restore(db, home, principal.account, since))
        return {};
    const auto offer = propose(transaction, domain::the_portal(), home, ProposalKind::report_restoring, std::nullopt,
                               {{"account", principal.account.value}, {"since", recent.front().at}}, Entered::in_ledger,
                               domain::ProposalStatus::waiting, restoring_stands_for);
    return offer ? Result<void>() : offer.error();
}

}  // namespace

Result<Outcome> withdraw_report(Transaction& transaction, const Principal& principal, const std::string& id,
                                const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto& rule = workflow.of(Transition::withdraw);
    const auto row = record_for(transaction, principal, id, rule, expected);
    if (!row)
        return row.error();
    auto withdrawn = settle(transaction, principal, rule, *row, {.after = *row, .of_record = true});
    if (!withdrawn)
        return withdrawn.error();
    if (const auto told = offer_to_restore(transaction, principal, home_of(*row)); !told)
        return told.error();
    return withdrawn;
}

Result<Outcome> restore_report(Transaction& transaction, const Principal& principal, const domain::Home& home, const std::string& id,
                               const Workflow& workflow)
{
    const auto& rule = workflow.of(Transition::restore);
    const auto row = unseen_record_for(transaction, principal, home, id, rule, std::nullopt);
    if (!row)
        return row.error();
    return settle(transaction, principal, rule, *row, {.after = *row, .of_record = true});
}

Result<Outcome> apply_restoring(Transaction& transaction, const Principal& principal, const store::ProposalRow& offer,
                                const Workflow& workflow)
{
    auto& db = transaction.db();
    const auto body = json::parse(offer.body);
    const domain::AccountId account(body->at("account").get<std::string>());
    Result<Outcome> last = Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "published"}}}}};
    for (const auto& withdrawal : store::withdrawals_by(db, offer.home, account, body->at("since").get<std::string>())) {
        if (!withdrawal.is_still_withdrawn)
            continue;
        last = restore_report(transaction, principal, offer.home, withdrawal.report, workflow);
        if (!last)
            return last.error();
    }
    return last;
}

Result<Outcome> propose_erasure(Transaction& transaction, const Principal& principal, const std::string& id,
                                const ExpectedVersion& expected, const Workflow& workflow)
{
    const auto row = record_for(transaction, principal, id, workflow.of(Transition::erase), expected);
    if (!row)
        return row.error();
    if (store::has_open_erasure(transaction.db(), id))
        return Error{ErrorCode::conflict, {{"", Rule::already_exists}}};
    if (auto could = check_somebody_could(transaction.db(), transaction.now(), principal, home_of(*row), Decider::another_approver); !could)
        return could.error();
    auto proposed = propose(transaction, principal, home_of(*row), ProposalKind::report_erasure, id,
                            {{"seen", report_tag(transaction.db(), *row)}}, Entered::in_ledger);
    if (proposed)
        proposed->status = 202;
    return proposed;
}

Result<Outcome> apply_erasure(Transaction& transaction, const Principal& principal, const store::ProposalRow& proposal,
                              const Workflow& workflow)
{
    const auto& rule = workflow.of(Transition::erase);
    const auto id = proposal.subject.value();
    // Two people decided about the report as its proposer saw it: one that has been put back, and taken back again, is another matter.
    const ExpectedVersion seen({{json::parse(proposal.body)->at("seen").get<std::string>()}});
    const auto row = unseen_record_for(transaction, principal, proposal.home, id, rule, seen);
    if (!row)
        return row.error();
    ReportChange change{.after = *row, .of_record = true};
    change.after.erased = true;
    // Before the entry is appended: its own content is what remains to be read.
    store::erase_traces_of_report(transaction.db(), id);
    store::erase_openings(transaction, domain::Subject::report, id);
    return settle(transaction, principal, rule, *row, std::move(change));
}

}  // namespace cbmx::service
