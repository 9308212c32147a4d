// See quotas.hpp.
#include "api/handlers/quotas.hpp"
#include "api/list_call.hpp"
#include "service/quotas.hpp"

namespace cbmx::api::quotas {

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_state_quotas(connection, call.principal, limit_of(call), *after, call.now));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_state_quotas(connection, call.principal, call.language, call.at("code"), call.now));
}

Result<service::Outcome> change(const Call& call, store::Transaction& transaction)
{
    return service::change_state_quotas(transaction, call.principal, call.at("code"), *call.if_match, call.body);
}

}  // namespace cbmx::api::quotas
