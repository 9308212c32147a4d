// Taking over what was kept before the portal: a directory or a catalogue from a table, all rows or none. In two steps,
// since gpg reads the keys and may not hold up the writer: prepare, then import inside one transaction. A table may be
// imported again, also with rows added. The columns: contact_table.hpp, document_table.hpp; the command: operator.cpp.
#pragma once
#include "service/directory/inspection.hpp"
#include "service/portal.hpp"
#include "tables/rows.hpp"

namespace cbmx::service {

struct PreparedRow {
    std::size_t line = 0;
    nlohmann::json body;
    std::vector<Violation> violations;  // of schema and keys, with pointers into body
    Inspection inspection;
};

struct PreparedImport {
    std::vector<PreparedRow> rows;
    std::vector<Violation> violations;  // of the table, at "line:<n>/<column>"
};

// csv: UTF-8. Reads, checks by the schema that the API uses, and checks keys (which may start gpg once for each row that
// has one): not on the writer's or an I/O thread. Throws as inspect_keys() does.
PreparedImport prepare_contacts(std::string_view csv, domain::Instant now);
PreparedImport prepare_documents(std::string_view csv, domain::Instant now);

// Of a nomination whose schema refuses it, or whose row could not be read whole, the rules that the schema cannot tell: so
// that one answer names every fault. body: an object; its members, where they are there, of the right type.
std::vector<Violation> other_faults_of_nomination(Connection& db, const std::string& state, const nlohmann::json& body);
// The column of contact_columns behind a violation of a nomination's body.
std::string column_of_nomination(const nlohmann::json& body, const Violation& violation);

struct ImportReport {
    std::size_t rows = 0;
    std::size_t already_there = 0;           // rows that an earlier import, or the secretariat itself, has entered
    std::vector<std::size_t> different;      // the lines of those that now say something else; nothing is changed
    std::optional<Seq> first_seq, last_seq;  // of the entries made; nullopt: none
    std::vector<std::string> ids;            // of what was made, in order of line
};

// Each row as a note on paper that is recorded on behalf of its State. Already there: a note of the same reference and date
// for the same State, category, rank, person, office and institution, whatever has become of it since: what a State objected
// to, or what was removed, does not come back. Error validation_failed: every fault of every row, at "line:<n>/<column>";
// duplicate_item where two rows are one by that rule. Then the transaction has to be rolled back.
Result<ImportReport> import_contacts(Transaction& transaction, const Principal& principal, const PreparedImport& prepared);
// Already there: the same State, kind, year and title. Errors as above.
Result<ImportReport> import_documents(Transaction& transaction, const Principal& principal, const PreparedImport& prepared);

struct TablePlace {
    std::size_t line = 0;
    std::string column;  // empty: the line as a whole
};
std::optional<TablePlace> table_place(std::string_view pointer);  // {3, "hours"} of "line:3/hours"; nullopt: no such pointer

}  // namespace cbmx::service
