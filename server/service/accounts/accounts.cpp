// Right, then row, then entry: each write updates under the version that the caller saw and appends one entry.
#include "service/accounts/accounts.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/accounts/suspension.hpp"
#include "service/guard.hpp"
#include "service/quotas.hpp"
#include "service/registry/offices.hpp"
#include "service/second_person.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::Authority;
using domain::EventKind;
using domain::Permission;

bool may_write(const Principal& principal, const domain::Home& home)
{
    return require(principal, Permission::account_write, home).has_value();
}

std::string record_of(const store::AccountRow& row)
{
    return json::canonical({{"home", row.home.text()},
                            {"name", row.name},
                            {"roles", domain::names_of(row.roles)},
                            {"status", domain::name_of(row.status)},
                            {"authority", domain::name_of(row.authority)},
                            {"authority_note", row.authority_note ? nlohmann::json::parse(*row.authority_note) : nlohmann::json()},
                            {"suspended_by", row.suspended_by ? nlohmann::json::parse(*row.suspended_by) : nlohmann::json()},
                            {"objected_at", or_null(row.objected_at)},
                            {"acts_from", or_null(row.acts_from)},
                            {"created_by", or_null(row.created_by)},
                            {"created_at", row.created_at}});
}

Representation representation_of(Connection& connection, const Principal& principal, const store::AccountRow& row)
{
    const auto record = record_of(row);
    Representation shown{represent(connection, row.id.value, record, row.version, row.seq), std::nullopt};
    if (may_write(principal, row.home))
        shown.tag = record_tag(row.version, record);
    return shown;
}

// Of what its State's accounts make the State's word stands behind: those without it make none (domain/policy.cpp).
Authority authority_of_new(Connection& connection, const Principal& principal, const AccountDraft& draft)
{
    if (!draft.home.is_state())
        return Authority::office;
    if (draft.note)
        return Authority::note;
    if (!principal.is_operator)
        return Authority::nominator;
    return is_demo(connection) ? Authority::demonstration : Authority::none;
}

Result<void> may_change(const Principal& principal, const store::AccountRow& row)
{
    return require(principal, Permission::account_write, row.home);
}

// What the operator may do to any account.
bool only_disables(const AccountChange& change)
{
    return change.status == domain::AccountStatus::disabled && !change.name && !change.roles;
}

// It is the State that confirms: neither the operator nor the secretariat.
Result<void> may_vouch(const Principal& principal, const store::AccountRow& row)
{
    if (const auto allowed = may_change(principal, row); !allowed)
        return allowed.error();
    if (!row.home.is_state() || !principal.has(domain::Role::nominator))
        return Error{ErrorCode::forbidden};
    return {};
}

// The account as the caller sees it, when it may be changed by the caller now and has the version that it has seen.
template <class Permitted, class Possible>
Result<store::AccountRow> account_for(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                                      const ExpectedVersion& expected, const Permitted& permitted, const Possible& possible)
{
    return actable(store::find_visible_account(transaction.db(), reach_of_reader(principal), id), permitted, possible, expected,
                   [](const store::AccountRow& row) { return record_tag(row.version, record_of(row)); });
}

Result<void> exists(const store::AccountRow& row)
{
    if (row.status == domain::AccountStatus::erased || row.hidden)
        return not_now(domain::AccountStatus::erased);
    return {};
}

Result<void> awaits_confirmation(const store::AccountRow& row)
{
    switch (row.authority) {
    case Authority::note:
    case Authority::nominator:
    case Authority::office: return not_now("confirmed");
    case Authority::none:
    case Authority::demonstration: break;
    }
    return exists(row);
}

Result<void> is_disabled(const store::AccountRow& row)
{
    if (row.status != domain::AccountStatus::disabled)
        return not_now(row.status);
    return {};
}

