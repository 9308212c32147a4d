// Character rules that the HTTP layer applies to what it receives and sends. Pure functions, any thread.
// Used by framing.cpp, target.cpp and answer.cpp.
#pragma once
#include <string_view>

namespace cbmx::http {

bool is_token(std::string_view text);               // RFC 9110 section 5.6.2, not empty
bool is_field_value(std::string_view text);         // no control character but HTAB
bool is_utf8(std::string_view text);                // well-formed: no overlong form, surrogate or > U+10FFFF
bool has_control_character(std::string_view utf8);  // C0, DEL or C1

}  // namespace cbmx::http
