// THE TABLE OF KINDS: who decides on each kind of proposal, and what its confirmation does. What may be proposed is
// checked when it is proposed, and again, by the same functions, when it takes effect.
#include "service/proposals/proposals.hpp"
#include "json/parse.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/guard.hpp"
#include "service/reports/reports.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include <algorithm>
#include <array>

namespace cbmx::service {

namespace {

using domain::AccountStatus;
using domain::EventKind;
using domain::Home;
using domain::Permission;
using domain::ProposalStatus;
using domain::Role;
using store::ProposalRow;

enum class Decider {
    nominator,
    nominator_and_approver,  // another person than the proposer; one of the two a nominator, the other an approver
    another_approver,        // than the proposer
    machine,                 // the operator, with the note verbale in hand
};

// Carries the change out; may name the record that came of it in proposal.subject.
using Effect = Result<Outcome> (*)(Transaction&, const Principal&, ProposalRow& proposal, const nlohmann::json& body);

domain::AccountId account_in(const nlohmann::json& body) { return domain::AccountId(body.at("account").get<std::string>()); }

std::vector<std::string> names_in(const nlohmann::json& list) { return list.get<std::vector<std::string>>(); }

AccountDraft account_draft_from(const Home& home, const nlohmann::json& body)
{
    return {home, body.at("name").get<std::string>(), names_in(body.at("roles"))};
}

Error unknown_account() { return Error{ErrorCode::conflict, {{"/account", Rule::unknown_account}}}; }

Result<Outcome> create_the_account(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json& body)
{
    auto outcome = carry_out_creation(transaction, principal, account_draft_from(proposal.home, body), Permission::proposal_decide);
    if (outcome)
        proposal.subject = outcome->id;
    return outcome;
}

Result<Outcome> change_the_account(Transaction& transaction, const Principal& principal, ProposalRow&, const nlohmann::json& body)
{
    auto account = store::find_account(transaction.db(), account_in(body));
    if (!account || account->status == AccountStatus::erased)
        return unknown_account();
    return carry_out_change(transaction, principal, std::move(*account), account_change_from(body), Permission::proposal_decide);
}

Result<Outcome> register_the_certificate(Transaction& transaction, const Principal& principal, ProposalRow& proposal,
                                         const nlohmann::json& body)
{
    const auto account = store::find_account(transaction.db(), account_in(body));
    if (!account || account->status != AccountStatus::active)
        return unknown_account();
    auto outcome =
        carry_out_certificate(transaction, principal, *account, body.at("certificate").get<std::string>(), "", Permission::proposal_decide);
    if (outcome)
        proposal.subject = outcome->id;
    return outcome;
}

Result<Outcome> revoke_the_credential(Transaction& transaction, const Principal& principal, ProposalRow&, const nlohmann::json& body)
{
    const domain::CredentialId id(body.at("credential").get<std::string>());
    const auto with_it = store::active_successors(transaction.db(), id);
    if (principal.credential == id ||
        std::any_of(with_it.begin(), with_it.end(), [&](const store::CredentialRow& row) { return row.id == principal.credential; }))
        return Error{ErrorCode::not_eligible, {{"/credential", Rule::own_credential}}};
    auto credential = store::find_credential(transaction.db(), id);
    if (!credential)
        return Error{ErrorCode::conflict, {{"/credential", Rule::unknown_reference}}};
    return carry_out_revocation(transaction, principal, std::move(*credential), Permission::proposal_decide);
}

// The operator alone comes here (decide_right). Nobody of the State has confirmed: the account says so.
Result<Outcome> create_first_nominator(Transaction& transaction, const Principal& principal, ProposalRow& proposal,
                                       const nlohmann::json& body)
{
    if (store::has_usable_nominator(transaction.db(), proposal.home, transaction.now_text()))
        return Error{ErrorCode::conflict, {{"/state", Rule::already_exists}}};
    const AccountDraft draft{proposal.home, body.at("name").get<std::string>(), {std::string(domain::name_of(Role::nominator))}};
    const auto account = carry_out_creation(transaction, principal, draft, Permission::proposal_decide);
    if (!account)
        return account.error();
    proposal.subject = account->id;
    const auto row = store::find_account(transaction.db(), domain::AccountId(account->id));
    return carry_out_certificate(transaction, principal, *row, body.at("certificate").get<std::string>(), "", Permission::proposal_decide);
}

Result<Outcome> change_the_settings(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json& body)
{
    return carry_out_settings(transaction, principal, proposal.home.state().value, body, Permission::proposal_decide);
}

Result<Outcome> change_the_audience(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json&)
{
    // Deciding is one right, publishing another: a token may have been given without it.
    if (auto allowed = require(principal, Permission::report_audience, proposal.home); !allowed)
        return allowed.error();
    return apply_report_audience(transaction, principal, proposal);
}

struct KindRow {
    ProposalKind kind;
    Decider decider;
    Effect effect;
};

constexpr std::array kind_table{
    KindRow{ProposalKind::account_create, Decider::nominator, create_the_account},
    KindRow{ProposalKind::account_change, Decider::nominator, change_the_account},
    KindRow{ProposalKind::credential_register, Decider::nominator, register_the_certificate},
    KindRow{ProposalKind::credential_revoke, Decider::nominator, revoke_the_credential},
    KindRow{ProposalKind::first_credential, Decider::machine, create_first_nominator},
    KindRow{ProposalKind::settings_change, Decider::nominator_and_approver, change_the_settings},
    KindRow{ProposalKind::report_audience, Decider::another_approver, change_the_audience},
};
static_assert(
    [] {
        for (std::size_t i = 0; i < kind_table.size(); ++i)
            if (static_cast<std::size_t>(kind_table[i].kind) != i)
                return false;
        return kind_table.size() == static_cast<std::size_t>(ProposalKind::report_audience) + 1;
    }(),
    "one row per kind, in the enum's order");

const KindRow& row_of(ProposalKind kind) { return kind_table[static_cast<std::size_t>(kind)]; }

Error not_eligible(Rule rule) { return Error{ErrorCode::not_eligible, {{"", rule}}}; }

bool holds_role(Connection& connection, const domain::AccountId& account, Role role)
{
    const auto row = store::find_account(connection, account);
    return row && row->roles.test(static_cast<std::size_t>(role));
}

// A report that none of those named in it can open any more is nobody's to publish: its rescue asks for more.
Decider decider_of(const ProposalRow& proposal)
{
    if (proposal.kind == ProposalKind::report_audience && nlohmann::json::parse(proposal.body).value("rescue", false))
        return Decider::nominator_and_approver;
    return row_of(proposal.kind).decider;
}

Result<void> check_two_people(Transaction& transaction, const Principal& principal, const ProposalRow& proposal)
{
    if (is_self(principal, proposal.proposed_by))
        return not_eligible(Rule::same_person);
    const Actor proposer{proposal.proposed_by, proposal.credential};
    if (is_same_actor(transaction.db(), actor_of(principal), proposer, transaction.now(), domain::from_rfc3339(proposal.created_at)))
        return not_eligible(Rule::four_eyes);
    return {};
}

bool are_nominator_and_approver(Connection& connection, const Principal& principal, const domain::AccountId& proposer)
{
    return (principal.has(Role::nominator) && holds_role(connection, proposer, Role::approver)) ||
           (principal.has(Role::approver) && holds_role(connection, proposer, Role::nominator));
}

Result<void> check_decider(Transaction& transaction, const Principal& principal, const ProposalRow& proposal)
{
    switch (decider_of(proposal)) {
    case Decider::nominator:
        if (!principal.has(Role::nominator))
            return Error{ErrorCode::not_eligible};
        return {};
    case Decider::nominator_and_approver:
        if (auto two = check_two_people(transaction, principal, proposal); !two)
            return two.error();
        if (!are_nominator_and_approver(transaction.db(), principal, proposal.proposed_by))
            return Error{ErrorCode::not_eligible};
        return {};
    case Decider::another_approver:
        if (auto two = check_two_people(transaction, principal, proposal); !two)
            return two.error();
        if (!principal.has(Role::approver))
            return Error{ErrorCode::not_eligible};
        return {};
    case Decider::machine:
        if (!principal.is_operator)
            return Error{ErrorCode::not_eligible};
        return {};
    }
    throw std::logic_error("unknown decider");
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

Result<void> may_confirm(Connection&, const Principal& principal, const ProposalRow& proposal)
{
    return require(principal, Permission::proposal_decide, proposal.home);
}

// Those who may confirm it decline it; the office that proposed it withdraws it.
Result<void> may_decline(Connection& connection, const Principal& principal, const ProposalRow& proposal)
{
    const auto proposer = store::find_account(connection, proposal.proposed_by);
    if (proposal.by_secretariat && proposer && proposer->home == principal.home)
        return require(principal, Permission::proposal_decide, principal.home);
    if (auto allowed = may_confirm(connection, principal, proposal); !allowed)
        return allowed.error();
    if (decider_of(proposal) == Decider::nominator && !principal.has(Role::nominator) && !principal.is_operator)
        return Error{ErrorCode::not_eligible};
    return {};
}

// A proposal is what its proposer wants: not what somebody wanted who is gone, or once, long ago.
Result<void> check_still_meant(Transaction& transaction, const ProposalRow& proposal)
{
    const auto proposer = store::find_account(transaction.db(), proposal.proposed_by);
    const auto credential = store::find_credential(transaction.db(), proposal.credential);
    if (!proposer || proposer->status != AccountStatus::active || !credential || credential->status != domain::CredentialStatus::active)
        return Error{ErrorCode::conflict, {{"", Rule::not_active}}};
    if (transaction.now() > domain::from_rfc3339(proposal.created_at).value() + max_waiting)
        return not_now("expired");
    return {};
}

// A waiting proposal that the caller sees, has this right over, and has seen in its present version.
Result<ProposalRow> waiting_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                     const ExpectedVersion& expected, Right right)
{
    auto& db = transaction.db();
    return actable(
        principal.is_operator ? store::find_proposal(db, id) : store::find_visible_proposal(db, reach_of(principal), id),
        [&db, &principal, right](const ProposalRow& proposal) { return right(db, principal, proposal); },
        [](const ProposalRow& proposal) { return proposal.status == ProposalStatus::waiting ? Result<void>() : not_now(proposal.status); },
        expected);
}

Result<Outcome> settle(Transaction& transaction, const Principal& principal, ProposalRow proposal, ProposalStatus status, EventKind kind)
{
    proposal.status = status;
    proposal.decided_by = unless_empty(principal.account);
    ++proposal.version;
    if (proposal.seq)
        proposal.seq = transaction.next_seq();
    if (!store::update_proposal(transaction.db(), proposal))
        return Error{ErrorCode::precondition_failed};
    const auto seq = record_proposal(transaction, principal, proposal, kind, Permission::proposal_decide);
    return Outcome{.subject = domain::Subject::proposal, .id = proposal.id.value, .seq = seq};
}

Result<Outcome> apply_proposal(Transaction& transaction, const Principal& principal, ProposalRow proposal)
{
    if (auto meant = check_still_meant(transaction, proposal); !meant)
        return meant.error();
    const auto body = nlohmann::json::parse(proposal.body);
    if (body.empty())  // erased with the account that it was about
        return Error{ErrorCode::conflict, {{"", Rule::unknown_account}}};
    auto effect = row_of(proposal.kind).effect(transaction, principal, proposal, body);
    if (!effect) {
        // The body is not this caller's: a fault that it has since acquired is a conflict, not a mistake of theirs.
        auto error = effect.error();
        if (error.code == ErrorCode::validation_failed)
            error.code = ErrorCode::conflict;
        return error;
    }
    auto settled = settle(transaction, principal, std::move(proposal), ProposalStatus::confirmed, EventKind::proposal_confirmed);
    if (settled && effect->seq)
        settled->seq = effect->seq;  // the receipt is of the change
    return settled;
}

nlohmann::json representation_of(Connection& connection, const ProposalRow& row)
{
    return represent(connection, row.id.value, proposal_record(connection, row.id), row.version, row.seq);
}

}  // namespace

Result<Representation> get_proposal(Connection& connection, const Principal& principal, i18n::Language, const domain::ProposalId& id)
{
    const auto row = store::find_visible_proposal(connection, reach_of(principal), id);
    if (!row)
        return domain::not_found();
    Representation shown{representation_of(connection, *row), std::nullopt};
    if (may_confirm(connection, principal, *row) || may_decline(connection, principal, *row))
        shown.version = row->version;
    return shown;
}

Result<Page> list_proposals(Connection& connection, const Principal& principal, i18n::Language,
                            std::optional<domain::ProposalStatus> status, std::int64_t limit, const std::string& after)
{
    const auto rows = store::visible_proposals_after(connection, reach_of(principal), status, after, limit + 1);
    return page_of(rows, limit, [&](const ProposalRow& row) { return representation_of(connection, row); });
}

Result<Outcome> confirm_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected)
{
    auto proposal = waiting_proposal(transaction, principal, id, expected, may_confirm);
    if (!proposal)
        return proposal.error();
    // The operator confirms a first credential alone, and by confirm_first_credential, which asks for the fingerprint.
    if (principal.is_operator)
        return Error{ErrorCode::not_eligible};
    if (auto eligible = check_decider(transaction, principal, *proposal); !eligible)
        return eligible.error();
    return apply_proposal(transaction, principal, std::move(*proposal));
}

