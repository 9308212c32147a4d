// Bytes, hashes and their text forms (hex, base64, base62). Pure functions, any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cbmx::base {

using Hash = std::array<std::uint8_t, 32>;  // SHA-256 (FIPS 180-4)

Hash sha256(std::string_view bytes);
Hash sha256(std::string_view first, std::string_view second);  // of the concatenation

std::string_view as_chars(std::span<const std::uint8_t> bytes);  // a view, no copy
std::optional<Hash> to_hash(std::string_view thirty_two_bytes);  // nullopt unless exactly 32 bytes

std::string hex(std::string_view bytes);  // lower case
std::string hex(const Hash& hash);
std::optional<std::string> from_hex(std::string_view text);  // either case; nullopt if not hex

std::string base64(std::string_view bytes);  // RFC 4648 section 4, padded
std::string base64(const Hash& hash);
std::optional<std::string> from_base64(std::string_view text);  // strict: padded, canonical

std::string base62(std::string_view bytes);  // 0-9A-Za-z, big-endian number, zero-padded to the full width of the input

}  // namespace cbmx::base
