// FOUNDING A STATE ON PAPER (rules.md 34): one note verbale names up to six officials. The secretariat records it with one half of each
// official's code, or with the certificate whose fingerprint the note names; the operator, on the machine, compares the note, makes the
// other halves and confirms. Each official then comes in by an enrolment of his own: nobody's hands. The step: confirm_founding in
// proposals.hpp.
#pragma once
#include "service/portal.hpp"
#include "store/rows/proposals.hpp"

namespace cbmx::service {

inline constexpr std::size_t max_officials = 6;  // of one note

// What the operator brings: of each official, in the note's order; there may be more than officials.
struct OperatorsPart {
    std::string note;                                     // SHA-256 in hex, of the document that was compared
    std::vector<std::optional<base::Hash>> second_codes;  // SHA-256 of the halves of codes that the operator's client has made
    std::vector<std::optional<base::Hash>> fingerprints;  // of certificates, as the note names them
};

// body: valid by proposal-create, with the decision as it is kept. Errors with all faults: validation_failed; conflict (at /state while
// the State has a nominator who could sign in, or at a certificate that is somebody's).
Result<void> check_founding(Connection& connection, domain::Instant now, const domain::Home& state, const nlohmann::json& body);

// Faults of the operator's part: an official whose half or fingerprint is missing, a fingerprint that is another's.
std::vector<Violation> check_operators_part(domain::Instant now, const nlohmann::json& body, const OperatorsPart& part);

// The accounts, each with its enrolment or certificate; codes of an earlier founding that were not used end. proposal.body then names them:
// "account" and "enrolment" of each official. Outcome: the first account.
Result<Outcome> carry_out_founding(Transaction& transaction, const Principal& machine_operator, store::ProposalRow& proposal,
                                   const nlohmann::json& body);

}  // namespace cbmx::service
