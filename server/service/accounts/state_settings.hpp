// What a State has chosen for itself: four eyes, and that submissions are signed. Turning either on takes effect at
// once; turning either off waits for a second person (service/proposals/proposals.hpp, rules.md 18).
#pragma once
#include "service/rights.hpp"
#include "store/rows/state_settings.hpp"

namespace cbmx::service {

Result<Representation> get_state_settings(Connection& connection, const Principal& principal, i18n::Language language,
                                          const std::string& state);
// body: valid by state-settings-change. 200 with the change's entry, or, when anything is turned off, 202 with that of
// the proposal, which then holds the whole change. A change that changes nothing is no entry.
Result<Outcome> change_state_settings(Transaction& transaction, const Principal& principal, const std::string& state,
                                      const ExpectedVersion& expected, const nlohmann::json& body);
Result<Outcome> carry_out_settings(Transaction& transaction, const Principal& principal, const std::string& state,
                                   const nlohmann::json& body, domain::Permission permission);

std::string state_settings_record(Connection& connection, const std::string& state);

}  // namespace cbmx::service
