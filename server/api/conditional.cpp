// See conditional.hpp. If-Match compares what a step acts on: another view of the same state is still that state.
#include "api/conditional.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

constexpr std::size_t view_characters = 12;
constexpr std::string_view weak_mark = "W/";

using service::SeenTag;

bool is_tag_character(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes one entity-tag from the front (RFC 9110, 8.8.3); nullopt: there is none.
std::optional<SeenTag> take_tag(std::string_view& rest)
{
    SeenTag tag{.text = {}, .weak = rest.starts_with(weak_mark)};
    if (tag.weak)
        rest.remove_prefix(weak_mark.size());
    if (!rest.starts_with('"'))
        return std::nullopt;
    rest.remove_prefix(1);
    const auto end = rest.find('"');
    if (end == std::string_view::npos || !std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end), is_tag_character))
        return std::nullopt;
    tag.text = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return tag;
}

// A comma may stand in a tag, so the list is read from its front. Empty elements are passed over (RFC 9110, 5.6.1.2).
std::optional<std::vector<SeenTag>> tags_in(std::string_view list)
{
    std::vector<SeenTag> tags;
    for (bool may_begin = true;;) {
        list = base::trimmed(list, base::blanks);
        if (list.empty())
            break;
        if (list.starts_with(',')) {
            list.remove_prefix(1);
            may_begin = true;
            continue;
        }
        auto tag = may_begin ? take_tag(list) : std::nullopt;
        if (!tag)
            return std::nullopt;
        tags.push_back(std::move(*tag));
        may_begin = false;
    }
    return tags.empty() ? std::nullopt : std::optional(std::move(tags));
}

}  // namespace

std::string entity_tag(const std::optional<std::string>& record_tag, std::string_view body)
{
    const auto hash = base::hex(base::sha256(body));
    std::string tag = "\"";
    if (record_tag)
        tag.append(*record_tag).append("-").append(hash, 0, view_characters);
    else
        tag.append(hash, 0, 2 * view_characters);
    return tag.append("\"");
}

std::optional<service::ExpectedVersion> parse_if_match(std::string_view value)
{
    if (base::trimmed(value, base::blanks) == "*")
        return service::ExpectedVersion();
    auto tags = tags_in(value);
    return tags ? std::optional(service::ExpectedVersion(std::move(*tags))) : std::nullopt;
}

bool matches_if_none_match(std::string_view value, std::string_view tag)
{
    if (base::trimmed(value, base::blanks) == "*")
        return true;
    const auto tags = tags_in(value);
    const auto opaque = tag.substr(1, tag.size() - 2);
    return tags && std::any_of(tags->begin(), tags->end(), [opaque](const SeenTag& held) { return held.text == opaque; });
}

}  // namespace cbmx::api
