// See suspension.hpp.
#include "service/accounts/suspension.hpp"
#include "json/parse.hpp"
#include "service/accounts/accounts.hpp"
#include "service/guard.hpp"
#include "service/rights.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::AccountStatus;
using domain::EventKind;
using domain::Permission;
using Json = nlohmann::json;

bool is_in_person(const Json& body) { return body.value("in_person", false); }

// Each as it stands, or what is wrong with it at its place.
Result<std::vector<store::AccountRow>> accounts_named(Connection& db, const domain::Home& state, const Json& body)
{
    std::vector<store::AccountRow> rows;
    std::vector<Violation> violations;
    const auto& accounts = body.at("accounts");
    for (std::size_t n = 0; n < accounts.size(); ++n) {
        auto row = store::find_account(db, domain::AccountId(accounts[n].get<std::string>()));
        const auto pointer = "/accounts/" + std::to_string(n);
        if (!row || row->home != state)
            violations.push_back({pointer, Rule::unknown_account});
        else if (row->status != AccountStatus::active && !(row->status == AccountStatus::suspended && is_in_person(body)))
            violations.push_back({pointer, Rule::not_active});
        else
            rows.push_back(std::move(*row));
    }
    if (accounts.empty())
        violations.push_back({"/accounts", Rule::required});
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    return rows;
}

}  // namespace

Result<void> check_suspension(Connection& connection, const domain::Home& state, const Json& body)
{
    if (!is_in_person(body) && store::suspended_of(connection, state).objects)
        return Error{ErrorCode::conflict, {{"/state", Rule::two_claimants}}};
    return {};
}

Result<Outcome> carry_out_suspension(Transaction& transaction, const Principal& machine_operator, store::ProposalRow& proposal,
                                     const Json& body)
{
    if (const auto possible = check_suspension(transaction.db(), proposal.home, body); !possible)
        return possible.error();
    auto rows = accounts_named(transaction.db(), proposal.home, body);
    if (!rows)
        return rows.error();
    const auto note = json::canonical(
        {{"number", body.at("decision").at("number")}, {"date", body.at("decision").at("date")}, {"in_person", is_in_person(body)}});
    auto kept = Json::parse(proposal.body);
    kept["accounts"] = body.at("accounts");
    proposal.body = json::canonical(kept);
    proposal.subject = rows->front().id.value;
    Result<Outcome> first = domain::not_found();
    for (auto& row : *rows) {
        row.status = AccountStatus::suspended;
        row.suspended_by = note;
        auto suspended =
            settle_account(transaction, machine_operator, std::move(row), EventKind::account_suspended, Permission::proposal_decide);
        if (!suspended)
            return suspended;
        if (!first)
            first = std::move(suspended);
    }
    return first;
}

Result<Outcome> object_to_suspension(Transaction& transaction, const Principal& principal, const domain::AccountId& account)
{
    auto row = actable(
        is_self(principal, account) ? store::find_account(transaction.db(), account) : std::nullopt,
        [&](const store::AccountRow& own) { return require(principal, Permission::suspension_object, own.home); },
        [](const store::AccountRow& own) -> Result<void> {
            if (own.status != AccountStatus::suspended)
                return not_now(own.status);
            if (own.objected_at)
                return not_now("objected");
            return {};
        });
    if (!row)
        return row.error();
    row->objected_at = transaction.now_text();
    return settle_account(transaction, principal, std::move(*row), EventKind::account_objected, Permission::suspension_object);
}

std::optional<std::string> acts_from(Transaction& transaction, const domain::Home& home)
{
    if (!store::suspended_of(transaction.db(), home).any)
        return std::nullopt;
    return domain::to_rfc3339(transaction.now() + waiting_time);
}

}  // namespace cbmx::service
