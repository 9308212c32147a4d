// A body is the same whether it waited in memory or on the disk.
#include "base/disk/body.hpp"
#include <filesystem>
#include <gtest/gtest.h>
#include <system_error>

namespace cbmx::base {
namespace {

constexpr std::size_t piece_bytes = 16 * 1024;

// As it comes off a connection.
Body filled(const std::string& text, const std::string& directory, std::uint64_t known_bytes)
{
    Body body;
    body.spool_in(directory, known_bytes);
    for (std::size_t at = 0; at < text.size(); at += piece_bytes)
        body.append(std::string_view(text).substr(at, piece_bytes));
    return body;
}

std::string text_of(std::size_t bytes)
{
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i)
        text[i] = static_cast<char>('a' + i % 23);
    return text;
}

TEST(Body, WaitsOnTheDiskFromAMebibyteOn)
{
    const auto directory = std::filesystem::temp_directory_path().string();
    const auto just = text_of(body_in_memory_bytes), longer = text_of(body_in_memory_bytes + 1);
    EXPECT_FALSE(filled(just, directory, just.size()).is_on_disk());
    EXPECT_FALSE(filled(just, directory, 0).is_on_disk());
    EXPECT_TRUE(filled(longer, directory, 0).is_on_disk()) << "in chunks its length is not known before";
    EXPECT_TRUE(filled("the beginning", directory, longer.size()).is_on_disk()) << "from its first byte on";
    EXPECT_FALSE(filled(longer, "", longer.size()).is_on_disk()) << "where there is no directory";
}

TEST(Body, IsReadAsItCame)
{
    const auto directory = std::filesystem::temp_directory_path().string();
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1024} * 1024 + 7, std::size_t{3} * 1024 * 1024})
        for (const bool is_known : {false, true}) {
            const auto text = text_of(bytes);
            auto body = filled(text, directory, is_known ? bytes : 0);
            EXPECT_EQ(body.size(), bytes);
            std::string in_pieces;
            body.each_piece([&in_pieces](std::string_view piece) { in_pieces += piece; });
            EXPECT_EQ(in_pieces, text);
            auto copy = body;
            EXPECT_EQ(copy.take(), text);
            EXPECT_EQ(body.take(), text);
            EXPECT_TRUE(body.empty());
        }
}

TEST(Body, ADiskThatTakesNothingIsSaid)
{
    Body body;
    body.spool_in("/nowhere/at/all", 2 * body_in_memory_bytes);
    EXPECT_THROW(body.append("x"), std::system_error);
}

}  // namespace
}  // namespace cbmx::base
