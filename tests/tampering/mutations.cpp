// See mutations.hpp.
#include "tampering/mutations.hpp"
#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <stdexcept>

namespace cbmx::test {
namespace {

using nlohmann::json;

constexpr std::size_t sample_of_a_kind = 2;

struct Value {
    int type = SQLITE_NULL;
    std::string bytes;  // of a number: as decimal
    bool is_null() const { return type == SQLITE_NULL; }
    bool operator==(const Value&) const = default;
};
using Row = std::vector<Value>;

struct Column {
    std::string name, type;
    bool may_be_null = false, is_key = false, is_unique = false;
    std::vector<std::string> allowed;  // by its CHECK; empty: anything
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<Row> rows;               // in order of the key
    std::vector<std::string> standings;  // of each row
};

std::string literal(const Value& value)
{
    if (value.type == SQLITE_NULL)
        return "NULL";
    if (value.type == SQLITE_INTEGER)
        return value.bytes;
    std::string hex;
    for (const unsigned char byte : value.bytes) {
        constexpr char digits[] = "0123456789abcdef";
        hex += {digits[byte >> 4], digits[byte & 15]};
    }
    if (value.type == SQLITE_BLOB)
        return "x'" + hex + "'";
    if (value.bytes.find('\0') != std::string::npos)
        return "CAST(x'" + hex + "' AS TEXT)";
    std::string quoted = "'";
    for (const char letter : value.bytes)
        quoted += letter == '\'' ? std::string("''") : std::string(1, letter);
    return quoted + "'";
}

Value text(std::string bytes) { return {SQLITE_TEXT, std::move(bytes)}; }
Value number(std::int64_t of) { return {SQLITE_INTEGER, std::to_string(of)}; }
Value same_type(const Value& like, std::string bytes) { return {like.type, std::move(bytes)}; }

std::vector<Row> query(sqlite3* db, const std::string& sql)
{
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &made, nullptr) != SQLITE_OK)
        throw std::runtime_error(sql + ": " + sqlite3_errmsg(db));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(made, sqlite3_finalize);
    std::vector<Row> rows;
    while (sqlite3_step(made) == SQLITE_ROW) {
        Row row;
        for (int i = 0; i < sqlite3_column_count(made); ++i) {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(made, i));
            row.push_back({sqlite3_column_type(made, i),
                           bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(made, i)))});
            if (row.back().type == SQLITE_INTEGER)
                row.back().bytes = std::to_string(sqlite3_column_int64(made, i));
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

// The words of "CHECK (column IN ('a', 'b'))", or numbers.
std::vector<std::string> allowed_by(const std::string& table_sql, const std::string& column)
{
    std::smatch found;
    if (!std::regex_search(table_sql, found, std::regex("\\b" + column + " IN \\(([^)]*)\\)")))
        return {};
    std::vector<std::string> words;
    const auto list = found[1].str();
    static const std::regex word("'([^']*)'|(\\d+)");
    for (std::sregex_iterator each(list.begin(), list.end(), word), end; each != end; ++each)
        words.push_back((*each)[1].matched ? (*each)[1].str() : (*each)[2].str());
    return words;
}

Table table_of(sqlite3* db, const std::string& name)
{
    Table table{.name = name, .columns = {}, .rows = {}, .standings = {}};
    const auto sql = query(db, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '" + name + "'").at(0).at(0).bytes;
    std::string order;
    for (const auto& row : query(db, "PRAGMA table_info(" + name + ")")) {
        const bool is_key = row.at(5).bytes != "0";
        table.columns.push_back({.name = row.at(1).bytes,
                                 .type = row.at(2).bytes,
                                 .may_be_null = row.at(3).bytes == "0" && !is_key,
                                 .is_key = is_key,
                                 .is_unique = is_key,
                                 .allowed = allowed_by(sql, row.at(1).bytes)});
        if (is_key)
            order += (order.empty() ? " ORDER BY " : ", ") + row.at(1).bytes;
    }
    for (const auto& index : query(db, "PRAGMA index_list(" + name + ")"))
        for (const auto& row : index.at(2).bytes == "1" ? query(db, "PRAGMA index_info(" + index.at(1).bytes + ")") : std::vector<Row>())
            for (auto& column : table.columns)
                column.is_unique = column.is_unique || column.name == row.at(2).bytes;
    table.rows = query(db, "SELECT * FROM " + name + order);
    return table;
}

std::string condition_of(const Table& table, const Row& row)
{
    std::string condition;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (table.columns[i].is_key)
            condition += (condition.empty() ? "" : " AND ") + table.columns[i].name + " IS " + literal(row[i]);
    return condition;
}

// Rows that a reader of the schema would tell apart.
std::string shape_of(const Table& table, const Row& row)
{
    std::string shape;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto& column = table.columns[i];
        const bool tells = !column.allowed.empty() || (!column.is_key && column.name.ends_with("kind"));
        shape += row[i].is_null() ? "-" : tells ? row[i].bytes : "+";
        shape += '|';
    }
    return shape;
}

