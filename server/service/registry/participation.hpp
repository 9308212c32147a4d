// Whether a State participates: in law, by the dated facts of its record, and for the portal, by its "access". Pure functions
// of the record, for whoever signs in (service/accounts), for the change (membership.hpp), the clock and verify.
#pragma once
#include "domain/clock.hpp"
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::service {

// What accounts of the State have at this moment. The clock makes it lasting in time; until it has, the time decides.
struct Access {
    bool participates = false;
    std::optional<domain::Instant> changes_at;  // when it becomes the other
    bool operator==(const Access&) const = default;
};

nlohmann::json access_as_json(const Access& access);  // {"participates", "changes_at"}
Access access_from(const nlohmann::json& record);
// Of the record's canonical text: every request asks, so that the rest of it is not parsed. No member "access": none.
Access access_in(const std::string& record);

bool has_access(const Access& access, domain::Instant now);

// In law, on this day ("2026-11-30").
bool participates_in_law(const nlohmann::json& record, std::string_view day);

// What the portal gives from this moment on, when it gave present until now: more at once, less from 00:00 UTC of the next day
// on at the earliest, later changes on the day on which they hold.
Access access_at(const nlohmann::json& record, bool present, domain::Instant now);
// The change that was set, made: access.changes_at must be set.
Access access_after_change(const nlohmann::json& record, const Access& access);

std::string day_of(domain::Instant now);  // in UTC

}  // namespace cbmx::service
