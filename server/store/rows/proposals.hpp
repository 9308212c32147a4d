// Proposals: what waits for a second person. Rules: service/proposals/proposals.hpp.
#pragma once
#include "domain/audience.hpp"
#include "store/rows/accounts.hpp"

namespace cbmx::store {

enum class ProposalKind {
    account_create,
    account_change,
    credential_register,
    credential_revoke,
    first_credential,
    settings_change,
    report_audience
};
std::string_view name_of(ProposalKind kind);
std::optional<ProposalKind> proposal_kind_from(std::string_view name);

struct ProposalRow {
    std::string id;
    std::string home;  // the State that decides
    ProposalKind kind = ProposalKind::account_create;
    std::string body;  // canonical JSON, by kind; "{}" once erased
    std::optional<std::string> subject;
    std::string proposed_by;
    std::string credential;
    bool by_secretariat = false;
    std::string status;  // waiting | confirmed | declined
    std::optional<std::string> decided_by;
    std::string created_at;
    std::int64_t version = 0;
    std::optional<std::int64_t> seq;  // nullopt: report_audience, a workspace matter until confirmed
};

// own: the caller's home. deciders: also proposals about the audiences of reports that the caller sees, and the rescue of
// those that nobody sees. secretariat: also what it proposed.
struct ProposalReach {
    std::string own;
    bool deciders = false;
    bool secretariat = false;
    domain::Visibility visibility = {};
};

std::optional<ProposalRow> find_proposal(Connection& connection, const std::string& id);  // without a caller: for rules
std::optional<ProposalRow> find_visible_proposal(Connection& connection, const ProposalReach& reach, const std::string& id);
std::vector<ProposalRow> visible_proposals_after(Connection& connection, const ProposalReach& reach,
                                                 const std::optional<std::string>& status, const std::string& id, std::int64_t limit);
// This account came of a State's first credential: the operator confirmed the State's note verbale.
bool came_of_first_credential(Connection& connection, const std::string& account);
void insert_proposal(Connection& connection, const ProposalRow& row);
bool update_proposal(Connection& connection, const ProposalRow& row);  // subject, status and decided_by

}  // namespace cbmx::store
