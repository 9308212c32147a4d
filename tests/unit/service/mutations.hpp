// Every small change of a database that somebody could make behind the portal's back, one at a time: a value altered, shifted,
// emptied, exchanged for that of another row or set to NULL, a byte of a hash flipped, a row deleted, doubled or swapped with
// its neighbour. For tampering_loop_test.cpp.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;

namespace cbmx::test {

struct Mutation {
    std::string table, column;  // column empty: whole rows
    std::string row;            // its key, as a condition in SQL
    std::string what;           // in words
    std::string script;         // SQL that does it
};

// One table of a database, as its schema describes it.
class MutableTable {
public:
    MutableTable(sqlite3* database, std::string name);
    const std::vector<std::string>& columns() const { return columns_; }
    // All changes of one column in this row / of this row as a whole; where: e.g. "id = 'x'". Literals are chosen here, so
    // that each script stands for itself.
    std::vector<Mutation> of_column(const std::string& column, const std::string& row) const;
    std::vector<Mutation> of_row(const std::string& row, const std::string& next) const;  // next: another row, or empty
    std::vector<std::string> rows() const;  // conditions, in order of the key

private:
    bool is_key(const std::string& column) const;
    std::string doubled(const std::string& row) const;

    sqlite3* database_;
    std::string name_;
    std::vector<std::string> columns_, types_, keys_;
    std::vector<bool> may_be_null_;
};

// The first column of each row that a query gives; NULL is the empty text. Throws std::runtime_error.
std::vector<std::string> asked(sqlite3* database, const std::string& query);

enum class Made { changed, refused, nothing };  // refused: by a constraint of SQLite's own
// Runs the script on this file with triggers, checks and foreign keys out of the way.
Made mutate(const std::filesystem::path& file, const std::string& script);

}  // namespace cbmx::test
