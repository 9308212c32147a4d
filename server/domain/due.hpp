// What the portal does by itself at a time that was set before. To add one:
// 1. here: its value in Due, its name, and the kinds of entries that say so in done_by_portal;
// 2. schema/migrations/0007_clock.sql: its name in the CHECK; store/rows/due.cpp: its row: the SQL that says which times are set;
// 3. service/clock/due.cpp: its row: the function that does it. Services set and take back the time by store/rows/due.hpp.
// A forgotten row does not compile. Who looks at the clock: service/clock/due.hpp.
#pragma once
#include "domain/event.hpp"
#include "domain/names.hpp"

namespace cbmx::domain {

enum class Due { delegation_end, proposal, state_access };
inline constexpr std::size_t due_count = static_cast<std::size_t>(Due::state_access) + 1;
template <>
struct Names<Due> {
    static constexpr std::array<std::string_view, due_count> text{"delegation_end", "proposal", "state_access"};
};

// The kinds of entries that the portal itself may be the actor of, at a time or for want of another; verify finds any other.
inline constexpr std::array done_by_portal{EventKind::enrolment_ended,   EventKind::credential_claimed,     EventKind::delegation_ended,
                                           EventKind::proposal_made,     EventKind::proposal_confirmed,     EventKind::proposal_ended,
                                           EventKind::report_erased,     EventKind::state_settings_changed, EventKind::state_access_changed,
                                           EventKind::nomination_erased, EventKind::contact_erased,         EventKind::account_erased};

constexpr bool is_done_by_portal(EventKind kind)
{
    for (const auto each : done_by_portal)
        if (each == kind)
            return true;
    return false;
}

}  // namespace cbmx::domain
