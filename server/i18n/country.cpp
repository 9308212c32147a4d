// See country.hpp.
#include "i18n/country.hpp"
#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace cbmx::i18n {

std::string country_name(Language language, const std::string& code)
{
    icu::UnicodeString name;
    icu::Locale("", code.c_str()).getDisplayCountry(icu::Locale(std::string(code_of(language)).c_str()), name);
    std::string utf8;
    name.toUTF8String(utf8);
    return utf8.empty() ? code : utf8;
}

}  // namespace cbmx::i18n
