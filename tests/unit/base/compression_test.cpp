// What is compressed is the same text again, and the same bytes each time.
#include "base/compression.hpp"
#include "support/decoded.hpp"
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

using base::Coding;

std::string prose(std::size_t bytes)
{
    std::string text;
    for (std::size_t i = 0; text.size() < bytes; ++i)
        text += "Line " + std::to_string(i * 7919 % 10'007) + " of a report, with é and 漢.\n";
    text.resize(bytes, ' ');
    return text;
}

TEST(Compression, IsReadByTheFormatsOwnDecoders)
{
    for (const auto coding : {Coding::gzip, Coding::br})
        for (const auto bytes : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, base::quick_from_bytes + 1}) {
            const auto text = prose(bytes);
            const auto made = base::compressed(coding, text);
            EXPECT_EQ(decoded(base::name_of(coding), made), text) << base::name_of(coding) << " " << bytes;
            EXPECT_EQ(base::compressed(coding, text), made);
            EXPECT_LT(made.size(), 64 + bytes / 3);
            EXPECT_EQ(decoded(base::name_of(coding), made.substr(0, made.size() - 1)), std::nullopt) << "a part is not the whole";
        }
    EXPECT_EQ(base::compressed(Coding::identity, "text"), "text");
}

}  // namespace
}  // namespace cbmx::test
