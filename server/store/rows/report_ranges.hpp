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
};

// What lists walk by, where it repeats the report.
struct StoredPlace {
    std::string state;
    std::optional<domain::Seq> changed_seq;
    bool withdrawn = false;
};

struct StoredRecipient {
    std::string recipient;
    std::int64_t from_revision = 0;
    StoredPlace place;
};

struct StoredTag {
    std::string tag;
    std::optional<std::string> reach;
    std::optional<domain::Seq> changed_seq;
};

struct StoredDraft {
    std::string label, recipients;
};

// A report that has a row, or entries, or both.
struct StoredReport {
    std::string id;
    std::optional<ReportState> state;                        // nullopt: no row
    bool is_drafted = false;                                 // lists say that there is a working copy for all who draft
    std::optional<StoredDraft> draft;                        // nullopt: none
    std::vector<std::pair<std::string, std::string>> named;  // sorted: accounts that lists show it to, and its State there
    std::vector<SubjectEntry> entries;                       // by number
    std::vector<StoredRevision> revisions;                   // in order
    std::vector<StoredRecipient> recipients;                 // sorted
    std::vector<StoredTag> tags;                             // sorted
    std::vector<TouchRow> touches;                           // by number
};

// Where ranges of so many rows begin, in order: "" first, so that they cover all ids.
std::vector<std::string> report_ranges(Connection& connection, std::int64_t rows);
// From the first id on and before the end; no end: all.
void scan_reports(Connection& connection, const std::string& first, const std::optional<std::string>& end,
                  const std::function<void(const StoredReport&)>& each);

}  // namespace cbmx::store
