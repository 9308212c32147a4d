// How much room a State has, and how far it is used.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::quotas {

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> change(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::quotas
