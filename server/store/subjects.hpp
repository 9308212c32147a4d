// Rows by subject: what verify and a new epoch do with every kind of subject alike. The table is in subjects.cpp.
#pragma once
#include "domain/subject.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::store {

// Subjects each of whose rows is what its last entry commits to, and bears that entry's number, in the enum's order. Not: the
// portal, and those with content of their own.
std::vector<domain::Subject> subjects_with_numbered_rows();

struct NumberedRow {
    std::string id;  // or code
    std::int64_t version = 0;
    std::optional<std::int64_t> seq;  // of its last entry; nullopt: workspace
};
std::vector<NumberedRow> numbered_rows(Connection& connection, domain::Subject subject);  // in order of the id
void set_seq(Connection& connection, domain::Subject subject, const std::string& id, std::int64_t seq);

// Nominations and contacts, whose content stands under an entry of its own: the ids of rows, and of entries without a row.
std::vector<std::string> known_ids(Connection& connection, domain::Subject subject);
void set_content_seq(Connection& connection, domain::Subject subject, const std::string& id, std::int64_t seq);  // and seq

// Columns that repeat what the record beside them says, as {column: value} JSON.
struct RepeatedColumns {
    std::string id, record, columns;
    std::int64_t seq = 0;
};
std::vector<RepeatedColumns> repeated_columns(Connection& connection, domain::Subject subject);

// What stands in the rows as canonical JSON and is compared by what it says.
struct JsonText {
    std::string id, text;
};
std::vector<JsonText> json_texts(Connection& connection, domain::Subject subject);

// The statements that take the rows of the subject's tables over from the database attached as old; empty: it has none, or none
// that a new epoch keeps. Its tables are those that store/retention.cpp names.
std::string_view copy_statements(domain::Subject subject);
// Into a new epoch, inside a transaction: all of them. References are checked at COMMIT.
void copy_rows(Connection& fresh);

// What an erasure takes out of the rows; the openings are erase_openings() in store/log/entries.hpp. Nothing and false of a
// subject that cannot be erased.
void blank(Connection& connection, domain::Subject subject, const std::string& id);
bool is_erased(Connection& connection, domain::Subject subject, const std::string& id);

}  // namespace cbmx::store
