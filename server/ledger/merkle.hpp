// RFC 6962 / RFC 9162 Merkle tree: hashing, the right edge while appending, inclusion and consistency proofs.
// Pure: the caller supplies the stored hashes of complete subtrees. No I/O, any thread.
#pragma once
#include "base/bytes.hpp"
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace cbmx::ledger {

using base::Hash;

Hash leaf_hash(std::string_view entry);               // SHA-256(0x00 || entry)
Hash node_hash(const Hash& left, const Hash& right);  // SHA-256(0x01 || left || right)
Hash empty_root();                                    // SHA-256("")

// A complete subtree: level 0 is a leaf; node (l, i) covers leaves [i*2^l, (i+1)*2^l).
struct Node {
    unsigned level;
    std::uint64_t index;
    Hash hash;
};

// The hash of complete subtree (level, index); must exist. May throw.
using NodeReader = std::function<Hash(unsigned level, std::uint64_t index)>;

// The roots of the complete subtrees along the right edge, largest first. A value: copy it to try, swap it to keep.
class Frontier {
public:
    Frontier() = default;
    static Frontier read(std::uint64_t size, const NodeReader& nodes);
    static std::optional<Frontier> from_edge(std::uint64_t size, std::vector<Hash> edge);  // nullopt: too few or too many for that size
    const std::vector<Hash>& edge() const { return edge_; }
    std::uint64_t size() const { return size_; }
    Hash root() const;
    // Appends a leaf; gives the nodes that became complete, the leaf itself first.
    std::vector<Node> append(const Hash& leaf);

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> edge_;
};

Hash root_of(std::uint64_t size, const NodeReader& nodes);
// index < size. Order as in RFC 6962 2.1.1.
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeReader& nodes);
// 0 < first <= second; empty when equal.
std::vector<Hash> consistency_proof(std::uint64_t first, std::uint64_t second, const NodeReader& nodes);

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& proof, const Hash& root);
// The inverse of consistency_proof, for tests: a client checks the growth of a log, the server never does.
bool verify_consistency(std::uint64_t first, const Hash& first_root, std::uint64_t second, const Hash& second_root,
                        const std::vector<Hash>& proof);

}  // namespace cbmx::ledger
