// See text.hpp.
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::base {

std::string_view trimmed(std::string_view text, std::string_view cut)
{
    const auto first = text.find_first_not_of(cut);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(cut) - first + 1);
}

std::string to_lower(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return to_lower(c); });
    return lower;
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string joined(std::span<const std::string> words, std::string_view separator)
{
    std::string text;
    for (const auto& word : words)
        text.append(text.empty() ? std::string_view() : separator).append(word);
    return text;
}

std::vector<std::string> split_commas(std::string_view list)
{
    std::vector<std::string> parts;
    for (auto rest = list; !rest.empty();) {
        const auto comma = rest.find(',');
        parts.emplace_back(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return parts;
}

}  // namespace cbmx::base
