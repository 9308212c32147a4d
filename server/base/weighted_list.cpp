// See weighted_list.hpp.
#include "base/weighted_list.hpp"
#include "base/text.hpp"
#include <array>
#include <optional>

namespace cbmx::base {
namespace {

constexpr std::array decimal_values{100, 10, 1};  // at most three decimals

// The text up to the separator, which is taken off the rest together with it. A quoted string is passed over.
std::string_view take_until(std::string_view& rest, char separator)
{
    std::size_t end = 0;
    for (bool quoted = false; end < rest.size() && (quoted || rest[end] != separator); ++end) {
        if (rest[end] == '"')
            quoted = !quoted;
        else if (quoted && rest[end] == '\\' && end + 1 < rest.size())
            ++end;
    }
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == rest.size() ? end : end + 1);
    return taken;
}

// "0.85" gives 850; nullopt for anything that is no weight. ".2" is read as 0.2: Java's own client sends it.
std::optional<int> weight_from(std::string_view text)
{
    int weight = 0;
    if (!text.empty() && (text[0] == '0' || text[0] == '1')) {
        weight = text[0] == '1' ? full_weight : 0;
        text.remove_prefix(1);
        if (text.empty())
            return weight;
    } else if (text.size() < 2) {
        return std::nullopt;
    }
    if (text[0] != '.' || text.size() - 1 > decimal_values.size())
        return std::nullopt;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] < '0' || text[i] > '9')
            return std::nullopt;
        weight += (text[i] - '0') * decimal_values[i - 1];
    }
    return weight <= full_weight ? std::optional(weight) : std::nullopt;
}

std::optional<Weighted> element_from(std::string_view text)
{
    Weighted element{.value = trimmed(take_until(text, ';'), blanks)};
    bool has_weight = false;
    while (!text.empty()) {
        const auto parameter = trimmed(take_until(text, ';'), blanks);
        if (has_weight || parameter.size() < 2 || to_lower(parameter[0]) != 'q' || parameter[1] != '=') {
            element.has_parameters = true;
            continue;
        }
        const auto weight = weight_from(parameter.substr(2));
        if (!weight)
            return std::nullopt;
        element.weight = *weight;
        has_weight = true;
    }
    return element;
}

}  // namespace

std::vector<Weighted> weighted_list(std::string_view list, std::size_t at_most)
{
    std::vector<Weighted> elements;
    for (std::size_t seen = 0; seen < at_most && !list.empty(); ++seen)
        if (const auto element = element_from(take_until(list, ',')))
            elements.push_back(*element);
    return elements;
}

}  // namespace cbmx::base
