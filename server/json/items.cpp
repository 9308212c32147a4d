// See items.hpp.
#include "json/items.hpp"

namespace cbmx::json {
namespace {

constexpr std::string_view white = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

// The position after the string that begins at the quote; npos when it does not end.
std::size_t after_string(std::string_view text, std::size_t quote)
{
    for (auto i = quote + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return std::string_view::npos;
}

// The position of the comma or bracket that ends the element beginning here; npos when the text ends before.
std::size_t end_of_element(std::string_view text, std::size_t begin, char closing)
{
    std::size_t depth = 0;
    for (auto i = begin; i < text.size();) {
        const char c = text[i];
        if (depth == 0 && (c == ',' || c == closing))
            return i;
        if (c == '"') {
            i = after_string(text, i);
            if (i == std::string_view::npos)
                return i;
            continue;
        }
        if (c == '[' || c == '{')
            ++depth;
        if (c == ']' || c == '}') {
            if (depth == 0)
                return std::string_view::npos;
            --depth;
        }
        ++i;
    }
    return std::string_view::npos;
}

}  // namespace

Items array_items(std::string_view text)
{
    Items found;
    const auto open = text.find_first_not_of(white);
    if (open == std::string_view::npos || text[open] != '[') {
        found.malformed_at = open == std::string_view::npos ? text.size() : open;
        return found;
    }
    auto at = open + 1;
    if (const auto close = text.find_first_not_of(white, at); close != std::string_view::npos && text[close] == ']') {
        at = close;  // no elements
    } else {
        for (;; ++at) {
            const auto end = end_of_element(text, at, ']');
            const auto element = trimmed(text.substr(at, end == std::string_view::npos ? 0 : end - at));
            if (element.empty()) {
                found.malformed_at = end == std::string_view::npos ? text.size() : end;
                return found;
            }
            found.items.push_back(element);
            at = end;
            if (text[at] == ']')
                break;
        }
    }
    if (const auto rest = text.find_first_not_of(white, at + 1); rest != std::string_view::npos)
        found.malformed_at = rest;
    return found;
}

std::string_view member_text(std::string_view object, std::string_view name)
{
    for (std::size_t at = 1; at < object.size() && object[at] == '"';) {
        const auto after_name = after_string(object, at);
        const auto end = after_name < object.size() ? end_of_element(object, after_name, '}') : std::string_view::npos;
        if (end == std::string_view::npos)
            return {};
        if (object.substr(at + 1, after_name - at - 2) == name)
            return object.substr(after_name + 1, end - after_name - 1);
        at = end + 1;
    }
    return {};
}

std::vector<Line> ndjson_lines(std::string_view text)
{
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        if (const auto line = trimmed(text.substr(0, end)); !line.empty())
            lines.push_back({number, line});
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

}  // namespace cbmx::json
