// The formats that a schema file may name. All of them are asserted. date-time is UTC ("Z") only: one way to write
// an instant, and what domain/clock.hpp reads back.
#include "base/bytes.hpp"
#include "domain/clock.hpp"
#include "json/schema_node.hpp"
#include "json/text.hpp"
#include <algorithm>
#include <array>
#include <unicode/timezone.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace cbmx::json {

namespace {

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_hex(char c) { return is_lower_hex(c) || (c >= 'A' && c <= 'F'); }

bool is_date_time(std::string_view text) { return domain::from_rfc3339(text).has_value(); }

bool is_uuid(std::string_view text)
{
    constexpr std::size_t uuid_characters = 36;
    if (text.size() != uuid_characters)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !is_hex(text[i]))
            return false;
    }
    return true;
}

bool is_base64(std::string_view text) { return base::from_base64(text).has_value(); }

bool is_sha256_hex(std::string_view text)
{
    return text.size() == 2 * std::tuple_size_v<base::Hash> && std::all_of(text.begin(), text.end(), is_lower_hex);
}

bool has_outer_white_space(std::string_view text)
{
    if (text.empty())
        return false;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    std::int32_t front = 0;
    std::int32_t back = size;
    UChar32 first = 0;
    UChar32 last = 0;
    U8_NEXT(bytes, front, size, first);
    U8_PREV(bytes, 0, back, last);
    return u_isUWhiteSpace(first) || u_isUWhiteSpace(last);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

// Every part between dots is as asked, and there is at least one part.
bool all_parts(std::string_view text, bool (*holds)(std::string_view part))
{
    for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
        if (!holds(text.substr(0, dot)))
            return false;
        text.remove_prefix(dot + 1);
    }
    return holds(text);
}

// RFC 5322, 3.2.3 atext
bool is_atom(std::string_view text)
{
    static constexpr std::string_view signs = "!#$%&'*+-/=?^_`{|}~";
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || signs.find(c) != std::string_view::npos; });
}

// RFC 1123, 2.1; an internationalized name comes as its A-labels ("xn--...").
bool is_host_label(std::string_view text)
{
    constexpr std::size_t max_label_bytes = 63;
    return !text.empty() && text.size() <= max_label_bytes && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// What mail systems deliver of RFC 5321's Mailbox: no quoted local part, no address literal, a domain with a dot.
bool is_email(std::string_view text)
{
    constexpr std::size_t max_address_bytes = 254;  // RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets
    constexpr std::size_t max_local_part_bytes = 64;
    const auto sign = text.find('@');
    if (text.size() > max_address_bytes || sign == std::string_view::npos || sign > max_local_part_bytes)
        return false;
    const auto host = text.substr(sign + 1);
    const auto last_dot = host.rfind('.');
    if (last_dot == std::string_view::npos || !all_parts(text.substr(0, sign), is_atom) || !all_parts(host, is_host_label))
        return false;
    const auto top = host.substr(last_dot + 1);
    return top.size() > 1 && is_letter(top.front());
}

// E.164: + and a country code, which never begins with 0
bool is_phone_number(std::string_view text)
{
    constexpr std::size_t min_digits = 7;
    constexpr std::size_t max_digits = 15;
    if (text.empty() || text.front() != '+')
        return false;
    text.remove_prefix(1);
    return text.size() >= min_digits && text.size() <= max_digits && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_zone_character(char c) { return is_letter_or_digit(c) || c == '/' || c == '_' || c == '+' || c == '-'; }

// UTC, or an IANA id of the form Area/Location, canonical or a link. Not the old ids without an area ("EST5EDT"), which
// name rules and no place.
bool is_time_zone(std::string_view text)
{
    constexpr std::size_t max_id_bytes = 64;
    constexpr std::string_view rules = "SystemV/";
    constexpr std::string_view unknown = UCAL_UNKNOWN_ZONE_ID;
    if (text == "UTC")
        return true;
    if (text.size() > max_id_bytes || text.find('/') == std::string_view::npos || !std::all_of(text.begin(), text.end(), is_zone_character))
        return false;
    if (text.starts_with(rules) || text == unknown)
        return false;
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    icu::UnicodeString canonical;
    icu::TimeZone::getCanonicalID(icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))),
                                  canonical, is_system, status);
    return U_SUCCESS(status) && is_system;
}

bool is_name(std::string_view text) { return !has_forbidden_name_character(text) && !has_outer_white_space(text); }
bool is_text(std::string_view text) { return !has_forbidden_text_character(text); }

}  // namespace

const FormatRule* find_format(std::string_view name)
{
    using domain::Rule;
    static constexpr std::array table{
        FormatRule{"date", domain::is_date, Rule::format},
        FormatRule{"date-time", is_date_time, Rule::format},
        FormatRule{"uuid", is_uuid, Rule::format},
        FormatRule{"uri", is_https_url, Rule::format},
        FormatRule{"language-tag", is_language_tag, Rule::format},
        FormatRule{"base64", is_base64, Rule::format},
        FormatRule{"sha256-hex", is_sha256_hex, Rule::format},
        FormatRule{"email", is_email, Rule::format},
        FormatRule{"phone-number", is_phone_number, Rule::format},
        FormatRule{"time-zone", is_time_zone, Rule::format},
        FormatRule{"name", is_name, Rule::forbidden_character},
        FormatRule{"text", is_text, Rule::forbidden_character},
    };
    const auto row = std::find_if(table.begin(), table.end(), [name](const FormatRule& rule) { return rule.name == name; });
    return row == table.end() ? nullptr : &*row;
}

}  // namespace cbmx::json
