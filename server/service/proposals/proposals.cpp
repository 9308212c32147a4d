// Steps on proposals: who may take them, and what follows. Who decides on each kind, and its effect: kinds.cpp.
#include "service/proposals/proposals.hpp"
#include "json/parse.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/guard.hpp"
#include "service/proposals/kinds.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/rows/due.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::AccountStatus;
using domain::EventKind;
using domain::Home;
using domain::Permission;
using domain::ProposalStatus;
using domain::Role;
using store::ProposalRow;

Error not_eligible(Rule rule) { return Error{ErrorCode::not_eligible, {{"", rule}}}; }

// Of a State whose one official acts alone the same person is asked again: after a day, or after the delay of what is destroyed slowly.
bool is_asked_again(Connection& db, const Principal& principal, const ProposalRow& proposal)
{
    return asks_again(decider_of(proposal)) && proposal.proposed_by && is_self(principal, *proposal.proposed_by) &&
           !principal.is_unattested && acts_alone(db, proposal.home);
}

domain::Instant asked_again_from(const ProposalRow& proposal, std::chrono::seconds delay)
{
    const std::chrono::seconds pause =
        row_of(proposal.kind).pace == Pace::slowly ? std::max<std::chrono::seconds>(delay, second_thought) : second_thought;
    return domain::from_rfc3339(proposal.created_at).value() + pause;
}

Result<void> check_two_people(Connection& db, domain::Instant now, const Principal& principal, const ProposalRow& proposal,
                              std::chrono::seconds delay)
{
    if (is_asked_again(db, principal, proposal)) {
        const auto from = asked_again_from(proposal, delay);
        if (now < from)
            return Error{ErrorCode::not_eligible, {{"", Rule::asked_again, {{"from", domain::to_rfc3339(from)}}}}};
        return {};
    }
    if (is_self(principal, proposal.proposed_by.value()))
        return not_eligible(Rule::same_person);
    const Actor proposer{proposal.proposed_by.value(), proposal.credential.value(), proposal.created_at};
    if (is_same_actor(db, actor_of(principal), proposer, now, domain::from_rfc3339(proposal.created_at)))
        return not_eligible(Rule::four_eyes);
    return {};
}

// Of the secretariat there is somebody besides the proposer who could confirm this now.
bool somebody_else_can(Connection& db, domain::Instant now, const ProposalRow& proposal)
{
    const Actor proposer{proposal.proposed_by.value(), proposal.credential.value(), proposal.created_at};
    const auto others = store::usable_credentials_of(db, proposal.home, domain::to_rfc3339(now));
    return std::any_of(others.begin(), others.end(), [&](const store::CredentialRow& other) {
        return !is_same_actor(db, {other.account, other.id}, proposer, now, domain::from_rfc3339(proposal.created_at));
    });
}

Result<void> check_decider(Connection& db, domain::Instant now, const Principal& principal, const ProposalRow& proposal,
                           std::chrono::seconds delay = {})
{
    const auto decider = decider_of(proposal);
    if (principal.is_operator && decider == Decider::another_of_secretariat)
        return somebody_else_can(db, now, proposal) ? Result<void>(not_eligible(Rule::somebody_else_can)) : Result<void>();
    if (principal.is_operator)
        return decider == Decider::machine ? Result<void>() : Error{ErrorCode::not_eligible};
    if (proposal.proposed_by && is_another_person(decider))
        if (auto two = check_two_people(db, now, principal, proposal, delay); !two)
            return two.error();
    const auto proposer = proposal.proposed_by ? store::find_account(db, *proposal.proposed_by) : std::nullopt;
    if (!do_roles_suffice(decider, principal.roles, proposer ? proposer->roles : domain::RoleSet()))
        return Error{ErrorCode::not_eligible};
    return {};
}

store::ProposalReach reach_of(const Principal& principal)
{
    const bool deciders = principal.has(Role::nominator) || principal.has(Role::approver);
    const bool reads = principal.reach(Permission::proposal_read) != domain::Reach::none;
    return {.own = reads ? principal.home : Home(),
            .deciders = deciders,
            .secretariat = principal.has(Role::secretariat),
            .visibility = principal.visibility};
}

