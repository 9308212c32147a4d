// Writes of the registry. A write renders the record first and stores exactly what its entry commits to.
#include "json/parse.hpp"
#include "service/guard.hpp"
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
    return {.status = status, .subject = domain::row_of(target.kind).subject, .id = target.id, .seq = seq};
}

Outcome append(Transaction& transaction, const Principal& principal, const Target& target, std::int64_t version, std::string record,
               int status)
{
    const auto seq = transaction.append(principal, {.kind = target.kind,
                                                    .subject = target.id,
                                                    .home = target.home,
                                                    .acting_role = principal.acting_role(Permission::registry_write),
                                                    .version = version,
                                                    .content = std::move(record)});
    return outcome_of(target, status, seq);
}

Error broken(std::vector<Violation> violations) { return Error{ErrorCode::validation_failed, std::move(violations)}; }

// What changes of States, measures and periods differ in.
struct Change {
    EventKind kind;
    Home (*home)(const std::string& code);
    std::optional<RegistryRow> (*find)(Connection&, const std::string& code);
    Value (*completed)(Value record);  // with the members that a merge patch cannot leave there
    std::vector<Violation> (*check)(Connection&, const Value& record);
    bool (*update)(Connection&, const RegistryRow& row);  // false: someone else changed the row first
};

Home no_home(const std::string&) { return {}; }
Value as_it_is(Value record) { return record; }

// A merge patch says "no due date" by null, which takes the member away.
Value with_due_date(Value record)
{
    if (!record.contains("due"))
        record["due"] = nullptr;
    return record;
}

constexpr Change state_change{
    .kind = EventKind::state_changed,
    .home = [](const std::string& code) { return Home::of_state(domain::StateCode(code)); },
    .find = [](Connection& db, const std::string& code) { return store::find_row(db, RegistryTable::state, code); },
    .completed = &as_it_is,
    .check = [](Connection&, const Value& record) { return check_state(record); },
    .update = [](Connection& db, const RegistryRow& row) { return store::update_row(db, RegistryTable::state, row); }};
constexpr Change measure_change{.kind = EventKind::measure_changed,
                                .home = &no_home,
                                .find = [](Connection& db, const std::string& code) { return store::find_measure(db, code); },
                                .completed = &as_it_is,
                                .check = [](Connection&, const Value& record) { return check_measure(record); },
                                .update = [](Connection& db, const RegistryRow& row) { return store::update_measure(db, row); }};
constexpr Change period_change{
    .kind = EventKind::period_changed,
    .home = &no_home,
    .find = [](Connection& db, const std::string& code) { return store::find_row(db, RegistryTable::period, code); },
    .completed = &with_due_date,
    .check = [](Connection&, const Value& record) { return check_period(record); },
    .update = [](Connection& db, const RegistryRow& row) { return store::update_row(db, RegistryTable::period, row); }};

// A merge patch says that no end is known by null, which takes the member away.
Value with_until(Value record)
{
    if (!record.contains("until"))
        record["until"] = nullptr;
    return record;
}

constexpr Change office_term_change{
    .kind = EventKind::office_term_changed,
    .home = &no_home,
    .find = [](Connection& db, const std::string& code) { return store::find_row(db, RegistryTable::office_term, code); },
    .completed = &with_until,
    .check = &check_office_term,
    .update = [](Connection& db, const RegistryRow& row) { return store::update_row(db, RegistryTable::office_term, row); }};

Result<Outcome> apply(const Change& change, Transaction& transaction, const Principal& principal, const std::string& code,
                      const ExpectedVersion& expected, const Value& patch)
{
    const Target target{change.kind, change.home(code), code};
    const auto permitted = [&principal, &target](const RegistryRow&) {
        return reaches(principal, Permission::registry_write, target.home);
    };
    const auto row = actable(change.find(transaction.db(), code), permitted, always, expected,
                             [](const RegistryRow& present) { return record_tag(present.version, present.record); });
    if (!row)
        return row.error();
    const auto record = change.completed(json::merge_patch(stored(*row), patch));
    if (auto violations = change.check(transaction.db(), record); !violations.empty())
        return broken(std::move(violations));
    auto text = json::canonical(record);
    if (text == row->record)
        return outcome_of(target, 200, std::nullopt);
    const auto version = row->version + 1;
    if (!change.update(transaction.db(), {.key = code, .record = text, .version = version, .seq = transaction.next_seq()}))
        return Error{ErrorCode::precondition_failed};
    return append(transaction, principal, target, version, std::move(text), 200);
}

}  // namespace

Result<Outcome> change_state(Transaction& transaction, const Principal& principal, const std::string& code, const ExpectedVersion& expected,
                             const Value& patch)
{
    return apply(state_change, transaction, principal, code, expected, patch);
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
    store::insert_measure(transaction.db(), {.key = code, .record = text, .version = 1, .seq = transaction.next_seq(), .salt = {}},
                          *number);
    return append(transaction, principal, target, 1, text, 201);
}

Result<Outcome> change_measure(Transaction& transaction, const Principal& principal, const std::string& code,
                               const ExpectedVersion& expected, const Value& patch)
{
    return apply(measure_change, transaction, principal, code, expected, patch);
}

Result<Outcome> create_period(Transaction& transaction, const Principal& principal, const Value& body)
{
    const auto record = with_due_date(body);
    const auto code = record.at("code").get<std::string>();
    const Target target{EventKind::period_changed, {}, code};
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    auto violations = check_period(record);
    if (store::row_exists(transaction.db(), RegistryTable::period, code))
        violations.push_back({"/code", Rule::already_exists});
    if (!violations.empty())
        return broken(std::move(violations));
    const auto text = json::canonical(record);
    store::insert_row(transaction.db(), RegistryTable::period,
                      {.key = code, .record = text, .version = 1, .seq = transaction.next_seq(), .salt = {}});
    return append(transaction, principal, target, 1, text, 201);
}

Result<Outcome> change_period(Transaction& transaction, const Principal& principal, const std::string& code,
                              const ExpectedVersion& expected, const Value& patch)
{
    return apply(period_change, transaction, principal, code, expected, patch);
}

Result<Outcome> create_office_term(Transaction& transaction, const Principal& principal, const Value& body)
{
    const auto record = with_until(body);
    const auto code = record.at("code").get<std::string>();
    const Target target{EventKind::office_term_changed, {}, code};
    if (!may_write(principal, target.home))
        return Error{ErrorCode::forbidden};
    auto violations = check_office_term(transaction.db(), record);
    if (store::row_exists(transaction.db(), RegistryTable::office_term, code))
        violations.push_back({"/code", Rule::already_exists});
    if (!violations.empty())
        return broken(std::move(violations));
    const auto text = json::canonical(record);
    store::insert_row(transaction.db(), RegistryTable::office_term,
                      {.key = code, .record = text, .version = 1, .seq = transaction.next_seq(), .salt = {}});
    return append(transaction, principal, target, 1, text, 201);
}

Result<Outcome> change_office_term(Transaction& transaction, const Principal& principal, const std::string& code,
                                   const ExpectedVersion& expected, const Value& patch)
{
    auto outcome = apply(office_term_change, transaction, principal, code, expected, patch);
    if (outcome && outcome->seq) {  // who holds an office decides what is read by its words
        const auto record = Value::parse(store::find_row(transaction.db(), RegistryTable::office_term, code).value().record);
        const auto office = domain::value_named<domain::Office>(record.at("office").get<std::string>()).value();
        transaction.principals_changed(domain::Home::of_term(office, code));
    }
    return outcome;
}

}  // namespace cbmx::service
