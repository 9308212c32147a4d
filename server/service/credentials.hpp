// Client certificates and API tokens: registering, renewing, revoking (security.md 4, 17). What is registered for a
// State by someone else waits as a proposal (service/proposals.hpp). Four eyes: same_hands.
#pragma once
#include "service/account_rules.hpp"
#include "store/credentials.hpp"

namespace cbmx::service {

inline constexpr std::int64_t default_token_days = 90;
inline constexpr std::int64_t max_token_days = 365;

Result<Representation> get_credential(Connection& connection, const Principal& principal, i18n::Language language, const std::string& id);
Result<Page> list_credentials(Connection& connection, const Principal& principal, i18n::Language language, const std::string& account,
                              std::int64_t limit, const std::string& after);

struct TokenDraft {
    std::string label;
    std::vector<std::string> scopes;
    std::int64_t expires_in_days = default_token_days;
    std::optional<std::string> bound_to_certificate;  // SHA-256 in hex, of a certificate of the same account
};

// body: valid by credential-register. Never for oneself. Errors: not_found, forbidden, token_scope, not_eligible,
// conflict (not an active account; the certificate is registered), validation_failed.
Result<Outcome> register_credential(Transaction& transaction, const Principal& principal, const std::string& account, const nlohmann::json& body);
Result<Outcome> register_certificate(Transaction& transaction, const Principal& principal, const std::string& account, const std::string& pem,
                                     const std::string& label);
// Outcome::secret is the token, the only time.
Result<Outcome> issue_token(Transaction& transaction, const Principal& principal, const std::string& account, const TokenDraft& draft);
// The token of this call replaces itself, with the same scopes or fewer; it goes on for renewal_overlap at most.
Result<Outcome> renew_token(Transaction& transaction, const Principal& principal, const std::optional<std::vector<std::string>>& scopes);
// By whoever may write its account, or by its own account (a narrow token: itself alone).
Result<Outcome> revoke_credential(Transaction& transaction, const Principal& principal, const std::string& id);

// The effects, for whoever has judged the right.
Result<Outcome> carry_out_certificate(Transaction& transaction, const Principal& principal, const store::AccountRow& account, const std::string& pem,
                                      const std::string& label, const Warrant& warrant);
Result<Outcome> carry_out_revocation(Transaction& transaction, const Principal& principal, store::CredentialRow row, const Warrant& warrant);

// A certificate that could be registered now: violations at /certificate, or its fingerprint.
Result<base::Hash> check_certificate(Connection& connection, domain::Instant now, const std::string& pem);

// Four eyes: true when what the toucher did counts as done by the approver: the same account; a credential that the
// approver issued, directly or through others; a delegation from the approver; a common giver. Delegations count
// that were in force at or after touched_since (when the content can first have been touched); without it all do.
bool same_hands(Connection& connection, const domain::AccountId& approver, const domain::AccountId& toucher,
                const domain::CredentialId& toucher_credential, domain::Instant now, const std::optional<domain::Instant>& touched_since = {});

std::string credential_record(Connection& connection, const std::string& id);

}  // namespace cbmx::service
