// Each kind of change that somebody with the database file and SQLite can make to a table, derived from the schema and the
// rows that stand there: nothing here knows what a table is for.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace cbmx::test {

struct Mutation {
    std::string table;
    std::string column;  // empty: the row as a whole
    std::string row;     // the condition that names it, as SQL
    std::string change;  // in words
    std::string member;  // of JSON, that is changed; empty: something else
    std::string sql;
    std::string standing;  // of the row: which of the conditions given hold for it
    std::string kind() const { return table + (column.empty() ? "" : "." + column) + ": " + change; }
    std::string name() const { return kind() + " " + member + ", " + row; }
};

// A connection that keeps to no rule of the schema: no foreign keys, no CHECK, no triggers. Uniqueness and NOT NULL stay;
// who wants to be rid of them changes the schema.
class FreeHand {
public:
    explicit FreeHand(const std::filesystem::path& file);

    std::vector<std::string> tables();
    // Of one row of each shape (its enumerated columns, which of its columns are NULL, which conditions hold), and the last. Of
    // each kind of change one for rows for which any condition holds, and some for all others. everything: of all rows, all.
    std::vector<Mutation> mutations(const std::string& table, const std::vector<std::string>& conditions, bool everything);
    // Nothing: SQLite itself refuses, since another row has that key or the column is never NULL.
    std::optional<int> change(const std::string& sql);  // number of rows changed
    bool holds(const std::string& table, const std::string& row, const std::string& condition);

private:
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> db_;
};

}  // namespace cbmx::test
