// Unicode, language tags and web addresses.
#include "json/text.hpp"
#include <gtest/gtest.h>

namespace {

using namespace cbmx::json;

TEST(Utf8, IsStrict)
{
    for (const auto* good : {"", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBF"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const auto* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3", "a\xE2\x82", "\xFE", "\xFF"})
        EXPECT_FALSE(is_utf8(bad));
}

TEST(Nfc, Composes)
{
    EXPECT_EQ(to_nfc("plain"), "plain");
    EXPECT_EQ(to_nfc("e\xCC\x81"), "\xC3\xA9");
    EXPECT_EQ(to_nfc("\xE2\x84\xAB"), "\xC3\x85");                              // ANGSTROM SIGN
    EXPECT_EQ(to_nfc("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");  // Hangul jamo
    EXPECT_EQ(to_nfc("q\xCC\x87\xCC\xA3"), "q\xCC\xA3\xCC\x87");                // marks in canonical order
    EXPECT_EQ(to_nfc("\xEF\xAC\x81"), "\xEF\xAC\x81");                          // compatibility ligature stays
}

TEST(StreamSafe, ThirtyMarksInARowAndNoMore)
{
    std::string marks = "a";
    for (int i = 0; i < 30; ++i)
        marks += "\xCC\x81";
    EXPECT_TRUE(is_stream_safe(marks));
    EXPECT_TRUE(is_stream_safe(marks + "b" + marks));
    EXPECT_FALSE(is_stream_safe(marks + "\xCC\x81"));
    std::string tibetan;  // U+0F73 has class 0 itself but decomposes into marks
    for (int i = 0; i < 31; ++i)
        tibetan += "\xE0\xBD\xB3";
    EXPECT_FALSE(is_stream_safe(tibetan));
}

TEST(NameCharacters, InvisibleOnesAndControlsAreForbidden)
{
    for (const auto* good : {"Zo\xC3\xAB M\xC3\xBCller", "\xD0\x9C\xD0\xB0\xD1\x80\xD0\xB8\xD1\x8F", "O'Neill-\xC5\x81", "\xE1\x83\xA5",
                             "a\xCC\x81", "\xF0\x9F\x98\x80", ""})
        EXPECT_FALSE(has_forbidden_name_character(good)) << good;
    for (const auto* bad : {"a\tb",         "a\nb",
                            "a\rb",         "a\x7F",
                            "\x1B[0m",      "\xC2\x85",
                            "\xC2\xAD",     "\xE2\x80\x8B",
                            "\xE2\x80\x8C", "\xE2\x80\x8D",
                            "\xE2\x80\x8E", "\xE2\x80\xAE",
                            "\xE2\x81\xA0", "\xE2\x81\xA6",
                            "\xE2\x81\xA9", "\xD8\x9C",
                            "\xEF\xBB\xBF", "\xE2\x80\xA8",
                            "\xE2\x80\xA9", "\xEF\xB8\x8F",
                            "\xE3\x85\xA4", "\xF3\xA0\x81\x81",
                            "\xEF\xBF\xB9", "\xEF\xBF\xBE",
                            "\xFF"})
        EXPECT_TRUE(has_forbidden_name_character(std::string("x") + bad + "y")) << bad;
}

TEST(TextCharacters, LineBreaksAndTabsAreAllowed)
{
    EXPECT_FALSE(has_forbidden_text_character("first\r\n\tsecond\n"));
    EXPECT_TRUE(has_forbidden_text_character("first\x0Bsecond"));
    EXPECT_TRUE(has_forbidden_text_character("a\xE2\x80\xAE"
                                             "b"));
    EXPECT_TRUE(has_forbidden_text_character("a\xE2\x80\x8B"
                                             "b"));
    EXPECT_TRUE(has_forbidden_text_character("\xC3"));
}

TEST(LanguageTag, IsWellFormedByRfc5646)
{
    for (const auto* good : {"en", "EN", "de-AT", "zh-Hant-TW", "sr-Latn-RS", "sl-rozaj-biske-1994", "de-CH-1901", "es-419",
                             "zh-cmn-Hans-CN", "zh-min-nan", "en-a-myext-b-another", "de-1996-u-co-phonebk", "x-whatever", "en-x-us",
                             "qaa-Qaaa-QM-x-southern", "abcd", "abcdefgh", "art-lojban", "zh-yue-gan-wuu-HK"})
        EXPECT_TRUE(is_language_tag(good)) << good;
    for (const auto* bad : {"",         "e",
                            "-",        "en-",
                            "-en",      "en--US",
                            "en_US",    "abcdefghi",
                            "12",       "de-419-DE",
                            "a-DE",     "en-a",
                            "en-x",     "x",
                            "x-",       "en-abcdefghi",
                            "en-US-US", "de-Latn-Latn",
                            "en-u-",    "\xC3\xA9n",
                            "en ",      "zh-yue-gan-wuu-hak",
                            "abcd-yue", "en-a-x-b"})
        EXPECT_FALSE(is_language_tag(bad)) << bad;
}

TEST(WebAddress, TakesHttpAndHttpsWithAHostOnly)
{
    for (const auto* good : {"https://example.org", "http://example.org/", "HTTPS://Example.ORG:8443/a/b?c=d#e", "https://a",
                             "https://192.0.2.1/x", "https://[2001:db8::1]:443/", "https://xn--bcher-kva.example/%C3%A9",
                             "https://example.org?q", "https://example.org#f", "https://example.org/a@b"})
        EXPECT_TRUE(is_https_url(good)) << good;
    for (const auto* bad : {"",
                            "example.org",
                            "ftp://example.org",
                            "javascript://example.org/%0aalert(1)",
                            "https:",
                            "https://",
                            "https:///path",
                            "https://user@example.org",
                            "https://user:pass@example.org",
                            "https://example.org:",
                            "https://example.org:0",
                            "https://example.org:65536",
                            "https://example.org:80a",
                            "https://exa mple.org",
                            "https://example.org/a b",
                            "https://example.org/a\nb",
                            "https://example.org\\@evil.org",
                            " https://example.org",
                            "https://example.org ",
                            "https://.example.org",
                            "https://example..org",
                            "https://-a.org",
                            "https://a-.org",
                            "https://example.org/%",
                            "https://example.org/%zz",
                            "https://example.org/<b>",
                            "https://example.org/\"",
                            "https://b\xC3\xBC"
                            "cher.example",
                            "https://example.org/\xC3\xA9",
                            "https://[::1",
                            "https://[]",
                            "https://[zz::1]/",
                            "https://example.org/#a#b",
                            "//example.org",
                            "https//example.org"})
        EXPECT_FALSE(is_https_url(bad)) << bad;
}

}  // namespace