std::vector<std::size_t> chosen_rows(const Table& table, bool all)
{
    std::vector<std::size_t> chosen;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        if (seen.insert(shape_of(table, table.rows[i]) + table.standings[i]).second || all || i + 1 == table.rows.size())
            chosen.push_back(i);
    return chosen;
}

struct Change {
    std::string words;
    Value value;  // instead
    std::string member = {};
};
using Changes = std::vector<Change>;

// One character in the middle, to another of its kind.
std::optional<std::string> one_letter(std::string bytes)
{
    for (std::size_t step = 0; step < bytes.size(); ++step) {
        auto& letter = bytes[(bytes.size() / 2 + step) % bytes.size()];
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0)
            continue;
        letter = letter == '9' ? '8' : letter == 'z' ? 'y' : letter == 'Z' ? 'Y' : static_cast<char>(letter + 1);
        return bytes;
    }
    return std::nullopt;
}

json another(const json& value)
{
    if (value.is_string())
        return value.get<std::string>() + "x";
    if (value.is_boolean())
        return !value.get<bool>();
    if (value.is_number_integer())
        return value.get<std::int64_t>() + 1;
    return value.is_null() ? json("x") : json(nullptr);
}

void change_json(Changes& changes, const Value& value)
{
    auto parsed = json::parse(value.bytes, nullptr, false);
    if (parsed.is_discarded() || !parsed.is_structured())
        return;
    changes.push_back({"JSON cut short", same_type(value, value.bytes.substr(0, value.bytes.size() - 1))});
    changes.push_back({"JSON of another kind", same_type(value, parsed.is_array() ? "{}" : "[]")});
    if (parsed.is_array()) {
        auto longer = parsed;
        longer.push_back("public");
        changes.push_back({"an element more", same_type(value, longer.dump())});
        if (!parsed.empty())
            parsed.erase(0), changes.push_back({"an element less", same_type(value, parsed.dump())});
        return;
    }
    auto more = parsed;
    more["x"] = 1;
    changes.push_back({"a member more", same_type(value, more.dump())});
    for (const auto& [name, member] : parsed.items()) {
        auto changed = parsed, without = parsed;
        changed[name] = another(member);
        without.erase(name);
        changes.push_back({"a member changed", same_type(value, changed.dump()), name});
        changes.push_back({"a member taken out", same_type(value, without.dump()), name});
    }
}

void change_bytes(Changes& changes, const Value& value)
{
    auto first = value.bytes, last = value.bytes;
    if (!value.bytes.empty()) {
        first.front() ^= 1, last.back() ^= static_cast<char>(0x80);
        changes.push_back({"the first bit flipped", same_type(value, first)});
        changes.push_back({"the last bit flipped", same_type(value, last)});
        changes.push_back({"cut short", same_type(value, value.bytes.substr(0, value.bytes.size() - 1))});
        changes.push_back({"emptied", same_type(value, "")});
    }
}

void change_text(Changes& changes, const Value& value)
{
    if (const auto letter = one_letter(value.bytes))
        changes.push_back({"one letter", text(*letter)});
    if (!value.bytes.empty())
        changes.push_back({"emptied", text("")});
    changes.push_back({"a blank behind it", text(value.bytes + " ")});
}

// All that this value could be instead.
Changes changes_of(const Table& table, std::size_t at, std::size_t row)
{
    const auto& column = table.columns[at];
    const auto& value = table.rows[row][at];
    Changes changes;
    if (value.type == SQLITE_TEXT)
        change_text(changes, value);
    if (value.type == SQLITE_BLOB)
        change_bytes(changes, value);
    if (value.type == SQLITE_TEXT || value.type == SQLITE_BLOB)
        change_json(changes, value);
    if (value.type == SQLITE_INTEGER) {
        changes.push_back({"one more", number(std::stoll(value.bytes) + 1)});
        changes.push_back({"one less", number(std::stoll(value.bytes) - 1)});
    }
    for (const auto& word : column.allowed)
        changes.push_back({"to " + word, column.type == "INTEGER" ? number(std::stoll(word)) : text(word)});
    const auto other =
        std::find_if(table.rows.begin(), table.rows.end(), [&](const Row& each) { return !each[at].is_null() && each[at] != value; });
    if (other != table.rows.end())
        changes.push_back({"another row's", (*other)[at]});
    if (column.may_be_null && !value.is_null())
        changes.push_back({"to NULL", Value()});
    if (value.is_null())
        changes.push_back({"no more NULL", column.type == "INTEGER" ? number(1)
                                           : column.type == "BLOB"  ? Value{SQLITE_BLOB, std::string(32, 'x')}
                                                                    : text("x")});
    std::erase_if(changes, [&value](const Change& change) { return change.value == value; });
    return changes;
}

