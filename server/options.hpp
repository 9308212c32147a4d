// What the settings (config.hpp) say to the parts that app.cpp puts together, in the parts' own words.
#pragma once
#include "api/body_memory.hpp"
#include "config.hpp"
#include "http/server.hpp"
#include "service/room.hpp"

namespace cbmx {

http::TlsFiles tls_files(const Config& config);
http::ServerOptions server_options(const Config& config);
service::RoomMarks room_marks(const Config& config);
api::BodyMemoryLimits body_memory_limits(const Config& config);

}  // namespace cbmx
