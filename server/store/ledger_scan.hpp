// What verify reads: everything, in order, without a caller. The SQL beside its mapping; the judging is
// service/verify*.cpp.
#pragma once
#include "domain/event.hpp"
#include "store/ledger.hpp"
#include <functional>

namespace cbmx::store {

void check_is_database(Connection& connection);                 // throws SqliteError when the file is something else
std::vector<std::string> file_faults(Connection& connection);  // PRAGMA integrity_check, foreign_key_check; bounded

void scan_entries(Connection& connection, const std::function<void(const EntryRow&, const std::optional<OpeningRow>&)>& each);  // by number
void scan_checkpoints(Connection& connection, const std::function<void(const CheckpointRow&)>& each);                            // by size
std::optional<base::Hash> stored_node(Connection& connection, unsigned level, std::uint64_t position);                           // nullopt: none
std::uint64_t node_count(Connection& connection);

struct KindRow {
    std::string kind, audience;
};
std::vector<KindRow> event_kinds(Connection& connection);

struct LossRow {
    domain::Seq seq = 0;
    std::string recipient;
    std::optional<std::string> kind;  // of the entry; nullopt: there is none
};
std::vector<LossRow> losses(Connection& connection);

// The rows that entries account for: id or code, version and the number of the last entry.
struct SubjectRow {
    std::string id;
    std::int64_t version = 0;
    std::optional<domain::Seq> seq;  // nullopt: workspace
};
std::vector<SubjectRow> subject_rows(Connection& connection, domain::Subject subject);  // not those with content of their own: report, nomination, contact; not portal
struct LastEntry {
    std::string subject;
    domain::Seq seq = 0;
    std::int64_t version = 0;
    std::string kind;
    std::optional<std::string> home;
    std::optional<std::string> content;  // nullopt once erased
};
std::vector<LastEntry> last_entries(Connection& connection, domain::Subject subject);  // one a subject, in order of the id

// Columns that repeat what the record beside them says, as {column: value} JSON.
struct RepeatedColumns {
    std::string id, record, columns;
    domain::Seq seq = 0;
};
std::vector<RepeatedColumns> repeated_columns(Connection& connection, domain::Subject subject);

struct ErasedTraces {
    std::vector<std::string> credentials;  // of erased accounts
    std::vector<std::string> proposals;    // about them, bodies emptied
};
ErasedTraces erased_traces(Connection& connection);

// What stands in the rows as canonical JSON and is compared by what it says.
struct JsonText {
    std::string table, id, text;
};
std::vector<JsonText> json_texts(Connection& connection);

std::vector<domain::Seq> entries_with_foreign_credential(Connection& connection);
std::vector<std::string> untold_proposals(Connection& connection);

// Every word by which a published report names who reads it.
std::vector<std::string> all_recipients(Connection& connection);

// REPORTS
struct ReportState {
    std::string id, state, measure, period, record_state;
    bool erased = false;
    std::string label, status, language;
    std::int64_t version = 0, revision = 0;
    std::optional<domain::Seq> changed_seq;
};
std::vector<std::string> report_ids(Connection& connection);                   // rows, and subjects of entries without a row
std::optional<ReportState> report_state(Connection& connection, const std::string& id);
std::optional<std::string> state_of_report(Connection& connection, const std::string& id);
struct SubjectEntry {
    std::string body;                       // canonical
    OpeningRow opening;
};
std::vector<SubjectEntry> entries_about(Connection& connection, domain::Subject subject, const std::string& id);  // by number
struct StoredRevision {
    std::int64_t revision = 0;
    domain::Seq seq = 0;
    std::optional<std::string> signature, signing_key;
};
std::vector<StoredRevision> stored_revisions(Connection& connection, const std::string& id);
struct StoredRecipient {
    std::string recipient;
    std::int64_t from_revision = 0;
};
std::vector<StoredRecipient> stored_recipients(Connection& connection, const std::string& id);  // sorted
std::vector<std::string> lost_at(Connection& connection, domain::Seq seq);                      // sorted
std::vector<std::string> stored_tags(Connection& connection, const std::string& id);            // sorted

}  // namespace cbmx::store
