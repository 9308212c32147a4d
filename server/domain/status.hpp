// The states and kinds of accounts, credentials, delegations, proposals and signing keys, with their names in the database
// and in records. What becomes of reports and of the directory: workflow.hpp.
#pragma once
#include "domain/names.hpp"

namespace cbmx::domain {

enum class AccountStatus {
    active,
    suspended,  // by a note verbale of its State: its holder may object, once
    disabled,
    erased,
};
template <>
struct Names<AccountStatus> {
    static constexpr std::array<std::string_view, 4> text{"active", "suspended", "disabled", "erased"};
};

// What stands behind an account (rules.md 18a).
enum class Authority {
    note,           // a note verbale of its State named it
    nominator,      // a nominator of its State made it, or confirmed it
    none,           // neither: it reads and drafts (domain/policy.cpp, the last column)
    demonstration,  // the operator made it in a portal that is marked as a demonstration
    office,         // of an office, for which no State speaks
};
template <>
struct Names<Authority> {
    static constexpr std::array<std::string_view, 5> text{"note", "nominator", "none", "demonstration", "office"};
};

enum class CredentialKind { certificate, token };
template <>
struct Names<CredentialKind> {
    static constexpr std::array<std::string_view, 2> text{"certificate", "token"};
};

enum class CredentialStatus {
    unproven,  // of a token: its hash came, and no request in the token's own form yet (rules.md 17)
    active,
    revoked,
};
template <>
struct Names<CredentialStatus> {
    static constexpr std::array<std::string_view, 3> text{"unproven", "active", "revoked"};
};

enum class EnrolmentStatus { open, used, ended };
template <>
struct Names<EnrolmentStatus> {
    static constexpr std::array<std::string_view, 3> text{"open", "used", "ended"};
};

enum class SigningKeyUse { statements, witness };
template <>
struct Names<SigningKeyUse> {
    static constexpr std::array<std::string_view, 2> text{"statements", "witness"};
};

// What shows that a key for statements is its State's (rules.md 27f).
enum class KeyShownBy {
    previous_key,    // the State's key before it has signed it
    two_nominators,  // one has registered it, another has confirmed it
    note_verbale,    // which gives its fingerprint
};
template <>
struct Names<KeyShownBy> {
    static constexpr std::array<std::string_view, 3> text{"previous_key", "two_nominators", "note_verbale"};
};

enum class SigningKeyStatus { active, revoked };
template <>
struct Names<SigningKeyStatus> {
    static constexpr std::array<std::string_view, 2> text{"active", "revoked"};
};

enum class DelegationStatus { given, ended };
template <>
struct Names<DelegationStatus> {
    static constexpr std::array<std::string_view, 2> text{"given", "ended"};
};

enum class ProposalStatus {
    waiting,    // for somebody's decision
    scheduled,  // decided; the portal carries it out when it is due
    confirmed,  // carried out
    declined,
    ended,  // by itself: it has lost its point, or nobody decided in time
};
template <>
struct Names<ProposalStatus> {
    static constexpr std::array<std::string_view, 5> text{"waiting", "scheduled", "confirmed", "declined", "ended"};
};

enum class ProposalKind {
    account_create,
    account_change,
    enrolment,
    credential_revoke,
    founding,
    suspension,
    settings_change,
    acting_alone,
    key_registration,
    key_note,
    report_audience,
    report_erasure,
    report_restoring,
    membership_change,
    contact_erasure,
    nomination_erasure,
    account_erasure
};
template <>
struct Names<ProposalKind> {
    static constexpr std::array<std::string_view, 17> text{
        "account_create",   "account_change",    "enrolment",        "credential_revoke",  "founding",        "suspension",
        "settings_change",  "acting_alone",      "key_registration", "key_note",           "report_audience", "report_erasure",
        "report_restoring", "membership_change", "contact_erasure",  "nomination_erasure", "account_erasure"};
};

}  // namespace cbmx::domain
