// Where the items of a long text begin and end, so that each can be parsed by itself (json/parse.hpp): memory holds one
// parsed item at a time, and a broken one does not hide the others. Pure, any thread.
#pragma once
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace cbmx::json {

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

struct Items {
    std::vector<std::string_view> items;      // pieces of the text, without white space around them
    std::optional<std::size_t> malformed_at;  // byte at which the text stops being an array; the items before it are there
};

// The elements of a JSON array. What is inside an element is not judged, only brackets and strings are followed. Behind `most` elements
// the text is not looked at.
Items array_items(std::string_view text, std::size_t most = any_number);

struct Member {
    std::string_view name, value;  // pieces of the text: without the quotes, and as it stands there
};
// The members of a JSON object, each as often as it stands there. What is inside a value is not judged. nullopt: that is no
// object, or a name is spelled with escapes.
std::optional<std::vector<Member>> object_members(std::string_view text);

struct Line {
    std::size_t number = 0;  // from 1
    std::string_view text;
};
// The lines of NDJSON that say something (ndjson.org: LF, and CRLF is let pass); not more than `most`.
std::vector<Line> ndjson_lines(std::string_view text, std::size_t most = any_number);

}  // namespace cbmx::json
