// Client certificates and API tokens: registering, renewing, revoking (rules.md 4, 17). What is registered for a
// State by someone else waits as a proposal (service/proposals/proposals.hpp). Four eyes: is_same_actor.
#pragma once
#include "service/rights.hpp"
#include "store/rows/credentials.hpp"

namespace cbmx::service {

inline constexpr std::int64_t default_token_days = 90;
inline constexpr std::int64_t max_token_days = 365;

Result<Representation> get_credential(Connection& connection, const Principal& principal, i18n::Language language,
                                      const domain::CredentialId& id);
Result<Page> list_credentials(Connection& connection, const Principal& principal, i18n::Language language, const domain::AccountId& account,
                              std::int64_t limit, const std::string& after);

struct TokenDraft {
    std::string label;
    std::vector<std::string> scopes;
    std::int64_t expires_in_days = default_token_days;
    std::optional<std::string> bound_to_certificate;  // SHA-256 in hex, of a certificate of the same account
};

// body: valid by credential-register. Never for oneself. Errors: not_found, forbidden, token_scope, not_eligible,
// conflict (not an active account; the certificate is registered), validation_failed.
Result<Outcome> register_credential(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                                    const nlohmann::json& body);
Result<Outcome> register_certificate(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                                     const std::string& pem, const std::string& label);
// Outcome::secret is the token, the only time.
Result<Outcome> issue_token(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                            const TokenDraft& draft);
// The token of this call replaces itself, once, with the same scopes or fewer; it goes on for renewal_overlap at most.
// Errors: conflict (no token, or replaced already), validation_failed.
Result<Outcome> renew_token(Transaction& transaction, const Principal& principal, const std::optional<std::vector<std::string>>& scopes);
// And every token that it renewed itself into, an entry each. By an account that may write its account, or by its own account (a narrow
// token: itself alone).
Result<Outcome> revoke_credential(Transaction& transaction, const Principal& principal, const domain::CredentialId& id);

// The effects, for a caller who has already checked the right, under the permission that gives it.
Result<Outcome> carry_out_certificate(Transaction& transaction, const Principal& principal, const store::AccountRow& account,
                                      const std::string& pem, const std::string& label, domain::Permission permission);
Result<Outcome> carry_out_revocation(Transaction& transaction, const Principal& principal, store::CredentialRow row,
                                     domain::Permission permission);

// A certificate that could be registered now: violations at /certificate, or its fingerprint.
Result<base::Hash> check_certificate(Connection& connection, domain::Instant now, const std::string& pem);

// Four eyes. An account, acting through one of its credentials.
struct Actor {
    domain::AccountId account;
    domain::CredentialId credential;  // empty: whichever
};
inline Actor actor_of(const Principal& principal) { return {principal.account, principal.credential}; }

// True when what one does counts as done by the other: the same account; a credential that the other issued, directly or
// through others; something lent between them, or by one giver to both; two tokens of one issuer. Delegations count that
// were in force at or after since (when the first of the two can have acted); without it all do.
bool is_same_actor(Connection& connection, const Actor& one, const Actor& other, domain::Instant now,
                   const std::optional<domain::Instant>& since = {});

// All of them by name, in order: what a certificate has.
std::vector<std::string> all_token_scopes();

std::string credential_record(Connection& connection, const domain::CredentialId& id);

}  // namespace cbmx::service
