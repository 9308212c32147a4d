// Handlers of credentials. Rules: service/accounts/credentials.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::credentials {

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> renew(const Call& call, store::Transaction& transaction);
Result<service::Outcome> revoke(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::credentials
