// See second_person.hpp.
#include "service/second_person.hpp"
#include "json/parse.hpp"
#include "service/quotas.hpp"
#include "service/rights.hpp"
#include "store/rows/due.hpp"
#include <stdexcept>

namespace cbmx::service {

using domain::EventKind;
using domain::Home;
using domain::Permission;
using store::ProposalRow;

namespace {

// What takes something back, or speaks by a note verbale, always finds room.
bool takes_room(ProposalKind kind)
{
    switch (kind) {
    case ProposalKind::account_create:
    case ProposalKind::account_change:
    case ProposalKind::enrolment:
    case ProposalKind::settings_change:
    case ProposalKind::key_registration:
    case ProposalKind::report_audience:
    case ProposalKind::membership_change: return true;
    case ProposalKind::credential_revoke:
    case ProposalKind::founding:
    case ProposalKind::suspension:
    case ProposalKind::acting_alone:
    case ProposalKind::key_note:
    case ProposalKind::report_erasure:
    case ProposalKind::report_restoring:
    case ProposalKind::contact_erasure:
    case ProposalKind::nomination_erasure:
    case ProposalKind::account_erasure: return false;
    }
    return true;
}

// Of the proposer's own State or office, where it is counted (0008_quotas.sql).
Result<void> check_room(Connection& db, const Principal& principal, ProposalKind kind, domain::ProposalStatus status)
{
    if (principal.account.empty() || status != domain::ProposalStatus::waiting || !takes_room(kind))
        return {};
    return check_quota(db, principal.home, domain::Quota::proposals, 1);
}

}  // namespace

std::string proposal_record(Connection& connection, const domain::ProposalId& id)
{
    const auto row = store::find_proposal(connection, id);
    if (!row)
        throw std::logic_error("no proposal " + id.value);
    return record_of_proposal(*row);
}

std::string record_of_proposal(const ProposalRow& row)
{
    return json::canonical({{"home", row.home.text()},
                            {"kind", domain::name_of(row.kind)},
                            {"body", nlohmann::json::parse(row.body)},
                            {"subject", or_null(row.subject)},
                            {"proposed_by", or_null(row.proposed_by)},
                            {"credential", or_null(row.credential)},
                            {"by_secretariat", row.by_secretariat},
                            {"status", domain::name_of(row.status)},
                            {"decided_by", or_null(row.decided_by)},
                            {"created_at", row.created_at},
                            {"due_at", row.due_at}});
}

std::optional<Seq> record_proposal(Transaction& transaction, const Principal& principal, const ProposalRow& proposal, EventKind kind,
                                   Permission permission)
{
    if (!proposal.seq)
        return std::nullopt;
    return transaction.append(principal, {.kind = kind,
                                          .subject = proposal.id.value,
                                          .home = proposal.home,
                                          .acting_role = principal.acting_role(permission),
                                          .version = proposal.version,
                                          .content = proposal_record(transaction.db(), proposal.id)});
}

void end_proposals(Transaction& transaction, const Principal& principal, const Home& home, ProposalKind kind, Permission permission,
                   const std::function<bool(const ProposalRow&)>& has_lost_its_point)
{
    for (auto& proposal : store::open_proposals(transaction.db(), home, kind)) {
        if (!has_lost_its_point(proposal))
            continue;
        proposal.status = domain::ProposalStatus::ended;
        ++proposal.version;
        if (proposal.seq)
            proposal.seq = transaction.next_seq();
        if (!store::update_proposal(transaction.db(), proposal))
            throw std::logic_error("an open proposal is not open");
        store::drop_due(transaction.db(), domain::Due::proposal, proposal.id.value);
        record_proposal(transaction, principal, proposal, EventKind::proposal_ended, permission);
    }
}

Result<Outcome> propose(Transaction& transaction, const Principal& principal, const Home& home, ProposalKind kind,
                        const std::optional<std::string>& subject, const nlohmann::json& body, Entered entered,
                        domain::ProposalStatus status, std::chrono::seconds due_in)
{
    if (const auto room = check_room(transaction.db(), principal, kind, status); !room)
        return room.error();
    const ProposalRow row{.id = domain::ProposalId(transaction.new_uuid()),
                          .home = home,
                          .kind = kind,
                          .body = json::canonical(body),
                          .subject = subject,
                          .proposed_by = unless_empty(principal.account),
                          .credential = unless_empty(principal.credential),
                          .by_secretariat = !principal.account.empty() && principal.home != home,
                          .status = status,
                          .created_at = transaction.now_text(),
                          .due_at = domain::to_rfc3339(transaction.now() + due_in),
                          .version = 1,
                          .seq = entered == Entered::in_ledger ? std::optional(transaction.next_seq()) : std::nullopt};
    store::insert_proposal(transaction.db(), row);
    store::set_due(transaction.db(), {domain::Due::proposal, row.id.value, row.due_at});
    const auto kind_of_entry = status == domain::ProposalStatus::scheduled ? EventKind::proposal_scheduled : EventKind::proposal_made;
    const auto seq = record_proposal(transaction, principal, row, kind_of_entry, Permission::proposal_make);
    return Outcome{.status = 201, .subject = domain::Subject::proposal, .id = row.id.value, .seq = seq};
}

Result<Outcome> schedule_erasure(Transaction& transaction, const Principal& principal, const Home& home, ProposalKind kind,
                                 domain::Subject subject, const std::string& id, std::chrono::seconds delay,
                                 const std::function<Result<Outcome>(Transaction&)>& erase)
{
    if (delay == std::chrono::seconds::zero())
        return erase(transaction);
    Result<Outcome> tried = Error{ErrorCode::conflict};
    transaction.attempt([&](Transaction& part) {
        tried = erase(part);
        return false;
    });
    if (!tried)
        return tried.error();
    const auto scheduled = propose(transaction, principal, home, kind, id, nlohmann::json::object(), Entered::in_ledger,
                                   domain::ProposalStatus::scheduled, delay);
    if (!scheduled)
        return scheduled.error();
    return Outcome{.subject = subject, .id = id, .seq = scheduled->seq};
}

}  // namespace cbmx::service
