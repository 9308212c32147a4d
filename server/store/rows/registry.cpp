// SQL of the registry. Each read brings the salt of the row's last entry, so that one query answers a GET.
#include "store/rows/registry.hpp"
#include <stdexcept>

namespace cbmx::store {
namespace {

struct Statements {
    Sql find, after, exists, insert, update;
};

constexpr Statements state_statements{
    "SELECT t.code, t.record, t.version, t.seq, o.salt FROM state t LEFT JOIN ledger_opening o ON o.seq = t.seq WHERE t.code = ?1",
    "SELECT t.code, t.record, t.version, t.seq, o.salt FROM state t LEFT JOIN ledger_opening o ON o.seq = t.seq"
    " WHERE t.code > ?1 ORDER BY t.code LIMIT ?2",
    "SELECT 1 FROM state WHERE code = ?1",
    "INSERT INTO state (code, record, version, seq) VALUES (?1, ?2, ?3, ?4)",
    "UPDATE state SET record = ?2, version = ?3, seq = ?4 WHERE code = ?1 AND version = ?3 - 1",
};
constexpr Statements period_statements{
    "SELECT t.code, t.record, t.version, t.seq, o.salt FROM period t LEFT JOIN ledger_opening o ON o.seq = t.seq WHERE t.code = ?1",
    "SELECT t.code, t.record, t.version, t.seq, o.salt FROM period t LEFT JOIN ledger_opening o ON o.seq = t.seq"
    " WHERE t.code > ?1 ORDER BY t.code LIMIT ?2",
    "SELECT 1 FROM period WHERE code = ?1",
    "INSERT INTO period (code, record, version, seq) VALUES (?1, ?2, ?3, ?4)",
    "UPDATE period SET record = ?2, version = ?3, seq = ?4 WHERE code = ?1 AND version = ?3 - 1",
};

constexpr Statements office_term_statements{
    "SELECT t.code, t.record, t.version, t.seq, o.salt FROM office_term t LEFT JOIN ledger_opening o ON o.seq = t.seq WHERE t.code = ?1",
    "SELECT t.code, t.record, t.version, t.seq, o.salt FROM office_term t LEFT JOIN ledger_opening o ON o.seq = t.seq"
    " WHERE t.code > ?1 ORDER BY t.code LIMIT ?2",
    "SELECT 1 FROM office_term WHERE code = ?1",
    "INSERT INTO office_term (code, record, version, seq) VALUES (?1, ?2, ?3, ?4)",
    "UPDATE office_term SET record = ?2, version = ?3, seq = ?4 WHERE code = ?1 AND version = ?3 - 1",
};

const Statements& statements_of(RegistryTable table)
{
    switch (table) {
    case RegistryTable::state: return state_statements;
    case RegistryTable::period: return period_statements;
    case RegistryTable::office_term: return office_term_statements;
    }
    throw std::logic_error("unknown registry table");
}

RegistryRow row_from(const Rows& rows)
{
    return {.key = rows.text(0), .record = rows.text(1), .version = rows.integer(2), .seq = rows.integer(3), .salt = rows.optional_text(4)};
}

std::optional<RegistryRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

std::vector<RegistryRow> all_of(Rows rows)
{
    std::vector<RegistryRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

}  // namespace

std::optional<RegistryRow> find_row(Connection& connection, RegistryTable table, const std::string& code)
{
    return first_of(connection.query(statements_of(table).find, code));
}

std::vector<RegistryRow> rows_after(Connection& connection, RegistryTable table, const std::string& code, std::int64_t limit)
{
    return all_of(connection.query(statements_of(table).after, code, limit));
}

bool row_exists(Connection& connection, RegistryTable table, const std::string& code)
{
    return connection.query(statements_of(table).exists, code).next();
}

void insert_row(Connection& connection, RegistryTable table, const RegistryRow& row)
{
    connection.run(statements_of(table).insert, row.key, row.record, row.version, row.seq);
}

bool update_row(Connection& connection, RegistryTable table, const RegistryRow& row)
{
    return connection.run(statements_of(table).update, row.key, row.record, row.version, row.seq) == 1;
}

bool is_term_of(Connection& connection, const std::string& term, const std::string& recipient)
{
    return connection
        .query("SELECT 1 FROM office_term WHERE code = ?1 AND 'office:' || json_extract(record, '$.office') || '/' || code = ?2", term,
               recipient)
        .next();
}

std::vector<RegistryRow> terms_of(Connection& connection, domain::Office office)
{
    return all_of(connection.query("SELECT t.code, t.record, t.version, t.seq, NULL FROM office_term t"
                                   " WHERE json_extract(t.record, '$.office') = ?1 ORDER BY t.code",
                                   domain::name_of(office)));
}

std::optional<RegistryRow> find_measure(Connection& connection, const std::string& code)
{
    return first_of(connection.query("SELECT t.code, t.record, t.version, t.seq, o.salt FROM measure t"
                                     " LEFT JOIN ledger_opening o ON o.seq = t.seq WHERE t.code = ?1",
                                     code));
}

std::vector<RegistryRow> measures_after(Connection& connection, std::int64_t number, std::int64_t limit)
{
    return all_of(connection.query("SELECT t.code, t.record, t.version, t.seq, o.salt FROM measure t"
                                   " LEFT JOIN ledger_opening o ON o.seq = t.seq WHERE t.number > ?1 ORDER BY t.number LIMIT ?2",
                                   number, limit));
}

void insert_measure(Connection& connection, const RegistryRow& row, std::int64_t number)
{
    connection.run("INSERT INTO measure (code, record, version, seq, number) VALUES (?1, ?2, ?3, ?4, ?5)", row.key, row.record, row.version,
                   row.seq, number);
}

bool update_measure(Connection& connection, const RegistryRow& row)
{
    return connection.run("UPDATE measure SET record = ?2, version = ?3, seq = ?4 WHERE code = ?1 AND version = ?3 - 1", row.key,
                          row.record, row.version, row.seq) == 1;
}

std::optional<std::int64_t> number_of_measure(Connection& connection, const std::string& code)
{
    auto rows = connection.query("SELECT number FROM measure WHERE code = ?1", code);
    return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

}  // namespace cbmx::store
