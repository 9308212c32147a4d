// Changes of a State's membership and participation. Each is decided by the State's own note verbale or a resolution of the
// organ, which is cited (decision.hpp); it waits as a proposal (service/proposals) until another person of the secretariat has
// compared it with the document, and is then an entry that everyone sees. What holds in law and since when the portal acts on it
// are two things: participation.hpp.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

inline constexpr std::size_t max_dated_facts = 100;  // of each list, as the schema state says

// body: a proposal of the kind membership_change. Errors: validation_failed; conflict while another about this State waits.
Result<void> check_membership_change(Connection& connection, const nlohmann::json& body);
// Of a confirmed proposal. Outcome::seq is the entry state_membership_changed.
Result<Outcome> carry_out_membership_change(Transaction& transaction, const Principal& principal, const nlohmann::json& body,
                                            domain::Permission permission);

// The clock, when a State's access is due to change (domain/due.hpp): an entry state_access_changed. Error: not_found.
Result<Outcome> change_access(Transaction& transaction, const std::string& state);

// The access that a new State's record begins with, and the time that is set for its change.
nlohmann::json with_first_access(Transaction& transaction, nlohmann::json record);

// The list with one fact more, which holds from its day on until further notice and takes the place of what was said about the
// days after it.
nlohmann::json with_fact(const nlohmann::json& list, nlohmann::json fact, const nlohmann::json& decision);

}  // namespace cbmx::service
