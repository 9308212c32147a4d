// See seed.hpp. The catalogue's rows are the records themselves: what schema/catalogue says is what is committed to; a State's
// access follows from it.
#include "service/registry/seed.hpp"
#include "base/embedded.hpp"
#include "json/parse.hpp"
#include "service/registry/membership.hpp"
#include "service/registry/registry.hpp"
#include "store/rows/documents.hpp"
#include <algorithm>
#include <stdexcept>

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Home;
using Value = nlohmann::json;

constexpr std::int64_t first_version = 1;

Value catalogue(std::string_view name)
{
    const auto& files = base::embedded::catalogue();
    const auto file = std::find_if(files.begin(), files.end(), [name](const base::embedded::File& each) { return each.name == name; });
    if (file == files.end())
        throw std::runtime_error("the catalogue lacks " + std::string(name));
    auto parsed = json::parse(file->bytes);
    if (!parsed)
        throw std::runtime_error(std::string(name) + " is not JSON that the portal takes");
    return *parsed;
}

void require_sound(std::string_view file, const std::string& key, const std::vector<Violation>& violations)
{
    if (violations.empty())
        return;
    const auto& first = violations.front();
    throw std::runtime_error(std::string(file) + ", " + key + ": " + first.pointer + " breaks the rule " +
                             std::string(domain::name_of(first.rule)));
}

store::RegistryRow fresh_row(const Transaction& transaction, const std::string& key, const Value& record)
{
    return {.key = key, .record = json::canonical(record), .version = first_version, .seq = transaction.next_seq(), .salt = {}};
}

void append(Transaction& transaction, const Principal& principal, EventKind kind, const Home& home, const store::RegistryRow& row)
{
    transaction.append(principal, {.kind = kind,
                                   .subject = row.key,
                                   .home = home,
                                   .acting_role = principal.acting_role(domain::Permission::registry_write),
                                   .version = row.version,
                                   .content = row.record});
}

void seed_states(Transaction& transaction, const Principal& principal)
{
    for (const auto& record : catalogue("states.json")) {
        const auto code = record.at("code").get<std::string>();
        require_sound("states.json", code, check_state(record));
        const auto row = fresh_row(transaction, code, with_first_access(transaction, record));
        store::insert_row(transaction.db(), store::RegistryTable::state, row);
        append(transaction, principal, EventKind::state_changed, Home::of_state(domain::StateCode(code)), row);
    }
}

void seed_measures(Transaction& transaction, const Principal& principal)
{
    for (const auto& record : catalogue("measures.json")) {
        const auto code = record.at("code").get<std::string>();
        require_sound("measures.json", code, check_measure(record));
        const auto row = fresh_row(transaction, code, record);
        store::insert_measure(transaction.db(), row, number_in_measure_code(code).value());
        append(transaction, principal, EventKind::measure_changed, {}, row);
    }
}

void seed_periods(Transaction& transaction, const Principal& principal)
{
    for (const auto& record : catalogue("periods.json")) {
        const auto code = record.at("code").get<std::string>();
        require_sound("periods.json", code, check_period(record));
        const auto row = fresh_row(transaction, code, record);
        store::insert_row(transaction.db(), store::RegistryTable::period, row);
        append(transaction, principal, EventKind::period_changed, {}, row);
    }
}

void seed_documents(Transaction& transaction, const Principal& principal)
{
    for (const auto& record : catalogue("documents.json")) {
        store::DocumentRow document;
        document.row = fresh_row(transaction, record.at("id").get<std::string>(), record);
        document.state = domain::StateCode(record.at("state").get<std::string>());
        document.year = record.at("year").get<std::int64_t>();
        document.language = record.at("language").get<std::string>();
        document.kind = record.at("kind").get<std::string>();
        store::insert_document(transaction.db(), document);
        append(transaction, principal, EventKind::document_changed, Home::of_state(document.state), document.row);
    }
}

}  // namespace

void seed_demonstration_terms(Transaction& transaction, const Principal& principal)
{
    for (const auto& record : catalogue("office-terms-of-demonstration.json")) {
        const auto code = record.at("code").get<std::string>();
        require_sound("office-terms-of-demonstration.json", code, check_office_term(transaction.db(), record));
        const auto row = fresh_row(transaction, code, record);
        store::insert_row(transaction.db(), store::RegistryTable::office_term, row);
        append(transaction, principal, EventKind::office_term_changed, {}, row);
    }
}

void seed_registry(Transaction& transaction, const Principal& machine_operator)
{
    seed_states(transaction, machine_operator);
    seed_measures(transaction, machine_operator);
    seed_periods(transaction, machine_operator);
    seed_documents(transaction, machine_operator);
}

}  // namespace cbmx::service
