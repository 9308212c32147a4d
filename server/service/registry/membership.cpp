// See membership.hpp.
#include "service/registry/membership.hpp"
#include "json/parse.hpp"
#include "service/registry/participation.hpp"
#include "service/registry/registry.hpp"
#include "store/rows/due.hpp"
#include "store/rows/proposals.hpp"
#include <array>

namespace cbmx::service {
namespace {

using domain::EventKind;
using store::RegistryTable;
using Value = nlohmann::json;

// The lists that a decision changes, each by the member of the same name, and what its facts say.
struct FactList {
    const char* name;
    const char* says;
};
constexpr std::array fact_lists{FactList{"membership", "status"}, FactList{"participation", "participates"}};

bool is_said_already(const Value& list, const Value& fact, const char* says)
{
    const auto& last = list.back();
    return last.at("until").is_null() && last.at(says) == fact.at(says) &&
           (last.at("from").is_null() || last.at("from") <= fact.at("from"));
}

// The State's record after the change; violations: with pointers into the proposal.
Value changed(Value record, const Value& body, std::vector<Violation>& violations)
{
    for (const auto& list : fact_lists) {
        if (!body.contains(list.name))
            continue;
        auto& facts = record.at(list.name);
        if (is_said_already(facts, body.at(list.name), list.says))
            violations.push_back({"/" + std::string(list.name), Rule::already_exists});
        facts = with_fact(facts, body.at(list.name), body.at("decision"));
        if (facts.size() > max_dated_facts)
            violations.push_back({"/" + std::string(list.name), Rule::too_many_items, {{"limit", std::to_string(max_dated_facts)}}});
    }
    for (auto& violation : check_state(record))
        violations.push_back(std::move(violation));
    return record;
}

void set_change_of_access(Transaction& transaction, const std::string& state, const Access& access)
{
    if (access.changes_at)
        store::set_due(transaction.db(), {domain::Due::state_access, state, domain::to_rfc3339(*access.changes_at)});
    else
        store::drop_due(transaction.db(), domain::Due::state_access, state);
}

// Stores the record with this access and appends its entry.
Result<Outcome> put_state(Transaction& transaction, const Principal& principal, const store::RegistryRow& row, Value record,
                          const Access& access, EventKind kind, const domain::ActingRole& acting_role)
{
    record["access"] = access_as_json(access);
    set_change_of_access(transaction, row.key, access);
    auto text = json::canonical(record);
    const auto version = row.version + 1;
    if (!store::update_row(transaction.db(), RegistryTable::state,
                           {.key = row.key, .record = text, .version = version, .seq = transaction.next_seq(), .salt = {}}))
        return Error{ErrorCode::precondition_failed};
    const auto home = domain::Home::of_state(domain::StateCode(row.key));
    transaction.principals_changed(home);
    const auto seq = transaction.append(
        principal,
        {.kind = kind, .subject = row.key, .home = home, .acting_role = acting_role, .version = version, .content = std::move(text)});
    return Outcome{.subject = domain::Subject::state, .id = row.key, .seq = seq};
}

}  // namespace

Value with_fact(const Value& list, Value fact, const Value& decision)
{
    const auto from = fact.at("from").get<std::string>();
    auto facts = Value::array();
    for (auto earlier : list) {
        if (earlier.at("from").is_string() && earlier.at("from").get<std::string>() >= from)
            break;
        if (earlier.at("until").is_null() || earlier.at("until").get<std::string>() > from)
            earlier["until"] = from;
        facts.push_back(std::move(earlier));
    }
    fact["until"] = nullptr;
    fact["decision"] = decision;
    facts.push_back(std::move(fact));
    return facts;
}

Result<void> check_membership_change(Connection& connection, const Value& body)
{
    const auto code = body.at("state").get<std::string>();
    const auto row = store::find_row(connection, RegistryTable::state, code);
    if (!row)
        return domain::invalid("/state", Rule::unknown_state);
    std::vector<Violation> violations;
    changed(Value::parse(row->record), body, violations);
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    if (store::has_waiting_proposal(connection, domain::ProposalKind::membership_change, code))
        return Error{ErrorCode::conflict, {{"/state", Rule::already_exists}}};
    return {};
}

Result<Outcome> carry_out_membership_change(Transaction& transaction, const Principal& principal, const Value& body,
                                            domain::Permission permission)
{
    const auto code = body.at("state").get<std::string>();
    const auto row = store::find_row(transaction.db(), RegistryTable::state, code);
    if (!row)
        return Error{ErrorCode::conflict, {{"/state", Rule::unknown_state}}};
    std::vector<Violation> violations;
    auto record = changed(Value::parse(row->record), body, violations);
    if (!violations.empty())
        return Error{ErrorCode::conflict, std::move(violations)};
    const bool present = has_access(access_from(record), transaction.now());
    const auto access = access_at(record, present, transaction.now());
    return put_state(transaction, principal, *row, std::move(record), access, EventKind::state_membership_changed,
                     principal.acting_role(permission));
}

Result<Outcome> change_access(Transaction& transaction, const std::string& state)
{
    const auto row = store::find_row(transaction.db(), RegistryTable::state, state);
    if (!row)
        return domain::not_found();
    auto record = Value::parse(row->record);
    const auto access = access_from(record);
    if (!access.changes_at || *access.changes_at > transaction.now())
        return domain::not_found();
    const auto after = access_after_change(record, access);
    return put_state(transaction, domain::the_portal(), *row, std::move(record), after, EventKind::state_access_changed,
                     domain::ActingRole::of_portal());
}

Value with_first_access(Transaction& transaction, Value record)
{
    const auto access = access_at(record, participates_in_law(record, day_of(transaction.now())), transaction.now());
    set_change_of_access(transaction, record.at("code").get<std::string>(), access);
    record["access"] = access_as_json(access);
    return record;
}

}  // namespace cbmx::service
