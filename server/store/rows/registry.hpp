// The tables of the registry: States, measures, periods, terms of office. A row is its canonical JSON record, which the row's last
// ledger entry commits to, so that salt and record together are an opening. Documents: store/rows/documents.hpp.
#pragma once
#include "domain/ids.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::store {

struct RegistryRow {
    std::string key;     // code; for a document its id
    std::string record;  // canonical JSON
    std::int64_t version = 0;
    domain::Seq seq = 0;
    std::optional<std::string> salt;  // 32 bytes, of the entry at seq; read only, nullopt once erased
};

enum class RegistryTable { state, period, office_term };

std::optional<RegistryRow> find_row(Connection& connection, RegistryTable table, const std::string& code);
std::vector<RegistryRow> rows_after(Connection& connection, RegistryTable table, const std::string& code,
                                    std::int64_t limit);  // in code order
bool row_exists(Connection& connection, RegistryTable table, const std::string& code);
void insert_row(Connection& connection, RegistryTable table, const RegistryRow& row);
// Writes record, version and seq where the stored version is row.version - 1; false when it is another.
bool update_row(Connection& connection, RegistryTable table, const RegistryRow& row);

// recipient: "office:chair/<term>", of that office.
bool is_term_of(Connection& connection, const std::string& term, const std::string& recipient);
// The terms of an office, in order of their codes.
std::vector<RegistryRow> terms_of(Connection& connection, domain::Office office);

std::optional<RegistryRow> find_measure(Connection& connection, const std::string& code);
std::vector<RegistryRow> measures_after(Connection& connection, std::int64_t number, std::int64_t limit);  // in number order
void insert_measure(Connection& connection, const RegistryRow& row, std::int64_t number);
bool update_measure(Connection& connection, const RegistryRow& row);
std::optional<std::int64_t> number_of_measure(Connection& connection, const std::string& code);

}  // namespace cbmx::store
