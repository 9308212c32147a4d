// The one textual rule of public ids.
#include "domain/ids.hpp"
#include <algorithm>

namespace cbmx::domain {

bool is_term_code(std::string_view text)
{
    constexpr std::size_t max_characters = 32;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= max_characters && is_plain(text.front()) &&
           std::all_of(text.begin(), text.end(), [&is_plain](char c) { return is_plain(c) || c == '-'; });
}

bool is_uuid(std::string_view text)
{
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

}  // namespace cbmx::domain
