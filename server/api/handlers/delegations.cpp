// See delegations.hpp.
#include "api/handlers/delegations.hpp"
#include "api/list_call.hpp"
#include "service/accounts/delegations.hpp"

namespace cbmx::api::delegations {

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_delegations(connection, call.principal, call.language, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_delegation(connection, call.principal, call.language, domain::DelegationId(call.at("id"))));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::give_delegation(transaction, call.principal,
                                    {.delegate = domain::AccountId(call.body.at("delegate").get<std::string>()),
                                     .roles = call.body.at("roles").get<std::vector<std::string>>(),
                                     .until = service::optional_member(call.body, "until")});
}

Result<service::Outcome> end(const Call& call, store::Transaction& transaction)
{
    return service::end_delegation(transaction, call.principal, domain::DelegationId(call.at("id")));
}

}  // namespace cbmx::api::delegations
