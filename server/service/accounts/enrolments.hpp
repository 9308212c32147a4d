// ENROLMENTS (rules.md 17): how the holder of a credential comes in without anybody else seeing its secret. Whoever may add a credential
// to an account makes an enrolment; its client makes the code, and only the code's SHA-256 comes here. The holder brings the code, and
// shows that he holds the certificate's key (base/possession.hpp), or the SHA-256 of a token that he made: that one is unproven until
// the first request with it (prove_credential in credentials.hpp). Whose hands he is in then: attestation.hpp.
#pragma once
#include "service/accounts/credentials.hpp"
#include "service/accounts/enrolment_code.hpp"
#include "store/rows/enrolments.hpp"

namespace cbmx::service {

inline constexpr std::chrono::days enrolment_life{7};  // also the time in which a token's first request must come
inline constexpr std::chrono::days founding_life{30};  // of one that came of a note verbale: its code travels in two halves
inline constexpr std::int64_t enrolment_tries = 5;     // wrong codes that end it

// What makes the code whole, of an enrolment that comes of a founding.
struct SecondHalf {
    domain::ProposalId founding;
    base::Hash code{};  // SHA-256
};

// Of one that is open, or used and not attested, it says who could attest it, and who could approve what its holder writes until then.
Result<Representation> get_enrolment(Connection& connection, const Principal& principal, const domain::EnrolmentId& id,
                                     domain::Instant now);
Result<Page> list_enrolments(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                             const std::string& after);

// body: valid by credential-register. Never for oneself. Errors: not_found, forbidden, token_scope, not_eligible, conflict (not an active
// account; holder_enrols: it brings a certificate that could be used), validation_failed (also: why such a certificate could not).
Result<Outcome> make_enrolment(const Portal& portal, Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                               const nlohmann::json& body);
// As make_enrolment judges a body, but for its code, and its effect, for a caller who has already checked the right.
nlohmann::json enrolment_in(const nlohmann::json& proposal);  // the body that a proposal of one stands for
std::vector<Violation> check_enrolment(Connection& connection, const domain::AccountId& account, const nlohmann::json& body);
Outcome carry_out_enrolment(Transaction& transaction, const Principal& principal, const store::AccountRow& account,
                            const nlohmann::json& body, domain::Permission permission, const std::optional<SecondHalf>& second = {});

// By whoever may add credentials to the account, or by the account itself. Errors: not_found, forbidden, token_scope, conflict.
Result<Outcome> end_enrolment(Transaction& transaction, const Principal& principal, const domain::EnrolmentId& id);

// RESET, for whoever has lost what he held or may have let it be seen: all ways in end, and one enrolment goes out. As make_enrolment.
Result<Outcome> reset_account(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                              const nlohmann::json& body);

// By whoever has the code; body: valid by enrolment-use. The same again gives the same answer. Outcome: the credential, entered by its
// holder, to whom it is shown. Errors: not_found, not_eligible (wrong_code), conflict (enrolment_ended; not an active account; the
// certificate is another's, who is told), validation_failed.
Result<Outcome> use_enrolment(const Portal& portal, Transaction& transaction, const domain::EnrolmentId& id, const nlohmann::json& body);

std::string enrolment_record(Connection& connection, const domain::EnrolmentId& id);
// Its next version, as the row now stands, with the entry that says so.
Outcome settle(Transaction& transaction, const Principal& principal, store::EnrolmentRow row, const domain::Home& home,
               domain::EventKind kind, domain::ActingRole role);

}  // namespace cbmx::service
