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
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<EnrolmentRow> find_enrolment(Connection& connection, const domain::EnrolmentId& id);  // without a caller: for rules
// An enrolment is visible with its account.
std::optional<EnrolmentRow> find_visible_enrolment(Connection& connection, const HomeReach& reach, const domain::EnrolmentId& id);
std::vector<EnrolmentRow> visible_enrolments_after(Connection& connection, const HomeReach& reach, const std::string& after,
                                                   std::int64_t limit);
void insert_enrolment(Connection& connection, const EnrolmentRow& row);
bool update_enrolment(Connection& connection, const EnrolmentRow& row);  // its status and credential
// Of foundings of this State, not used yet.
std::vector<domain::EnrolmentId> open_enrolments_of_foundings(Connection& connection, const domain::Home& state);
void set_tries_left(Connection& connection, const domain::EnrolmentId& id, std::int64_t tries);

}  // namespace cbmx::store
