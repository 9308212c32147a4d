// What verify reads of reports: in order of their ids, in ranges that several connections can read side by side; one scan of each
// table instead of look-ups for each report.
#pragma once
#include "store/ledger_scan.hpp"
#include <functional>

namespace cbmx::store {

struct StoredRevision {
    std::int64_t revision = 0;
    domain::Seq seq = 0;
    std::optional<std::string> signature, signing_key;
};

struct StoredRecipient {
    std::string recipient;
    std::int64_t from_revision = 0;
};

// A report that has a row, or entries, or both.
struct StoredReport {
    std::string id;
    std::optional<ReportState> state;         // nullopt: no row
    bool has_draft = false;
    std::vector<SubjectEntry> entries;        // by number
    std::vector<StoredRevision> revisions;    // in order
    std::vector<StoredRecipient> recipients;  // sorted
    std::vector<std::string> tags;            // sorted
};

// The id of the row that comes so many after the first id; nullopt: there are no more.
std::optional<std::string> report_after(Connection& connection, const std::string& first, std::int64_t count);
// From the first id on and before the end; no end: all.
void scan_reports(Connection& connection, const std::string& first, const std::optional<std::string>& end, const std::function<void(const StoredReport&)>& each);

}  // namespace cbmx::store
