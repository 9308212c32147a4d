// Lending a part of one's own roles to another account of the same home, with an end (rules.md 18).
#pragma once
#include "service/rights.hpp"
#include "store/rows/delegations.hpp"

namespace cbmx::service {

inline constexpr std::chrono::days max_delegation{366};

Result<Representation> get_delegation(Connection& connection, const Principal& principal, i18n::Language language,
                                      const domain::DelegationId& id);
Result<Page> list_delegations(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                              const std::string& after);

struct DelegationDraft {
    domain::AccountId delegate;
    std::vector<std::string> roles;
    std::optional<std::string> until;  // RFC 3339; required, at most max_delegation from now
};
// Errors: validation_failed with every violation.
Result<Outcome> give_delegation(Transaction& transaction, const Principal& principal, const DelegationDraft& draft);
// By the giver, or by an account that may write accounts of that home. Errors: not_found, forbidden, conflict when ended.
Result<Outcome> end_delegation(Transaction& transaction, const Principal& principal, const domain::DelegationId& id);
// At its end, by the portal itself (service/clock/due.hpp). not_found: it has ended before.
Result<Outcome> let_delegation_end(Transaction& transaction, const std::string& id);

std::string delegation_record(Connection& connection, const domain::DelegationId& id);

}  // namespace cbmx::service
