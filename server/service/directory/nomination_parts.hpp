// What the files of the directory share: settling a step on a nomination by its row of the workflow, and what follows from it
// for the contact. Steps on a contact: contacts.hpp.
#pragma once
#include "service/directory/nominations.hpp"

namespace cbmx::service {

// A step that follows from another: recorded under the permission by which the caller took that one.
template <class Rule>
Rule following(Rule rule, domain::Permission taken_by)
{
    rule.permission = taken_by;
    return rule;
}

// Sets status and number, and appends the entry with the change record; the caller has changed the row's other members.
Result<Seq> settle(Transaction& transaction, const Principal& principal, store::NominationRow row, const domain::NominationRule& rule);
// The State's answer, where it confirms the contact rather than the nomination.
Result<Seq> confirm_recorded(Transaction& transaction, const Principal& principal, const std::string& id, const domain::Workflow& workflow);
// Of one that is erased already: its present number, and nothing happens.
Result<Seq> erase_record_of_nomination(Transaction& transaction, const Principal& principal, store::NominationRow row,
                                       const domain::NominationRule& rule);

// A State that does not participate has contacts taken off the list, and none put there: conflict, at the rule not_participating.
// The operator's import takes over a directory in which it stands already.
Result<void> check_takes_part(Transaction& transaction, const Principal& principal, const nlohmann::json& content);

// Lists, amends or removes the contact that the nomination's content names. Error validation_failed with pointers below
// "/fields" when a merged contact breaks a rule; conflict when the contact is not in a state for it, or has changed since
// the entry asked_by. taken_by: the permission of the step on the nomination.
Result<Seq> apply_to_contact(Transaction& transaction, const Principal& principal, const nlohmann::json& nomination, Seq asked_by,
                             domain::Permission taken_by, const domain::Workflow& workflow);

// The contact's client fields after an amendment's changes: both with what was read from their keys.
nlohmann::json amended_fields(const nlohmann::json& contact_content, const nlohmann::json& changes);
std::vector<Violation> check_amended_fields(Connection& db, const std::string& state, const nlohmann::json& fields);

}  // namespace cbmx::service
