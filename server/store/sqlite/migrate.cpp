// Migrations refuse what they do not know: better not to start than to write into a database one does not understand.
#include "store/sqlite/migrate.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::store {
namespace {

struct Applied {
    int number;
    std::string name, hash;
};

std::vector<Applied> applied_migrations(Connection& connection)
{
    std::vector<Applied> applied;
    auto table = connection.query("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration'");
    if (!table.next())
        return applied;
    auto rows = connection.query("SELECT number, name, hash FROM schema_migration ORDER BY number");
    while (rows.next())
        applied.push_back({static_cast<int>(rows.integer(0)), rows.text(1), rows.text(2)});
    return applied;
}

void check_known(const std::vector<Applied>& applied, const std::vector<Migration>& migrations)
{
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const auto number = std::to_string(applied[i].number);
        if (i >= migrations.size())
            throw std::runtime_error("the database has migration " + number +
                                     ", which this release does not know: it was written by a newer release");
        if (applied[i].number != migrations[i].number)
            throw std::runtime_error("the database's migrations have a gap before number " + number);
        if (applied[i].name != migrations[i].name || applied[i].hash != base::hex(base::sha256(migrations[i].script)))
            throw std::runtime_error("migration " + std::string(migrations[i].name) + " differs from the one that made this database");
    }
}

}  // namespace

std::vector<Migration> embedded_migrations()
{
    std::vector<Migration> migrations;
    for (const auto& file : base::embedded::migrations()) {
        const auto number = base::whole_number<int>(std::string_view(file.name).substr(0, 4)).value_or(0);
        migrations.push_back({number, file.name, file.bytes});
    }
    std::sort(migrations.begin(), migrations.end(), [](const Migration& a, const Migration& b) { return a.number < b.number; });
    return migrations;
}

void migrate(Connection& connection, const std::vector<Migration>& migrations)
{
    const auto applied = applied_migrations(connection);
    check_known(applied, migrations);
    for (std::size_t i = applied.size(); i < migrations.size(); ++i) {
        connection.run_script("BEGIN IMMEDIATE");
        try {
            if (i == 0)
                connection.run_script(
                    "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL) STRICT");
            connection.run_script(std::string(migrations[i].script));
            connection.run("INSERT INTO schema_migration (number, name, hash) VALUES (?1, ?2, ?3)", migrations[i].number,
                           migrations[i].name, base::hex(base::sha256(migrations[i].script)));
            connection.run_script("COMMIT");
        } catch (...) {
            if (connection.in_transaction())
                connection.run_script("ROLLBACK");
            throw;
        }
    }
}

void check_migrated(Connection& connection, const std::vector<Migration>& migrations)
{
    const auto applied = applied_migrations(connection);
    check_known(applied, migrations);
    if (applied.size() < migrations.size())
        throw std::runtime_error("the database is of an older release: start the portal once to bring it up to date");
}

std::string schema_hash(const std::vector<Migration>& migrations)
{
    std::string all;
    for (const auto& migration : migrations)
        all += base::hex(base::sha256(migration.script));
    return base::hex(base::sha256(all));
}

}  // namespace cbmx::store
