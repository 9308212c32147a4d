// See items.hpp.
#include "json/items.hpp"
#include "base/text.hpp"

namespace cbmx::json {
namespace {

using base::trimmed;
using base::white_space;

// The position after the string that begins at the quote; npos when it does not end.
std::size_t after_string(std::string_view text, std::size_t quote)
{
    for (auto end = text.find('"', quote + 1); end != std::string_view::npos; end = text.find('"', end + 1)) {
        auto escapes = end;
        while (escapes > quote + 1 && text[escapes - 1] == '\\')
            --escapes;
        if ((end - escapes) % 2 == 0)
            return end + 1;
    }
    return std::string_view::npos;
}

// The position of the comma or bracket that ends the element beginning here; npos when the text ends before.
std::size_t end_of_element(std::string_view text, std::size_t begin, char bracket)
{
    std::size_t depth = 0;
    for (auto i = begin; i < text.size();) {
        const char c = text[i];
        if (depth == 0 && (c == ',' || c == bracket))
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

Items array_items(std::string_view text, std::size_t most)
{
    Items found;
    const auto open = text.find_first_not_of(white_space);
    if (open == std::string_view::npos || text[open] != '[') {
        found.malformed_at = open == std::string_view::npos ? text.size() : open;
        return found;
    }
    auto at = open + 1;
    if (const auto close = text.find_first_not_of(white_space, at); close != std::string_view::npos && text[close] == ']') {
        at = close;  // no elements
    } else {
        for (;; ++at) {
            const auto end = end_of_element(text, at, ']');
            const auto element = trimmed(text.substr(at, end == std::string_view::npos ? 0 : end - at), white_space);
            if (element.empty()) {
                found.malformed_at = end == std::string_view::npos ? text.size() : end;
                return found;
            }
            found.items.push_back(element);
            if (found.items.size() >= most)
                return found;
            at = end;
            if (text[at] == ']')
                break;
        }
    }
    if (const auto rest = text.find_first_not_of(white_space, at + 1); rest != std::string_view::npos)
        found.malformed_at = rest;
    return found;
}

std::optional<std::vector<Member>> object_members(std::string_view text)
{
    std::vector<Member> members;
    text = trimmed(text, white_space);
    if (text.size() < 2 || text.front() != '{' || text.back() != '}')
        return std::nullopt;
    if (trimmed(text.substr(1, text.size() - 2), white_space).empty())
        return members;
    for (std::size_t at = 0; text[at] != '}';) {
        const auto quote = text.find_first_not_of(white_space, at + 1);
        const auto behind = quote == std::string_view::npos || text[quote] != '"' ? std::string_view::npos : after_string(text, quote);
        const auto colon = behind == std::string_view::npos ? behind : text.find_first_not_of(white_space, behind);
        if (colon == std::string_view::npos || text[colon] != ':')
            return std::nullopt;
        const auto name = text.substr(quote + 1, behind - quote - 2);
        const auto end = end_of_element(text, colon + 1, '}');
        if (end == std::string_view::npos || name.find('\\') != std::string_view::npos)
            return std::nullopt;
        members.push_back({name, trimmed(text.substr(colon + 1, end - colon - 1), white_space)});
        if (text[end] == '}' && end + 1 != text.size())
            return std::nullopt;
        at = end;
    }
    return members;
}

std::vector<Line> ndjson_lines(std::string_view text, std::size_t most)
{
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty() && lines.size() < most; ++number) {
        const auto end = text.find('\n');
        if (const auto line = trimmed(text.substr(0, end), white_space); !line.empty())
            lines.push_back({number, line});
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

}  // namespace cbmx::json
