// See state_settings.hpp.
#include "api/handlers/state_settings.hpp"
#include "api/list_call.hpp"
#include "service/accounts/state_settings.hpp"

namespace cbmx::api::state_settings {

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_state_settings(connection, call.principal, call.language, call.at("code")));
}

Result<service::Outcome> change(const Call& call, store::Transaction& transaction)
{
    return service::change_state_settings(transaction, call.principal, call.at("code"), *call.if_match, call.body);
}

}  // namespace cbmx::api::state_settings
