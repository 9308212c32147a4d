// Needs and offers of assistance, as the published reports that the caller reads tell of them (rules.md 56a). There is no record of
// their own: what a report no longer says, or no longer says to the caller, is gone here too.
#pragma once
#include "service/reports/reports.hpp"

namespace cbmx::service {

inline constexpr std::int64_t max_matches = 20;  // of one report

struct NeedsQuery {
    std::optional<std::string> state, measure;
    bool needed = true, offered = true;  // what is asked for
};

// In order of change, the newest first. Items: {"report", "revision", "state", "measure", "period", "label", "needed", "offered",
// "matches"}. Whoever reads no more than everyone does is given offers alone, but for reports of the own State. matches: for the own
// State's reports, and for the secretariat, reports of others on the same measure that offer what this one needs, or need what it offers,
// among the newest that the caller reads (as many as asked.steps); empty for everybody else. A page looks at asked.limit reports, so that
// it may be shorter or empty before the end. Errors: as of list_reports.
Result<Page> list_needs(Connection& db, const Principal& principal, i18n::Language language, const NeedsQuery& query,
                        const PageAsked& asked);

}  // namespace cbmx::service
