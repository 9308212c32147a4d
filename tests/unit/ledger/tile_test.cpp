// The grammar of tile paths, when a tile is there, and what is in it. See server/ledger/tile.hpp.
#include "ledger/tile.hpp"
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace cbmx::ledger {
namespace {

std::vector<std::string> segments_of(const std::string& path)
{
    std::vector<std::string> segments;
    std::istringstream stream(path);
    for (std::string segment; std::getline(stream, segment, '/');)
        segments.push_back(segment);
    if (path.ends_with('/'))
        segments.emplace_back();
    return segments;
}

struct Row {
    const char* path;
    Tile tile;
};

TEST(TilePath, IsReadAndWritten)
{
    for (const auto& [path, tile] :
         {Row{"0/000", {0, 0, 256}}, Row{"5/000", {5, 0, 256}}, Row{"0/000.p/1", {0, 0, 1}}, Row{"1/999.p/255", {1, 999, 255}},
          Row{"0/x001/000", {0, 1000, 256}}, Row{"0/x001/234.p/5", {0, 1234, 5}}, Row{"2/x999/999", {2, 999'999, 256}},
          Row{"0/x001/x234/067", {0, 1'234'067, 256}}, Row{"0/x001/x000/000.p/10", {0, 1'000'000, 10}},
          Row{"0/x999/x999/x999/x999/x999/999", {0, 999'999'999'999'999'999, 256}}}) {
        const auto read = parse_tile_path(segments_of(path));
        ASSERT_TRUE(read) << path;
        EXPECT_EQ(read->level, tile.level) << path;
        EXPECT_EQ(read->index, tile.index) << path;
        EXPECT_EQ(read->width, tile.width) << path;
        EXPECT_EQ(tile_path(tile), path);
    }
}

TEST(TilePath, OfAnotherFormIsRefused)
{
    for (const char* path : {"",
                             "0",
                             "0/",
                             "/000",
                             "000",
                             "6/000",
                             "00/000",
                             "05/000",
                             "-1/000",
                             "x/000",
                             "data/000",
                             "entries/000",
                             "63/000",
                             "0/0",
                             "0/00",
                             "0/0000",
                             "0/12a",
                             "0/-01",
                             "0/+01",
                             "0/ 01",
                             "0/x000",
                             "0/x001",
                             "0/x000/000",
                             "0/x000/001",
                             "0/001/000",
                             "0/x001/x000",
                             "0/x01/000",
                             "0/x0001/000",
                             "0/xx01/000",
                             "0/X001/000",
                             "0/x001/00",
                             "0/x001/000/",
                             "0//000",
                             "0/x001//000",
                             "0/000.p",
                             "0/000.p/",
                             "0/000.p/0",
                             "0/000.p/256",
                             "0/000.p/1000",
                             "0/000.p/01",
                             "0/000.p/-1",
                             "0/000.p/+1",
                             "0/000.p/1x",
                             "0/000.p/1/1",
                             "0/000.p/99999999999999999999999",
                             "0/000.P/1",
                             "0/000/1",
                             "0/.p/1",
                             "0/x001.p/000",
                             "0/x001.p/1",
                             "0/000.p.p/1",
                             "0.p/1",
                             "0/x001/x000/x000/x000/x000/x000/000"})
        EXPECT_FALSE(parse_tile_path(segments_of(path))) << path;
}

TEST(HasTile, FollowsTheSizeOfTheLog)
{
    struct Case {
        std::uint64_t size;
        Tile tile;
        bool there;
    };
    const std::uint64_t largest = ~std::uint64_t{0};
    for (const auto& [size, tile, there] : {Case{0, {0, 0, 1}, false},
                                            Case{1, {0, 0, 1}, true},
                                            Case{1, {0, 0, 2}, false},
                                            Case{255, {0, 0, 255}, true},
                                            Case{255, {0, 0, 256}, false},
                                            Case{256, {0, 0, 256}, true},
                                            Case{256, {0, 0, 255}, true},
                                            Case{256, {0, 1, 1}, false},
                                            Case{257, {0, 1, 1}, true},
                                            Case{255, {1, 0, 1}, false},
                                            Case{256, {1, 0, 1}, true},
                                            Case{256, {1, 0, 2}, false},
                                            Case{65'535, {1, 0, 256}, false},
                                            Case{65'536, {1, 0, 256}, true},
                                            Case{65'536, {2, 0, 1}, true},
                                            Case{70'000, {0, 273, 112}, true},
                                            Case{70'000, {0, 273, 113}, false},
                                            Case{70'000, {1, 1, 17}, true},
                                            Case{70'000, {1, 1, 18}, false},
                                            Case{largest, {0, 999'999'999'999'999'999, 256}, false},
                                            Case{largest, {0, largest, 1}, false},
                                            Case{largest, {5, 0, 256}, true},
                                            Case{largest, {6, 0, 1}, false},
                                            Case{largest, {0, 0, 0}, false},
                                            Case{largest, {0, 0, 257}, false}})
        EXPECT_EQ(has_tile(size, tile), there) << size << " " << tile.level << "/" << tile.index << "/" << tile.width;
}

TEST(TileBytes, AreTheNodesInOrder)
{
    std::map<std::pair<unsigned, std::uint64_t>, Hash> stored;
    Frontier frontier;
    for (int i = 0; i < 600; ++i)
        for (const Node& node : frontier.append(leaf_hash(std::to_string(i))))
            stored[{node.level, node.index}] = node.hash;
    const NodeReader nodes = [&stored](unsigned level, std::uint64_t index) { return stored.at({level, index}); };

    const std::string partial = tile_bytes({0, 2, 88}, nodes);
    ASSERT_EQ(partial.size(), 88u * 32);
    for (std::size_t i = 0; i < 88; ++i)
        EXPECT_EQ(partial.substr(i * 32, 32), base::as_chars(leaf_hash(std::to_string(512 + i))));

    const std::string upper = tile_bytes({1, 0, 2}, nodes);
    ASSERT_EQ(upper.size(), 2u * 32);
    for (std::uint64_t i = 0; i < 2; ++i) {
        Frontier full;  // the root over the full tile below
        const std::string below = tile_bytes({0, i, 256}, nodes);
        for (std::size_t at = 0; at < below.size(); at += 32)
            full.append(base::to_hash(below.substr(at, 32)).value());
        EXPECT_EQ(upper.substr(i * 32, 32), base::as_chars(full.root()));
    }
    EXPECT_THROW(tile_bytes({0, 0, 257}, nodes), std::logic_error);
    EXPECT_THROW(tile_bytes({6, 0, 1}, nodes), std::logic_error);
}

}  // namespace
}  // namespace cbmx::ledger
