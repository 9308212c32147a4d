// Audiences as readers (rules.md 50): what everyone of an audience sees. Any thread.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// "public", "members" (accounts of participating States), "state:PE" (every account of it, so no draft), "office:secretariat", and of
// an office that is held for terms whoever holds it now ("office:chair"), or who holds or held it in a term ("office:chair/<term>"). No
// single accounts.
// Errors: invalid_parameter at query:audience: not_allowed_value, unknown_state, no_holder.
Result<Principal> reader_of_audience(Connection& connection, domain::Instant now, const std::string& audience);

}  // namespace cbmx::service
