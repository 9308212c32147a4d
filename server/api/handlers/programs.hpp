// The verifiers of client-examples, for whoever has not the portal's source: embedded, and given as they are. No database.
// Their SHA-256 stands in the log (operation/new_portal.cpp) and on /docs/verification.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::programs {

Result<Answer> get(const Call& call);  // {file}: its name

}  // namespace cbmx::api::programs
