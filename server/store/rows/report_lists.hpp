// Lists of reports. What a list costs is what its caller sees: it is walked along indexes of what is addressed to the caller
// (rules.md 13, 27d). One report: reports.hpp; who sees it: store/visibility/reports.hpp.
#pragma once
#include "store/rows/reports.hpp"
#include <limits>

namespace cbmx::store {

struct ReportFilter {
    std::optional<std::string> state, measure, period, status, workflow_state, label, language, tag;
    std::optional<std::int64_t> changed_since;
};
enum class ReportOrder { changed, newest, state };  // state: within one, by change

// Where a page ended: the last report that it looked at, and its changed_seq then (that of a working copy: working_copy). A report that
// has changed since stands elsewhere; without changed its place is where it stands now. No id: before all.
struct ReportPlace {
    static constexpr std::int64_t working_copy = std::numeric_limits<std::int64_t>::max();
    std::string id = {};
    std::optional<std::int64_t> changed = {};
};

// How many reports a page looks at, all of them visible to its caller, whether the filter finds them or not.
inline constexpr std::int64_t list_steps = 1'000;

struct ReportPage {
    std::vector<ReportRow> rows;      // may be fewer than asked for, or none, before the list's end
    std::optional<ReportPlace> next;  // nullopt: the list ends here
};
ReportPage visible_reports(Connection& db, const domain::Visibility& visibility, const ReportFilter& filter, ReportOrder order,
                           const ReportPlace& after, std::int64_t limit, std::int64_t steps = list_steps);

// Every statement that lists walk by, for a test of how the database runs it.
std::vector<Sql> list_statements();

}  // namespace cbmx::store
