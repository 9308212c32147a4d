// Hashes and text forms against the published vectors, and the strictness of the decoders. See server/base/bytes.hpp.
#include "base/bytes.hpp"
#include <cctype>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace cbmx::base {
namespace {

TEST(Sha256, MatchesFips180Examples)
{
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfTwoPartsIsOfTheirConcatenation)
{
    EXPECT_EQ(sha256("a", "bc"), sha256("abc"));
    EXPECT_EQ(sha256("", "abc"), sha256("abc"));
    EXPECT_EQ(sha256("abc", ""), sha256("abc"));
}

TEST(Sha256, IsTheSameOnEveryThread)
{
    std::vector<Hash> hashes(8);
    std::vector<std::thread> threads;
    for (Hash& hash : hashes)
        threads.emplace_back([&hash] {
            for (int i = 0; i < 1000; ++i)
                hash = sha256("abc");
        });
    for (auto& thread : threads)
        thread.join();
    for (const Hash& hash : hashes)
        EXPECT_EQ(hash, sha256("abc"));
}

TEST(Hash, IsMadeOfExactly32Bytes)
{
    EXPECT_FALSE(to_hash(std::string(31, 'a')));
    EXPECT_FALSE(to_hash(std::string(33, 'a')));
    const auto hash = to_hash(std::string(32, 'a'));
    ASSERT_TRUE(hash);
    EXPECT_EQ(as_chars(*hash), std::string(32, 'a'));
}

TEST(Hex, IsLowerCaseAndReadsEitherCase)
{
    EXPECT_EQ(hex(std::string_view("\x00\xab\xff", 3)), "00abff");
    EXPECT_EQ(from_hex("00abFF"), std::string("\x00\xab\xff", 3));
    EXPECT_EQ(from_hex(""), "");
}

TEST(Hex, RefusesEverythingElse)
{
    for (const std::string_view text : {"0", "000", "0g", "0x00", " 00", "00 ", "00\n", "0 0", "é0"})
        EXPECT_FALSE(from_hex(text)) << text;
    EXPECT_FALSE(from_hex(std::string_view("00\0\0", 4)));
    for (int byte = 0; byte < 256; ++byte)
        EXPECT_EQ(from_hex(std::string("0") + static_cast<char>(byte)).has_value(), std::isxdigit(byte) != 0) << byte;
}

TEST(Base64, MatchesRfc4648Vectors)
{
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xfb\xff", "+/8="}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
    }
}

TEST(Base64, RefusesWhatIsNotCanonical)
{
    for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "=", "====", "Zg==Zg==", "Z===", "-_8=", "Zm9v\n",
                                        "Zm 9v", " Zm9v", "Zm9v    ", "Zm9vYg==\n\n\n\n", "Zg=A", "Z\ng=", "Zm9\xc3"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, DigitsAreThoseOfTheAlphabetAlone)
{
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        for (std::size_t at = 0; at < 4; ++at) {
            std::string text = "Zm9v";
            text[at] = c;
            const bool is_digit = alphabet.find(c) != std::string_view::npos;
            EXPECT_EQ(from_base64(text).has_value(), is_digit) << byte << " at " << at;
        }
    }
}

TEST(Base62, IsABigEndianNumberOfFixedWidth)
{
    EXPECT_EQ(base62(""), "");
    EXPECT_EQ(base62(std::string_view("\x00", 1)), "00");
    EXPECT_EQ(base62("\x3d"), "0z");                            // 61
    EXPECT_EQ(base62("\x3e"), "10");                            // 62
    EXPECT_EQ(base62("\xff"), "47");                            // 255 = 4*62 + 7
    EXPECT_EQ(base62(std::string_view("\x01\x00", 2)), "048");  // 256 = 4*62 + 8, and 65535 needs three digits
    EXPECT_EQ(base62(std::string(32, '\0')), std::string(43, '0'));
    EXPECT_EQ(base62(std::string(32, '\xff')).size(), 43u);
    EXPECT_NE(base62(std::string(32, '\xff')).front(), '0');  // the width is not more than the largest value needs
}

}  // namespace
}  // namespace cbmx::base
