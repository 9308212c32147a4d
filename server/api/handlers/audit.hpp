// GET /v1/audit.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::audit {

Result<Answer> list(const Call& call, store::Connection& db);

}  // namespace cbmx::api::audit
