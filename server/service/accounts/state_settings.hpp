// What a State has chosen for itself: four eyes, and that its words are signed with its key (the column of the table of kinds in
// domain/event.hpp says which those are). Turning either on takes effect at once; turning either off waits for a second person
// (service/proposals/proposals.hpp, rules.md 18).
#pragma once
#include "service/rights.hpp"
#include "store/rows/state_settings.hpp"

namespace cbmx::service {

Result<Representation> get_state_settings(Connection& connection, const Principal& principal, i18n::Language language,
                                          const std::string& state);
// body: valid by state-settings-change. 200 with the change's entry, or, when anything is turned off, 202 with that of
// the proposal, which then holds the whole change. A change that changes nothing is no entry. Errors: also conflict, at
// /require_signature: no_key (none for statements is active); one_holder (one key, or one nominator, and the body does not say that the
// State knows it).
Result<Outcome> change_state_settings(Transaction& transaction, const Principal& principal, const std::string& state,
                                      const ExpectedVersion& expected, const nlohmann::json& body);
Result<Outcome> carry_out_settings(Transaction& transaction, const Principal& principal, const std::string& state,
                                   const nlohmann::json& body, domain::Permission permission);

// ONE OFFICIAL: by a note verbale of its State one person acts alone. Publishing then needs nobody else; every other rule that asks for a
// second person asks the same one again, later (service/proposals/proposals.hpp). The own State and the auditor alone can open that. It
// ends by itself when two accounts that may approve each have a credential that nobody else could hold.
bool acts_alone(Connection& connection, const domain::Home& home);
// body: acts_alone, decision. Errors: conflict (already_exists: it is so; somebody_else_can: there are two).
Result<void> check_acting_alone(Connection& db, const std::string& state, bool alone, domain::Instant now);
Result<Outcome> carry_out_acting_alone(Transaction& transaction, const Principal& principal, const std::string& state,
                                       const nlohmann::json& body, domain::Permission permission);
// After whatever may have made a second one: an entry of the portal's if it has.
void end_acting_alone(Transaction& transaction, const domain::Home& home);

std::string state_settings_record(Connection& connection, const std::string& state);

}  // namespace cbmx::service
