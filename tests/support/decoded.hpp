// A compressed body as a client reads it, with the formats' own decoders.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::test {

// coding: as Content-Encoding says it; empty: as it is. nullopt: it is not in this coding, or more follows.
std::optional<std::string> decoded(std::string_view coding, std::string_view body);

}  // namespace cbmx::test
