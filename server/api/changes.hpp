// GET /v1/changes.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::changes {

Result<Answer> list(const Call& call, store::Connection& db);

}  // namespace cbmx::api::changes
