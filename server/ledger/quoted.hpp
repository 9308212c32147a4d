// A text as canonical JSON, for those who put canonical JSON together by hand.
#pragma once
#include "json/parse.hpp"
#include <algorithm>
#include <string>

namespace cbmx::ledger {

// Most texts are words of our own: they stand as they are. Others as everywhere (json::canonical).
inline std::string quoted(const std::string& text)
{
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    return is_plain ? '"' + text + '"' : json::canonical(text);
}

}  // namespace cbmx::ledger
