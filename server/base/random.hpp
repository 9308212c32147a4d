// The only source of randomness. Tests replace it with a seeded one; nothing else may.
#pragma once
#include "base/bytes.hpp"
#include <functional>
#include <span>
#include <string>

namespace cbmx::base {

// Fills the span with random bytes. Must be callable from any thread.
using RandomSource = std::function<void(std::span<std::uint8_t>)>;

RandomSource system_random();                         // libsodium randombytes_buf
Hash random_salt(const RandomSource& random);         // 32 bytes
std::string random_uuid(const RandomSource& random);  // RFC 9562 version 4, lower case

}  // namespace cbmx::base
