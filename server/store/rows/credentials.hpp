// Credentials: client certificates and API tokens, both kept as a SHA-256 only. Rules: service/accounts/credentials.hpp.
#pragma once
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct CredentialRow {
    domain::CredentialId id;
    domain::AccountId account;
    domain::CredentialKind kind = domain::CredentialKind::token;
    base::Hash fingerprint{};
    std::string label;
    domain::TokenScopeSet scopes;
    std::optional<base::Hash> bound_to;
    std::string not_after;
    domain::CredentialStatus status = domain::CredentialStatus::active;
    std::optional<domain::CredentialId> replaces;     // the credential that renewed itself into this one
    std::optional<domain::AccountId> issued_by;       // account; nullopt: the operator at the machine
    std::optional<domain::CredentialId> issued_with;  // the issuer's credential
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
    std::optional<std::string> replaced_at;  // read only: when it first renewed itself
};

std::optional<CredentialRow> find_credential(Connection& connection, const domain::CredentialId& id);  // without a caller: for rules
std::optional<CredentialRow> find_credential(Connection& connection, domain::CredentialKind kind, const base::Hash& fingerprint);
std::optional<CredentialRow> find_visible_credential(Connection& connection, const HomeReach& reach, const domain::CredentialId& id);
std::vector<CredentialRow> visible_credentials_after(Connection& connection, const HomeReach& reach, const domain::AccountId& account,
                                                     const std::string& after, std::int64_t limit);
bool is_registered(Connection& connection, const base::Hash& fingerprint);
void insert_credential(Connection& connection, const CredentialRow& row);
bool update_credential(Connection& connection, const CredentialRow& row);  // its status

// Those of this account that can be used now, as far as themselves go.
std::vector<domain::CredentialId> usable_credentials(Connection& connection, const domain::AccountId& account, const std::string& now);
// Those of all active accounts of this home, likewise.
std::vector<CredentialRow> usable_credentials_of(Connection& connection, const domain::Home& home, const std::string& now);
// Those still active that this one renewed itself into, they into others, and so on; in order of their making.
std::vector<CredentialRow> active_successors(Connection& connection, const domain::CredentialId& credential);

// The accounts behind a credential: who issued it, who issued the credential with which it was issued, and so on.
bool is_issued_through(Connection& connection, const domain::CredentialId& credential, const domain::AccountId& account);
// Two tokens behind which the same account stands: their issuer held both secrets. What the operator issued has
// nobody behind it; a certificate's key was never in its issuer's hands.
bool are_tokens_of_one_issuer(Connection& connection, const domain::CredentialId& first, const domain::CredentialId& second);

}  // namespace cbmx::store
