// See accounts.hpp.
#include "api/handlers/accounts.hpp"
#include "api/list_call.hpp"
#include "base/text.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/suspension.hpp"
#include "service/overview/awaiting.hpp"
#include <algorithm>
#include <fmt/ranges.h>

namespace cbmx::api::accounts {

Result<Answer> me(const Call& call, store::Connection& connection) { return shown(service::get_me(connection, call.principal)); }

Result<Answer> due(const Call& call, store::Connection& connection)
{
    const auto without = base::split_commas(call.parameter("without").value_or(""));
    const auto& kinds = service::awaiting_kinds();
    for (const auto& kind : without)
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            return bad_parameter("without", Rule::not_allowed_value, {{"allowed", fmt::format("{}", fmt::join(kinds, ", "))}});
    return shown(service::what_awaits(connection, call.principal, call.language, call.now, without));
}

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_accounts(connection, call.principal, call.language, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_account(connection, call.principal, call.language, domain::AccountId(call.at("id"))));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    const auto home = call.body.find("home");
    return service::create_account(transaction, call.principal,
                                   {.home = home == call.body.end() ? call.principal.home : domain::Home::from(home->get<std::string>()),
                                    .name = call.body.at("name").get<std::string>(),
                                    .roles = call.body.at("roles").get<std::vector<std::string>>()});
}

Result<service::Outcome> change(const Call& call, store::Transaction& transaction)
{
    return service::change_account(transaction, call.principal, domain::AccountId(call.at("id")), *call.if_match,
                                   service::account_change_from(call.body));
}

Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction)
{
    return service::confirm_account(transaction, call.principal, domain::AccountId(call.at("id")), *call.if_match);
}

Result<service::Outcome> erase(const Call& call, store::Transaction& transaction)
{
    return service::schedule_account_erasure(transaction, call.principal, domain::AccountId(call.at("id")), *call.if_match,
                                             call.portal.erasure_delay);
}

Result<service::Outcome> object(const Call& call, store::Transaction& transaction)
{
    return service::object_to_suspension(transaction, call.principal, domain::AccountId(call.at("id")));
}

}  // namespace cbmx::api::accounts
