// What is lent is looked at again whenever the delegate is authenticated: it holds only while the giver holds it.
#include "service/accounts/delegations.hpp"
#include "json/parse.hpp"
#include "service/guard.hpp"
#include "store/rows/due.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::DelegationStatus;
using domain::Due;
using domain::EventKind;
using domain::Home;
using domain::Permission;

nlohmann::json representation_of(Connection& connection, const store::DelegationRow& row)
{
    return represent(connection, row.id.value, delegation_record(connection, row.id), row.version, row.seq);
}

Outcome record_delegation(Transaction& transaction, const Principal& principal, const store::DelegationRow& row, EventKind kind,
                          Permission permission)
{
    transaction.principals_changed(row.home);
    const auto seq = transaction.append(principal, {.kind = kind,
                                                    .subject = row.id.value,
                                                    .home = row.home,
                                                    .acting_role = principal.acting_role(permission),
                                                    .version = row.version,
                                                    .content = delegation_record(transaction.db(), row.id)});
    return {.subject = domain::Subject::delegation, .id = row.id.value, .seq = seq};
}

void check_delegate(Connection& connection, const Principal& principal, const domain::AccountId& delegate,
                    std::vector<Violation>& violations)
{
    if (is_self(principal, delegate)) {
        violations.push_back({"/delegate", Rule::same_person});
        return;
    }
    const auto account = store::find_account(connection, delegate);
    if (!account || account->home != principal.home || account->status == domain::AccountStatus::erased)
        violations.push_back({"/delegate", Rule::unknown_account});
    else if (account->status != domain::AccountStatus::active)
        violations.push_back({"/delegate", Rule::not_active});
}

// One's own roles alone: what was lent to one is not lent on.
void check_lendable(const Principal& principal, const std::vector<std::string>& roles, std::vector<Violation>& violations)
{
    if (roles.empty())
        violations.push_back({"/roles", Rule::too_few_items, {{"limit", "1"}}});
    for (std::size_t i = 0; i < roles.size(); ++i) {
        const auto role = domain::role_from(roles[i]);
        if (!role || !domain::is_delegable(*role) || !principal.own_roles.test(static_cast<std::size_t>(*role)))
            violations.push_back({"/roles/" + std::to_string(i), Rule::not_delegable});
    }
}

void check_until(domain::Instant now, const std::optional<std::string>& until, std::vector<Violation>& violations)
{
    if (!until) {
        violations.push_back({"/until", Rule::end_required});
        return;
    }
    const auto end = domain::from_rfc3339(*until);
    if (!end)
        violations.push_back({"/until", Rule::format, {{"format", "date-time"}}});
    else if (*end <= now || *end > now + max_delegation)
        violations.push_back(
            {"/until", Rule::invalid_value, {{"allowed", domain::to_rfc3339(now) + "/" + domain::to_rfc3339(now + max_delegation)}}});
}

Result<Outcome> end_now(Transaction& transaction, const Principal& principal, store::DelegationRow row, Permission permission)
{
    row.status = DelegationStatus::ended;
    row.until_at = std::min(row.until_at, transaction.now_text());  // four eyes asks when it was in force
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::update_delegation(transaction.db(), row))
        return Error{ErrorCode::precondition_failed};
    store::drop_due(transaction.db(), Due::delegation_end, row.id.value);
    return record_delegation(transaction, principal, row, EventKind::delegation_ended, permission);
}

}  // namespace

std::string delegation_record(Connection& connection, const domain::DelegationId& id)
{
    const auto row = store::find_delegation(connection, id);
    if (!row)
        throw std::logic_error("no delegation " + id.value);
    return json::canonical({{"home", row->home.text()},
                            {"giver", row->giver.value},
                            {"delegate", row->delegate.value},
                            {"roles", domain::names_of(row->roles)},
                            {"from", row->from_at},
                            {"until", row->until_at},
                            {"status", domain::name_of(row->status)}});
}

Result<Representation> get_delegation(Connection& connection, const Principal& principal, i18n::Language, const domain::DelegationId& id)
{
    const auto row = store::find_visible_delegation(connection, reach_of_reader(principal), id);
    if (!row)
        return domain::not_found();
    return Representation{representation_of(connection, *row), std::nullopt};
}

Result<Page> list_delegations(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit,
                              const std::string& after)
{
    const auto rows = store::visible_delegations_after(connection, reach_of_reader(principal), after, limit + 1);
    return page_of(rows, limit, [&](const store::DelegationRow& row) { return representation_of(connection, row); });
}

Result<Outcome> give_delegation(Transaction& transaction, const Principal& principal, const DelegationDraft& draft)
{
    if (principal.account.empty())
        return Error{ErrorCode::forbidden};
    if (auto allowed = require(principal, Permission::delegation_write, principal.home); !allowed)
        return allowed.error();
    std::vector<Violation> violations;
    check_delegate(transaction.db(), principal, draft.delegate, violations);
    check_lendable(principal, draft.roles, violations);
    check_until(transaction.now(), draft.until, violations);
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};

    const store::DelegationRow row{.id = domain::DelegationId(transaction.new_uuid()),
                                   .home = principal.home,
                                   .giver = principal.account,
                                   .delegate = draft.delegate,
                                   .roles = domain::roles_from(draft.roles),
                                   .from_at = transaction.now_text(),
                                   .until_at = domain::to_rfc3339(domain::from_rfc3339(*draft.until).value()),
                                   .status = DelegationStatus::given,
                                   .version = 1,
                                   .seq = transaction.next_seq()};
    store::insert_delegation(transaction.db(), row);
    store::set_due(transaction.db(), {Due::delegation_end, row.id.value, row.until_at});
    auto outcome = record_delegation(transaction, principal, row, EventKind::delegation_given, Permission::delegation_write);
    outcome.status = 201;
    return outcome;
}

Result<Outcome> end_delegation(Transaction& transaction, const Principal& principal, const domain::DelegationId& id)
{
    auto row = actable(
        store::find_visible_delegation(transaction.db(), reach_of_reader(principal), id),
        [&principal](const store::DelegationRow& given) {
            return is_self(principal, given.giver) ? Result<void>() : require(principal, Permission::account_write, given.home);
        },
        [](const store::DelegationRow& given) { return given.status == DelegationStatus::ended ? not_now(given.status) : Result<void>(); });
    if (!row)
        return row.error();
    const auto permission = is_self(principal, row->giver) ? Permission::delegation_write : Permission::account_write;
    return end_now(transaction, principal, std::move(*row), permission);
}

Result<Outcome> let_delegation_end(Transaction& transaction, const std::string& id)
{
    auto row = store::find_delegation(transaction.db(), domain::DelegationId(id));
    if (!row || row->status == DelegationStatus::ended)
        return domain::not_found();
    return end_now(transaction, domain::the_portal(), std::move(*row), Permission::delegation_write);
}

}  // namespace cbmx::service
