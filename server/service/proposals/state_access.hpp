// What the secretariat sees of how a State can act in the portal: whether it has an attested nominator, whose enrolments wait, and
// which of its own proposals wait for whom (rules.md 34). Computed from the rows as they stand: no record of its own, no entry. No
// account, name or label is in it.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// By the code of a State of the registry. Errors: forbidden, not_found.
Result<Representation> get_state_access(Connection& connection, const Principal& principal, const std::string& code, domain::Instant now);
Result<Page> list_state_access(Connection& connection, const Principal& principal, std::int64_t limit, const std::string& after,
                               domain::Instant now);

}  // namespace cbmx::service
