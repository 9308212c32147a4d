// Writes of the registry. A write renders the record first and stores exactly what its entry commits to.
#include "json/parse.hpp"
#include "service/registry/registry.hpp"

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Home;
using domain::Permission;
using store::RegistryRow;
using store::RegistryTable;
using Value = nlohmann::json;

bool may_write(const Principal& principal, const Home& home) { return principal.reaches(Permission::registry_write, home); }

Value stored(const RegistryRow& row) { return Value::parse(row.record); }

// What one write of a registry row is about.
struct Target {
    EventKind kind;
    Home home;
    std::string id;
};

Outcome outcome_of(const Target& target, int status, std::optional<Seq> seq)
{
    Outcome outcome;
    outcome.status = status;
    outcome.subject = domain::row_of(target.kind).subject;
    outcome.id = target.id;
    outcome.seq = seq;
    return outcome;
}

Outcome append(Transaction& transaction, const Principal& principal, const Target& target, std::int64_t version, std::string record,
               int status)
{
    store::NewEntry entry{.kind = target.kind, .subject = target.id, .home = target.home};
    entry.acting_role = std::string(principal.acting_role(Permission::registry_write));
    entry.version = version;
    entry.content = std::move(record);
    return outcome_of(target, status, transaction.append(principal, entry));
}

Error broken(std::vector<Violation> violations) { return Error{ErrorCode::validation_failed, std::move(violations)}; }

// update writes the row unless someone else did first.
template <class Update>
Result<Outcome> change(Transaction& transaction, const Principal& principal, const Target& target, const RegistryRow& row,
                       const Value& record, Update update)
{
    const auto text = json::canonical(record);
    if (text == row.record)
        return outcome_of(target, 200, std::nullopt);
    if (!update(RegistryRow{target.id, text, row.version + 1, transaction.next_seq(), {}}))
        return Error{ErrorCode::precondition_failed};
    return append(transaction, principal, target, row.version + 1, text, 200);
}

}  // namespace

Result<Outcome> change_state(Transaction& transaction, const Principal& principal, const std::string& code, const ExpectedVersion& expected,
                             const Value& patch)
{
    const Target target{EventKind::state_changed, Home::of_state(domain::StateCode(code)), code};
    const auto row = store::find_row(transaction.db(), RegistryTable::state, code);
    if (!row)
        return domain::not_found();
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    if (const auto current = check_version(expected, row->version); !current)
        return current.error();
    const auto record = json::merge_patch(stored(*row), patch);
    if (auto violations = check_state(record); !violations.empty())
        return broken(std::move(violations));
    auto outcome = change(transaction, principal, target, *row, record, [&transaction](const RegistryRow& fresh) {
        return store::update_row(transaction.db(), RegistryTable::state, fresh);
    });
    if (outcome && outcome->seq)
        transaction.principals_changed();  // participation decides what a State's accounts may see
    return outcome;
}

Result<Outcome> create_measure(Transaction& transaction, const Principal& principal, const Value& body)
{
    auto record = body;
    const auto code = record.at("code").get<std::string>();
    const Target target{EventKind::measure_changed, {}, code};
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    const auto number = number_in_measure_code(code);
    record["number"] = number ? Value(*number) : Value();
    for (const auto* flag : {"confirmed", "labels_official"})
        if (!record.contains(flag))
            record[flag] = false;
    if (!record.contains("crosswalk"))
        record["crosswalk"] = Value::array();
    auto violations = check_measure(record);
    if (store::number_of_measure(transaction.db(), code))
        violations.push_back({"/code", Rule::already_exists});
    if (!violations.empty())
        return broken(std::move(violations));
    const auto text = json::canonical(record);
    store::insert_measure(transaction.db(), {code, text, 1, transaction.next_seq(), {}}, *number);
    return append(transaction, principal, target, 1, text, 201);
}

Result<Outcome> change_measure(Transaction& transaction, const Principal& principal, const std::string& code,
                               const ExpectedVersion& expected, const Value& patch)
{
    const Target target{EventKind::measure_changed, {}, code};
    const auto row = store::find_measure(transaction.db(), code);
    if (!row)
        return domain::not_found();
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    if (const auto current = check_version(expected, row->version); !current)
        return current.error();
    const auto record = json::merge_patch(stored(*row), patch);
    if (auto violations = check_measure(record); !violations.empty())
        return broken(std::move(violations));
    return change(transaction, principal, target, *row, record,
                  [&transaction](const RegistryRow& fresh) { return store::update_measure(transaction.db(), fresh); });
}

Result<Outcome> create_period(Transaction& transaction, const Principal& principal, const Value& body)
{
    auto record = body;
    const auto code = record.at("code").get<std::string>();
    const Target target{EventKind::period_changed, {}, code};
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    if (!record.contains("due"))
        record["due"] = nullptr;
    auto violations = check_period(record);
    if (store::row_exists(transaction.db(), RegistryTable::period, code))
        violations.push_back({"/code", Rule::already_exists});
    if (!violations.empty())
        return broken(std::move(violations));
    const auto text = json::canonical(record);
    store::insert_row(transaction.db(), RegistryTable::period, {code, text, 1, transaction.next_seq(), {}});
    return append(transaction, principal, target, 1, text, 201);
}

Result<Outcome> change_period(Transaction& transaction, const Principal& principal, const std::string& code,
                              const ExpectedVersion& expected, const Value& patch)
{
    const Target target{EventKind::period_changed, {}, code};
    const auto row = store::find_row(transaction.db(), RegistryTable::period, code);
    if (!row)
        return domain::not_found();
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    if (const auto current = check_version(expected, row->version); !current)
        return current.error();
    auto record = json::merge_patch(stored(*row), patch);
    if (!record.contains("due"))  // a merge patch says "no due date" by null, which takes the member away
        record["due"] = nullptr;
    if (auto violations = check_period(record); !violations.empty())
        return broken(std::move(violations));
    return change(transaction, principal, target, *row, record,
                  [&transaction](const RegistryRow& fresh) { return store::update_row(transaction.db(), RegistryTable::period, fresh); });
}

}  // namespace cbmx::service
