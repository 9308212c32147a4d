// What vCard (RFC 6350, 3.2-3.4) and iCalendar (RFC 5545, 3.1) share: content lines, their folding, and the escaping of texts
// and parameters. Pure functions, any thread. Who writes with it: api/formats/vcard.hpp, api/formats/calendar.hpp.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::api {

inline constexpr std::size_t max_line_octets = 75;  // without the line break; longer lines are folded

struct LineParameter {
    std::string name;
    std::vector<std::string> values;  // as they are: encoded (RFC 6868) and quoted where they have to be
};

// Appends NAME;PARAMETER=value:VALUE and CRLF, folded between characters (value: UTF-8). The value is what the property's
// type makes of it, a text escaped by the caller; control characters but the tab are left out, so that none begins a line of its own.
void append_line(std::string& text, std::string_view name, std::string_view value);
void append_line(std::string& text, std::string_view name, const std::vector<LineParameter>& parameters, std::string_view value);

std::string escaped_text(std::string_view text);       // \\ \, \; and \n for a line break: a text, or a component of one
std::string quoted_parameter(std::string_view value);  // ^n ^^ ^' and quotes around : ; ,

}  // namespace cbmx::api