Result<Outcome> decline_proposal(Transaction& transaction, const Principal& principal, const domain::ProposalId& id,
                                 const ExpectedVersion& expected)
{
    auto proposal = waiting_proposal(transaction, principal, id, expected, may_decline);
    if (!proposal)
        return proposal.error();
    return settle(transaction, principal, std::move(*proposal), ProposalStatus::declined, EventKind::proposal_declined);
}

Result<Outcome> confirm_first_credential(Transaction& transaction, const Principal& machine_operator, const domain::ProposalId& proposal_id,
                                         const base::Hash& fingerprint_seen_on_paper)
{
    if (!machine_operator.is_operator)
        return Error{ErrorCode::forbidden};
    auto proposal = waiting_proposal(transaction, machine_operator, proposal_id, std::nullopt, may_confirm);
    if (!proposal)
        return proposal.error();
    if (proposal->kind != ProposalKind::first_credential)
        return Error{ErrorCode::not_eligible};
    const auto pem = nlohmann::json::parse(proposal->body).at("certificate").get<std::string>();
    const auto fingerprint = check_certificate(transaction.db(), transaction.now(), pem);
    if (!fingerprint)
        return fingerprint.error();
    if (*fingerprint != fingerprint_seen_on_paper)
        return domain::invalid("/fingerprint", Rule::invalid_value, {{"allowed", "SHA-256 (DER)"}});
    return apply_proposal(transaction, machine_operator, std::move(*proposal));
}

}  // namespace cbmx::service
