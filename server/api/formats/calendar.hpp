// The days on which contacts are to be confirmed again, as text/calendar (RFC 5545). Pure, any thread.
// The sentences: server/i18n, keys calendar.*.
#pragma once
#include "domain/clock.hpp"
#include "i18n/texts.hpp"
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbmx::api {

// An all-day event for each contact on its meta.confirmation_due_at (the day in UTC), with an alarm. It names the State,
// the category and the office or institution, never a person: calendars are shared more widely than address books.
// contacts: as served; those that are erased or have no such day are left out. now: when the calendar was asked for.
std::string confirmation_calendar(const std::vector<nlohmann::json>& contacts, i18n::Language language, domain::Instant now);

}  // namespace cbmx::api