using Right = Result<void> (*)(Connection&, const Principal&, const ProposalRow&);

Result<void> may_decide(const Principal& principal, const ProposalRow& proposal)
{
    return require(principal, Permission::proposal_decide, proposal.home);
}

// Of what the secretariat might have proposed, and did: another of it is a second person as another of the State is.
bool is_of_secretariats_own(const Principal& principal, const ProposalRow& proposal)
{
    return decider_of(proposal) == Decider::another && proposal.by_secretariat && principal.has(Role::secretariat);
}

Result<void> may_confirm(Connection&, const Principal& principal, const ProposalRow& proposal)
{
    if (is_of_secretariats_own(principal, proposal))
        return require(principal, Permission::proposal_decide, principal.home);
    if (principal.is_outside && !domain::is_left_outside(row_of(proposal.kind).needs))
        return Error{ErrorCode::forbidden, {{"", Rule::not_participating}}};
    return may_decide(principal, proposal);
}

// Those who may confirm it decline it; the office that proposed it withdraws it.
Result<void> may_decline(Connection& connection, const Principal& principal, const ProposalRow& proposal)
{
    if (row_of(proposal.kind).refusal == Refusal::pointless)
        return Error{ErrorCode::not_eligible};
    const auto proposer = proposal.proposed_by ? store::find_account(connection, *proposal.proposed_by) : std::nullopt;
    if (proposal.by_secretariat && proposer && proposer->home == principal.home)
        return require(principal, Permission::proposal_decide, principal.home);
    if (auto allowed = may_decide(principal, proposal); !allowed)
        return allowed.error();
    if (decider_of(proposal) == Decider::nominator && !principal.has(Role::nominator) && !principal.is_operator)
        return Error{ErrorCode::not_eligible};
    return {};
}

// A proposal is what its proposer wants: not what somebody wanted who is gone, or once, long ago.
Result<void> check_still_meant(Transaction& transaction, const ProposalRow& proposal)
{
    if (!proposal.proposed_by)
        return {};  // the portal's own, which it ends itself
    const auto proposer = store::find_account(transaction.db(), *proposal.proposed_by);
    const auto credential = store::find_credential(transaction.db(), proposal.credential.value());
    if (!proposer || proposer->status != AccountStatus::active || !credential || credential->status != domain::CredentialStatus::active)
        return Error{ErrorCode::conflict, {{"", Rule::not_active}}};
    if (transaction.now() > domain::from_rfc3339(proposal.created_at).value() + max_waiting)
        return not_now("expired");
    return {};
}

Result<void> is_waiting(const ProposalRow& proposal)
{
    return proposal.status == ProposalStatus::waiting ? Result<void>() : not_now(proposal.status);
}

Result<void> can_be_confirmed(const ProposalRow& proposal)
{
    return proposal.status == ProposalStatus::scheduled && row_of(proposal.kind).pace == Pace::by_itself ? Result<void>()
                                                                                                         : is_waiting(proposal);
}

Result<void> is_undone(const ProposalRow& proposal)
{
    return proposal.status == ProposalStatus::scheduled ? Result<void>() : is_waiting(proposal);
}

std::string tag_of(const ProposalRow& proposal) { return record_tag(proposal.version, record_of_proposal(proposal)); }

// A proposal in this state that the caller sees, has this right over, and has seen in its present version.
Result<ProposalRow> proposal_for(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected, Right right, Result<void> (*possible)(const ProposalRow&))
{
    auto& db = transaction.db();
    return actable(
        principal.is_operator ? store::find_proposal(db, id) : store::find_visible_proposal(db, reach_of(principal), id),
        [&db, &principal, right](const ProposalRow& proposal) { return right(db, principal, proposal); }, possible, expected, &tag_of);
}

