// GET /v1/receipts/{seq}: JSON, or a C2SP tlog-proof for who asks for text/plain.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::receipts {

Result<Answer> get(const Call& call, store::Connection& db);

}  // namespace cbmx::api::receipts
