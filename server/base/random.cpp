// Randomness from libsodium and what is drawn from it: salts and UUIDs. The contract is base/random.hpp.
#include "base/random.hpp"
#include <sodium.h>
#include <array>
#include <stdexcept>

namespace cbmx::base {

RandomSource system_random()
{
    if (sodium_init() < 0)
        throw std::runtime_error("libsodium could not be initialised");
    return [](std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); };
}

Hash random_salt(const RandomSource& random)
{
    Hash salt{};
    random(salt);
    return salt;
}

std::string random_uuid(const RandomSource& random)
{
    std::array<std::uint8_t, 16> bytes{};
    random(bytes);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant of RFC 9562
    std::string text = hex(as_chars(bytes));
    for (const std::size_t at : {20, 16, 12, 8})
        text.insert(at, 1, '-');
    return text;
}

}  // namespace cbmx::base
