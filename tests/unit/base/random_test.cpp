// Salts and UUIDs come from the source that is given, and from nowhere else. See server/base/random.hpp.
#include "base/random.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <regex>
#include <set>

namespace cbmx::base {
namespace {

void count_up(std::span<std::uint8_t> bytes) { std::iota(bytes.begin(), bytes.end(), std::uint8_t{0}); }

TEST(Random, SaltIs32BytesOfTheSource)
{
    EXPECT_EQ(hex(random_salt(count_up)), "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
}

TEST(Random, UuidCarriesVersionAndVariant)
{
    EXPECT_EQ(random_uuid(count_up), "00010203-0405-4607-8809-0a0b0c0d0e0f");
    EXPECT_EQ(random_uuid([](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), std::uint8_t{0xff}); }),
              "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(Random, SystemSourceDoesNotRepeat)
{
    const RandomSource random = system_random();
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string uuid = random_uuid(random);
        EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 100u);
}

}  // namespace
}  // namespace cbmx::base
