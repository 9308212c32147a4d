// Enrolments: invitations to hold a credential of an account. Rules: service/accounts/enrolments.hpp.
#pragma once
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct EnrolmentRow {
    domain::EnrolmentId id;
    domain::AccountId account;
    domain::CredentialKind kind = domain::CredentialKind::token;
    base::Hash code{};                                // SHA-256, of the whole code or of its first half
    std::optional<base::Hash> second_code = {};       // of the second half, where the code comes in two
    std::optional<domain::ProposalId> proposal = {};  // the founding that it came of: then it has a second half
    std::int64_t tries_left = 0;
    std::string label;
    domain::TokenScopeSet scopes;
    std::optional<base::Hash> bound_to;
    std::optional<std::int64_t> days;
    std::string until_at;
    domain::EnrolmentStatus status = domain::EnrolmentStatus::open;
    std::optional<domain::CredentialId> credential;  // that came of it
    std::optional<domain::AccountId> made_by;        // nullopt: the operator at the machine
    std::optional<domain::CredentialId> made_with;
    std::optional<std::string> check_words;  // once it was used; for its user alone
    std::optional<std::string> attested_at;  // when somebody else said that the holder himself came in
    std::optional<domain::AccountId> attested_by;
    std::optional<domain::CredentialId> attested_with;
    std::optional<std::string> attested_note;  // canonical JSON; nullopt: no note, or erased with the account
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<EnrolmentRow> find_enrolment(Connection& connection, const domain::EnrolmentId& id);  // without a caller: for rules
// An enrolment is visible with its account, and to the office one of whose accounts attested it.
std::optional<EnrolmentRow> find_visible_enrolment(Connection& connection, const HomeReach& reach, const domain::EnrolmentId& id);
std::vector<EnrolmentRow> visible_enrolments_after(Connection& connection, const HomeReach& reach, const std::string& after,
                                                   std::int64_t limit);
std::vector<domain::EnrolmentId> attested_enrolments(Connection& connection);  // as their rows or their entries say
std::vector<EnrolmentRow> open_enrolments(Connection& connection, const domain::AccountId& account);
// For active accounts of this home: those by which somebody can still come in; and those by which somebody did, with a credential that
// works and is not attested, each with the time when that was.
std::vector<EnrolmentRow> open_enrolments_of(Connection& connection, const domain::Home& home, const std::string& now);
struct UsedEnrolment {
    domain::EnrolmentId id;
    std::string used_at;
};
std::vector<UsedEnrolment> enrolments_to_attest(Connection& connection, const domain::Home& home, const std::string& now);
void insert_enrolment(Connection& connection, const EnrolmentRow& row);
bool update_enrolment(Connection& connection, const EnrolmentRow& row);  // its status, credential, words and attestation
// Of foundings of this State, not used yet.
std::vector<domain::EnrolmentId> open_enrolments_of_foundings(Connection& connection, const domain::Home& state);
void set_tries_left(Connection& connection, const domain::EnrolmentId& id, std::int64_t tries);

}  // namespace cbmx::store
