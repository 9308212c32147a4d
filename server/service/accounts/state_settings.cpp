// See state_settings.hpp. A State that never changed anything has no row: the defaults, at version 0.
#include "service/accounts/state_settings.hpp"
#include "json/parse.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/deciders.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/guard.hpp"
#include "service/rights.hpp"
#include "service/second_person.hpp"
#include "store/rows/registry.hpp"

namespace cbmx::service {
namespace {

using domain::Home;
using domain::Permission;

Home home_of(const std::string& state) { return Home::of_state(domain::StateCode(state)); }

nlohmann::json as_json(const store::StateSettingsRow& row)
{
    return {{"four_eyes", row.four_eyes},
            {"require_signature", row.require_signature},
            {"acts_alone", row.acts_alone ? nlohmann::json::parse(*row.acts_alone) : nlohmann::json()}};
}

std::string tag_of(const store::StateSettingsRow& row) { return record_tag(row.version, json::canonical(as_json(row))); }

bool member_or(const nlohmann::json& body, const char* name, bool present)
{
    const auto member = body.find(name);
    return member == body.end() ? present : member->get<bool>();
}

store::StateSettingsRow changed(store::StateSettingsRow row, const nlohmann::json& body)
{
    row.four_eyes = member_or(body, "four_eyes", row.four_eyes);
    row.require_signature = member_or(body, "require_signature", row.require_signature);
    return row;
}

bool turns_something_off(const store::StateSettingsRow& before, const store::StateSettingsRow& after)
{
    return (before.four_eyes && !after.four_eyes) || (before.require_signature && !after.require_signature);
}

// Who loses the key stops every word of the State: where one person or one key is all there is, the State says that it knows.
Result<void> check_requirement(Connection& db, const store::StateSettingsRow& before, const store::StateSettingsRow& after,
                               const nlohmann::json& body, domain::Instant now)
{
    if (before.require_signature || !after.require_signature)
        return {};
    const domain::StateCode state(after.state);
    const auto keys = store::active_statement_keys(db, state);
    if (keys == 0)
        return Error{ErrorCode::conflict, {{"/require_signature", Rule::no_key}}};
    if ((keys == 1 || !has_two_nominators(db, state, now)) && !body.value("one_holder", false))
        return Error{ErrorCode::conflict, {{"/require_signature", Rule::one_holder}}};
    return {};
}

bool exists_for(Connection& connection, const Principal& principal, const std::string& state)
{
    return (principal.is_operator || principal.reaches(Permission::state_settings_read, home_of(state))) &&
           store::row_exists(connection, store::RegistryTable::state, state);
}

Result<Outcome> store_and_record(Transaction& transaction, const Principal& principal, store::StateSettingsRow row,
                                 const domain::ActingRole& role)
{
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::write_state_settings(transaction.db(), row))
        return Error{ErrorCode::precondition_failed};
    const auto seq = transaction.append(principal, {.kind = domain::EventKind::state_settings_changed,
                                                    .subject = row.state,
                                                    .home = home_of(row.state),
                                                    .acting_role = role,
                                                    .version = row.version,
                                                    .content = state_settings_record(transaction.db(), row.state)});
    return Outcome{.subject = domain::Subject::state_settings, .id = row.state, .seq = seq};
}

bool has_two_approvers(Connection& db, const Home& home, domain::Instant now)
{
    return known_holders(db, home, domain::Role::approver, now).size() > 1;
}

}  // namespace

bool acts_alone(Connection& connection, const Home& home)
{
    return home.is_state() && store::find_state_settings(connection, home.state().value).acts_alone;
}

Result<void> check_acting_alone(Connection& db, const std::string& state, bool alone, domain::Instant now)
{
    if (store::find_state_settings(db, state).acts_alone.has_value() == alone)
        return Error{ErrorCode::conflict, {{"/acts_alone", Rule::already_exists}}};
    if (alone && has_two_approvers(db, home_of(state), now))
        return Error{ErrorCode::conflict, {{"/acts_alone", Rule::somebody_else_can}}};
    return {};
}

