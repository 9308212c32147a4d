// Content codings of answers (RFC 9110, 8.4.1): brotli and gzip. Nothing that somebody with a credential is shown goes through this:
// api/coded_answers.hpp. Pure, any thread.
#pragma once
#include <string>
#include <string_view>

namespace cbmx::base {

enum class Coding { identity, gzip, br };
std::string_view name_of(Coding coding);  // as Content-Encoding says it

// The same bytes for the same text. What is longer than quick_from_bytes gets the cheapest level, so that nobody waits for it: some
// 10 ms a megabyte at most. identity: the text.
inline constexpr std::size_t quick_from_bytes = 1024 * 1024;
std::string compressed(Coding coding, std::string_view text);

}  // namespace cbmx::base
