// Brings a database to this program's schema: numbered, embedded, each applied in a transaction and hash-checked.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::store {

struct Migration {
    int number;
    std::string_view name;  // "0001_spine.sql"
    std::string_view script;
};

std::vector<Migration> embedded_migrations();

// Throws std::runtime_error with one clear sentence when the database is newer than this program, has a gap, or
// was made by a migration whose text has changed since.
void migrate(Connection& connection, const std::vector<Migration>& migrations);
// The same checks without applying anything; also throws when a migration is still to be applied.
void check_migrated(Connection& connection, const std::vector<Migration>& migrations);
// SHA-256 over the migrations' texts, hex: the schema hash of portal_changed entries.
std::string schema_hash(const std::vector<Migration>& migrations);

}  // namespace cbmx::store
