// GET /v1/changes: pages, pages that wait, events.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::changes {

inline constexpr std::string_view event_stream_type = "text/event-stream";
inline constexpr std::int64_t longest_wait_seconds = 25;

Result<Answer> list(const Call& call, store::Connection& db);

}  // namespace cbmx::api::changes
