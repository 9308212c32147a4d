// Reads of the registry, and what its rows commit to. Writes: registry_writes.cpp; rules: registry_rules.cpp.
#include "service/registry/registry.hpp"
#include "base/bytes.hpp"
#include "json/parse.hpp"
#include <stdexcept>

namespace cbmx::service {
namespace {

using domain::Permission;
using store::RegistryRow;
using store::RegistryTable;
using Value = nlohmann::json;

constexpr std::string_view hidden_status = "see_note";

bool sees_notes(const Principal& principal) { return principal.is_operator || principal.has(domain::Role::secretariat); }

Value stored(const RegistryRow& row) { return Value::parse(row.record); }

bool is_all_official(const Value& record)
{
    if (!record.at("labels_official").get<bool>())
        return false;
    for (const auto& text : record.at("texts"))
        if (!text.at("official").get<bool>())
            return false;
    return true;
}

Representation state_representation(const Principal& principal, const RegistryRow& row)
{
    return representation_of(principal, row, shown_state_record(principal, stored(row)));
}

Representation measure_representation(const Principal& principal, i18n::Language language, const RegistryRow& row)
{
    auto record = stored(row);
    const bool official = is_all_official(record);
    auto representation = representation_of(principal, row, {std::move(record)});
    representation.body["meta"]["unofficial"] = official ? Value() : Value(i18n::text(language, "meta.unofficial_text"));
    return representation;
}

Representation plain_representation(const Principal& principal, const RegistryRow& row)
{
    return representation_of(principal, row, {stored(row)});
}

// One row more than the page holds was asked for: its presence is the next page.
template <class Render>
Page page_of(std::vector<RegistryRow> rows, std::int64_t limit, Render render)
{
    Page page;
    if (rows.size() > static_cast<std::size_t>(limit)) {
        rows.resize(static_cast<std::size_t>(limit));
        page.next = rows.back().key;
    }
    for (const auto& row : rows)
        page.items.push_back(render(row).body);
    return page;
}

std::string record_of(std::optional<RegistryRow> row, std::string_view table)
{
    if (!row)
        throw std::logic_error("no such row in " + std::string(table));
    auto record = stored(*row);
    record["code"] = row->key;
    return json::canonical(record);
}

}  // namespace

ShownRecord shown_state_record(const Principal& principal, Value record)
{
    if (sees_notes(principal))
        return {std::move(record)};
    bool redacted = record.erase("note") != 0;
    for (auto& row : record.at("membership")) {
        if (row.at("status") != hidden_status)
            continue;
        row["status"] = nullptr;
        row.erase("decision");
        redacted = true;
    }
    return {std::move(record), redacted};
}

Representation representation_of(const Principal& principal, const RegistryRow& row, ShownRecord shown)
{
    const bool may_see_seq = row.seq < principal.visibility.visible_before;
    const bool opens = row.salt && !shown.redacted;
    Representation representation;
    representation.body = {
        {"id", row.key},
        {"content", std::move(shown.content)},
        {"salt", opens ? Value(base::base64(*row.salt)) : Value()},
        {"meta", {{"version", row.version}, {"seq", may_see_seq ? Value(row.seq) : Value()}}},
    };
    if (principal.reaches(Permission::registry_write, {}))
        representation.tag = record_tag(row.version, row.record);
    return representation;
}

Result<Representation> get_state(Connection& connection, const Principal& principal, i18n::Language, const std::string& code)
{
    const auto row = store::find_row(connection, RegistryTable::state, code);
    if (!row)
        return domain::not_found();
    return state_representation(principal, *row);
}

Result<Representation> get_measure(Connection& connection, const Principal& principal, i18n::Language language, const std::string& code)
{
    const auto row = store::find_measure(connection, code);
    if (!row)
        return domain::not_found();
    return measure_representation(principal, language, *row);
}

Result<Representation> get_period(Connection& connection, const Principal& principal, i18n::Language, const std::string& code)
{
    const auto row = store::find_row(connection, RegistryTable::period, code);
    if (!row)
        return domain::not_found();
    return plain_representation(principal, *row);
}

Result<Page> list_states(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit, const std::string& after)
{
    return page_of(store::rows_after(connection, RegistryTable::state, after, limit + 1), limit,
                   [&principal](const RegistryRow& row) { return state_representation(principal, row); });
}

Result<Page> list_measures(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                           const std::string& after)
{
    const auto number = after.empty() ? 0 : number_in_measure_code(after);
    if (!number)
        return Error{ErrorCode::invalid_parameter, {{"query:cursor", Rule::format, {{"format", "cursor"}}}}};
    return page_of(store::measures_after(connection, *number, limit + 1), limit,
                   [&principal, language](const RegistryRow& row) { return measure_representation(principal, language, row); });
}

Result<Page> list_periods(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit, const std::string& after)
{
    return page_of(store::rows_after(connection, RegistryTable::period, after, limit + 1), limit,
                   [&principal](const RegistryRow& row) { return plain_representation(principal, row); });
}

Result<Representation> get_office_term(Connection& connection, const Principal& principal, i18n::Language, const std::string& code)
{
    const auto row = store::find_row(connection, RegistryTable::office_term, code);
    if (!row)
        return domain::not_found();
    return plain_representation(principal, *row);
}

Result<Page> list_office_terms(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit,
                               const std::string& after)
{
    return page_of(store::rows_after(connection, RegistryTable::office_term, after, limit + 1), limit,
                   [&principal](const RegistryRow& row) { return plain_representation(principal, row); });
}

std::string state_record(Connection& connection, const std::string& code)
{
    return record_of(store::find_row(connection, RegistryTable::state, code), "state");
}

std::string period_record(Connection& connection, const std::string& code)
{
    return record_of(store::find_row(connection, RegistryTable::period, code), "period");
}

std::string office_term_record(Connection& connection, const std::string& code)
{
    return record_of(store::find_row(connection, RegistryTable::office_term, code), "office_term");
}

std::string measure_record(Connection& connection, const std::string& code)
{
    auto record = Value::parse(record_of(store::find_measure(connection, code), "measure"));
    record["number"] = store::number_of_measure(connection, code).value();
    return json::canonical(record);
}

}  // namespace cbmx::service
