// The times that are set: what the portal does by itself, about which record, when. What there is: domain/due.hpp;
// who does it: service/clock/due.hpp.
#pragma once
#include "domain/due.hpp"
#include "store/connection.hpp"
#include <string>
#include <vector>

namespace cbmx::store {

struct DueRow {
    domain::Due what;
    std::string subject;  // id of the record
    std::string at;
    bool operator==(const DueRow&) const = default;
};

void set_due(Connection& connection, const DueRow& row);  // instead of the time that was set for it before
void drop_due(Connection& connection, domain::Due what, const std::string& subject);
// Takes the row away if it still stands so and its time has come; false: it does not, or has not.
bool take_due(Connection& connection, const DueRow& row, const std::string& now);

// Those whose time has come, in order of their times, after the one given.
std::vector<DueRow> due_by(Connection& connection, const std::string& now, const std::optional<DueRow>& after, std::int64_t limit);
struct DueSummary {
    std::int64_t waiting = 0;  // due or not yet
    std::optional<std::string> earliest;
};
DueSummary due_summary(Connection& connection);

// The rows that there must be, by the records that they are about, in order of what and subject.
std::vector<DueRow> expected_due(Connection& connection);
// Those that there are, as they stand: somebody else may have written them.
struct StoredDue {
    std::string what, subject, at;
    bool operator==(const StoredDue&) const = default;
};
std::vector<StoredDue> stored_due(Connection& connection);

}  // namespace cbmx::store
