// The change record that a row stands for now, whatever it is about: what its last ledger entry must commit to.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// Canonical JSON. For Subject::report the record of its audience, whatever its last entry was. The row must exist.
std::string current_record(Connection& db, domain::Subject subject, const std::string& id);

}  // namespace cbmx::service
