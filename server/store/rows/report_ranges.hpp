// What verify reads of reports: in order of their ids, in ranges that several connections can read side by side; one scan of each
// table instead of look-ups for each report.
#pragma once
#include "store/log/scan.hpp"
#include "store/rows/touches.hpp"
#include <functional>

namespace cbmx::store {

struct StoredRevision {
    std::int64_t revision = 0;
    domain::Seq seq = 0;
    std::string label;
    std::optional<std::string> signature, signing_key;
};

struct StoredRecipient {
    std::string recipient;
    std::int64_t from_revision = 0;
};

// A report that has a row, or entries, or both.
struct StoredReport {
    std::string id;
    std::optional<ReportState> state;  // nullopt: no row
    bool has_draft = false;
    std::vector<SubjectEntry> entries;        // by number
    std::vector<StoredRevision> revisions;    // in order
    std::vector<StoredRecipient> recipients;  // sorted
    std::vector<std::string> tags;            // sorted
    std::vector<TouchRow> touches;            // by number
};

// Where ranges of so many rows begin, in order: "" first, so that they cover all ids.
std::vector<std::string> report_ranges(Connection& connection, std::int64_t rows);
// From the first id on and before the end; no end: all.
void scan_reports(Connection& connection, const std::string& first, const std::optional<std::string>& end,
                  const std::function<void(const StoredReport&)>& each);

}  // namespace cbmx::store
