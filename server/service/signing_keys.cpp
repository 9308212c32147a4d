// See signing_keys.hpp.
#include "service/signing_keys.hpp"
#include "base/ed25519.hpp"
#include "json/parse.hpp"

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Permission;

// The State whose keys the caller may read; empty (no row has it) for everyone else.
std::string readable_state(const Principal& principal)
{
    return principal.reaches(Permission::signing_key_read, principal.home) ? principal.home.state().value : std::string();
}

nlohmann::json representation_of(Connection& connection, const store::SigningKeyRow& row)
{
    return represent(connection, row.id, signing_key_record(connection, row.id), row.version, row.seq);
}

Outcome record_key(Transaction& transaction, const Principal& principal, const store::SigningKeyRow& row, EventKind kind)
{
    const auto seq = transaction.append(principal, {.kind = kind,
                                                    .subject = row.id,
                                                    .home = domain::Home::of_state(domain::StateCode(row.state)),
                                                    .acting_role = std::string(principal.acting_role(Permission::signing_key_write)),
                                                    .version = row.version,
                                                    .content = signing_key_record(transaction.db(), row.id)});
    return {.subject = domain::Subject::signing_key, .id = row.id, .seq = seq};
}

}  // namespace

std::string signing_key_record(Connection& connection, const std::string& id)
{
    const auto row = store::find_signing_key(connection, id);
    if (!row)
        throw std::logic_error("no signing key " + id);
    return json::canonical({{"state", row->state},
                            {"public_key", row->public_key},
                            {"fingerprint", base::hex(row->fingerprint)},
                            {"label", row->label},
                            {"status", row->status},
                            {"created_at", row->created_at}});
}

Result<Representation> get_signing_key(Connection& connection, const Principal& principal, i18n::Language, const std::string& id)
{
    const auto row = store::find_signing_key(connection, readable_state(principal), id);
    if (!row)
        return domain::not_found();
    return Representation{representation_of(connection, *row), std::nullopt};
}

Result<Page> list_signing_keys(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit, const std::string& after)
{
    const auto rows = store::signing_keys_after(connection, readable_state(principal), after, limit + 1);
    return page_of(rows, limit, [&](const store::SigningKeyRow& row) { return representation_of(connection, row); });
}

Result<Outcome> register_signing_key(Transaction& transaction, const Principal& principal, const std::string& public_key, const std::string& label)
{
    if (!principal.home.is_state())
        return Error{ErrorCode::forbidden};
    if (auto allowed = require(principal, Permission::signing_key_write, principal.home); !allowed)
        return allowed.error();
    const auto fingerprint = base::public_key_fingerprint(public_key);
    if (!fingerprint || public_key.find("PRIVATE KEY") != std::string::npos)
        return domain::invalid("/public_key", Rule::invalid_value, {{"allowed", "Ed25519, ECDSA P-256, ECDSA P-384 (PEM)"}});
    const auto state = principal.home.state().value;
    if (store::find_signing_key(transaction.db(), state, *fingerprint))
        return Error{ErrorCode::conflict, {{"/public_key", Rule::already_exists}}};

    const store::SigningKeyRow row{.id = transaction.new_uuid(),
                                   .state = state,
                                   .public_key = public_key,
                                   .fingerprint = *fingerprint,
                                   .label = label,
                                   .status = "active",
                                   .created_at = transaction.now_text(),
                                   .version = 1,
                                   .seq = transaction.next_seq()};
    store::insert_signing_key(transaction.db(), row);
    auto outcome = record_key(transaction, principal, row, EventKind::signing_key_registered);
    outcome.status = 201;
    return outcome;
}

Result<Outcome> revoke_signing_key(Transaction& transaction, const Principal& principal, const std::string& id)
{
    auto row = store::find_signing_key(transaction.db(), readable_state(principal), id);
    if (!row)
        return domain::not_found();
    if (auto allowed = require(principal, Permission::signing_key_write, principal.home); !allowed)
        return allowed.error();
    if (row->status != "active")
        return not_now(row->status);
    row->status = "revoked";
    ++row->version;
    row->seq = transaction.next_seq();
    if (!store::update_signing_key(transaction.db(), *row))
        return Error{ErrorCode::precondition_failed};
    return record_key(transaction, principal, *row, EventKind::signing_key_revoked);
}

}  // namespace cbmx::service
