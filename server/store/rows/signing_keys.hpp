// A State's own public keys: for detached signatures over its submissions, and of its witnesses. Rules:
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
    domain::SigningKeyUse use = domain::SigningKeyUse::signature;
    std::optional<std::string> name;        // a witness's alone
    std::optional<std::string> revoked_at;  // a witness's alone

    bool is_witness() const { return use == domain::SigningKeyUse::witness; }
};

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::SigningKeyId& id);  // without a caller: for rules
std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::StateCode& state, const domain::SigningKeyId& id);
std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint);
std::vector<SigningKeyRow> signing_keys_after(Connection& connection, const domain::StateCode& state, const std::string& after,
                                              std::int64_t limit);
void insert_signing_key(Connection& connection, const SigningKeyRow& row);
bool update_signing_key(Connection& connection, const SigningKeyRow& row);  // status, revoked_at

// Witnesses of every State, revoked ones too: they are public.
std::vector<SigningKeyRow> witnesses_of(Connection& connection, const domain::StateCode& state);  // in order of registration
std::vector<SigningKeyRow> witnesses_named(Connection& connection, const std::string& name);
bool has_witness_key(Connection& connection, const base::Hash& fingerprint);
std::vector<SigningKeyRow> witnesses_after(Connection& connection, const std::string& key,
                                           std::int64_t limit);  // in order of witness_key()
std::string witness_key(const SigningKeyRow& row);               // "<name> <id>"

}  // namespace cbmx::store