// It waits no more: whatever its effect ends, it does not end the proposal itself.
Result<void> decide(Transaction& transaction, const Principal& principal, ProposalRow& proposal, ProposalStatus status)
{
    proposal.status = status;
    if (!principal.is_portal)
        proposal.decided_by = unless_empty(principal.account);
    ++proposal.version;
    if (!store::update_proposal(transaction.db(), proposal))
        return Error{ErrorCode::precondition_failed};
    if (status == ProposalStatus::scheduled)
        store::set_due(transaction.db(), {domain::Due::proposal, proposal.id.value, proposal.due_at});
    else
        store::drop_due(transaction.db(), domain::Due::proposal, proposal.id.value);
    return {};
}

// The entry of what was decided; its number is the row's.
Outcome record(Transaction& transaction, const Principal& principal, ProposalRow proposal, EventKind kind)
{
    if (proposal.seq)
        proposal.seq = transaction.next_seq();
    store::complete_proposal(transaction.db(), proposal);
    const auto seq = record_proposal(transaction, principal, proposal, kind, Permission::proposal_decide);
    return {.subject = domain::Subject::proposal, .id = proposal.id.value, .seq = seq};
}

Result<Outcome> settle(Transaction& transaction, const Principal& principal, ProposalRow proposal, ProposalStatus status, EventKind kind)
{
    if (const auto decided = decide(transaction, principal, proposal, status); !decided)
        return decided.error();
    return record(transaction, principal, std::move(proposal), kind);
}

// What whoever confirms adds to what was proposed, under the names that the effect reads.
using Added = nlohmann::json;

// The effect and then the proposal: two rows change, so two entries.
Result<Outcome> carry_out(Transaction& transaction, const Principal& principal, ProposalRow proposal, const Added& added = Added::object())
{
    auto body = nlohmann::json::parse(proposal.body);
    if (body.empty() && row_of(proposal.kind).pace != Pace::by_itself)  // erased with the account that it was about
        return Error{ErrorCode::conflict, {{"", Rule::unknown_account}}};
    body.update(added);
    if (const auto decided = decide(transaction, principal, proposal, ProposalStatus::confirmed); !decided)
        return decided.error();
    auto effect = row_of(proposal.kind).effect(transaction, principal, proposal, body);
    if (!effect) {
        // The body is not this caller's: a fault that it has since acquired is a conflict, not a mistake of theirs.
        auto error = effect.error();
        if (error.code == ErrorCode::validation_failed)
            error.code = ErrorCode::conflict;
        return error;
    }
    auto outcome = record(transaction, principal, std::move(proposal), EventKind::proposal_confirmed);
    if (effect->seq)
        outcome.seq = effect->seq;  // the receipt is of the change
    return outcome;
}

// Whether it could be carried out now. Nothing of it happens.
Result<void> check_possible(Transaction& transaction, const Principal& principal, const ProposalRow& proposal)
{
    Result<Outcome> tried = Error{ErrorCode::conflict};
    transaction.attempt([&](Transaction& part) {
        tried = carry_out(part, principal, proposal);
        return false;
    });
    return tried ? Result<void>() : tried.error();
}

Result<Outcome> apply_proposal(Transaction& transaction, const Principal& principal, ProposalRow proposal, std::chrono::seconds delay,
                               const Added& added = Added::object())
{
    if (auto meant = check_still_meant(transaction, proposal); !meant && proposal.status == ProposalStatus::waiting)
        return meant.error();
    const bool is_over = is_asked_again(transaction.db(), principal, proposal);  // the delay went by before he was asked again
    if (row_of(proposal.kind).pace != Pace::slowly || delay == std::chrono::seconds::zero() || is_over)
        return carry_out(transaction, principal, std::move(proposal), added);
    if (auto possible = check_possible(transaction, principal, proposal); !possible)
        return possible.error();
    proposal.due_at = domain::to_rfc3339(transaction.now() + delay);
    return settle(transaction, principal, std::move(proposal), ProposalStatus::scheduled, EventKind::proposal_scheduled);
}

