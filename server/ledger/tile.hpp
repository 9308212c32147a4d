// C2SP tlog-tiles: paths and bytes of hash tiles (height 8). Entry bundles are not published: entries are not public.
// Pure, any thread.
#pragma once
#include "ledger/merkle.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::ledger {

inline constexpr unsigned tile_height = 8;
inline constexpr unsigned tile_width = 256;  // hashes in a full tile

struct Tile {
    unsigned level = 0;  // tile level: its hashes are nodes of Merkle level 8*level
    std::uint64_t index = 0;
    unsigned width = tile_width;
};

// Segments after "/v1/log/tile": {"0","x001","234"} or {"0","x001","234.p","5"}. nullopt when not of that form
// (levels 0-5, three-digit groups, no leading zero group, partial width 1-255).
std::optional<Tile> parse_tile_path(const std::vector<std::string>& segments);
std::string tile_path(const Tile& tile);  // its inverse, for tests: "0/x001/234.p/5"
// Whether a log of this size has that tile with at least that width.
bool has_tile(std::uint64_t size, const Tile& tile);
std::string tile_bytes(const Tile& tile, const NodeReader& nodes);  // 32 * width bytes

}  // namespace cbmx::ledger
