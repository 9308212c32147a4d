// What people call a country, for address books and calendars, by ICU's locale data. The names by which the organization
// knows its member States stand in the registry (/v1/states).
#pragma once
#include "i18n/texts.hpp"

namespace cbmx::i18n {

// code: ISO 3166-1 alpha-2. "Brazil", "Brasil", "Brésil", "Brasil"; the code itself where ICU knows none. Any thread.
std::string country_name(Language language, const std::string& code);

}  // namespace cbmx::i18n
