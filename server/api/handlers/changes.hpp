// GET /v1/changes: pages, pages that wait, events.
#pragma once
#include "api/route.hpp"
#include <chrono>

namespace cbmx::api::changes {

inline constexpr std::string_view event_stream_type = "text/event-stream";
inline constexpr std::int64_t longest_wait_seconds = 25;
inline constexpr std::chrono::seconds heartbeat{15};  // of a stream that has nothing to tell

Result<Answer> list(const Call& call, store::Connection& db);

}  // namespace cbmx::api::changes
