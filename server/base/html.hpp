// Text inside HTML: element content and quoted attribute values. Pure, any thread.
#pragma once
#include <string>
#include <string_view>

namespace cbmx::base {

std::string html_escaped(std::string_view text);

}  // namespace cbmx::base
