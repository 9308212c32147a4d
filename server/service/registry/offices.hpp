// Who holds an office of the group: chair, vice-chair, reviewers (rules.md 37). What its words reach, what is addressed to it, and
// where its accounts belong. The terms themselves: registry.hpp.
#pragma once
#include "domain/readers.hpp"
#include "service/portal.hpp"

namespace cbmx::service {

// Codes of the terms that run on this day (UTC), in order. Several for reviewers alone.
std::vector<std::string> present_terms(Connection& connection, domain::Office office, domain::Instant now);

struct Holding {
    bool now = false;                           // the term of this home runs
    std::optional<domain::Instant> changes_at;  // when that ends, or begins
};
Holding holding_of(Connection& connection, const domain::Home& home, domain::Instant now);

// Where a new account belongs: an office's to the term that runs, or to the named one unless it is over.
// Errors: validation_failed at /home: no_holder, unknown_reference, not_allowed_value.
Result<domain::Home> home_of_new_account(Connection& connection, const domain::Home& home, domain::Instant now);

// The audience as it is addressed at this moment: below GREEN an office is who holds it now.
// Error audience_contradiction, no_holder at /recipients: nobody does.
Result<domain::Audience> addressed(Connection& connection, domain::Audience audience, domain::Instant now);
// The other way, for a working copy: whoever holds the office when it is published.
std::vector<domain::Recipient> not_yet_addressed(const std::vector<domain::Recipient>& recipients);
// What those who are named read already by a word that includes them: an account what its State does, for good; who holds an office
// now what whoever holds it does. Without a time every term counts: its days may have been corrected since.
domain::Included included_in(Connection& connection, const domain::Readers& readers, const std::vector<domain::Recipient>& named,
                             std::optional<domain::Instant> now);

}  // namespace cbmx::service
