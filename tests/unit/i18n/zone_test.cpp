// What clocks show, around the days on which they change, and dates in words.
#include "i18n/zone.hpp"
#include <array>
#include <cstdio>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>
#include <vector>

namespace cbmx::i18n {
namespace {

constexpr int minutes_a_day = 24 * 60;
constexpr int minutes_a_week = 7 * minutes_a_day;

domain::Instant at(const std::string& text) { return domain::from_rfc3339(text).value(); }

std::string clock_of(const std::string& zone, const std::string& instant)
{
    const auto local = local_time(zone, at(instant));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02d %02d:%02d", local.year, local.month, local.day, local.hour, local.minute);
    return text.data();
}

int week_minute(const std::string& zone, const std::string& instant) { return local_time(zone, at(instant)).minute_of_week; }

TEST(Zone, UtcShowsTheInstantItself)
{
    EXPECT_EQ(clock_of("UTC", "2026-01-31T12:34:59.999Z"), "2026-01-31 12:34");
    EXPECT_EQ(clock_of("Etc/UTC", "2026-01-31T12:34:00Z"), "2026-01-31 12:34");
}

TEST(Zone, ClocksGoForwardInTheSpringOfEachHalfOfTheWorld)
{
    EXPECT_EQ(clock_of("America/New_York", "2026-03-08T06:59:59Z"), "2026-03-08 01:59");
    EXPECT_EQ(clock_of("America/New_York", "2026-03-08T07:00:00Z"), "2026-03-08 03:00");
    EXPECT_EQ(clock_of("America/Santiago", "2025-09-07T03:59:59Z"), "2025-09-06 23:59");
    EXPECT_EQ(clock_of("America/Santiago", "2025-09-07T04:00:00Z"), "2025-09-07 01:00");
}

TEST(Zone, ClocksGoBackInTheAutumnOfEachHalfOfTheWorld)
{
    EXPECT_EQ(clock_of("America/New_York", "2026-11-01T05:30:00Z"), "2026-11-01 01:30");
    EXPECT_EQ(clock_of("America/New_York", "2026-11-01T06:30:00Z"), "2026-11-01 01:30");
    EXPECT_EQ(clock_of("America/Santiago", "2025-04-06T02:59:59Z"), "2025-04-05 23:59");
    EXPECT_EQ(clock_of("America/Santiago", "2025-04-06T03:00:00Z"), "2025-04-05 23:00");
}

TEST(Zone, OffsetsMayBePartsOfAnHour)
{
    EXPECT_EQ(clock_of("America/St_Johns", "2026-01-01T00:00:00Z"), "2025-12-31 20:30");
    EXPECT_EQ(clock_of("America/St_Johns", "2026-07-01T00:00:00Z"), "2026-06-30 21:30");
    EXPECT_EQ(clock_of("Asia/Kathmandu", "2026-01-01T00:00:00Z"), "2026-01-01 05:45");
}

TEST(Zone, TheDateLineSeparatesTwoDays)
{
    EXPECT_EQ(clock_of("Pacific/Kiritimati", "2026-02-28T10:30:00Z"), "2026-03-01 00:30");
    EXPECT_EQ(clock_of("Pacific/Pago_Pago", "2026-02-28T10:30:00Z"), "2026-02-27 23:30");
}

TEST(Zone, TheWeekBeginsOnMondayAtMidnightOfTheZone)
{
    EXPECT_EQ(week_minute("UTC", "2026-03-02T00:00:00Z"), 0);
    EXPECT_EQ(week_minute("UTC", "2026-03-01T23:59:59Z"), minutes_a_week - 1);
    EXPECT_EQ(week_minute("America/Bogota", "2026-03-02T04:59:00Z"), minutes_a_week - 1);
    EXPECT_EQ(week_minute("America/Bogota", "2026-03-02T05:00:00Z"), 0);
    EXPECT_EQ(week_minute("Pacific/Auckland", "2026-03-01T11:00:00Z"), 0);
    EXPECT_EQ(week_minute("UTC", "2026-03-05T06:07:00Z"), 3 * minutes_a_day + 6 * 60 + 7);
}

TEST(Zone, InstantsBefore1970HaveTheirDayToo)
{
    EXPECT_EQ(clock_of("UTC", "1969-12-31T23:59:59.999Z"), "1969-12-31 23:59");
    EXPECT_EQ(week_minute("UTC", "1969-12-31T23:59:00Z"), 3 * minutes_a_day - 1);
}

TEST(Zone, AnOldNameOfAZoneMeansTheSameZone)
{
    EXPECT_EQ(clock_of("America/Buenos_Aires", "2026-01-01T00:00:00Z"), clock_of("America/Argentina/Buenos_Aires", "2026-01-01T00:00:00Z"));
}

TEST(Zone, AnUnknownNameIsAnInvalidArgument)
{
    using namespace std::string_literals;
    for (const auto& name : {""s, "America/Atlantis"s, "GMT+3"s, "UTC-05:00"s, "Etc/Unknown"s, "america/bogota"s, "America/Bogota "s,
                             "America/Bogota\0"s, "\xFF"s}) {
        EXPECT_THROW(local_time(name, at("2026-01-01T00:00:00Z")), std::invalid_argument) << name;
        EXPECT_THROW(date_words(Language::en, at("2026-01-01T00:00:00Z"), name), std::invalid_argument) << name;
    }
}

TEST(DateWords, AreThoseOfTheLanguage)
{
    const auto day = at("2026-01-31T12:00:00Z");
    EXPECT_EQ(date_words(Language::en, day), "31 January 2026");
    EXPECT_EQ(date_words(Language::es, day), "31 de enero de 2026");
    EXPECT_EQ(date_words(Language::fr, day), "31 janvier 2026");
    EXPECT_EQ(date_words(Language::pt, day), "31 de janeiro de 2026");
}

TEST(DateWords, TheFirstOfAMonthIsWrittenAsTheLanguageDoes)
{
    const auto day = at("2026-08-01T00:00:00Z");
    EXPECT_EQ(date_words(Language::en, day), "1 August 2026");
    EXPECT_EQ(date_words(Language::es, day), "1 de agosto de 2026");
    EXPECT_EQ(date_words(Language::fr, day), "1er août 2026");
    EXPECT_EQ(date_words(Language::pt, day), "1º de agosto de 2026");
    EXPECT_EQ(date_words(Language::fr, at("2026-08-11T00:00:00Z")), "11 août 2026");
}

TEST(DateWords, TheDayIsThatOfTheZone)
{
    const auto night = at("2026-03-01T02:00:00Z");
    EXPECT_EQ(date_words(Language::en, night), "1 March 2026");
    EXPECT_EQ(date_words(Language::en, night, "America/Lima"), "28 February 2026");
    EXPECT_EQ(date_words(Language::en, night), "1 March 2026");
}

TEST(Zone, ManyThreadsGetTheSameAnswer)
{
    std::vector<std::thread> threads;
    std::array<std::string, 4> answers;
    for (auto& answer : answers)
        threads.emplace_back([&answer] {
            for (int i = 0; i < 1000; ++i)
                answer = clock_of("America/Santiago", "2025-09-07T04:00:00Z") + ' ' +
                         date_words(Language::pt, at("2025-09-07T03:00:00Z"), "America/Santiago");
        });
    for (auto& thread : threads)
        thread.join();
    for (const auto& answer : answers)
        EXPECT_EQ(answer, "2025-09-07 01:00 6 de setembro de 2025");
}

}  // namespace
}  // namespace cbmx::i18n
