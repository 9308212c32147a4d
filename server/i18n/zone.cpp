// Offsets and month names come from ICU, the calendar from the standard library. The contract is zone.hpp.
#include "i18n/zone.hpp"
#include <map>
#include <memory>
#include <stdexcept>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

namespace cbmx::i18n {
namespace {

using namespace std::chrono;

void check(UErrorCode status)
{
    if (U_FAILURE(status))
        throw std::runtime_error(std::string("time zones: ") + u_errorName(status));
}

// A name that ICU does not know gets the zone Etc/Unknown from it, one like GMT+3 a zone made on the spot: neither is an IANA id.
std::unique_ptr<icu::TimeZone> open_zone(const std::string& name)
{
    const auto id = icu::UnicodeString::fromUTF8(name);
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    icu::UnicodeString canonical;
    icu::TimeZone::getCanonicalID(id, canonical, is_system, status);
    if (U_FAILURE(status) || !is_system || name.find('\0') != std::string::npos || id == icu::UnicodeString(UCAL_UNKNOWN_ZONE_ID))
        throw std::invalid_argument("no IANA time zone: " + name);
    return std::unique_ptr<icu::TimeZone>(icu::TimeZone::createTimeZone(id));
}

const icu::TimeZone& zone_named(const std::string& name)
{
    static thread_local std::map<std::string, std::unique_ptr<icu::TimeZone>> zones;  // never more than there are IANA ids
    const auto known = zones.find(name);
    return *(known != zones.end() ? known : zones.emplace(name, open_zone(name)).first)->second;
}

// The local clock, written as if it stood in UTC.
domain::Instant wall_clock(const std::string& zone, domain::Instant instant)
{
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t standard = 0;
    std::int32_t daylight = 0;
    zone_named(zone).getOffset(static_cast<UDate>(instant.time_since_epoch().count()), false, standard, daylight, status);
    check(status);
    return instant + milliseconds{standard + daylight};
}

std::unique_ptr<icu::DateFormat> open_format(Language language)
{
    static constexpr std::array<const char*, all_languages.size()> locales{"en_GB", "es", "fr", "pt"};  // en alone puts the month first
    std::unique_ptr<icu::DateFormat> format(
        icu::DateFormat::createDateInstance(icu::DateFormat::kLong, icu::Locale(locales[static_cast<std::size_t>(language)])));
    if (!format)
        throw std::runtime_error("time zones: no date format for " + std::string(code_of(language)));
    format->setTimeZone(*icu::TimeZone::getGMT());
    return format;
}

icu::DateFormat& long_date(Language language)
{
    static thread_local std::array<std::unique_ptr<icu::DateFormat>, all_languages.size()> formats;
    auto& format = formats[static_cast<std::size_t>(language)];
    if (!format)
        format = open_format(language);
    return *format;
}

std::string_view first_of_month(Language language)
{
    switch (language) {
    case Language::en:
    case Language::es: return "1";
    case Language::fr: return "1er";
    case Language::pt: return "1º";
    }
    throw std::logic_error("no such language");
}

}  // namespace

LocalTime local_time(const std::string& iana_zone, domain::Instant instant)
{
    const auto clock = wall_clock(iana_zone, instant);
    const auto midnight = floor<days>(clock);
    const year_month_day date{midnight};
    const auto minutes_today = static_cast<int>(floor<minutes>(clock - midnight).count());
    const auto days_since_monday = static_cast<int>(weekday{midnight}.iso_encoding()) - 1;
    constexpr int minutes_an_hour = minutes{hours{1}}.count();
    constexpr int minutes_a_day = minutes{days{1}}.count();
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<int>(static_cast<unsigned>(date.month())),
            .day = static_cast<int>(static_cast<unsigned>(date.day())),
            .hour = minutes_today / minutes_an_hour,
            .minute = minutes_today % minutes_an_hour,
            .minute_of_week = days_since_monday * minutes_a_day + minutes_today};
}

std::string date_words(Language language, domain::Instant instant, const std::string& iana_zone)
{
    const auto clock = wall_clock(iana_zone, instant);
    icu::UnicodeString written;
    long_date(language).format(static_cast<UDate>(clock.time_since_epoch().count()), written);
    std::string words;
    written.toUTF8String(words);
    return words.starts_with("1 ") ? std::string(first_of_month(language)) + words.substr(1) : words;
}

}  // namespace cbmx::i18n
