// Proposals: what waits for a second person. Rules: service/proposals/proposals.hpp.
#pragma once
#include "domain/audience.hpp"
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct ProposalRow {
    domain::ProposalId id;
    domain::Home home;  // the State that decides
    domain::ProposalKind kind = domain::ProposalKind::account_create;
    std::string body;                              // canonical JSON, by kind; "{}" once erased
    std::optional<std::string> subject;            // an account's id, a credential's, a report's, or a State's code, by kind
    std::optional<domain::AccountId> proposed_by;  // nullopt: the portal, or the operator at the machine
    std::optional<domain::CredentialId> credential;
    bool by_secretariat = false;
    domain::ProposalStatus status = domain::ProposalStatus::waiting;
    std::optional<domain::AccountId> decided_by;
    std::string created_at;
    std::string due_at;  // when the portal ends it while it waits, or carries it out when it is scheduled
    std::int64_t version = 0;
    std::optional<std::int64_t> seq;  // nullopt: report_audience, a workspace matter until confirmed
};

// own: the caller's home. deciders: also proposals about the audiences of reports that the caller sees, and the rescue of
// those that nobody sees. secretariat: also what it proposed.
struct ProposalReach {
    domain::Home own;
    bool deciders = false;
    bool secretariat = false;
    domain::Visibility visibility = {};
};

std::optional<ProposalRow> find_proposal(Connection& connection, const domain::ProposalId& id);  // without a caller: for rules
std::optional<ProposalRow> find_visible_proposal(Connection& connection, const ProposalReach& reach, const domain::ProposalId& id);
std::vector<ProposalRow> visible_proposals_after(Connection& connection, const ProposalReach& reach,
                                                 std::optional<domain::ProposalStatus> status, const std::string& after,
                                                 std::int64_t limit);
// For verify: the body of the confirmed founding of this home that names the account; "{}" where one has been emptied by an erasure, so
// that nobody can tell any more; nullopt: none.
std::optional<std::string> founding_of(Connection& connection, const domain::Home& home, const domain::AccountId& account);
// The notes verbales about keys of this State that were confirmed, in the order in which they were recorded.
std::vector<ProposalRow> confirmed_key_notes(Connection& connection, const domain::Home& home);
// The confirmed one by which two nominators registered this key.
std::optional<ProposalRow> registration_of(Connection& connection, const domain::SigningKeyId& key);
bool has_waiting_proposal(Connection& connection, domain::ProposalKind kind, const std::string& subject);
void insert_proposal(Connection& connection, const ProposalRow& row);
// Subject, status, decided_by, due_at and seq of one that waits or is scheduled; false: it is neither, or has changed.
bool update_proposal(Connection& connection, const ProposalRow& row);
bool has_open_erasure(Connection& connection, const std::string& report);  // waiting or scheduled
// A waiting offer of the portal to put back what the account has withdrawn, made since then.
bool has_offer_to_restore(Connection& connection, const domain::Home& home, const domain::AccountId& account, const std::string& since);
void complete_proposal(Connection& connection, const ProposalRow& row);  // body, subject and seq, once its effect is known
std::vector<ProposalRow> open_proposals(Connection& connection, const domain::Home& home,
                                        domain::ProposalKind kind);  // waiting or scheduled

// Those of this home that the secretariat made and that wait.
std::vector<ProposalRow> waiting_by_secretariat(Connection& connection, const domain::Home& home);

}  // namespace cbmx::store
