// What a query for a report reads, and the row that it gives: for reports.cpp and report_lists.cpp.
#pragma once
#include "store/rows/reports.hpp"
#include "store/visibility/reports.hpp"

namespace cbmx::store {

inline constexpr SqlText record_columns =
    "r.id, r.state, r.measure, r.period, r.record_state, r.erased, r.label, r.status, r.language, r.version, r.revision, r.changed_seq,"
    " r.created_by, r.created_at, e.seq, e.at, o.content, o.salt, r.draft_versions, ";
inline constexpr SqlText draft_columns =
    ", d.fields, d.label, d.recipients, d.submitted, d.ever_submitted, d.return_reason, d.version, d.updated_at";
// What report_from reads; the draft where the caller may read it.
inline constexpr auto report_columns = record_columns + "CASE WHEN " + draft_visible + " THEN d.draft_state END" + draft_columns;
// Of a report r.
inline constexpr SqlText report_parts = " LEFT JOIN report_draft d ON d.report = r.id"
                                        " LEFT JOIN report_revision p ON p.report = r.id AND p.revision = r.revision"
                                        " LEFT JOIN ledger_entry e ON e.seq = p.seq LEFT JOIN ledger_opening o ON o.seq = p.seq";
inline constexpr auto select_reports = "SELECT " + report_columns + " FROM report r" + report_parts;

ReportRow report_from(Rows& rows);

}  // namespace cbmx::store
