// The formats of the contact directory: what a text must look like to be an e-mail address, a telephone number, a time zone.
#include "json/schema_node.hpp"
#include <gtest/gtest.h>

namespace {

using namespace cbmx::json;

bool holds(std::string_view format, std::string_view text)
{
    const auto* rule = find_format(format);
    if (rule == nullptr)
        throw std::logic_error("no such format");
    return rule->holds(text);
}

TEST(Formats, AnUnknownNameIsNone)
{
    EXPECT_EQ(find_format("e-mail"), nullptr);
    EXPECT_EQ(find_format(""), nullptr);
}

TEST(EmailFormat, TakesWhatMailSystemsDeliver)
{
    for (const auto* good : {"ciber@mre.cl.example", "a@b.co", "first.last+tag@sub-domain.example.org", "o'neill@example.org",
                             "_x@example.org", "UPPER@EXAMPLE.ORG", "1@example.org", "info@xn--bcher-kva.example", "info@example.xn--p1ai",
                             "x@9.example", "a!#$%&*-/=?^`{|}~@example.org"})
        EXPECT_TRUE(holds("email", good)) << good;
}

TEST(EmailFormat, RefusesWhatIsNoSingleAsciiAddressWithADomain)
{
    for (const auto* bad : {"",
                            "@",
                            "a",
                            "a@",
                            "@example.org",
                            "a@example",
                            "a@@example.org",
                            "a@b@example.org",
                            "a b@example.org",
                            " a@example.org",
                            "a@example.org ",
                            "a@example.org\n",
                            "a\t@example.org",
                            "\"a\"@example.org",
                            "<a@example.org>",
                            "A <a@example.org>",
                            "a@example.org,b@example.org",
                            ".a@example.org",
                            "a.@example.org",
                            "a..b@example.org",
                            "a@.example.org",
                            "a@example.org.",
                            "a@example..org",
                            "a@-example.org",
                            "a@example-.org",
                            "a@exam_ple.org",
                            "a@[192.0.2.1]",
                            "a@192.0.2.1",
                            "a@example.1",
                            "a@example.x",
                            "a(b)@example.org",
                            "a;b@example.org",
                            "a\\@example.org",
                            "mailto:a@example.org",
                            "jos\xC3\xA9@example.org",
                            "a@b\xC3\xBC"
                            "cher.example",
                            "a@example.org\x7F"})
        EXPECT_FALSE(holds("email", bad)) << bad;
    EXPECT_FALSE(holds("email", std::string_view("a\0@example.org", 14)));
}

TEST(EmailFormat, LengthsAreThoseOfTheMailProtocol)
{
    const std::string host = "@example.org";
    EXPECT_TRUE(holds("email", std::string(64, 'a') + host));
    EXPECT_FALSE(holds("email", std::string(65, 'a') + host));
    EXPECT_TRUE(holds("email", "a@" + std::string(63, 'b') + ".org"));
    EXPECT_FALSE(holds("email", "a@" + std::string(64, 'b') + ".org"));
    const auto label = std::string(49, 'b') + ".";
    const auto longest = std::string(50, 'a') + "@" + label + label + label + label + "org";
    ASSERT_EQ(longest.size(), 254U);
    EXPECT_TRUE(holds("email", longest));
    EXPECT_FALSE(holds("email", "a" + longest));
}

TEST(PhoneNumberFormat, IsAPlusAndSevenToFifteenDigits)
{
    for (const auto* good : {"+56225550101", "+1268555", "+123456789012345", "+12025550123"})
        EXPECT_TRUE(holds("phone-number", good)) << good;
    for (const auto* bad : {"", "+", "56225550101", "+123456", "+1234567890123456", "+0123456789", "+56 2 2555 0101", "+56-2-25550101",
                            "+(56)225550101", "++56225550101", "+56225550101 ", "+5622555010x", "0056225550101", "+56225550101;ext=1",
                            "tel:+56225550101", "+\xD9\xA1\xD9\xA2\xD9\xA3\xD9\xA4"})
        EXPECT_FALSE(holds("phone-number", bad)) << bad;
}

TEST(TimeZoneFormat, IsAPlaceOrUtc)
{
    for (const auto* good : {"UTC", "Etc/UTC", "America/Santiago", "America/Argentina/Buenos_Aires", "America/Buenos_Aires",
                             "America/Port-au-Prince", "America/St_Johns", "Europe/Kyiv", "Europe/Kiev", "US/Eastern", "Asia/Kathmandu"})
        EXPECT_TRUE(holds("time-zone", good)) << good;
    for (const auto* bad : {"",
                            "/",
                            "EST",
                            "EST5EDT",
                            "CST6CDT",
                            "GMT",
                            "Z",
                            "utc",
                            "-05:00",
                            "UTC-5",
                            "GMT-05:00",
                            "Etc/Unknown",
                            "SystemV/EST5EDT",
                            "America/Atlantis",
                            "america/santiago",
                            "America/Santiago ",
                            " America/Santiago",
                            "America",
                            "America/",
                            "../America/Santiago",
                            "Santiago",
                            "Am\xC3\xA9rica/Lima",
                            "\xFF/x"})
        EXPECT_FALSE(holds("time-zone", bad)) << bad;
    EXPECT_FALSE(holds("time-zone", "America/" + std::string(100'000, 'a')));
    EXPECT_FALSE(holds("time-zone", std::string_view("America/Lima\0", 13)));
}

TEST(Formats, WhatTheyRefuseBreaksTheRuleFormat)
{
    for (const auto* name : {"email", "phone-number", "time-zone"}) {
        ASSERT_NE(find_format(name), nullptr) << name;
        EXPECT_EQ(find_format(name)->broken, cbmx::domain::Rule::format) << name;
    }
}

}  // namespace
