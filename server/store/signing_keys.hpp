// A State's own public keys, for detached signatures over its submissions. Rules: service/signing_keys.hpp.
#pragma once
#include "store/accounts.hpp"

namespace cbmx::store {

struct SigningKeyRow {
    std::string id;
    std::string state;       // "CL"
    std::string public_key;  // PEM
    base::Hash fingerprint{};
    std::string label;
    std::string status;      // active | revoked
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const std::string& id);  // without a caller: for rules
std::optional<SigningKeyRow> find_signing_key(Connection& connection, const std::string& state, const std::string& id);
std::optional<SigningKeyRow> find_signing_key(Connection& connection, const std::string& state, const base::Hash& fingerprint);
std::vector<SigningKeyRow> signing_keys_after(Connection& connection, const std::string& state, const std::string& id, std::int64_t limit);
void insert_signing_key(Connection& connection, const SigningKeyRow& row);
bool update_signing_key(Connection& connection, const SigningKeyRow& row);  // status

}  // namespace cbmx::store
