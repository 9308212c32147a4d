// See credentials.hpp.
#include "api/handlers/credentials.hpp"
#include "api/list_call.hpp"
#include "service/accounts/credentials.hpp"

namespace cbmx::api::credentials {
namespace {

// When it was last used is no part of the record: it stands in the operational database.
void add_last_use(const Call& call, nlohmann::json& credential)
{
    const auto at =
        call.portal.operational != nullptr ? call.portal.operational->last_used(credential.at("id").get<std::string>()) : std::nullopt;
    credential["meta"]["last_used_at"] = at ? nlohmann::json(*at) : nlohmann::json();
}

}  // namespace

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    auto page =
        service::list_credentials(connection, call.principal, call.language, domain::AccountId(call.at("id")), limit_of(call), *after);
    if (page)
        for (auto& item : page->items)
            add_last_use(call, item);
    return listed(call, std::move(page));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    auto credential = service::get_credential(connection, call.principal, call.language, domain::CredentialId(call.at("id")));
    if (credential)
        add_last_use(call, credential->body);
    return shown(credential);
}

Result<service::Outcome> renew(const Call& call, store::Transaction& transaction)
{
    std::optional<std::vector<std::string>> scopes;
    if (const auto wanted = call.body.find("scopes"); wanted != call.body.end())
        scopes = wanted->get<std::vector<std::string>>();
    const auto fingerprint = base::to_hash(base::from_hex(call.body.at("token_sha256").get<std::string>()).value()).value();
    return service::renew_token(transaction, call.principal, fingerprint, scopes);
}

Result<service::Outcome> revoke(const Call& call, store::Transaction& transaction)
{
    return service::revoke_credential(transaction, call.principal, domain::CredentialId(call.at("id")));
}

}  // namespace cbmx::api::credentials
