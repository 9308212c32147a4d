// What the secretariat may propose to a State or to itself, checked when it is proposed. Who decides and what then happens: proposals.cpp.
#include "service/accounts/accounts.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/accounts/suspension.hpp"
#include "service/proposals/founding.hpp"
#include "service/proposals/kinds.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/membership.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/rows/registry.hpp"

namespace cbmx::service {
namespace {

using domain::Home;

// What a body proposes: for which State, and about which record that exists already.
struct Target {
    Home home;
    std::optional<std::string> subject = {};
};

std::string text(const nlohmann::json& body, const char* name) { return body.at(name).get<std::string>(); }

Result<Home> known_state(Connection& connection, const Home& home, const std::string& pointer)
{
    if (!home.is_state() || !store::row_exists(connection, store::RegistryTable::state, home.state().value))
        return domain::invalid(pointer, Rule::unknown_state);
    return home;
}

// An account of a State that can still be changed. An office's accounts are no State's to decide on.
Result<store::AccountRow> state_account(Connection& connection, const domain::AccountId& id, const std::string& pointer)
{
    auto account = store::find_account(connection, id);
    if (!account || account->status == domain::AccountStatus::erased || !account->home.is_state())
        return domain::invalid(pointer, Rule::unknown_account);
    return std::move(*account);
}

Result<Target> account_to_create(Connection& connection, const nlohmann::json& body)
{
    const auto home = known_state(connection, Home::from(text(body, "home")), "/home");
    if (!home)
        return home.error();
    if (auto violations = check_roles(*home, body.at("roles").get<std::vector<std::string>>(), "/roles"); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    return Target{*home};
}

Result<Target> account_to_change(Connection& connection, const nlohmann::json& body)
{
    const auto account = state_account(connection, domain::AccountId(text(body, "account")), "/account");
    if (!account)
        return account.error();
    if (const auto roles = account_change_from(body).roles)
        if (auto violations = check_roles(account->home, *roles, "/roles"); !violations.empty())
            return Error{ErrorCode::validation_failed, std::move(violations)};
    return Target{account->home, account->id.value};
}

Result<Target> account_to_enrol(Connection& connection, const nlohmann::json& body)
{
    const auto account = state_account(connection, domain::AccountId(text(body, "account")), "/account");
    if (!account)
        return account.error();
    if (account->status != domain::AccountStatus::active)
        return domain::invalid("/account", Rule::not_active);
    if (auto violations = check_enrolment(connection, account->id, enrolment_in(body)); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    return Target{account->home, account->id.value};
}

Result<Target> credential_to_revoke(Connection& connection, const nlohmann::json& body)
{
    const auto credential = store::find_credential(connection, domain::CredentialId(text(body, "credential")));
    if (!credential)
        return domain::invalid("/credential", Rule::unknown_reference);
    const auto account = state_account(connection, credential->account, "/credential");
    if (!account)
        return domain::invalid("/credential", Rule::unknown_reference);
    if (credential->status != domain::CredentialStatus::active)
        return domain::invalid("/credential", Rule::not_active);
    return Target{account->home, credential->id.value};
}

// Only while nobody of the State could add anybody.
Result<Target> state_to_found(Connection& connection, domain::Instant now, const nlohmann::json& body)
{
    const auto home = known_state(connection, Home::of_state(domain::StateCode(text(body, "state"))), "/state");
    if (!home)
        return home.error();
    if (const auto possible = check_founding(connection, now, *home, body); !possible)
        return possible.error();
    return Target{*home};
}

// By the State's own note; which accounts it means, the operator finds.
Result<Target> official_to_suspend(Connection& connection, const nlohmann::json& body)
{
    const auto home = known_state(connection, Home::of_state(domain::StateCode(text(body, "state"))), "/state");
    if (!home)
        return home.error();
    if (const auto possible = check_suspension(connection, *home, body); !possible)
        return possible.error();
    return Target{*home};
}

// By the State's own note.
Result<Target> one_to_act_alone(Connection& connection, domain::Instant now, const nlohmann::json& body)
{
    const auto home = known_state(connection, Home::of_state(domain::StateCode(text(body, "state"))), "/state");
    if (!home)
        return home.error();
    if (const auto possible = check_acting_alone(connection, home->state().value, body.at("acts_alone").get<bool>(), now); !possible)
        return possible.error();
    return Target{*home, home->state().value};
}

// By the State's own note, which gives the key's fingerprint.
Result<Target> key_to_note(Connection& connection, domain::Instant now, const nlohmann::json& body)
{
    const auto home = known_state(connection, Home::of_state(domain::StateCode(text(body, "state"))), "/state");
    if (!home)
        return home.error();
    if (const auto possible = check_key_note(connection, now, home->state(), body); !possible)
        return possible.error();
    return Target{*home};
}

// Not the State decides, nor one alone of the secretariat, but the document that is cited.
Result<Target> membership_to_change(Connection& connection, const nlohmann::json& body)
{
    if (const auto possible = check_membership_change(connection, body); !possible)
        return possible.error();
    return Target{Home::of_office(domain::Office::secretariat), text(body, "state")};
}

Error cannot_propose()
{
    return domain::invalid("/kind", Rule::not_allowed_value,
                           {{"allowed", "account_create, account_change, enrolment, credential_revoke, founding, suspension, acting_alone, "
                                        "key_note, membership_change"}});
}

Result<Target> target_of(Connection& connection, domain::Instant now, ProposalKind kind, const nlohmann::json& body)
{
    switch (kind) {
    case ProposalKind::account_create: return account_to_create(connection, body);
    case ProposalKind::account_change: return account_to_change(connection, body);
    case ProposalKind::enrolment: return account_to_enrol(connection, body);
    case ProposalKind::credential_revoke: return credential_to_revoke(connection, body);
    case ProposalKind::founding: return state_to_found(connection, now, body);
    case ProposalKind::suspension: return official_to_suspend(connection, body);
    case ProposalKind::acting_alone: return one_to_act_alone(connection, now, body);
    case ProposalKind::key_note: return key_to_note(connection, now, body);
    case ProposalKind::membership_change: return membership_to_change(connection, body);
    case ProposalKind::settings_change:
    case ProposalKind::key_registration:
    case ProposalKind::report_audience:
    case ProposalKind::report_erasure:
    case ProposalKind::report_restoring:
    case ProposalKind::contact_erasure:
    case ProposalKind::nomination_erasure:
    case ProposalKind::account_erasure: break;  // a State's own, never the secretariat's
    }
    return cannot_propose();
}

// Whether what is proposed is about the role, status or credential of whoever holds this: nobody confirms that of their own.
bool is_about(Connection& db, domain::Instant now, ProposalKind kind, const nlohmann::json& body, const store::CredentialRow& held)
{
    if (kind == ProposalKind::account_change && (body.contains("roles") || body.contains("status")))
        return hands_of(db, {held.account, held.id}, now).contains(domain::AccountId(text(body, "account")));
    if (kind != ProposalKind::credential_revoke)
        return false;
    const domain::CredentialId to_revoke(text(body, "credential"));
    return held.id == to_revoke || store::is_successor_of(db, held.id, to_revoke);
}

}  // namespace

Result<Outcome> make_proposal(Transaction& transaction, const Principal& principal, const nlohmann::json& body,
                              const std::optional<CitedDecision>& decision)
{
    if (!principal.has(domain::Role::secretariat))
        return Error{ErrorCode::forbidden};
    if (auto allowed = require(principal, domain::Permission::proposal_make, principal.home); !allowed)
        return allowed.error();
    const auto kind = domain::value_named<ProposalKind>(text(body, "kind"));
    if (!kind)
        return cannot_propose();
    auto content = body;
    content.erase("kind");
    if (decision)
        content["decision"] = decision->cited;
    const auto target = target_of(transaction.db(), transaction.now(), *kind, content);
    if (!target)
        return target.error();
    const auto is_excepted = [&transaction, &kind, &content](const store::CredentialRow& held) {
        return is_about(transaction.db(), transaction.now(), *kind, content, held);
    };
    if (auto could = check_somebody_could(transaction.db(), transaction.now(), principal, target->home, row_of(*kind).decider, is_excepted);
        !could)
        return could.error();
    if (decision)
        keep_decision_file(transaction, *decision);
    return propose(transaction, principal, target->home, *kind, target->subject, content, Entered::in_ledger);
}

}  // namespace cbmx::service
