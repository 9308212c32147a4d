// Credentials: client certificates and API tokens, both kept as a SHA-256 only. Rules: service/accounts/credentials.hpp.
#pragma once
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct CredentialRow {
    std::string id;
    std::string account;
    std::string kind;  // certificate | token
    base::Hash fingerprint{};
    std::string label;
    std::vector<std::string> scopes;
    std::optional<base::Hash> bound_to;
    std::string not_after;
    std::string status;                      // active | revoked
    std::optional<std::string> replaces;     // the credential that renewed itself into this one
    std::optional<std::string> issued_by;    // account; nullopt: the operator at the machine
    std::optional<std::string> issued_with;  // the issuer's credential
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
    std::optional<std::string> replaced_at;  // read only: when it first renewed itself
};

std::optional<CredentialRow> find_credential(Connection& connection, const std::string& id);  // without a caller: for rules
std::optional<CredentialRow> find_credential(Connection& connection, const std::string& kind, const base::Hash& fingerprint);
std::optional<CredentialRow> find_visible_credential(Connection& connection, const HomeReach& reach, const std::string& id);
std::vector<CredentialRow> visible_credentials_after(Connection& connection, const HomeReach& reach, const std::string& account,
                                                     const std::string& id, std::int64_t limit);
bool is_registered(Connection& connection, const base::Hash& fingerprint);
void insert_credential(Connection& connection, const CredentialRow& row);
bool update_credential(Connection& connection, const CredentialRow& row);  // its status

// Those of this account that can be used now, as far as themselves go.
std::vector<std::string> usable_credentials(Connection& connection, const std::string& account, const std::string& now);
// Those still active that this one renewed itself into, they into others, and so on; in order of their making.
std::vector<CredentialRow> active_successors(Connection& connection, const std::string& credential);

// The accounts behind a credential: who issued it, who issued the credential with which it was issued, and so on.
bool is_issued_through(Connection& connection, const std::string& credential, const std::string& account);
// Two tokens behind which the same account stands: their issuer held both secrets. What the operator issued has
// nobody behind it; a certificate's key was never in its issuer's hands.
bool are_tokens_of_one_issuer(Connection& connection, const std::string& first, const std::string& second);

}  // namespace cbmx::store
