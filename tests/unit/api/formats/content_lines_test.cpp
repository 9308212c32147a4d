// Lines, folding and escaping that vCard and iCalendar share. See server/api/formats/content_lines.hpp.
#include "api/formats/content_lines.hpp"
#include "json/text.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

std::vector<std::string> physical_lines(std::string_view text)
{
    std::vector<std::string> lines;
    for (std::size_t end = 0; !text.empty() && (end = text.find("\r\n")) != std::string_view::npos; text.remove_prefix(end + 2))
        lines.emplace_back(text.substr(0, end));
    EXPECT_TRUE(text.empty()) << "the last line has no end";
    return lines;
}

std::string unfolded(std::string text)
{
    for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
        text.erase(at, 3);
    return text;
}

TEST(ContentLines, ALineUpTo75OctetsStaysWhole)
{
    std::string text;
    append_line(text, "NOTE", std::string(70, 'x'));
    EXPECT_EQ(text, "NOTE:" + std::string(70, 'x') + "\r\n");
}

TEST(ContentLines, FoldsALineThatIsLongerThan75OctetsBetweenCharacters)
{
    const std::string characters[] = {"x", "é", "€", "🎌"};
    for (const auto& character : characters)
        for (std::size_t shift = 0; shift < 4; ++shift) {
            std::string value(shift, 'a');
            for (int i = 0; i < 200; ++i)
                value += character;
            std::string text;
            append_line(text, "NOTE", value);
            const auto lines = physical_lines(text);
            ASSERT_GT(lines.size(), 2U);
            for (const auto& line : lines) {
                EXPECT_LE(line.size(), max_line_octets);
                EXPECT_GT(line.size(), &line == &lines.back() ? 1U : max_line_octets - 4);
                EXPECT_TRUE(json::is_utf8(line));
            }
            EXPECT_EQ(unfolded(text), "NOTE:" + value + "\r\n");
        }
}

TEST(ContentLines, ParametersStandBetweenNameAndValue)
{
    std::string text;
    append_line(text, "TEL", {{"VALUE", {"uri"}}, {"TYPE", {"work", "voice"}}}, "tel:+1");
    EXPECT_EQ(text, "TEL;VALUE=uri;TYPE=work,voice:tel:+1\r\n");
}

TEST(ContentLines, ATextIsEscaped)
{
    EXPECT_EQ(escaped_text("a\\b,c;d:e\"f"), "a\\\\b\\,c\\;d:e\"f");
    EXPECT_EQ(escaped_text("one\ntwo\r\nthree\rfour"), "one\\ntwo\\nthree\\nfour");
}

TEST(ContentLines, AParameterIsEncodedAndQuotedWhereItHasToBe)
{
    EXPECT_EQ(quoted_parameter("work"), "work");
    EXPECT_EQ(quoted_parameter("a,b"), "\"a,b\"");
    EXPECT_EQ(quoted_parameter("x:y;z"), "\"x:y;z\"");
    EXPECT_EQ(quoted_parameter("the \"house\"\r\n^2"), "the ^'house^'^n^^2");
}

TEST(ContentLines, NoValueBeginsALineOfItsOwn)
{
    std::string text;
    append_line(text, "URL", "https://x.example/\r\nEND:VCARD\x01\x7f\ty");
    EXPECT_EQ(text, "URL:https://x.example/END:VCARD\ty\r\n");
}

}  // namespace
}  // namespace cbmx::api
