// See kinds.hpp.
#include "service/proposals/kinds.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/accounts/suspension.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/proposals/founding.hpp"
#include "service/registry/membership.hpp"
#include "service/reports/reports.hpp"
#include "service/rights.hpp"
#include <algorithm>
#include <array>

namespace cbmx::service {
namespace {

using domain::AccountStatus;
using domain::Home;
using domain::Permission;
using domain::ProposalKind;
using domain::Role;
using store::ProposalRow;

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

Result<Outcome> make_the_enrolment(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json& body)
{
    const auto account = store::find_account(transaction.db(), account_in(body));
    if (!account || account->status != AccountStatus::active)
        return unknown_account();
    const auto enrolment = enrolment_in(body);
    if (auto violations = check_enrolment(transaction.db(), account->id, enrolment); !violations.empty())
        return Error{ErrorCode::conflict, std::move(violations)};
    auto outcome = carry_out_enrolment(transaction, principal, *account, enrolment, Permission::proposal_decide);
    proposal.subject = outcome.id;
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

Result<Outcome> change_the_settings(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json& body)
{
    return carry_out_settings(transaction, principal, proposal.home.state().value, body, Permission::proposal_decide);
}

// The operator alone comes here (check_decider), with the note in hand.
Result<Outcome> let_one_act_alone(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json& body)
{
    return carry_out_acting_alone(transaction, principal, proposal.home.state().value, body, Permission::proposal_decide);
}

Result<Outcome> register_the_key(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json& body)
{
    return carry_out_key(transaction, principal, proposal, body);
}

// The confirmed proposal is the note: the State's nominator then brings the key. Since it was recorded, a second one may have come.
Result<Outcome> keep_the_note(Transaction& transaction, const Principal&, ProposalRow& proposal, const nlohmann::json& body)
{
    if (const auto possible = check_key_note(transaction.db(), transaction.now(), proposal.home.state(), body); !possible)
        return possible.error();
    return Outcome{.subject = domain::Subject::proposal, .id = proposal.id.value};
}

Result<Outcome> change_the_audience(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json&)
{
    // Deciding is one right, publishing another: a token may have been given without it.
    if (auto allowed = require(principal, Permission::report_audience, proposal.home); !allowed)
        return allowed.error();
    return apply_report_audience(transaction, principal, proposal);
}

Result<Outcome> erase_the_report(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json&)
{
    return apply_erasure(transaction, principal, proposal);
}

Result<Outcome> put_back_what_was_withdrawn(Transaction& transaction, const Principal& principal, ProposalRow& proposal,
                                            const nlohmann::json&)
{
    return apply_restoring(transaction, principal, proposal);
}

Result<Outcome> change_the_membership(Transaction& transaction, const Principal& principal, ProposalRow&, const nlohmann::json& body)
{
    // As above: a token may have been given without the registry.
    if (auto allowed = require(principal, Permission::registry_write, principal.home); !allowed)
        return allowed.error();
    return carry_out_membership_change(transaction, principal, body, Permission::proposal_decide);
}

template <auto apply, Permission permission>
Result<Outcome> erase_personal_data(Transaction& transaction, const Principal& principal, ProposalRow& proposal, const nlohmann::json&)
{
    if (!principal.is_portal)
        if (auto allowed = require(principal, permission, proposal.home); !allowed)
            return allowed.error();
    return apply(transaction, principal, proposal.subject.value());
}
constexpr Effect erase_the_contact = erase_personal_data<apply_contact_erasure, Permission::contact_erase>;
constexpr Effect erase_the_nomination = erase_personal_data<apply_nomination_erasure, Permission::nomination_answer>;
constexpr Effect erase_the_account = erase_personal_data<apply_account_erasure, Permission::account_write>;

// clang-format off
constexpr auto kind_table = [] {
    using enum ProposalKind;
    using enum Decider;
    using P = Permission;
    using Pace::at_once, Pace::slowly, Pace::by_itself, Refusal::possible, Refusal::pointless;
    return std::to_array<KindRow>({
        {account_create,      nominator,              P::account_write,        create_the_account,          at_once,   possible},
        {account_change,      nominator,              P::account_write,        change_the_account,          at_once,   possible},
        {enrolment,           nominator,              P::account_write,        make_the_enrolment,          at_once,   possible},
        {credential_revoke,   nominator,              P::account_write,        revoke_the_credential,       at_once,   possible},
        {founding,            machine,                P::account_write,        carry_out_founding,          at_once,   possible},
        {suspension,          machine,                P::account_write,        carry_out_suspension,        at_once,   possible},
        {settings_change,     nominator_and_approver, P::state_settings_write, change_the_settings,         at_once,   possible},
        {acting_alone,        machine,                P::account_write,        let_one_act_alone,           at_once,   possible},
        {key_registration,    another_nominator,      P::signing_key_write,    register_the_key,            at_once,   possible},
        {key_note,            machine,                P::signing_key_write,    keep_the_note,               at_once,   possible},
        {report_audience,     another_approver,       P::report_audience,      change_the_audience,         at_once,   possible},
        {report_erasure,      another_approver,       P::report_erase,         erase_the_report,            slowly,    possible},
        {report_restoring,    approver,               P::report_publish,       put_back_what_was_withdrawn, at_once,   pointless},
        {membership_change,   another_of_secretariat, P::registry_write,       change_the_membership,       at_once,   possible},
        {contact_erasure,     another,                P::contact_erase,        erase_the_contact,           by_itself, possible},
        {nomination_erasure,  another,                P::nomination_answer,    erase_the_nomination,        by_itself, possible},
        {account_erasure,     another,                P::account_write,        erase_the_account,           by_itself, possible},
    });
}();
// clang-format on
static_assert(
    [] {
        for (std::size_t i = 0; i < kind_table.size(); ++i)
            if (static_cast<std::size_t>(kind_table[i].kind) != i)
                return false;
        return kind_table.size() == static_cast<std::size_t>(ProposalKind::account_erasure) + 1;
    }(),
    "one row per kind, in the enum's order");

}  // namespace

const KindRow& row_of(ProposalKind kind) { return kind_table[static_cast<std::size_t>(kind)]; }

// A report that none of those named in it can open any more is nobody's to publish: its rescue asks for more.
Decider decider_of(const ProposalRow& proposal)
{
    if (proposal.kind == ProposalKind::report_audience && nlohmann::json::parse(proposal.body).value("rescue", false))
        return Decider::nominator_and_approver;
    return row_of(proposal.kind).decider;
}

}  // namespace cbmx::service
