// A connection without a socket and without TLS: what http/connection.hpp promises, over two strings in memory. Linking
// wire.cpp before the server's own connection.cpp is what makes the real Session speak to a fuzzer.
#pragma once
#include "base/bytes.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::fuzz {

struct Wire {
    std::string_view to_server;    // what the peer still sends, and then ends
    std::size_t piece = SIZE_MAX;  // bytes that arrive at once
    std::string from_server;
};

// The one that the next connection takes. One connection at a time, one thread.
Wire& wire();

}  // namespace cbmx::fuzz
