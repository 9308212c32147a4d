// Handlers of a State's signing keys. Rules: service/accounts/signing_keys.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::signing_keys {

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> list_of_state(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> revoke(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::signing_keys
