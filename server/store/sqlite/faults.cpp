// See faults.hpp. Compared with, and rules taken from, a schema that is built in memory: that of the file is not believed.
#include "store/sqlite/faults.hpp"
#include "store/sqlite/migrate.hpp"
#include <map>
#include <sqlite3.h>

namespace cbmx::store {
namespace {

constexpr std::size_t max_broken = 20;
constexpr std::string_view keyword = "CHECK";

struct Object {
    std::string type, name, table, sql;
    bool operator==(const Object&) const = default;
};

std::map<std::string, Object> objects_of(Connection& connection)
{
    std::map<std::string, Object> objects;
    auto rows = connection.query("SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_'");
    while (rows.next())
        objects[rows.text(0) + " " + rows.text(1)] = {rows.text(0), rows.text(1), rows.text(2), rows.text(3)};
    return objects;
}

const std::map<std::string, Object>& expected_objects()
{
    static const auto objects = [] {
        Connection fresh(":memory:", OpenMode::read_write);
        migrate(fresh, embedded_migrations());
        return objects_of(fresh);
    }();
    return objects;
}

// Behind the text in quotes or the comment that begins here; here, when neither does.
std::size_t behind_quoted(std::string_view sql, std::size_t at)
{
    if (sql[at] == '\'' || sql[at] == '"')
        return std::min(sql.find(sql[at], at + 1), sql.size() - 1) + 1;
    return sql.substr(at, 2) == "--" ? std::min(sql.find('\n', at), sql.size()) : at;
}

// The expressions of CHECK (...), each with its brackets.
std::vector<std::string> checks_in(std::string_view sql)
{
    std::vector<std::string> checks;
    std::size_t begin = std::string_view::npos;
    int depth = 0;
    for (std::size_t at = 0; at < sql.size();) {
        if (const auto behind = behind_quoted(sql, at); behind != at) {
            at = behind;
            continue;
        }
        if (begin == std::string_view::npos && sql.substr(at, keyword.size()) == keyword) {
            begin = sql.find('(', at);
            at = begin;
            depth = 0;
            continue;
        }
        if (begin != std::string_view::npos) {
            depth += sql[at] == '(' ? 1 : sql[at] == ')' ? -1 : 0;
            if (depth == 0) {
                checks.emplace_back(sql.substr(begin, at + 1 - begin));
                begin = std::string_view::npos;
            }
        }
        ++at;
    }
    return checks;
}

struct Broken {
    const std::string& table;
    const std::string& check;
    std::vector<std::string>& faults;
};

int note_row(void* into, int columns, char** values, char**)
{
    auto& broken = *static_cast<Broken*>(into);
    if (broken.faults.size() >= max_broken)
        return 0;
    const std::string row = columns > 0 && values[0] != nullptr ? values[0] : "";
    broken.faults.push_back("the row " + row + " of table " + broken.table + " breaks the rule " + broken.check);
    return 0;
}

int note_any(void* into, int, char**, char**)
{
    *static_cast<bool*>(into) = true;
    return 0;
}

// All of a table's rules in one scan. false: one is broken somewhere, or cannot be judged.
bool are_kept(Connection& connection, const std::string& table, const std::vector<std::string>& checks)
{
    std::string select = "SELECT 1 FROM main." + table + " WHERE ";
    for (const auto& check : checks)
        select += (&check == &checks.front() ? "NOT " : " OR NOT ") + check;
    bool is_broken = false;
    return sqlite3_exec(connection.handle(), (select + " LIMIT 1").c_str(), note_any, &is_broken, nullptr) == SQLITE_OK && !is_broken;
}

}  // namespace

void check_is_database(Connection& connection) { connection.query("SELECT COUNT(*) FROM sqlite_schema").next(); }

std::vector<std::string> page_faults(Connection& connection)
{
    std::vector<std::string> faults;
    auto rows = connection.query("PRAGMA integrity_check(20)");
    while (rows.next())
        faults.push_back(rows.text(0));
    if (faults.size() == 1 && faults.front() == "ok")
        faults.clear();
    return faults;
}

std::vector<std::string> reference_faults(Connection& connection)
{
    std::vector<std::string> faults;
    auto rows = connection.query("PRAGMA foreign_key_check");
    for (std::size_t i = 0; i < max_broken && rows.next(); ++i)
        faults.push_back("a row of table " + rows.text(0) + " refers to a row of table " + rows.text(2) + " that is not there");
    return faults;
}

std::vector<std::string> schema_faults(Connection& connection)
{
    const auto& expected = expected_objects();
    const auto present = objects_of(connection);
    std::vector<std::string> faults;
    for (const auto& [name, object] : expected) {
        const auto found = present.find(name);
        if (found == present.end())
            faults.push_back("the " + name + " is missing");
        else if (found->second != object)
            faults.push_back("the " + name + " is not as this release makes it");
    }
    for (const auto& [name, object] : present)
        if (!expected.contains(name))
            faults.push_back("the " + name + " is of no release");
    return faults;
}

std::vector<std::string> broken_checks(Connection& connection)
{
    std::vector<std::string> faults;
    for (const auto& [name, object] : expected_objects()) {
        const auto checks = checks_in(object.sql);
        if (checks.empty() || are_kept(connection, object.name, checks))
            continue;
        for (const auto& check : checks) {
            Broken broken{object.name, check, faults};
            // Texts of our own migrations, nothing of the file's.
            const auto select = "SELECT * FROM main." + object.name + " WHERE NOT " + check + " LIMIT " + std::to_string(max_broken);
            if (sqlite3_exec(connection.handle(), select.c_str(), note_row, &broken, nullptr) != SQLITE_OK)
                faults.push_back("the rule " + check + " of table " + object.name +
                                 " cannot be judged: " + sqlite3_errmsg(connection.handle()));
        }
    }
    return faults;
}

}  // namespace cbmx::store
