// See signing_keys.hpp.
#include "service/accounts/signing_keys.hpp"
#include "base/possession.hpp"
#include "base/public_key.hpp"
#include "json/parse.hpp"
#include "ledger/cosignature.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/deciders.hpp"
#include "service/guard.hpp"
#include "service/second_person.hpp"
#include "store/log/entries.hpp"
#include "store/rows/registry.hpp"

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

nlohmann::json representation_of(Connection& connection, const Principal& principal, const store::SigningKeyRow& row)
{
    nlohmann::json meta{{"registered_seq", row.registered_seq}};
    if (principal.is_operator || row.state == readable_state(principal))
        meta["label"] = row.label;
    return represent(connection, row.id.value, signing_key_record(connection, row.id), row.version, row.seq, std::move(meta));
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

std::optional<base::Hash> fingerprint_from(const std::string& hex)
{
    const auto bytes = base::from_hex(hex);
    return bytes ? base::to_hash(*bytes) : std::nullopt;
}

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

// The fault of what should show that the new key is the State's; nullopt: its key before has signed it.
std::optional<Violation> fault_of(const Portal& portal, Connection& db, const domain::StateCode& state, const base::Hash& fingerprint,
                                  const PreviousKey& previous)
{
    const auto named = fingerprint_from(previous.key);
    const auto before = named ? store::find_signing_key(db, state, *named) : std::nullopt;
    if (!before || before->is_witness() || before->status != SigningKeyStatus::active)
        return Violation{"/previous/key", Rule::unknown_reference};
    const auto signature = base::from_base64(previous.signature);
    const auto text = base::signing_key_text(portal.origin, domain::Home::of_state(state).text(), fingerprint);
    if (!signature || !base::verify_detached(before->public_key, text, *signature))
        return Violation{"/previous/signature", Rule::no_possession};
    return std::nullopt;
}

// The note verbale that gives this fingerprint, when it is the last that the State has sent about a key.
std::optional<nlohmann::json> note_of(Connection& db, const domain::Home& home, const base::Hash& fingerprint)
{
    const auto notes = store::confirmed_key_notes(db, home);
    if (notes.empty())
        return std::nullopt;
    const auto said = nlohmann::json::parse(notes.back().body);
    const auto& note = said.at("decision");
    return said.at("fingerprint") == base::hex(fingerprint)
               ? std::optional(nlohmann::json{{"date", note.at("date")}, {"number", note.at("number")}})
               : std::nullopt;
}

Result<Outcome> propose_key(Transaction& transaction, const Principal& principal, const store::SigningKeyRow& row)
{
    if (!check_somebody_could(transaction.db(), transaction.now(), principal, principal.home, Decider::another_nominator))
        return Error{ErrorCode::conflict, {{"/public_key", Rule::key_not_shown}}};
    const nlohmann::json body{{"public_key", row.public_key}, {"fingerprint", base::hex(row.fingerprint)}, {"label", row.label}};
    auto outcome = propose(transaction, principal, principal.home, ProposalKind::key_registration, std::nullopt, body, Entered::in_ledger);
    if (outcome)
        outcome->status = 202;
    return outcome;
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
    end_proposals(transaction, principal, domain::Home::of_state(row.state), ProposalKind::key_registration, Permission::signing_key_write,
                  [&row](const store::ProposalRow& proposal) {
                      return nlohmann::json::parse(proposal.body).at("fingerprint") == base::hex(row.fingerprint);
                  });
    return outcome;
}

store::SigningKeyRow row_for(const domain::StateCode& state, const BroughtKey& key, const base::Hash& fingerprint)
{
    store::SigningKeyRow row;
    row.state = state;
    row.public_key = base::bare_public_key(key.public_key).value();
    row.fingerprint = fingerprint;
    row.label = key.label;
    return row;
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
    nlohmann::json record{{"state", row->state.value},
                          {"use", domain::name_of(row->use)},
                          {"public_key", row->public_key},
                          {"fingerprint", base::hex(row->fingerprint)},
                          {"status", domain::name_of(row->status)},
                          {"created_at", row->created_at},
                          {"revoked_at", or_null(row->revoked_at)}};
    if (row->is_witness()) {
        record["name"] = row->name.value();
        record["verifier_key"] = verifier_text(*row);
    }
    if (row->shown_by) {
        const std::string by(domain::name_of(*row->shown_by));
        record["by"] = by;
        if (row->shown)
            record[by] = nlohmann::json::parse(*row->shown);
    }
    return json::canonical(record);
}

Result<Representation> get_signing_key(Connection& connection, const Principal& principal, i18n::Language, const domain::SigningKeyId& id)
{
    const auto row = store::find_signing_key(connection, readable_state(principal), id);
    if (!row)
        return domain::not_found();
    return Representation{representation_of(connection, principal, *row), std::nullopt};
}

Result<Page> list_signing_keys(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit,
                               const std::string& after)
{
    const auto rows = store::public_keys_after(connection, readable_state(principal), after, limit + 1);
    return page_of(rows, limit, [&](const store::SigningKeyRow& row) { return representation_of(connection, principal, row); });
}

Result<Page> list_state_keys(Connection& connection, const Principal& principal, i18n::Language, const std::string& state,
                             std::int64_t limit, const std::string& after)
{
    if (!store::row_exists(connection, store::RegistryTable::state, state))
        return domain::not_found();
    const auto rows = store::public_keys_after(connection, domain::StateCode(state), after, limit + 1);
    return page_of(rows, limit, [&](const store::SigningKeyRow& row) { return representation_of(connection, principal, row); });
}

Result<Page> list_public_keys(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit,
                              const std::string& after)
{
    const auto rows = store::public_keys_after(connection, std::nullopt, after, limit + 1);
    return page_of(rows, limit, [&](const store::SigningKeyRow& row) { return representation_of(connection, principal, row); });
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
    auto& db = transaction.db();
    if (store::find_signing_key(db, *state, *fingerprint))
        return Error{ErrorCode::conflict, {{"/public_key", Rule::already_exists}}};
    auto row = row_for(*state, key, *fingerprint);
    if (key.previous) {
        if (auto fault = fault_of(portal, db, *state, *fingerprint, *key.previous))
            return Error{ErrorCode::validation_failed, {std::move(*fault)}};
        row.shown_by = domain::KeyShownBy::previous_key;
        row.shown = json::canonical({{"key", key.previous->key}, {"origin", portal.origin}, {"signature", key.previous->signature}});
    } else if (const auto note = note_of(db, principal.home, *fingerprint)) {
        row.shown_by = domain::KeyShownBy::note_verbale;
        row.shown = json::canonical(*note);
    } else {
        return propose_key(transaction, principal, row);
    }
    return enter_key(transaction, principal, std::move(row));
}

Result<Outcome> carry_out_key(Transaction& transaction, const Principal& principal, store::ProposalRow& proposal,
                              const nlohmann::json& body)
{
    const auto state = proposal.home.state();
    const BroughtKey key{.public_key = body.at("public_key").get<std::string>(), .label = body.at("label").get<std::string>(), .proof = {}};
    auto row = row_for(state, key, base::public_key_fingerprint(key.public_key).value());
    if (store::find_signing_key(transaction.db(), state, row.fingerprint))
        return Error{ErrorCode::conflict, {{"/public_key", Rule::already_exists}}};
    row.shown_by = domain::KeyShownBy::two_nominators;
    auto outcome = enter_key(transaction, principal, std::move(row));
    proposal.subject = outcome.id;
    return outcome;
}

bool has_two_nominators(Connection& connection, const domain::StateCode& state, domain::Instant now)
{
    return known_holders(connection, domain::Home::of_state(state), domain::Role::nominator, now).size() > 1;
}

Result<void> check_key_note(Connection& connection, domain::Instant now, const domain::StateCode& state, const nlohmann::json& body)
{
    if (has_two_nominators(connection, state, now))
        return Error{ErrorCode::conflict, {{"/state", Rule::two_nominators}}};
    if (store::find_signing_key(connection, state, fingerprint_from(body.at("fingerprint").get<std::string>()).value()))
        return Error{ErrorCode::conflict, {{"/fingerprint", Rule::already_exists}}};
    return {};
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
    auto row = row_for(*state, key, *fingerprint);
    row.use = domain::SigningKeyUse::witness;
    row.name = name;
    return enter_key(transaction, principal, std::move(row));
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
    row->revoked_at = transaction.said_at_text();
    ++row->version;
    row->seq = transaction.next_seq();
    if (!store::update_signing_key(transaction.db(), *row))
        return Error{ErrorCode::precondition_failed};
    return record_key(transaction, principal, *row, EventKind::signing_key_revoked);
}

}  // namespace cbmx::service