Result<Outcome> carry_out_acting_alone(Transaction& transaction, const Principal& principal, const std::string& state,
                                       const nlohmann::json& body, Permission permission)
{
    const bool alone = body.at("acts_alone").get<bool>();
    if (const auto possible = check_acting_alone(transaction.db(), state, alone, transaction.now()); !possible)
        return possible.error();
    auto row = store::find_state_settings(transaction.db(), state);
    row.acts_alone.reset();
    if (alone) {
        const auto& note = body.at("decision");
        row.acts_alone = json::canonical({{"number", note.at("number")}, {"date", note.at("date")}});
    }
    return store_and_record(transaction, principal, std::move(row), principal.acting_role(permission));
}

void end_acting_alone(Transaction& transaction, const Home& home)
{
    if (!acts_alone(transaction.db(), home) || !has_two_approvers(transaction.db(), home, transaction.now()))
        return;
    auto row = store::find_state_settings(transaction.db(), home.state().value);
    row.acts_alone.reset();
    if (!store_and_record(transaction, domain::the_portal(), std::move(row), domain::ActingRole::of_portal()))
        throw std::logic_error("settings changed within a transaction");
}

std::string state_settings_record(Connection& connection, const std::string& state)
{
    return json::canonical(as_json(store::find_state_settings(connection, state)));
}

Result<Representation> get_state_settings(Connection& connection, const Principal& principal, i18n::Language, const std::string& state)
{
    if (!exists_for(connection, principal, state))
        return domain::not_found();
    const auto row = store::find_state_settings(connection, state);
    Representation shown{represent(connection, state, json::canonical(as_json(row)), row.version, row.seq), std::nullopt};
    if (require(principal, Permission::state_settings_write, home_of(state)))
        shown.tag = tag_of(row);
    return shown;
}

Result<Outcome> change_state_settings(Transaction& transaction, const Principal& principal, const std::string& state,
                                      const ExpectedVersion& expected, const nlohmann::json& body)
{
    auto& db = transaction.db();
    const auto before = actable(
        exists_for(db, principal, state) ? std::optional(store::find_state_settings(db, state)) : std::nullopt,
        [&principal, &state](const auto&) { return require(principal, Permission::state_settings_write, home_of(state)); }, always,
        expected, &tag_of);
    if (!before)
        return before.error();
    if (!turns_something_off(*before, changed(*before, body)))
        return carry_out_settings(transaction, principal, state, body, Permission::state_settings_write);
    // A safeguard of the State: not the operator's to lift, and not one person's.
    if (principal.account.empty())
        return Error{ErrorCode::forbidden};
    if (auto could = check_somebody_could(db, transaction.now(), principal, home_of(state), Decider::nominator_and_approver); !could)
        return could.error();
    if (auto known = check_requirement(db, *before, changed(*before, body), body, transaction.now()); !known)
        return known.error();
    auto outcome = propose(transaction, principal, home_of(state), ProposalKind::settings_change, state, body, Entered::in_ledger);
    if (outcome)
        outcome->status = 202;
    return outcome;
}

Result<Outcome> carry_out_settings(Transaction& transaction, const Principal& principal, const std::string& state,
                                   const nlohmann::json& body, Permission permission)
{
    const auto before = store::find_state_settings(transaction.db(), state);
    auto row = changed(before, body);
    if (as_json(row) == as_json(before))
        return Outcome{.subject = domain::Subject::state_settings, .id = state};
    if (auto known = check_requirement(transaction.db(), before, row, body, transaction.now()); !known)
        return known.error();
    auto outcome = store_and_record(transaction, principal, row, principal.acting_role(permission));
    if (!outcome)
        return outcome;
    end_proposals(transaction, principal, home_of(state), ProposalKind::settings_change, permission,
                  [&row](const auto& proposal) { return as_json(changed(row, nlohmann::json::parse(proposal.body))) == as_json(row); });
    return outcome;
}

}  // namespace cbmx::service
