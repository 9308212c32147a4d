// See signing_keys.hpp.
#include "api/handlers/signing_keys.hpp"
#include "api/list_call.hpp"
#include "service/accounts/signing_keys.hpp"

namespace cbmx::api::signing_keys {

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_signing_keys(connection, call.principal, call.language, limit_of(call), *after));
}

Result<Answer> list_of_state(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_state_keys(connection, call.principal, call.language, call.at("code"), limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_signing_key(connection, call.principal, call.language, domain::SigningKeyId(call.at("id"))));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    const auto& body = call.body;
    service::BroughtKey key{.public_key = body.at("public_key").get<std::string>(),
                            .label = body.at("label").get<std::string>(),
                            .proof = body.at("proof").get<std::string>()};
    if (const auto previous = body.find("previous"); previous != body.end())
        key.previous = service::PreviousKey{previous->at("key").get<std::string>(), previous->at("signature").get<std::string>()};
    if (body.value("use", "") == domain::name_of(domain::SigningKeyUse::witness))
        return service::register_witness(call.portal, transaction, call.principal, key, body.at("name").get<std::string>());
    return service::register_signing_key(call.portal, transaction, call.principal, key);
}

Result<service::Outcome> revoke(const Call& call, store::Transaction& transaction)
{
    return service::revoke_signing_key(transaction, call.principal, domain::SigningKeyId(call.at("id")));
}

}  // namespace cbmx::api::signing_keys