// Who confirms what a document decided says which document: one that was not looked at has no hash. Who confirms an enrolment makes its
// code, which only the two of them then know: he and its holder.
Result<void> check_hash(const ProposalRow& proposal, const std::optional<std::string>& sha256)
{
    const bool is_decided_by_document = proposal.kind == ProposalKind::membership_change || proposal.kind == ProposalKind::founding ||
                                        proposal.kind == ProposalKind::suspension || proposal.kind == ProposalKind::acting_alone ||
                                        proposal.kind == ProposalKind::key_note;
    if (!is_decided_by_document && proposal.kind != ProposalKind::enrolment)
        return sha256 ? Result<void>(domain::invalid("/sha256", Rule::unknown_member)) : Result<void>();
    if (!sha256)
        return domain::invalid("/sha256", Rule::required);
    if (is_decided_by_document && nlohmann::json::parse(proposal.body).at("decision").at("file").at("sha256") != *sha256)
        return domain::invalid("/sha256", Rule::invalid_value, {{"allowed", "SHA-256"}});
    return {};
}

// A waiting one of this kind, whose document the operator has compared.
Result<ProposalRow> compared_by_operator(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& id,
                                         ProposalKind kind, const std::string& compared)
{
    if (!machine_operator.is_operator)
        return Error{ErrorCode::forbidden};
    auto proposal = proposal_for(transaction, machine_operator, id, std::nullopt, may_confirm, is_waiting);
    if (!proposal)
        return proposal.error();
    if (proposal->kind != kind)
        return Error{ErrorCode::not_eligible};
    if (auto eligible = check_decider(transaction.db(), transaction.now(), machine_operator, *proposal); !eligible)
        return eligible.error();
    if (const auto same = check_hash(*proposal, compared); !same)
        return same.error();
    return proposal;
}

nlohmann::json representation_of(Connection& connection, const ProposalRow& row)
{
    const bool waits = row.status == ProposalStatus::waiting;
    return represent(connection, row.id.value, record_of_proposal(row), row.version, row.seq,
                     {{"needs", waits ? nlohmann::json(domain::name_of(decider_of(row))) : nlohmann::json()}});
}

}  // namespace

std::optional<std::string> report_to_be_erased(Connection& connection, const Principal& principal, const domain::ProposalId& id)
{
    const auto row = store::find_visible_proposal(connection, reach_of(principal), id);
    return row && row->kind == ProposalKind::report_erasure && is_undone(*row) ? row->subject : std::nullopt;
}

Result<Representation> get_proposal(Connection& connection, const Principal& principal, i18n::Language, const domain::ProposalId& id)
{
    const auto row = store::find_visible_proposal(connection, reach_of(principal), id);
    if (!row)
        return domain::not_found();
    Representation shown{representation_of(connection, *row), std::nullopt};
    if (may_confirm(connection, principal, *row) || may_decline(connection, principal, *row))
        shown.tag = tag_of(*row);
    return shown;
}

Result<Page> list_proposals(Connection& connection, const Principal& principal, i18n::Language,
                            std::optional<domain::ProposalStatus> status, std::int64_t limit, const std::string& after)
{
    const auto rows = store::visible_proposals_after(connection, reach_of(principal), status, after, limit + 1);
    return page_of(rows, limit, [&](const ProposalRow& row) { return representation_of(connection, row); });
}

ToConfirm proposals_to_confirm(Connection& connection, const Principal& principal, domain::Instant now, std::int64_t limit)
{
    ToConfirm found{store::visible_proposals_after(connection, reach_of(principal), ProposalStatus::waiting, "", limit + 1)};
    found.more = static_cast<std::int64_t>(found.rows.size()) > limit;
    if (found.more)
        found.rows.pop_back();
    std::erase_if(found.rows, [&](const ProposalRow& row) {
        return !may_confirm(connection, principal, row) || !check_decider(connection, now, principal, row);
    });
    return found;
}

