// Text rules: Unicode normal form, and the characters that a name may not contain. Pure, any thread.
#pragma once
#include <string>
#include <string_view>

namespace cbmx::json {

bool is_utf8(std::string_view text);  // strict: no surrogates, no overlong forms
// No more than 30 combining marks in a row (UAX #15, Stream-Safe Text): normalising n of them takes n^2 steps.
bool is_stream_safe(std::string_view text);
std::string to_nfc(std::string_view text);  // input must be UTF-8 and, from outside, stream-safe
// Bidirectional overrides and isolates, zero-width characters, controls (a name is shown in lists and compared by eye).
bool has_forbidden_name_character(std::string_view text);
// Like the above, but line breaks and tabs are allowed: for narratives.
bool has_forbidden_text_character(std::string_view text);
// For searching: without case and without marks ("São Tomé" and "SAO TOME" are one). UTF-8 and stream-safe in, UTF-8 out.
std::string folded(std::string_view text);
bool is_language_tag(std::string_view text);  // well-formed BCP 47
bool is_https_url(std::string_view text);     // http or https, no user information

}  // namespace cbmx::json
