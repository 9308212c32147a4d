// See signing_keys.hpp.
#include "service/accounts/signing_keys.hpp"
#include "base/possession.hpp"
#include "base/public_key.hpp"
#include "json/parse.hpp"
#include "ledger/cosignature.hpp"
#include "service/guard.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Permission;
using domain::SigningKeyStatus;

// The State whose keys the caller may read; empty (no row has it) for everyone else.
domain::StateCode readable_state(const Principal& principal)
{
    return principal.reaches(Permission::signing_key_read, principal.home) ? principal.home.state() : domain::StateCode();
}

nlohmann::json representation_of(Connection& connection, const store::SigningKeyRow& row)
{
    return represent(connection, row.id.value, signing_key_record(connection, row.id), row.version, row.seq);
}

Outcome record_key(Transaction& transaction, const Principal& principal, const store::SigningKeyRow& row, EventKind kind)
{
    const auto seq = transaction.append(principal, {.kind = kind,
                                                    .subject = row.id.value,
                                                    .home = domain::Home::of_state(row.state),
                                                    .acting_role = principal.acting_role(Permission::signing_key_write),
                                                    .version = row.version,
                                                    .content = signing_key_record(transaction.db(), row.id)});
    return {.subject = domain::Subject::signing_key, .id = row.id.value, .seq = seq};
}

// The caller's State, when the caller may register its keys.
Result<domain::StateCode> registering_state(const Principal& principal)
{
    if (!principal.home.is_state())
        return Error{ErrorCode::forbidden};
    if (auto allowed = require(principal, Permission::signing_key_write, principal.home); !allowed)
        return allowed.error();
    return principal.home.state();
}

bool holds_private_key(const std::string& pem) { return pem.find("PRIVATE KEY") != std::string::npos; }

// The fingerprint of a key of an accepted form, once its proof holds.
Result<base::Hash> proven_key(const Portal& portal, const Principal& principal, const BroughtKey& key)
{
    const auto fingerprint = base::public_key_fingerprint(key.public_key).value();
    const auto proof = base::from_base64(key.proof);
    const auto text = base::signing_key_text(portal.origin, principal.home.text(), fingerprint);
    if (!proof || !base::verify_detached(key.public_key, text, *proof))
        return domain::invalid("/proof", Rule::no_possession);
    return fingerprint;
}

Outcome enter_key(Transaction& transaction, const Principal& principal, store::SigningKeyRow row)
{
    row.id = domain::SigningKeyId(transaction.new_record_id(domain::Subject::signing_key, domain::Home::of_state(row.state)));
    row.status = SigningKeyStatus::active;
    row.created_at = transaction.said_at_text();
    row.version = 1;
    row.seq = transaction.next_seq();
    store::insert_signing_key(transaction.db(), row);
    auto outcome = record_key(transaction, principal, row, EventKind::signing_key_registered);
    outcome.status = 201;
    return outcome;
}

// A verifier of the log's own line ignores all others by their names: no witness may be called as the log, or as a log
// that may follow it in a new epoch.
bool is_name_of_log(Connection& connection, const std::string& name)
{
    const auto keys = store::log_keys(connection);
    return std::any_of(keys.begin(), keys.end(),
                       [&name](const ledger::VerifierKey& key) { return name == key.name || name.starts_with(key.name + "/"); });
}

// A name is one State's for ever, and at any time one key's.
bool is_name_taken(Connection& connection, const domain::StateCode& state, const std::string& name)
{
    const auto holders = store::witnesses_named(connection, name);
    return std::any_of(holders.begin(), holders.end(),
                       [&state](const store::SigningKeyRow& row) { return row.state != state || row.status == SigningKeyStatus::active; });
}

bool has_all_witnesses(Connection& connection, const domain::StateCode& state)
{
    const auto rows = store::witnesses_of(connection, state);
    return std::count_if(rows.begin(), rows.end(), [](const store::SigningKeyRow& row) {
               return row.status == SigningKeyStatus::active;
           }) >= static_cast<std::ptrdiff_t>(max_witness_keys);
}

}  // namespace

std::string verifier_text(const store::SigningKeyRow& witness)
{
    return ledger::cosigner_key_text({witness.name.value(), base::ed25519_public_key(witness.public_key).value()});
}