Result<Outcome> confirm_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected, std::chrono::seconds delay, const std::optional<std::string>& sha256)
{
    auto proposal = proposal_for(transaction, principal, id, expected, may_confirm, can_be_confirmed);
    if (!proposal)
        return proposal.error();
    // The operator confirms two kinds alone, each by a function of its own, which asks for what stands on paper.
    if (principal.is_operator)
        return Error{ErrorCode::not_eligible};
    if (auto eligible = check_decider(transaction.db(), transaction.now(), principal, *proposal, delay); !eligible)
        return eligible.error();
    if (const auto same = check_hash(*proposal, sha256); !same)
        return same.error();
    auto added = Added::object();
    if (proposal->kind == ProposalKind::enrolment)
        added["code_sha256"] = sha256.value();  // whoever proposed it must not know the code
    return apply_proposal(transaction, principal, std::move(*proposal), delay, added);
}

Result<Outcome> decline_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected)
{
    auto proposal = proposal_for(transaction, principal, id, expected, may_decline, is_undone);
    if (!proposal)
        return proposal.error();
    return settle(transaction, principal, std::move(*proposal), ProposalStatus::declined, EventKind::proposal_declined);
}

Result<Outcome> let_proposal_fall_due(Transaction& transaction, const std::string& id)
{
    const auto portal = domain::the_portal();
    auto proposal = store::find_proposal(transaction.db(), domain::ProposalId(id));
    if (!proposal || !is_undone(*proposal))
        return domain::not_found();
    Result<Outcome> done = Error{ErrorCode::conflict};
    if (proposal->status == ProposalStatus::scheduled)
        transaction.attempt([&](Transaction& part) {
            done = carry_out(part, portal, *proposal);
            return done.has_value();
        });
    return done ? done : settle(transaction, portal, std::move(*proposal), ProposalStatus::ended, EventKind::proposal_ended);
}

Result<Outcome> confirm_by_document(Transaction& transaction, const Principal& machine_operator, ProposalKind kind,
                                    const domain::ProposalId& proposal_id, const std::string& compared)
{
    auto proposal = compared_by_operator(transaction, machine_operator, proposal_id, kind, compared);
    if (!proposal)
        return proposal.error();
    return apply_proposal(transaction, machine_operator, std::move(*proposal), std::chrono::seconds(0));
}

Result<Outcome> confirm_founding(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                 const OperatorsPart& part)
{
    auto proposal = compared_by_operator(transaction, machine_operator, proposal_id, ProposalKind::founding, part.note);
    if (!proposal)
        return proposal.error();
    if (auto faults = check_operators_part(transaction.now(), nlohmann::json::parse(proposal->body), part); !faults.empty())
        return Error{ErrorCode::validation_failed, std::move(faults)};
    auto added = Added::object();
    for (const auto& code : part.second_codes)
        added["second_codes"].push_back(code ? nlohmann::json(base::hex(*code)) : nlohmann::json());
    return apply_proposal(transaction, machine_operator, std::move(*proposal), std::chrono::seconds(0), added);
}

Result<Outcome> confirm_key_note(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                 const std::string& compared, const base::Hash& fingerprint)
{
    auto proposal = compared_by_operator(transaction, machine_operator, proposal_id, ProposalKind::key_note, compared);
    if (!proposal)
        return proposal.error();
    if (nlohmann::json::parse(proposal->body).at("fingerprint") != base::hex(fingerprint))
        return domain::invalid("/fingerprint", Rule::invalid_value, {{"allowed", "SHA-256 (DER)"}});
    return apply_proposal(transaction, machine_operator, std::move(*proposal), std::chrono::seconds(0));
}

Result<Outcome> confirm_suspension(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                   const std::string& compared, const std::vector<std::string>& accounts)
{
    auto proposal = compared_by_operator(transaction, machine_operator, proposal_id, ProposalKind::suspension, compared);
    if (!proposal)
        return proposal.error();
    return apply_proposal(transaction, machine_operator, std::move(*proposal), std::chrono::seconds(0), {{"accounts", accounts}});
}

}  // namespace cbmx::service
