// How a verifier reads: every file within a bound and to its last byte, JSON in the one form in which the portal writes it.
#pragma once
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::service {

inline constexpr std::size_t max_receipt_file_bytes = 16 * 1024 * 1024;
inline constexpr std::size_t max_key_file_bytes = 1024 * 1024;  // keys of the log, a checkpoint
inline constexpr std::size_t max_state_key_bytes = 64 * 1024;
inline constexpr std::size_t max_values_of_file = 1'000'000;  // all levels together: memory is bounded by their number

// The whole file. Throws std::runtime_error with a sentence when it cannot be read or is larger.
std::string read_bounded(const std::string& path, std::size_t most_bytes);

// One value with nothing but white space around it: no member twice, whole numbers alone, texts in normal form. nullopt for anything else.
std::optional<nlohmann::json> strict_json(std::string_view text, std::size_t most_values = max_values_of_file);

}  // namespace cbmx::service
