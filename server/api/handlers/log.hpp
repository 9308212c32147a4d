// /v1/log/...: what anyone needs to check the log, and where witnesses submit their signatures.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::log {

Result<Answer> leaves(const Call& call, store::Connection& db);
Result<Answer> checkpoint(const Call& call, store::Connection& db);
Result<Answer> key(const Call& call, store::Connection& db);
Result<Answer> inclusion(const Call& call, store::Connection& db);
Result<Answer> consistency(const Call& call, store::Connection& db);
Result<Answer> tile(const Call& call, store::Connection& db);
Result<Answer> witnesses(const Call& call, store::Connection& db);
Result<service::Outcome> cosign(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::log
