// What awaits an account: what it may approve, decide, answer or confirm now, and what its State is expected to send (rules.md 59).
// Computed from the records at each read; nothing of it is kept.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

inline constexpr std::int64_t max_awaiting_of_a_kind = 100;  // items; "more" says that there are others

// {"items": [{"kind", "subject", "path", "text", "since", "expected_by"}], "more"}: in the order in which the kinds are named below, text
// in the language of the caller. without: kinds that the caller wants to hear nothing of.
// report_approval: a report that waits for approval, and that this account has not edited; proposal: one that it could confirm;
// nomination_decision: one that the secretariat accepts or returns; nomination_answer: one that was recorded on paper, and that its State
// confirms or objects to; contact_confirmation: an entry of its State that is to be confirmed within 30 days, or longer ago;
// period: one whose reports the group expects by a date that has not passed. Any thread; no errors.
Result<Representation> what_awaits(Connection& db, const Principal& principal, i18n::Language language, domain::Instant now,
                                   const std::vector<std::string>& without);
const std::vector<std::string_view>& awaiting_kinds();

}  // namespace cbmx::service
