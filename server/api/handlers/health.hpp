// /healthz and /readyz: for monitoring.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::health {

Result<Answer> alive(const Call& call);
Result<Answer> ready(const Call& call);  // 503 while the portal takes no writes

}  // namespace cbmx::api::health
