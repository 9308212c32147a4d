// The formats that a schema file may name. All of them are asserted. date-time is UTC ("Z") only: one way to write
// an instant, and what domain/clock.hpp reads back.
#include "base/bytes.hpp"
#include "domain/clock.hpp"
#include "json/schema_node.hpp"
#include "json/text.hpp"
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <algorithm>
#include <array>

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
        FormatRule{"name", is_name, Rule::forbidden_character},
        FormatRule{"text", is_text, Rule::forbidden_character},
    };
    const auto row = std::find_if(table.begin(), table.end(), [name](const FormatRule& rule) { return rule.name == name; });
    return row == table.end() ? nullptr : &*row;
}

}  // namespace cbmx::json
