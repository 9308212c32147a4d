// Client certificates and API tokens: renewing, proving, revoking (rules.md 4, 17). How their holders come in:
// service/accounts/enrolments.hpp. Four eyes: is_same_actor.
#pragma once
#include "base/ed25519.hpp"
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
    base::Hash fingerprint{};  // SHA-256 of the token, which its holder made
    std::string label;
    std::vector<std::string> scopes;
    std::int64_t expires_in_days = default_token_days;
    std::optional<std::string> bound_to_certificate;  // SHA-256 in hex, of a certificate of the same account
};
// What is wrong with it for this account, under the names that a body has.
std::vector<Violation> check_token(Connection& connection, const domain::AccountId& account, const TokenDraft& draft,
                                   const std::vector<std::string>& allowed);

// By the operator at the machine, whose client has made the token: it works at once. Errors: not_found, forbidden (may_equip), conflict
// (not an active account, the token or certificate is somebody's already), validation_failed.
Result<Outcome> issue_token(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                            const TokenDraft& draft);
Result<Outcome> register_certificate(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                                     const std::string& pem, const std::string& label);
// RENEWAL: the token of this call asks for its replacement, a token that its holder has made, with the same scopes or fewer and the same
// life. The old one ends when the new one is first used, or at its own end. The same hash again gives the same answer.
// Errors: conflict (no token; not_yet_renewable: not in the last third of its life; chain_ended: max_token_days after the first of the
// chain; renewed_twice: with another hash, and then both have ended), validation_failed.
Result<Outcome> renew_token(Transaction& transaction, const Principal& principal, const base::Hash& fingerprint,
                            const std::optional<std::vector<std::string>>& scopes);
// The first request with a token has come: from now on it is its holder's, and the token that it replaced has ended. Gives the caller as
// it stands then. Errors: invalid_credential (its time is over, or two accounts hold the same hash).
Result<Principal> prove_credential(Transaction& transaction, const Principal& principal);
// And every token that it renewed itself into, an entry each. By an account that may write its account, or by its own account (a narrow
// token: itself, and those that it replaced).
Result<Outcome> revoke_credential(Transaction& transaction, const Principal& principal, const domain::CredentialId& id);

// The effects, for a caller who has already checked the right, under the permission that gives it.
Result<Outcome> carry_out_certificate(Transaction& transaction, const Principal& principal, const store::AccountRow& account,
                                      const std::string& pem, const std::string& label, domain::Permission permission);
// row: all but id, status, issued_with, created_at, version, seq. As holder: by whom it is entered.
Outcome enter_credential(Transaction& transaction, const Principal& principal, store::CredentialRow row, const domain::Home& home,
                         domain::Permission permission);
// Somebody else has shown the key of this certificate too: its holder's State is told, by an entry of the portal's.
void note_second_claim(Transaction& transaction, store::CredentialRow taken);
// Of whichever has not ended, the credential and what it renewed itself into: what was proposed against a token holds against its renewal.
Result<Outcome> carry_out_revocation(Transaction& transaction, const Principal& principal, store::CredentialRow row,
                                     domain::Permission permission);

// One certificate that has not ended: violations at /certificate, or what it says.
Result<base::CertificateFacts> check_certificate(domain::Instant now, const std::string& pem);
// The row of a certificate, for enter_credential.
store::CredentialRow certificate_row(const domain::AccountId& account, const base::CertificateFacts& facts, const std::string& label);

// The check words of the caller's own credential, until somebody else has attested its enrolment (enrolments.hpp).
std::optional<std::string> check_words_of(Connection& connection, const Principal& principal);

// Four eyes. An account, acting through one of its credentials.
struct Actor {
    domain::AccountId account;
    domain::CredentialId credential;     // empty: whichever
    std::optional<std::string> at = {};  // when it acted; nullopt: now
};
std::set<domain::AccountId> hands_of(Connection& connection, const Actor& actor, domain::Instant now);
// Accounts of this State or office with this role that have a usable credential which nobody else could hold.
std::set<domain::AccountId> known_holders(Connection& connection, const domain::Home& home, domain::Role role, domain::Instant now);
inline Actor actor_of(const Principal& principal) { return {principal.account, principal.credential}; }

// True when what one does counts as done by the other: somebody's hands are in both, each as it stood when it acted (store::hands_of);
// something is lent between them, or by one giver to both. Delegations count that were in force at or after since (when the first of
// the two can have acted); without it all do.
bool is_same_actor(Connection& connection, const Actor& one, const Actor& other, domain::Instant now,
                   const std::optional<domain::Instant>& since = {});

// All of them by name, in order: what a certificate has.
std::vector<std::string> all_token_scopes();

std::string credential_record(Connection& connection, const domain::CredentialId& id);

}  // namespace cbmx::service
