// What the steps on a report share: the report that they may be taken on, and the one way to settle them. Both go by the
// step's row in THE TRANSITION TABLE (domain/workflow.cpp): permission, states before and after, ledger entry, four eyes.
#pragma once
#include "domain/workflow.hpp"
#include "service/portal.hpp"
#include "service/reports/four_eyes.hpp"
#include "store/rows/reports.hpp"

namespace cbmx::service {

domain::Home home_of(const store::ReportRow& row);
domain::Audience audience_of(const store::DraftRow& draft);

// The report whose working copy, or whose record, the caller may act on now. Errors in this order: not_found, forbidden,
// conflict, precondition_failed; then four_eyes.
Result<store::ReportRow> draft_for(Transaction& transaction, const Principal& principal, const std::string& id,
                                   const domain::TransitionRow& rule, const ExpectedVersion& expected);
Result<store::ReportRow> record_for(Transaction& transaction, const Principal& principal, const std::string& id,
                                    const domain::TransitionRow& rule, const ExpectedVersion& expected);

// The same whether the caller sees the report or not, for what was decided about it before (proposals). The portal itself asks for no
// permission.
Result<store::ReportRow> unseen_record_for(Transaction& transaction, const Principal& principal, const domain::Home& home,
                                           const std::string& id, const domain::TransitionRow& rule, const ExpectedVersion& expected);

// What a step changes itself; all else comes from the row.
struct ReportChange {
    store::ReportRow after;                  // as draft_for or record_for gave it, with the step's own changes
    bool of_record = false;                  // changes what others see; otherwise the working copy
    bool rescues = false;                    // gives a working copy that nobody can open a reader
    std::optional<std::string> reason = {};  // of a return; none: taken back by a drafter
    std::vector<domain::Recipient> lost = {};
    FourEyes four_eyes = {};             // whether this change of audience, or this publication, needs a second person
    std::optional<Actor> proposer = {};  // who proposed what the caller confirms
};

// Sets states, versions and numbers, writes the rows and appends the entry. A working copy that ends takes its editors
// along, and the whole report when nothing of it was ever published. Outcome: status 200, no entry where the row has none.
// Errors: conflict (there is a working copy that the caller does not see), precondition_failed.
Result<Outcome> settle(Transaction& transaction, const Principal& principal, const domain::TransitionRow& rule,
                       const store::ReportRow& before, ReportChange change);

}  // namespace cbmx::service
