// Handlers of proposals. Rules: service/proposals/proposals.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::proposals {

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction);
Result<service::Outcome> decline(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::proposals
