// Handlers of a State's own settings. Rules: service/accounts/state_settings.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::state_settings {

Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> change(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::state_settings
