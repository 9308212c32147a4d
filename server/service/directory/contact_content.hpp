// What a contact says: the rules that its schema cannot tell, what is read from its keys, the reduced scope, and the
// columns by which lists filter. Pure but for the look-up of its account.
#pragma once
#include "service/directory/inspection.hpp"
#include "service/portal.hpp"
#include "store/rows/contacts.hpp"

namespace cbmx::service {

// fields: valid by contact-fields. Every broken rule, with pointers below prefix ("/fields").
std::vector<Violation> check_contact_fields(Connection& db, const std::string& state, const nlohmann::json& fields,
                                            const std::string& prefix);
// Beside each key its fingerprint and end. Keys that could not be read stay as they are (inspection.violations).
nlohmann::json with_key_facts(nlohmann::json fields, const Inspection& inspection);
// Of a content the members that describe the contact, without what the portal adds.
nlohmann::json described_fields(nlohmann::json content);
// The members that a client gives, without what was read from keys: what contact-fields describes.
nlohmann::json input_form(nlohmann::json fields);

// content: as committed. State, category, office, institution and languages: what chair and reviewers see (rules.md 32).
nlohmann::json reduced_content(const nlohmann::json& content);
store::ContactColumns columns_of_content(const nlohmann::json& content);
std::vector<store::WeekInterval> week_intervals(const nlohmann::json& hours);  // sorted, overlaps joined

}  // namespace cbmx::service
