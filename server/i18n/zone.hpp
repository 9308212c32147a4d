// Local time and dates in words, by the time zone data of ICU. Zone names are IANA ids as the schema format "time-zone"
// (json/formats.cpp) accepts them; the words around a date stand in the texts (texts.hpp).
// Any thread: each keeps its own zones and formatters, so that a call takes neither a lock nor more than a few microseconds.
#pragma once
#include "domain/clock.hpp"
#include "i18n/texts.hpp"
#include <string>

namespace cbmx::i18n {

struct LocalTime {  // Gregorian calendar, seconds cut off
    int year;
    int month;           // 1 to 12
    int day;             // 1 to 31
    int hour;            // 0 to 23
    int minute;          // 0 to 59
    int minute_of_week;  // 0 = Monday 00:00, 10079 = Sunday 23:59; repeats or jumps where the clocks change
};

// What the clocks of that zone show at the instant. Throws std::invalid_argument for a name that is no IANA id.
LocalTime local_time(const std::string& iana_zone, domain::Instant instant);

// The day in words, "31 January 2026", "31 de enero de 2026", "31 janvier 2026", "31 de janeiro de 2026"; the first of a
// month is "1er" in French and "1º" in Portuguese. Throws std::invalid_argument as above.
std::string date_words(Language language, domain::Instant instant, const std::string& iana_zone = "UTC");

}  // namespace cbmx::i18n
