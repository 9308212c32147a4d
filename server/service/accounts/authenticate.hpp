// From a credential to a Principal: who is asking, with which rights, and what it may see (rules.md 4, 17).
// Also the form of API tokens. The pipeline asks PrincipalCache; a write asks reload() again in its transaction.
#pragma once
#include "service/portal.hpp"
#include "store/rows/credentials.hpp"
#include <functional>
#include <mutex>
#include <unordered_map>

namespace cbmx::service {

// "cbmx_", 43 base62 characters of 32 random bytes, 6 base62 characters of their CRC-32.
std::string new_token(const base::RandomSource& random);
bool is_well_formed_token(std::string_view text);

// Neither: anonymous. Unknown, expired, revoked, disabled, of two accounts, without its certificate: invalid_credential,
// all the same to the caller.
Result<Principal> authenticate(Connection& connection, domain::Instant now, const std::optional<std::string>& bearer_token,
                               const std::optional<base::Hash>& certificate);
// The same caller as its rows stand in this connection: rights may have changed since it was authenticated.
Result<Principal> reload(Connection& connection, domain::Instant now, const Principal& principal);

// As whom the holder of a credential acts, whether or not it could be used now.
Principal holder_of(Connection& connection, domain::Instant now, const store::CredentialRow& credential);

// Readers without an account, for the operator's `cbmx export`: all that accounts of this State or office may see together,
// but for what names single accounts; and whatever there is. They write nothing.
Principal reader_of_home(Connection& connection, domain::Instant now, const domain::Home& home);
Principal reader_of_everything(Connection& connection);
// What every account of a State, or every holder of an office, sees there: nothing that is shown to some of its roles alone, and no
// draft. Whose documents it makes: service/accounts/audiences.hpp.
Principal reader_of_all_at(Connection& connection, domain::Instant now, const domain::Home& home);
// What every account of a participating State sees, whichever State that is.
Principal reader_of_members();

// When a credential stops working: its own end; of an unproven token when its first request must have come.
domain::Instant end_of(const store::CredentialRow& credential);
bool state_participates(Connection& connection, const domain::StateCode& state, domain::Instant now);

// Principals of credentials seen lately. An entry holds while no commit changed accounts of its home, for at most a second, and
// never past the end of the credential or of a delegation to it. Refusals are not kept. Any thread.
class PrincipalCache {
public:
    using Monotonic = std::function<std::chrono::steady_clock::time_point()>;
    static constexpr std::chrono::milliseconds max_age{1000};
    static constexpr std::size_t max_entries = 4096;

    explicit PrincipalCache(const store::Writer& writer, Monotonic monotonic = std::chrono::steady_clock::now);

    // Without touching the database; nullopt: ask authenticate().
    std::optional<Principal> find(domain::Instant now, const std::optional<std::string>& bearer_token,
                                  const std::optional<base::Hash>& certificate);
    // As the function above, keeping the answer. The connection must be a fresh snapshot, not read from yet: otherwise
    // it may be older than the generation under which the answer is kept.
    Result<Principal> authenticate(Connection& connection, domain::Instant now, const std::optional<std::string>& bearer_token,
                                   const std::optional<base::Hash>& certificate);

private:
    struct Entry {
        Principal principal;
        std::uint64_t generation;
        std::chrono::steady_clock::time_point until;
        domain::Instant ends_at;
    };
    const store::Writer& writer_;
    Monotonic monotonic_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;  // by hash of the token, then fingerprint of the certificate
};

}  // namespace cbmx::service
