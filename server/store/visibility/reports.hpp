// Who sees a report, its draft and what was submitted: the one place that says so, part of the SQL of every read. Lists find the same
// along indexes, word by word (store/rows/report_lists.cpp).
// Parameters: ?1 the caller's recipient words (JSON array), ?2 the State whose drafts the caller reads ('' or NULL: none;
// '*': every draft, for the operator's export),
// ?3 "account:<id>" ('' or NULL: none). Aliases: r report, d report_draft (of r, may be missing), e ledger_entry.
#pragma once
#include "store/sql.hpp"

namespace cbmx::store {

// The recipient that a caller's word w stands for in the report r. "NI/state:NI" is one of a State that does not participate: it
// counts for that State's own reports alone.
inline constexpr SqlText recipient_of_word = "substr(w.value, CASE WHEN substr(w.value, 1, 3) = r.state || '/' THEN 4 ELSE 1 END)";

// A published or withdrawn report is seen by its recipients. Everybody answers to "public": asked first, it costs the least.
inline constexpr auto record_visible =
    "(r.record_state <> 'none' AND (EXISTS (SELECT 1 FROM report_recipient v WHERE v.report = r.id AND v.recipient = 'public')"
    " OR EXISTS (SELECT 1 FROM json_each(?1) w CROSS JOIN report_recipient v WHERE v.report = r.id AND v.recipient = " +
    recipient_of_word + ")))";

// A draft by the State's drafters and approvers; under TLP:RED by those of them who are named.
inline constexpr SqlText draft_visible =
    "((r.state = ?2 AND (d.label <> 'TLP:RED' OR ?3 IN (SELECT value FROM json_each(d.recipients)))) OR ?2 = '*')";

// A report: its record once there is one, before that its draft.
inline constexpr auto report_visible =
    "(" + record_visible + " OR (r.record_state = 'none' AND d.report IS NOT NULL AND " + draft_visible + "))";

// The revision that entry e is about, once it is published: by those who read from it or from an earlier one on.
inline constexpr auto revision_visible = "EXISTS (SELECT 1 FROM report_recipient v WHERE v.report = r.id AND v.recipient IN (SELECT " +
                                         recipient_of_word +
                                         " FROM json_each(?1) w) AND (v.from_revision <= e.revision OR e.revision > r.revision))";

// What was submitted or returned: by those who read the State's drafts and, of the report, the revision that came of it;
// what was submitted under TLP:RED by those named then alone, whatever the label is now.
inline constexpr auto submission_visible =
    "EXISTS (SELECT 1 FROM report r LEFT JOIN report_draft d ON d.report = r.id WHERE r.id = e.subject AND r.state = ?2"
    " AND (r.record_state = 'none' OR " +
    revision_visible + ") AND (d.report IS NULL OR " + draft_visible +
    ")"
    " AND (json_extract(CAST(e.body AS TEXT), '$.audience.label') IS NOT 'TLP:RED'"
    " OR ?3 IN (SELECT n.value FROM ledger_opening s, json_each(s.recipients) n WHERE s.seq = e.seq)))";

}  // namespace cbmx::store
