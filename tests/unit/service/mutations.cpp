// See mutations.hpp.
#include "unit/service/mutations.hpp"
#include "base/bytes.hpp"
#include <algorithm>
#include <sqlite3.h>
#include <stdexcept>

namespace cbmx::test {
namespace {

std::string literal_of(sqlite3* database, const std::string& expression, const std::string& table, const std::string& row)
{
    return asked(database, "SELECT quote(" + expression + ") FROM " + table + " WHERE " + row).at(0);
}

std::string flipped(std::string hex, std::size_t byte)  // of x'0123'
{
    auto& digit = hex.at(2 + 2 * byte);
    digit = digit == '0' ? '1' : '0';
    return hex;
}

}  // namespace

std::vector<std::string> asked(sqlite3* database, const std::string& query)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        throw std::runtime_error(std::string(sqlite3_errmsg(database)) + ": " + query);
    std::vector<std::string> values;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        values.emplace_back(text != nullptr ? text : "");
    }
    sqlite3_finalize(statement);
    return values;
}

MutableTable::MutableTable(sqlite3* database, std::string name) : database_(database), name_(std::move(name))
{
    const auto from = " FROM pragma_table_info('" + name_ + "')";
    columns_ = asked(database, "SELECT name" + from);
    types_ = asked(database, "SELECT type" + from);
    keys_ = asked(database, "SELECT name" + from + " WHERE pk > 0 ORDER BY pk");
    for (const auto& value : asked(database, "SELECT \"notnull\" + (pk > 0)" + from))
        may_be_null_.push_back(value == "0");
}

bool MutableTable::is_key(const std::string& column) const { return std::find(keys_.begin(), keys_.end(), column) != keys_.end(); }

std::vector<std::string> MutableTable::rows() const
{
    std::string condition, order;
    for (const auto& key : keys_) {
        condition += (condition.empty() ? "'" : " || ' AND ") + key + " = ' || quote(" + key + ")";
        order += (order.empty() ? "" : ", ") + key;
    }
    return asked(database_, "SELECT " + condition + " FROM " + name_ + " ORDER BY " + order);
}

std::vector<Mutation> MutableTable::of_column(const std::string& column, const std::string& row) const
{
    const auto at = static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), column) - columns_.begin());
    const auto present = literal_of(database_, column, name_, row);
    std::vector<Mutation> mutations;
    const auto set = [&](const std::string& what, const std::string& value) {
        if (value != present)
            mutations.push_back({name_, column, row, what, "UPDATE " + name_ + " SET " + column + " = " + value + " WHERE " + row});
    };
    const auto computed = [&](const std::string& what, const std::string& expression) { set(what, literal_of(database_, expression, name_, row)); };
    const auto others = asked(database_, "SELECT quote(" + column + ") FROM " + name_ + " WHERE " + column + " IS NOT " + present + " AND " + column + " IS NOT NULL LIMIT 1");
    if (!others.empty())
        set("the value of another row", others.front());
    if (present == "NULL") {
        set("a value where there was none", types_[at] == "INTEGER" ? "1" : types_[at] == "BLOB" ? "zeroblob(32)" : "'x'");
        return mutations;
    }
    if (may_be_null_[at])
        set("NULL", "NULL");
    if (types_[at] == "INTEGER") {
        computed("a number too high by one", column + " + 1");
        computed("a number too low by one", column + " - 1");
    } else if (types_[at] == "BLOB") {
        const auto bytes = (present.size() - 3) / 2;
        for (const auto byte : {std::size_t{0}, bytes / 2, bytes - 1})
            if (bytes > 0)
                set("byte " + std::to_string(byte) + " flipped", flipped(present, byte));
        computed("a byte shorter", "substr(" + column + ", 1, length(" + column + ") - 1)");
    } else {
        computed("another last letter", "substr(" + column + ", 1, max(length(" + column + ") - 1, 0)) || char(unicode('0' || substr(" + column + ", -1)) + 1)");
        computed("a letter longer", column + " || 'x'");
        computed("a letter shorter", "substr(" + column + ", 1, max(length(" + column + ") - 1, 0))");
        computed("another first letter", "'~' || substr(" + column + ", 2)");
        set("emptied", "''");
    }
    return mutations;
}

// A copy under another key: the last column of the key is made one that no row has.
std::string MutableTable::doubled(const std::string& row) const
{
    const auto& key = keys_.back();
    const bool is_number = types_[static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), key) - columns_.begin())] == "INTEGER";
    const bool is_blob = types_[static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), key) - columns_.begin())] == "BLOB";
    std::string names, values;
    for (const auto& column : columns_) {
        names += (names.empty() ? "" : ", ") + column;
        const auto fresh = is_number ? "(SELECT max(" + key + ") + 1 FROM " + name_ + ")" : is_blob ? "randomblob(length(" + key + "))" : key + " || 'x'";
        values += (values.empty() ? "" : ", ") + (column == key ? fresh : column);
    }
    return "INSERT INTO " + name_ + " (" + names + ") SELECT " + values + " FROM " + name_ + " WHERE " + row;
}

std::vector<Mutation> MutableTable::of_row(const std::string& row, const std::string& next) const
{
    std::vector<Mutation> mutations{{name_, "", row, "deleted", "DELETE FROM " + name_ + " WHERE " + row}, {name_, "", row, "doubled", doubled(row)}};
    if (next.empty() || columns_.size() == keys_.size())
        return mutations;
    // The keys change places: the same as if all else did, and no constraint stands in between.
    const auto& key = keys_.back();
    const auto mine = literal_of(database_, key, name_, row), its = literal_of(database_, key, name_, next);
    const auto rename = [&](const std::string& to, const std::string& where) { return "UPDATE " + name_ + " SET " + key + " = " + to + " WHERE " + where + ";"; };
    const auto away = mine.starts_with("x'") || mine.starts_with("X'") ? "zeroblob(32)" : mine.starts_with("'") ? "'~away'" : "1000000";
    const auto there = row.substr(0, row.size() - mine.size()) + away;
    if (mine != its && row.substr(0, row.size() - mine.size()) == next.substr(0, next.size() - its.size()))
        mutations.push_back({name_, "", row, "swapped with the next", rename(away, row) + rename(mine, next) + rename(its, there)});
    return mutations;
}

Made mutate(const std::filesystem::path& file, const std::string& script)
{
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK)
        throw std::runtime_error("cannot open " + file.string());
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_exec(database, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
    const auto status = sqlite3_exec(database, ("BEGIN;" + script + ";COMMIT").c_str(), nullptr, nullptr, nullptr);
    const bool has_changed = sqlite3_total_changes(database) > 0;
    const std::string error = sqlite3_errmsg(database);
    sqlite3_close(database);
    if (status != SQLITE_OK && status != SQLITE_CONSTRAINT)
        throw std::runtime_error(error + ": " + script);
    return status == SQLITE_CONSTRAINT ? Made::refused : has_changed ? Made::changed : Made::nothing;
}

}  // namespace cbmx::test
