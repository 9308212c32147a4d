// After a failed write or sync nothing is believed (rules.md 21): the kernel may have dropped pages and say nothing the next
// time. A mark makes the next start verify all of the database before anything is served. Start-up, but for leave_fault_marks.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace cbmx::service {

// Where marks stand: in the data directory, and on another disk when there is one. outside: empty when there is none.
std::vector<std::filesystem::path> fault_marks(const std::string& data, const std::string& outside);
bool is_marked(const std::vector<std::filesystem::path>& marks);
// Any thread. Does not throw: what cannot be marked is logged.
void leave_fault_marks(const std::vector<std::filesystem::path>& marks);

// Verifies everything; when it is clean, copies all that is pending into the database, durably, and takes the marks away. false: it
// is not clean (the log says what was found), and database, pending pages and marks stay as they are. Throws std::runtime_error when
// somebody else has the database open, StoreError when it cannot be read or written.
bool recover_after_fault(const std::string& database, const std::vector<std::filesystem::path>& marks);

}  // namespace cbmx::service