// Appends the entry that the row, already given the next number, commits to.
Outcome record_account(Transaction& transaction, const Principal& principal, const store::AccountRow& row, EventKind kind,
                       Permission permission)
{
    transaction.principals_changed(row.home);
    const auto seq = transaction.append(principal, {.kind = kind,
                                                    .subject = row.id.value,
                                                    .home = row.home,
                                                    .acting_role = principal.acting_role(permission),
                                                    .version = row.version,
                                                    .content = account_record(transaction.db(), row.id)});
    end_acting_alone(transaction, row.home);
    return {.subject = domain::Subject::account, .id = row.id.value, .seq = seq};
}

// What is proposed for it has lost its point; so has its own erasure, when the operator does not wait for it.
void end_proposals_about(Transaction& transaction, const Principal& principal, const store::AccountRow& row)
{
    const auto is_about_it = [&](const store::ProposalRow& proposal) {
        const auto subject = proposal.subject.value_or("");
        const auto credential = store::find_credential(transaction.db(), domain::CredentialId(subject));
        return subject == row.id.value || (credential && credential->account == row.id);
    };
    for (const auto kind :
         {ProposalKind::account_change, ProposalKind::enrolment, ProposalKind::credential_revoke, ProposalKind::account_erasure})
        end_proposals(transaction, principal, row.home, kind, Permission::account_write, is_about_it);
}

Result<Outcome> erase_now(Transaction& transaction, const Principal& principal, store::AccountRow row)
{
    // Before the entries are appended: their own contents are what remains to be read.
    store::erase_traces_of_account(transaction.db(), row.id);
    transaction.mark_erased();
    row.name.clear();
    row.status = domain::AccountStatus::erased;
    auto erased = settle_account(transaction, principal, row, EventKind::account_erased, Permission::account_write);
    if (erased)
        end_proposals_about(transaction, principal, row);
    return erased;
}

}  // namespace

Result<Outcome> settle_account(Transaction& transaction, const Principal& principal, store::AccountRow row, EventKind kind,
                               Permission permission)
{
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::update_account(transaction.db(), row))
        return Error{ErrorCode::precondition_failed};
    return record_account(transaction, principal, row, kind, permission);
}

std::string account_record(Connection& connection, const domain::AccountId& id)
{
    const auto row = store::find_account(connection, id);
    if (!row)
        throw std::logic_error("no account " + id.value);
    return record_of(*row);
}

std::vector<Violation> check_roles(const domain::Home& home, const std::vector<std::string>& roles, const std::string& pointer)
{
    std::vector<std::string> allowed;
    for (std::size_t i = 1; i < domain::role_count; ++i)
        if (const auto role = static_cast<domain::Role>(i); domain::may_hold(home, role))
            allowed.emplace_back(domain::name_of(role));
    std::vector<Violation> violations;
    for (std::size_t i = 0; i < roles.size(); ++i)
        if (std::find(allowed.begin(), allowed.end(), roles[i]) == allowed.end())
            violations.push_back({pointer + "/" + std::to_string(i), Rule::not_allowed_value, {{"allowed", base::joined(allowed)}}});
    return violations;
}

Result<Representation> get_me(Connection& connection, const Principal& principal)
{
    const auto account = store::find_account(connection, principal.account);
    const auto credential = store::find_credential(connection, principal.credential);
    if (!account || !credential)
        return Error{ErrorCode::unauthenticated};
    nlohmann::json scopes = nlohmann::json::array();  // in the order of the enumeration
    for (std::size_t i = 0; i < domain::token_scope_count; ++i)
        if (principal.scopes.test(i))
            scopes.push_back(domain::name_of(static_cast<domain::TokenScope>(i)));
    Representation me;
    me.body = {{"account", account->id.value},
               {"name", account->name},
               {"home", account->home.text()},
               {"roles", domain::names_of(principal.own_roles)},
               {"delegated_roles", domain::names_of(principal.roles & ~principal.own_roles)},
               {"scopes", scopes},
               {"credential",
                {{"id", credential->id.value},
                 {"kind", domain::name_of(credential->kind)},
                 {"not_after", domain::to_rfc3339(end_of(*credential))}}},
               {"suspended", account->suspended_by ? nlohmann::json::parse(*account->suspended_by) : nlohmann::json()},
               {"objected_at", or_null(account->objected_at)},
               {"participates", principal.home.is_state() && !principal.is_outside}};
    if (const auto words = check_words_of(connection, principal))
        me.body["credential"]["check_words"] = *words;
    return me;
}

