// Hash tiles as in c2sp.org/tlog-tiles. The contract is ledger/tile.hpp.
#include "ledger/tile.hpp"
#include "base/text.hpp"
#include <stdexcept>
#include <string_view>

namespace cbmx::ledger {
namespace {

constexpr unsigned max_tile_level = 5;
constexpr std::size_t group_digits = 3;
constexpr std::uint64_t group_size = 1000;
constexpr std::size_t max_groups = 6;  // 10^18 tiles, more than the 2^56 of level 0
constexpr std::string_view partial_mark = ".p";

std::optional<unsigned> parse_level(std::string_view text)
{
    if (text.size() != 1 || text[0] < '0' || text[0] > static_cast<char>('0' + max_tile_level))
        return std::nullopt;
    return static_cast<unsigned>(text[0] - '0');
}

std::optional<unsigned> parse_width(std::string_view text)
{
    return text.starts_with('0') ? std::nullopt : base::whole_number<unsigned>(text, 1, tile_width - 1);
}

// {"x001", "234"}: every group but the last is marked with an x.
std::optional<std::uint64_t> parse_index(const std::vector<std::string_view>& groups)
{
    if (groups.empty() || groups.size() > max_groups || (groups.size() > 1 && groups.front() == "x000"))
        return std::nullopt;
    std::uint64_t index = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::string_view group = groups[i];
        const bool is_last = i + 1 == groups.size();
        if (!is_last && !group.starts_with('x'))
            return std::nullopt;
        group.remove_prefix(is_last ? 0 : 1);
        const auto value = base::whole_number<std::uint64_t>(group);
        if (group.size() != group_digits || !value)
            return std::nullopt;
        index = index * group_size + *value;
    }
    return index;
}

std::string group_text(std::uint64_t value)
{
    const std::string text = std::to_string(value);
    return std::string(group_digits - text.size(), '0') + text;
}

std::string index_text(std::uint64_t index)
{
    std::string text = group_text(index % group_size);
    for (index /= group_size; index > 0; index /= group_size)
        text = "x" + group_text(index % group_size) + "/" + text;
    return text;
}

}  // namespace

std::optional<Tile> parse_tile_path(const std::vector<std::string>& segments)
{
    if (segments.size() < 2)
        return std::nullopt;
    std::vector<std::string_view> groups(segments.begin() + 1, segments.end());
    unsigned width = tile_width;
    if (groups.size() > 1 && groups[groups.size() - 2].ends_with(partial_mark)) {
        const auto partial = parse_width(groups.back());
        if (!partial)
            return std::nullopt;
        width = *partial;
        groups.pop_back();
        groups.back().remove_suffix(partial_mark.size());
    }
    const auto level = parse_level(segments[0]);
    const auto index = parse_index(groups);
    if (!level || !index)
        return std::nullopt;
    return Tile{*level, *index, width};
}

std::string tile_path(const Tile& tile)
{
    const std::string path = std::to_string(tile.level) + "/" + index_text(tile.index);
    return tile.width == tile_width ? path : path + std::string(partial_mark) + "/" + std::to_string(tile.width);
}

bool has_tile(std::uint64_t size, const Tile& tile)
{
    if (tile.level > max_tile_level || tile.width == 0 || tile.width > tile_width)
        return false;
    const std::uint64_t nodes = size >> (tile_height * tile.level);  // complete subtrees of that level
    return nodes >= tile.width && tile.index <= (nodes - tile.width) / tile_width;
}

std::string tile_bytes(const Tile& tile, const NodeReader& nodes)
{
    if (tile.level > max_tile_level || tile.width == 0 || tile.width > tile_width)
        throw std::logic_error("no such tile");
    std::string bytes;
    bytes.reserve(tile.width * std::tuple_size_v<Hash>);
    for (std::uint64_t i = 0; i < tile.width; ++i)
        bytes += base::as_chars(nodes(tile_height * tile.level, tile.index * tile_width + i));
    return bytes;
}

}  // namespace cbmx::ledger
