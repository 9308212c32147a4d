// The Merkle tree of RFC 6962: generation follows its section 2.1, verification RFC 9162 section 2.1.3.2 and 2.1.4.2.
// The contract is ledger/merkle.hpp.
#include "ledger/merkle.hpp"
#include <bit>
#include <cstring>
#include <stdexcept>

namespace cbmx::ledger {
namespace {

// The leaves [begin, begin + count); begin is a multiple of the least power of two that is not below count.
struct Range {
    std::uint64_t begin;
    std::uint64_t count;
};

// The largest power of two below count (count > 1), where RFC 6962 splits a tree.
std::uint64_t split_of(std::uint64_t count) { return std::bit_floor(count - 1); }

Range left_of(Range range) { return {range.begin, split_of(range.count)}; }

Range right_of(Range range)
{
    const std::uint64_t split = split_of(range.count);
    return {range.begin + split, range.count - split};
}

Hash hash_of(Range range, const NodeReader& nodes)
{
    if (std::has_single_bit(range.count)) {
        const auto level = static_cast<unsigned>(std::countr_zero(range.count));
        return nodes(level, range.begin >> level);
    }
    const Hash left = hash_of(left_of(range), nodes);
    return node_hash(left, hash_of(right_of(range), nodes));
}

void append_path(std::vector<Hash>& path, std::uint64_t index, Range range, const NodeReader& nodes)
{
    if (range.count == 1)
        return;
    const Range left = left_of(range);
    const Range right = right_of(range);
    const bool goes_left = index < right.begin;
    append_path(path, index, goes_left ? left : right, nodes);
    path.push_back(hash_of(goes_left ? right : left, nodes));
}

// SUBPROOF(m, D, whole): m leaves of the range stood in the old tree; whole: the old tree is exactly a left edge of it,
// so that the verifier knows its hash already.
void append_subproof(std::vector<Hash>& proof, std::uint64_t m, Range range, bool whole, const NodeReader& nodes)
{
    if (m == range.count) {
        if (!whole)
            proof.push_back(hash_of(range, nodes));
        return;
    }
    const Range left = left_of(range);
    const Range right = right_of(range);
    if (m <= left.count) {
        append_subproof(proof, m, left, whole, nodes);
        proof.push_back(hash_of(right, nodes));
        return;
    }
    append_subproof(proof, m - left.count, right, false, nodes);
    proof.push_back(hash_of(left, nodes));
}

}  // namespace

Hash leaf_hash(std::string_view entry) { return base::sha256(std::string_view("\x00", 1), entry); }

Hash node_hash(const Hash& left, const Hash& right)
{
    std::array<std::uint8_t, 1 + 2 * std::tuple_size_v<Hash>> bytes{0x01};
    std::memcpy(bytes.data() + 1, left.data(), left.size());
    std::memcpy(bytes.data() + 1 + left.size(), right.data(), right.size());
    return base::sha256(base::as_chars(bytes));
}

Hash empty_root() { return base::sha256({}); }

Frontier Frontier::read(std::uint64_t size, const NodeReader& nodes)
{
    Frontier frontier;
    frontier.size_ = size;
    std::uint64_t begin = 0;
    while (begin < size) {
        const std::uint64_t count = std::bit_floor(size - begin);
        frontier.edge_.push_back(hash_of({begin, count}, nodes));
        begin += count;
    }
    return frontier;
}

std::optional<Frontier> Frontier::from_edge(std::uint64_t size, std::vector<Hash> edge)
{
    if (edge.size() != static_cast<std::size_t>(std::popcount(size)))
        return std::nullopt;
    Frontier frontier;
    frontier.size_ = size;
    frontier.edge_ = std::move(edge);
    return frontier;
}

Hash Frontier::root() const
{
    if (edge_.empty())
        return empty_root();
    Hash hash = edge_.back();
    for (auto left = edge_.rbegin() + 1; left != edge_.rend(); ++left)
        hash = node_hash(*left, hash);
    return hash;
}

std::vector<Node> Frontier::append(const Hash& leaf)
{
    std::vector<Node> complete{{0, size_, leaf}};
    while (complete.back().index % 2 == 1) {
        const Node& right = complete.back();
        const Node parent{right.level + 1, right.index / 2, node_hash(edge_.back(), right.hash)};
        edge_.pop_back();
        complete.push_back(parent);
    }
    edge_.push_back(complete.back().hash);
    ++size_;
    return complete;
}

Hash root_of(std::uint64_t size, const NodeReader& nodes) { return size == 0 ? empty_root() : hash_of({0, size}, nodes); }

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeReader& nodes)
{
    if (index >= size)
        throw std::logic_error("inclusion proof for a leaf beyond the tree");
    std::vector<Hash> path;
    append_path(path, index, {0, size}, nodes);
    return path;
}

std::vector<Hash> consistency_proof(std::uint64_t first, std::uint64_t second, const NodeReader& nodes)
{
    if (first == 0 || first > second)
        throw std::logic_error("consistency proof between sizes out of order");
    std::vector<Hash> proof;
    append_subproof(proof, first, {0, second}, true, nodes);
    return proof;
}

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& proof, const Hash& root)
{
    if (index >= size)
        return false;
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash hash = leaf;
    for (const Hash& sibling : proof) {
        if (last == 0)
            return false;
        if (node % 2 == 1 || node == last) {
            hash = node_hash(sibling, hash);
            const int skipped = node == 0 ? 0 : std::countr_zero(node);  // levels where the node is its own parent
            node >>= skipped;
            last >>= skipped;
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

bool verify_consistency(std::uint64_t first, const Hash& first_root, std::uint64_t second, const Hash& second_root,
                        const std::vector<Hash>& proof)
{
    if (first > second)
        return false;
    if (first == second)
        return proof.empty() && first_root == second_root;
    if (first == 0)  // every tree extends the empty one
        return proof.empty() && first_root == empty_root();
    const int complete = std::countr_zero(first);  // levels of the largest complete subtree at the old right edge
    std::uint64_t node = (first - 1) >> complete;
    std::uint64_t last = (second - 1) >> complete;
    auto next = proof.begin();
    if (!std::has_single_bit(first) && next == proof.end())
        return false;
    Hash old_hash = std::has_single_bit(first) ? first_root : *next++;
    Hash new_hash = old_hash;
    for (; next != proof.end(); ++next) {
        if (last == 0)
            return false;
        if (node % 2 == 1 || node == last) {
            old_hash = node_hash(*next, old_hash);
            new_hash = node_hash(*next, new_hash);
            const int skipped = node == 0 ? 0 : std::countr_zero(node);
            node >>= skipped;
            last >>= skipped;
        } else {
            new_hash = node_hash(new_hash, *next);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && old_hash == first_root && new_hash == second_root;
}

}  // namespace cbmx::ledger
