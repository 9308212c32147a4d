// Handlers of accounts, of "who am I" and of what awaits the caller. Rules: service/accounts/accounts.hpp, service/overview/awaiting.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::accounts {

Result<Answer> me(const Call& call, store::Connection& connection);
Result<Answer> due(const Call& call, store::Connection& connection);
Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change(const Call& call, store::Transaction& transaction);
Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction);
Result<service::Outcome> erase(const Call& call, store::Transaction& transaction);

Result<service::Outcome> object(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::accounts
