// Credentials: client certificates and API tokens, both kept as a SHA-256 only. Rules: service/accounts/credentials.hpp.
#pragma once
#include "store/rows/accounts.hpp"
#include <set>

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
    bool proven = true;                   // its holder has shown the key, or the token by a request
    std::optional<std::string> prove_by;  // when that must have come; nullopt: it was proven when it was made
    domain::CredentialStatus status = domain::CredentialStatus::active;
    std::optional<domain::EnrolmentId> enrolment;     // by which its holder came in
    std::optional<domain::CredentialId> replaces;     // the credential that renewed itself into this one
    std::optional<domain::AccountId> issued_by;       // account; nullopt: the operator at the machine
    std::optional<domain::CredentialId> issued_with;  // the issuer's credential
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<CredentialRow> find_credential(Connection& connection, const domain::CredentialId& id);  // without a caller: for rules
// The proven one; while there is none, the only unproven one whose time is not over: of two neither is anybody's.
std::optional<CredentialRow> find_credential(Connection& connection, domain::CredentialKind kind, const base::Hash& fingerprint,
                                             const std::string& now);
std::optional<CredentialRow> find_proven_credential(Connection& connection, const base::Hash& fingerprint);
std::optional<CredentialRow> find_visible_credential(Connection& connection, const HomeReach& reach, const domain::CredentialId& id);
std::vector<CredentialRow> visible_credentials_after(Connection& connection, const HomeReach& reach, const domain::AccountId& account,
                                                     const std::string& after, std::int64_t limit);
void insert_credential(Connection& connection, const CredentialRow& row);
bool update_credential(Connection& connection, const CredentialRow& row);  // its status, and whether it is proven

// Those of this account that can be used now, as far as themselves go.
std::vector<domain::CredentialId> usable_credentials(Connection& connection, const domain::AccountId& account, const std::string& now);
std::vector<domain::CredentialId> unrevoked_credentials(Connection& connection, const domain::AccountId& account);
// Those of all active accounts of this home, likewise.
std::vector<CredentialRow> usable_credentials_of(Connection& connection, const domain::Home& home, const std::string& now);
// Those into which this one renewed itself and that have not ended; at most one, whose own hash is not known to be anybody's.
std::vector<CredentialRow> successors(Connection& connection, const domain::CredentialId& credential);
// When the first of the chain of renewals was made that ends with this one.
std::string chain_began_at(Connection& connection, const CredentialRow& row);
// Whether this one came of the other by renewals.
bool is_successor_of(Connection& connection, const domain::CredentialId& credential, const domain::CredentialId& other);
// Those still active that this one renewed itself into, they into others, and so on; in order of their making.
std::vector<CredentialRow> active_successors(Connection& connection, const domain::CredentialId& credential);

// HANDS (rules.md 18): the accounts whose people could have held this credential at that time. Its own; who issued it or made the
// enrolment by which its holder came in, until that was attested; and whose hands the credential was in with which they did that, at
// the time when they did; "operator" for what the operator made for a State's account without that State's word. Of renewals, as of the
// first of the chain.
std::set<domain::AccountId> hands_of(Connection& connection, const domain::CredentialId& credential, const std::string& at);
// The enrolment by which the first of this credential's chain of renewals came in.
std::optional<domain::EnrolmentId> enrolment_of(Connection& connection, const domain::CredentialId& credential);

}  // namespace cbmx::store
