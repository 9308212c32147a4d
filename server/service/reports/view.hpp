// What a State looks at before it publishes: its report as an audience would get it (rules.md 51), and who may approve it. Both for
// those who read the State's drafts.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

enum class ViewOf { draft, publication };

// {"of", "audiences": [{"audience", "receives", "fields"}], "report"}. of: nullopt: the working copy where there is one. Without an
// audience each that could get it, and "report" is null; with one that alone, and the report as it would be served to it, from the
// publication as it stands, or from the working copy as if it were published now; null where that audience would not get it.
// Errors: not_found (also for all others), invalid_parameter at query:audience; audience_contradiction: the working copy could not be
// published so.
Result<Representation> view_report(Connection& db, const Principal& principal, i18n::Language language, domain::Instant now,
                                   const std::string& id, std::optional<ViewOf> of, const std::optional<std::string>& audience);

// {"four_eyes", "items": [{"account", "name", "may_approve", "reason"}]}: the State's approvers, in the order of their ids, judged as
// publishing would judge them by each of their credentials, and of each who may not now why: "has_edited", "not_named" (TLP:RED),
// "no_credential" (none that may publish), "without_authority", "not_participating"; null. Errors: not_found (also: there is no working
// copy).
Result<Representation> who_may_approve(Connection& db, const Principal& principal, domain::Instant now, const std::string& id);

}  // namespace cbmx::service
