// Instants as RFC 3339 text in UTC, and calendar dates. The contract is domain/clock.hpp.
#include "domain/clock.hpp"
#include <array>
#include <cstdio>
#include <stdexcept>

namespace cbmx::domain {
namespace {

using namespace std::chrono;

constexpr std::size_t date_chars = 10;          // 2026-01-31
constexpr std::size_t seconds_chars = 19;       // 2026-01-31T12:00:00
constexpr std::size_t max_fraction_digits = 9;  // nanoseconds; what is finer than a millisecond is cut off

std::optional<int> digits(std::string_view text)
{
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<year_month_day> parse_date(std::string_view text)
{
    if (text.size() != date_chars || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const auto y = digits(text.substr(0, 4));
    const auto m = digits(text.substr(5, 2));
    const auto d = digits(text.substr(8, 2));
    if (!y || !m || !d)
        return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<seconds> parse_time_of_day(std::string_view text)
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    const auto h = digits(text.substr(0, 2));
    const auto m = digits(text.substr(3, 2));
    const auto s = digits(text.substr(6, 2));
    if (!h || !m || !s || *h > 23 || *m > 59 || *s > 59)
        return std::nullopt;
    return hours{*h} + minutes{*m} + seconds{*s};
}

// "" or "." and digits
std::optional<milliseconds> parse_fraction(std::string_view text)
{
    if (text.empty())
        return milliseconds{0};
    if (text[0] != '.' || text.size() == 1 || text.size() > max_fraction_digits + 1 || !digits(text.substr(1)))
        return std::nullopt;
    std::string three(text.substr(1, 3));
    three.resize(3, '0');
    return milliseconds{*digits(three)};
}

}  // namespace

Clock system_clock()
{
    return [] { return time_point_cast<milliseconds>(std::chrono::system_clock::now()); };
}

std::string to_rfc3339(Instant instant)
{
    const auto midnight = floor<days>(instant);
    const year_month_day date{midnight};
    const hh_mm_ss time{instant - midnight};
    const int y = static_cast<int>(date.year());
    if (y < 0 || y > 9999)
        throw std::logic_error("instant outside the years of RFC 3339");
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", y, static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return text.data();
}

std::optional<Instant> from_rfc3339(std::string_view text)
{
    if (text.size() < seconds_chars + 1 || text[date_chars] != 'T' || text.back() != 'Z')
        return std::nullopt;
    const auto date = parse_date(text.substr(0, date_chars));
    const auto time = parse_time_of_day(text.substr(date_chars + 1, seconds_chars - date_chars - 1));
    const auto fraction = parse_fraction(text.substr(seconds_chars, text.size() - seconds_chars - 1));
    if (!date || !time || !fraction)
        return std::nullopt;
    return sys_days{*date} + *time + *fraction;
}

bool is_date(std::string_view text) { return parse_date(text).has_value(); }

}  // namespace cbmx::domain