Result<Representation> get_account(Connection& connection, const Principal& principal, i18n::Language, const domain::AccountId& id)
{
    const auto row = store::find_visible_account(connection, reach_of_reader(principal), id);
    if (!row)
        return domain::not_found();
    return representation_of(connection, principal, *row);
}

Result<Page> list_accounts(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit, const std::string& after)
{
    const auto rows = store::visible_accounts_after(connection, reach_of_reader(principal), after, limit + 1);
    return page_of(rows, limit, [&](const store::AccountRow& row) { return representation_of(connection, principal, row).body; });
}

AccountChange account_change_from(const nlohmann::json& body)
{
    AccountChange change{.name = optional_member(body, "name"), .roles = std::nullopt, .status = std::nullopt};
    if (const auto status = body.find("status"); status != body.end())
        change.status = domain::value_named<domain::AccountStatus>(status->get<std::string>()).value();
    if (const auto roles = body.find("roles"); roles != body.end())
        change.roles = roles->get<std::vector<std::string>>();
    return change;
}

Result<Outcome> create_account(Transaction& transaction, const Principal& principal, const AccountDraft& draft)
{
    if (auto allowed = require(principal, Permission::account_write, draft.home); !allowed)
        return allowed.error();
    if (auto allowed = may_equip(transaction.db(), principal, draft.home); !allowed)
        return allowed.error();
    if (!principal.is_operator)
        if (auto room = check_quota(transaction.db(), draft.home, domain::Quota::accounts, 1); !room)
            return room.error();
    return carry_out_creation(transaction, principal, draft, Permission::account_write);
}

Result<Outcome> carry_out_creation(Transaction& transaction, const Principal& principal, const AccountDraft& draft, Permission permission)
{
    auto violations = check_roles(draft.home, draft.roles, "/roles");
    auto home = draft.home;
    if (home.is_state() && !store::row_exists(transaction.db(), store::RegistryTable::state, home.state().value))
        violations.push_back({"/home", Rule::unknown_state});
    if (!home.is_state()) {
        if (const auto of_office = home_of_new_account(transaction.db(), draft.home, transaction.now()))
            home = *of_office;
        else
            violations.push_back(of_office.error().violations.front());
    }
    if (draft.roles.empty())
        violations.push_back({"/roles", Rule::too_few_items, {{"limit", "1"}}});
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};

    const store::AccountRow row{.id = domain::AccountId(transaction.new_uuid()),
                                .home = home,
                                .name = draft.name,
                                .roles = domain::roles_from(draft.roles),
                                .status = domain::AccountStatus::active,
                                .authority = authority_of_new(transaction.db(), principal, draft),
                                .authority_note = draft.note ? std::optional(json::canonical(*draft.note)) : std::nullopt,
                                .acts_from = draft.note ? acts_from(transaction, home) : std::nullopt,
                                .created_by = unless_empty(principal.account),
                                .created_at = transaction.now_text(),
                                .version = 1,
                                .seq = transaction.next_seq()};
    store::insert_account(transaction.db(), row);
    auto outcome = record_account(transaction, principal, row, EventKind::account_created, permission);
    outcome.status = 201;
    return outcome;
}

Result<Outcome> change_account(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                               const ExpectedVersion& expected, const AccountChange& change)
{
    auto row = account_for(
        transaction, principal, id, expected,
        [&](const store::AccountRow& account) {
            const auto allowed = may_change(principal, account);
            return allowed && !only_disables(change) ? may_equip(transaction.db(), principal, account.home) : allowed;
        },
        exists);
    if (!row)
        return row.error();
    return carry_out_change(transaction, principal, std::move(*row), change, Permission::account_write);
}

