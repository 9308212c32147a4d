// What the files of nominations share: recording a step, and what an accepted nomination does to its contact.
#pragma once
#include "service/directory/nominations.hpp"

namespace cbmx::service {

// Appends the entry with the change record and sets its number in the row; the caller has changed the row's other members.
Result<Seq> record_nomination(Transaction& transaction, const Principal& principal, store::NominationRow& row, domain::EventKind kind,
                              domain::Permission permission);

// Lists, amends or removes the contact that the nomination's content names. Error validation_failed with pointers below
// "/fields" when a merged contact breaks a rule; conflict when the contact is not in a state for it, or has changed since
// the entry asked_by.
Result<Seq> apply_to_contact(Transaction& transaction, const Principal& principal, const nlohmann::json& content, Seq asked_by,
                             domain::Permission permission);

// The contact's client fields after an amendment's changes: both with what was read from their keys.
nlohmann::json amended_fields(const nlohmann::json& contact_content, const nlohmann::json& changes);
std::vector<Violation> check_amended_fields(Connection& db, const std::string& state, const nlohmann::json& fields);

}  // namespace cbmx::service