std::string insertion(const Table& table, const Row& row)
{
    std::string values;
    for (const auto& value : row)
        values += (values.empty() ? "" : ", ") + literal(value);
    return "INSERT INTO " + table.name + " VALUES (" + values + ")";
}

// The same again, under a key of its own.
Row duplicate(const Table& table, Row row)
{
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto& value = row[i];
        if (!table.columns[i].is_unique || value.is_null())
            continue;
        if (value.type == SQLITE_INTEGER)
            value = number(1'000'000 + std::stoll(value.bytes));
        else if (value.type == SQLITE_BLOB)
            value.bytes.back() ^= 1;
        else if (const auto letter = one_letter(value.bytes))
            value.bytes = *letter;
    }
    return row;
}

// Each has what the other had, but for the key.
std::string exchange(const Table& table, const Row& one, const Row& other)
{
    auto first = one, second = other;
    for (std::size_t i = 0; i < one.size(); ++i)
        if (!table.columns[i].is_key)
            std::swap(first[i], second[i]);
    if (first == one)
        return {};
    const auto removal = [&table](const Row& row) { return "DELETE FROM " + table.name + " WHERE " + condition_of(table, row) + ";"; };
    return removal(one) + removal(other) + insertion(table, first) + ";" + insertion(table, second);
}

void change_row(std::vector<Mutation>& mutations, const Table& table, std::size_t at)
{
    const auto& row = table.rows[at];
    const auto condition = condition_of(table, row);
    const auto add = [&](const char* change, const std::string& sql) {
        mutations.push_back({table.name, "", condition, change, "", sql, table.standings[at]});
    };
    add("row deleted", "DELETE FROM " + table.name + " WHERE " + condition);
    add("row twice", insertion(table, duplicate(table, row)));
    for (std::size_t step = 1; step < table.rows.size(); ++step)
        if (const auto sql = exchange(table, row, table.rows[(at + step) % table.rows.size()]); !sql.empty()) {
            add("row exchanged with another", sql);
            break;
        }
}

// The same in every run: of each kind, the first and others evenly spread.
std::vector<Mutation> sample(std::vector<Mutation> all)
{
    std::map<std::string, std::vector<const Mutation*>> kinds;
    for (const auto& mutation : all)
        kinds[mutation.kind() + mutation.standing].push_back(&mutation);
    std::vector<Mutation> chosen;
    for (const auto& [kind, list] : kinds) {
        const auto spread = std::hash<std::string>()(kind);
        const auto count = list.front()->standing.empty() ? std::min(list.size(), sample_of_a_kind) : 1;
        for (std::size_t i = 0; i < count; ++i)
            chosen.push_back(*list[(i * list.size() / count + spread) % list.size()]);
    }
    return chosen;
}

}  // namespace

FreeHand::FreeHand(const std::filesystem::path& file) : db_(nullptr, sqlite3_close)
{
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    db_.reset(opened);
    if (code != SQLITE_OK)
        throw std::runtime_error("cannot open " + file.string());
    sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    query(opened, "PRAGMA foreign_keys = OFF");
    query(opened, "PRAGMA ignore_check_constraints = ON");
    query(opened, "PRAGMA synchronous = OFF");
}

std::vector<std::string> FreeHand::tables()
{
    std::vector<std::string> names;
    for (const auto& row :
         query(db_.get(), "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"))
        names.push_back(row.at(0).bytes);
    return names;
}

std::vector<Mutation> FreeHand::mutations(const std::string& table_name, const std::vector<std::string>& conditions, bool everything)
{
    auto table = table_of(db_.get(), table_name);
    for (const auto& row : table.rows) {
        table.standings.emplace_back();
        for (const auto& condition : conditions)
            if (holds(table_name, condition_of(table, row), condition))
                table.standings.back() += condition + ";";
    }
    std::vector<Mutation> mutations;
    for (const auto row : chosen_rows(table, everything)) {
        const auto condition = condition_of(table, table.rows[row]);
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            for (const auto& change : changes_of(table, column, row))
                mutations.push_back(
                    {table_name, table.columns[column].name, condition, change.words, change.member,
                     "UPDATE " + table_name + " SET " + table.columns[column].name + " = " + literal(change.value) + " WHERE " + condition,
                     table.standings[row]});
        change_row(mutations, table, row);
    }
    return everything ? mutations : sample(std::move(mutations));
}

std::optional<int> FreeHand::change(const std::string& sql)
{
    const int before = sqlite3_total_changes(db_.get());
    const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code == SQLITE_CONSTRAINT)
        return std::nullopt;
    if (code != SQLITE_OK)
        throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get()));
    return sqlite3_total_changes(db_.get()) - before;
}

bool FreeHand::holds(const std::string& table, const std::string& row, const std::string& condition)
{
    return !query(db_.get(), "SELECT 1 FROM " + table + " WHERE (" + row + ") AND (" + condition + ")").empty();
}

}  // namespace cbmx::test
