// Time as the portal sees it. Tests replace it; order never depends on it (the ledger's number does that).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::domain {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Clock = std::function<Instant()>;  // callable from any thread

Clock system_clock();
std::string to_rfc3339(Instant instant);                     // "2026-01-31T12:00:00.000Z"
std::optional<Instant> from_rfc3339(std::string_view text);  // UTC ("Z") only
bool is_date(std::string_view text);                         // "2026-01-31", a real day

}  // namespace cbmx::domain
