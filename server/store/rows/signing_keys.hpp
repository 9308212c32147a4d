// A State's own public keys: for its statements, and of its witnesses. Rules:
// service/accounts/signing_keys.hpp. What witnesses signed: store/rows/cosignatures.hpp.
#pragma once
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct SigningKeyRow {
    domain::SigningKeyId id;
    domain::StateCode state;
    std::string public_key;  // PEM
    base::Hash fingerprint{};
    std::string label;
    domain::SigningKeyStatus status = domain::SigningKeyStatus::active;
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
    domain::SigningKeyUse use = domain::SigningKeyUse::statements;
    std::optional<std::string> name;  // a witness's alone
    std::optional<std::string> revoked_at = {};
    std::optional<domain::KeyShownBy> shown_by = {};  // of a key for statements
    std::optional<std::string> shown = {};            // canonical JSON: the key before and what it signed, or the note verbale
    std::int64_t registered_seq = 0;                  // the first entry about it: read, never written

    bool is_witness() const { return use == domain::SigningKeyUse::witness; }
};

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::SigningKeyId& id);  // without a caller: for rules
std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::StateCode& state, const domain::SigningKeyId& id);
std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint);
void insert_signing_key(Connection& connection, const SigningKeyRow& row);
bool update_signing_key(Connection& connection, const SigningKeyRow& row);  // status, revoked_at

// Keys of both uses, revoked ones too: they are public. state: of one alone. In order of their ids.
std::vector<SigningKeyRow> public_keys_after(Connection& connection, const std::optional<domain::StateCode>& state,
                                             const std::string& after, std::int64_t limit);
std::int64_t active_statement_keys(Connection& connection, const domain::StateCode& state);

// Witnesses of every State, revoked ones too: they are public.
std::vector<SigningKeyRow> witnesses_of(Connection& connection, const domain::StateCode& state);  // in order of registration
std::vector<SigningKeyRow> witnesses_named(Connection& connection, const std::string& name);
bool has_witness_key(Connection& connection, const base::Hash& fingerprint);
std::vector<SigningKeyRow> witnesses_after(Connection& connection, const std::string& key,
                                           std::int64_t limit);  // in order of witness_key()
std::string witness_key(const SigningKeyRow& row);               // "<name> <id>"

}  // namespace cbmx::store
