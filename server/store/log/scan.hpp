// What verify reads: everything, in order, without a caller. The SQL beside its mapping; the judging is verify/*.cpp. What
// there is most of is read in ranges: ranges.hpp, rows/report_ranges.hpp; rows by subject: store/subjects.hpp.
#pragma once
#include "domain/event.hpp"
#include "store/log/entries.hpp"
#include <map>

namespace cbmx::store {

std::optional<base::Hash> stored_node(Connection& connection, unsigned level, std::uint64_t position);  // nullopt: none
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

struct LastEntry {
    std::string subject;
    domain::Seq seq = 0;
    std::int64_t version = 0;
    std::string kind;
    std::optional<std::string> home;
    std::optional<std::string> content;  // nullopt once erased
};
std::vector<LastEntry> last_entries(Connection& connection, domain::Subject subject);  // one a subject, in order of the id

struct ErasedTraces {
    std::vector<std::string> credentials, enrolments;  // of erased accounts
    std::vector<std::string> proposals;                // about them, bodies emptied
};
ErasedTraces erased_traces(Connection& connection);

std::map<std::string, std::string, std::less<>> accounts_of_credentials(Connection& connection);
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
    std::int64_t touches_published = 0;
};
std::optional<ReportState> report_state(Connection& connection, const std::string& id);
std::optional<std::string> state_of_report(Connection& connection, const std::string& id);
struct SubjectEntry {
    std::string body;  // canonical
    OpeningRow opening;
};
std::vector<SubjectEntry> entries_about(Connection& connection, domain::Subject subject, const std::string& id);  // by number
std::vector<std::string> lost_at(Connection& connection, domain::Seq seq);                                        // sorted
}  // namespace cbmx::store
