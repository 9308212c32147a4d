// RFC 3339 text and dates. See server/domain/clock.hpp.
#include "domain/clock.hpp"
#include <gtest/gtest.h>

namespace cbmx::domain {
namespace {

using std::chrono::milliseconds;

Instant at(std::int64_t ms) { return Instant{milliseconds{ms}}; }

TEST(Rfc3339, IsUtcWithMilliseconds)
{
    EXPECT_EQ(to_rfc3339(at(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339(at(1'769'860'800'000)), "2026-01-31T12:00:00.000Z");
    EXPECT_EQ(to_rfc3339(at(951'782'399'999)), "2000-02-28T23:59:59.999Z");
    EXPECT_EQ(to_rfc3339(at(951'782'400'001)), "2000-02-29T00:00:00.001Z");
    EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, RefusesToWriteYearsThatDoNotFit)
{
    const auto last = from_rfc3339("9999-12-31T23:59:59.999Z");
    ASSERT_TRUE(last);
    EXPECT_EQ(to_rfc3339(*last), "9999-12-31T23:59:59.999Z");
    EXPECT_THROW(to_rfc3339(*last + milliseconds{1}), std::logic_error);
}

TEST(Rfc3339, ReadsWhatItWrites)
{
    for (std::int64_t ms = -62'167'219'200'000; ms < 253'402'300'800'000; ms += 9'876'543'210'123) {
        const auto again = from_rfc3339(to_rfc3339(at(ms)));
        ASSERT_TRUE(again) << to_rfc3339(at(ms));
        EXPECT_EQ(*again, at(ms));
    }
}

TEST(Rfc3339, ReadsOtherFractions)
{
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:01Z"), at(1000));
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:01.5Z"), at(1500));
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:01.05Z"), at(1050));
    EXPECT_EQ(from_rfc3339("1970-01-01T00:00:01.123999999Z"), at(1123));
}

TEST(Rfc3339, RefusesEverythingElse)
{
    for (const std::string_view text : {"",
                                        "Z",
                                        "2026-01-31",
                                        "2026-01-31T12:00:00",
                                        "2026-01-31T12:00:00+00:00",
                                        "2026-01-31T12:00:00-05:00",
                                        "2026-01-31 12:00:00Z",
                                        "2026-01-31t12:00:00Z",
                                        "2026-01-31T12:00:00z",
                                        "2026-01-31T12:00Z",
                                        "2026-01-31T24:00:00Z",
                                        "2026-01-31T12:60:00Z",
                                        "2026-01-31T12:00:60Z",
                                        "2026-02-29T12:00:00Z",
                                        "2026-01-31T12:00:00.Z",
                                        "2026-01-31T12:00:00.1234567890Z",
                                        "2026-01-31T12:00:00.-12Z",
                                        "2026-01-31T12:00:00,5Z",
                                        "2026-01-31T12:00:00.000Z ",
                                        " 2026-01-31T12:00:00.000Z",
                                        "2026-01-31T+2:00:00Z",
                                        "12026-01-31T12:00:00Z",
                                        "2026-01-31T12:00:00ZZ",
                                        "2026-01-31T12:00:005Z"})
        EXPECT_FALSE(from_rfc3339(text)) << text;
}

TEST(Date, IsARealDay)
{
    for (const std::string_view text : {"2026-01-31", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"})
        EXPECT_TRUE(is_date(text)) << text;
    for (const std::string_view text :
         {"", "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-10", "2026-01-00", "2026-01-32", "2026-1-31", "2026-01-31 ",
          "2026/01/31", "20260131", "2026-01-3a", "-026-01-31", "2026-01-31T00:00:00Z"})
        EXPECT_FALSE(is_date(text)) << text;
}

TEST(SystemClock, IsTheTimeOfTheMachine)
{
    const auto machine = std::chrono::system_clock::now();
    const auto difference = system_clock()() - machine;
    EXPECT_LT(std::chrono::abs(difference), std::chrono::seconds{5});
}

}  // namespace
}  // namespace cbmx::domain
