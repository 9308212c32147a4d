// Audiences as readers (rules.md 50): what everyone of an audience sees. Whatever leaves its maker's hands as a document names its
// audience and is computed with that reader, never with its maker.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// "public", "members" (accounts of participating States), "state:PE" (every account of it, so no draft), "office:secretariat", and of
// an office that is held for terms whoever holds it now: "office:chair" or "office:chair/<term>". No single accounts.
// Errors: invalid_parameter at query:audience: not_allowed_value, unknown_state, no_holder.
Result<Principal> reader_of_audience(Connection& connection, domain::Instant now, const std::string& audience);

// For whom a document is made. Without an audience for the caller; else for the public, or for an audience that the caller belongs to.
// Errors: as above; not_allowed_value for an audience of others, whatever it is.
Result<Principal> document_reader(Connection& connection, domain::Instant now, const Principal& caller,
                                  const std::optional<std::string>& audience);

}  // namespace cbmx::service
