// Bounded JSON parsing (rules.md 9, 10). Refuses what nlohmann lets through: depth, duplicate names,
// floats, integers outside +-(2^53-1), lone surrogates, NUL, invalid UTF-8, a BOM. Strings come out in NFC.
// Pure, any thread.
#pragma once
#include "domain/error.hpp"
#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

namespace cbmx::json {

inline constexpr std::size_t max_depth = 32;
inline constexpr std::size_t max_members_per_object = 1000;
inline constexpr std::size_t max_values_of_body = 100'000;          // of a request, or of an item of a batch: all levels together
inline constexpr std::int64_t max_integer = 9'007'199'254'740'991;  // 2^53-1, RFC 8785 / I-JSON

// most_values: for what comes from outside. Error: malformed_json with one violation that names the place.
domain::Result<nlohmann::json> parse(std::string_view text, std::size_t most_values = std::numeric_limits<std::size_t>::max());

// The canonical form of RFC 8785 for our profile (ASCII names, integers, no floats). Throws std::logic_error
// when the value is outside the profile: that is a bug of ours. parse() lets only one thing in that is outside it,
// non-ASCII member names, and a schema refuses those: so canonicalise what has been validated.
std::string canonical(const nlohmann::json& value);

// JSON Merge Patch (RFC 7396) of target by patch.
nlohmann::json merge_patch(nlohmann::json target, const nlohmann::json& patch);

}  // namespace cbmx::json
