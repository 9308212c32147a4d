// Randomness from libsodium and what is drawn from it: salts and UUIDs. The contract is base/random.hpp.
#include "base/random.hpp"
#include <algorithm>
#include <array>
#include <sodium.h>
#include <stdexcept>

namespace cbmx::base {
namespace {

// The kernel's randomness fetched some at a time, since a system call costs more than a UUID. What was handed out is wiped;
// the portal never forks itself, so no other process holds the rest.
class Pool {
public:
    void take(std::span<std::uint8_t> bytes)
    {
        if (bytes.size() > pool_.size() - used_) {
            if (bytes.size() > largest)
                return randombytes_buf(bytes.data(), bytes.size());
            randombytes_buf(pool_.data(), pool_.size());
            used_ = 0;
        }
        const auto from = std::span(pool_).subspan(used_, bytes.size());
        std::copy(from.begin(), from.end(), bytes.begin());
        sodium_memzero(from.data(), from.size());
        used_ += bytes.size();
    }

private:
    static constexpr std::size_t largest = 64;  // salts, tokens and ids
    std::array<std::uint8_t, 2048> pool_{};
    std::size_t used_ = pool_.size();
};
thread_local Pool thread_pool;

}  // namespace

RandomSource system_random()
{
    if (sodium_init() < 0)
        throw std::runtime_error("libsodium could not be initialised");
    return [](std::span<std::uint8_t> bytes) { thread_pool.take(bytes); };
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
