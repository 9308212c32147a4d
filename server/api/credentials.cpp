// See credentials.hpp.
#include "api/credentials.hpp"
#include "api/list_call.hpp"
#include "service/credentials.hpp"

namespace cbmx::api::credentials {

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_credentials(connection, call.principal, call.language, call.at("id"), limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_credential(connection, call.principal, call.language, call.at("id")));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::register_credential(transaction, call.principal, call.at("id"), call.body);
}

Result<service::Outcome> renew(const Call& call, store::Transaction& transaction)
{
    std::optional<std::vector<std::string>> scopes;
    if (const auto wanted = call.body.find("scopes"); wanted != call.body.end())
        scopes = wanted->get<std::vector<std::string>>();
    return service::renew_token(transaction, call.principal, scopes);
}

Result<service::Outcome> revoke(const Call& call, store::Transaction& transaction)
{
    return service::revoke_credential(transaction, call.principal, call.at("id"));
}

}  // namespace cbmx::api::credentials