Result<Outcome> carry_out_change(Transaction& transaction, const Principal& principal, store::AccountRow row, const AccountChange& change,
                                 Permission permission)
{
    const bool by_its_own_hands = hands_of(transaction.db(), actor_of(principal), transaction.now()).contains(row.id);
    std::vector<Violation> own;
    if (by_its_own_hands && change.roles)
        own.push_back({"/roles", Rule::not_own_role});
    if (by_its_own_hands && change.status)
        own.push_back({"/status", Rule::not_own_role});
    if (!own.empty())
        return Error{ErrorCode::forbidden, std::move(own)};
    if (change.roles)
        if (auto violations = check_roles(row.home, *change.roles, "/roles"); !violations.empty())
            return Error{ErrorCode::validation_failed, std::move(violations)};

    // Disabled he would object no more, and whoever follows would act at once: that is no more the operator's to decide.
    if (row.status == domain::AccountStatus::suspended && change.status &&
        (!principal.has(domain::Role::nominator) || principal.is_unattested))
        return Error{ErrorCode::not_eligible, {{"/status", Rule::not_attested}}};

    if (row.status == domain::AccountStatus::disabled && change.status == domain::AccountStatus::active)
        if (auto room = check_quota(transaction.db(), row.home, domain::Quota::accounts, 1); !room)
            return room.error();
    auto after = row;
    after.name = change.name.value_or(row.name);
    after.roles = change.roles ? domain::roles_from(*change.roles) : row.roles;
    after.status = change.status.value_or(row.status);
    if (after.status != domain::AccountStatus::suspended) {
        after.suspended_by.reset();
        after.objected_at.reset();
    }
    if (after.name == row.name && after.roles == row.roles && after.status == row.status)
        return Outcome{.subject = domain::Subject::account, .id = row.id.value};
    return settle_account(transaction, principal, std::move(after), EventKind::account_changed, permission);
}

Result<Outcome> confirm_account(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                                const ExpectedVersion& expected)
{
    auto row = account_for(
        transaction, principal, id, expected, [&principal](const store::AccountRow& account) { return may_vouch(principal, account); },
        awaits_confirmation);
    if (!row)
        return row.error();
    if (is_self(principal, id))
        return Error{ErrorCode::not_eligible, {{"path:id", Rule::same_person}}};
    const auto since = domain::from_rfc3339(row->created_at);
    if (is_same_actor(transaction.db(), actor_of(principal), {id, {}}, transaction.now(), since))
        return Error{ErrorCode::not_eligible, {{"path:id", Rule::four_eyes}}};
    row->authority = Authority::nominator;
    return settle_account(transaction, principal, std::move(*row), EventKind::account_changed, Permission::account_write);
}

Result<Outcome> erase_account(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                              const ExpectedVersion& expected)
{
    auto row = account_for(
        transaction, principal, id, expected, [&principal](const store::AccountRow& account) { return may_change(principal, account); },
        [&principal](const store::AccountRow& account) {
            const auto disabled = is_disabled(account);
            return disabled && !principal.is_operator ? exists(account) : disabled;  // the operator does not wait for what is scheduled
        });
    if (!row)
        return row.error();
    return erase_now(transaction, principal, std::move(*row));
}

Result<Outcome> schedule_account_erasure(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                                         const ExpectedVersion& expected, std::chrono::seconds delay)
{
    const auto row = store::find_visible_account(transaction.db(), reach_of_reader(principal), id);
    return schedule_erasure(transaction, principal, row ? row->home : domain::Home(), ProposalKind::account_erasure,
                            domain::Subject::account, id.value, delay,
                            [&](Transaction& part) { return erase_account(part, principal, id, expected); });
}

Result<Outcome> apply_account_erasure(Transaction& transaction, const Principal& principal, const std::string& id)
{
    auto row = store::find_account(transaction.db(), domain::AccountId(id));
    if (!row)
        return domain::not_found();
    if (const auto possible = is_disabled(*row); !possible)
        return possible.error();
    return erase_now(transaction, principal, std::move(*row));
}

}  // namespace cbmx::service