std::string signing_key_record(Connection& connection, const domain::SigningKeyId& id)
{
    const auto row = store::find_signing_key(connection, id);
    if (!row)
        throw std::logic_error("no signing key " + id.value);
    nlohmann::json record{
        {"state", row->state.value}, {"public_key", row->public_key},          {"fingerprint", base::hex(row->fingerprint)},
        {"label", row->label},       {"status", domain::name_of(row->status)}, {"created_at", row->created_at}};
    if (row->is_witness()) {
        record["use"] = domain::name_of(row->use);
        record["name"] = row->name.value();
        record["verifier_key"] = verifier_text(*row);
        record["revoked_at"] = or_null(row->revoked_at);
    }
    return json::canonical(record);
}

Result<Representation> get_signing_key(Connection& connection, const Principal& principal, i18n::Language, const domain::SigningKeyId& id)
{
    const auto row = store::find_signing_key(connection, readable_state(principal), id);
    if (!row)
        return domain::not_found();
    return Representation{representation_of(connection, *row), std::nullopt};
}

Result<Page> list_signing_keys(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit,
                               const std::string& after)
{
    const auto rows = store::signing_keys_after(connection, readable_state(principal), after, limit + 1);
    return page_of(rows, limit, [&](const store::SigningKeyRow& row) { return representation_of(connection, row); });
}

Result<Outcome> register_signing_key(const Portal& portal, Transaction& transaction, const Principal& principal, const BroughtKey& key)
{
    const auto state = registering_state(principal);
    if (!state)
        return state.error();
    if (!base::public_key_fingerprint(key.public_key) || holds_private_key(key.public_key))
        return domain::invalid("/public_key", Rule::invalid_value, {{"allowed", "Ed25519, ECDSA P-256, ECDSA P-384 (PEM)"}});
    const auto fingerprint = proven_key(portal, principal, key);
    if (!fingerprint)
        return fingerprint.error();
    if (store::find_signing_key(transaction.db(), *state, *fingerprint))
        return Error{ErrorCode::conflict, {{"/public_key", Rule::already_exists}}};
    return enter_key(
        transaction, principal,
        {.id = {}, .state = *state, .public_key = key.public_key, .fingerprint = *fingerprint, .label = key.label, .created_at = {}});
}

Result<Outcome> register_witness(const Portal& portal, Transaction& transaction, const Principal& principal, const BroughtKey& key,
                                 const std::string& name)
{
    const auto state = registering_state(principal);
    if (!state)
        return state.error();
    if (!base::ed25519_public_key(key.public_key) || holds_private_key(key.public_key))
        return domain::invalid("/public_key", Rule::invalid_value, {{"allowed", "Ed25519 (PEM)"}});
    const auto fingerprint = proven_key(portal, principal, key);
    if (!fingerprint)
        return fingerprint.error();
    auto& db = transaction.db();
    std::vector<Violation> taken;
    // One key is one witness: what is signed does not say by whom (c2sp.org/tlog-cosignature).
    if (store::find_signing_key(db, *state, *fingerprint) || store::has_witness_key(db, *fingerprint))
        taken.push_back({"/public_key", Rule::already_exists});
    if (is_name_of_log(db, name) || is_name_taken(db, *state, name))
        taken.push_back({"/name", Rule::already_exists});
    if (has_all_witnesses(db, *state))
        taken.push_back({"/use", Rule::too_many_items, {{"limit", std::to_string(max_witness_keys)}}});
    if (!taken.empty())
        return Error{ErrorCode::conflict, std::move(taken)};
    return enter_key(transaction, principal,
                     {.id = {},
                      .state = *state,
                      .public_key = key.public_key,
                      .fingerprint = *fingerprint,
                      .label = key.label,
                      .created_at = {},
                      .use = domain::SigningKeyUse::witness,
                      .name = name});
}

Result<Outcome> revoke_signing_key(Transaction& transaction, const Principal& principal, const domain::SigningKeyId& id)
{
    auto row = actable(
        store::find_signing_key(transaction.db(), readable_state(principal), id),
        [&principal](const auto&) { return require(principal, Permission::signing_key_write, principal.home); },
        [](const auto& key) { return key.status == SigningKeyStatus::active ? Result<void>() : not_now(key.status); });
    if (!row)
        return row.error();
    row->status = SigningKeyStatus::revoked;
    if (row->is_witness())
        row->revoked_at = transaction.said_at_text();
    ++row->version;
    row->seq = transaction.next_seq();
    if (!store::update_signing_key(transaction.db(), *row))
        return Error{ErrorCode::precondition_failed};
    return record_key(transaction, principal, *row, EventKind::signing_key_revoked);
}

}  // namespace cbmx::service
