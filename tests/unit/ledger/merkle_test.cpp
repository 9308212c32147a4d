// The tree against the reference vectors of Certificate Transparency and against the definition in RFC 6962 section 2.1,
// written down here once more over plain leaves. See server/ledger/merkle.hpp.
#include "ledger/merkle.hpp"
#include <gtest/gtest.h>
#include <map>
#include <span>

namespace cbmx::ledger {
namespace {

constexpr std::uint64_t largest_tree = 70;
constexpr std::uint64_t every_bit_up_to = 33;  // above: one bit of every byte, to stay quick

Hash hash_of_hex(std::string_view text) { return base::to_hash(base::from_hex(text).value()).value(); }

std::vector<Hash> hashes_of_hex(std::initializer_list<std::string_view> texts)
{
    std::vector<Hash> hashes;
    for (const auto text : texts)
        hashes.push_back(hash_of_hex(text));
    return hashes;
}

// MTH(D[n]) of RFC 6962 over leaf hashes.
Hash defined_root(std::span<const Hash> leaves)
{
    if (leaves.empty())
        return base::sha256("");
    if (leaves.size() == 1)
        return leaves[0];
    std::size_t k = 1;
    while (k * 2 < leaves.size())
        k *= 2;
    return node_hash(defined_root(leaves.first(k)), defined_root(leaves.subspan(k)));
}

// A tree grown by appending; gives only nodes that append() named.
struct Tree {
    explicit Tree(const std::vector<std::string>& entries)
    {
        for (const auto& entry : entries)
            append(entry);
    }
    void append(std::string_view entry)
    {
        leaves.push_back(leaf_hash(entry));
        for (const Node& node : frontier.append(leaves.back()))
            EXPECT_TRUE(stored.emplace(std::pair(node.level, node.index), node.hash).second);
        roots.push_back(frontier.root());
    }
    NodeReader reader() const
    {
        return [this](unsigned level, std::uint64_t index) { return stored.at({level, index}); };
    }

    Frontier frontier;
    std::vector<Hash> leaves;
    std::vector<Hash> roots{empty_root()};  // by size
    std::map<std::pair<unsigned, std::uint64_t>, Hash> stored;
};

Tree numbered_tree(std::uint64_t size)
{
    Tree tree({});
    for (std::uint64_t i = 0; i < size; ++i)
        tree.append("entry " + std::to_string(i));
    return tree;
}

Tree reference_tree()
{
    std::vector<std::string> entries;
    for (const auto text : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"})
        entries.push_back(base::from_hex(text).value());
    return Tree(entries);
}

// Calls check with every proof that differs from this one in a single bit (or in one bit of each byte).
template <class Check>
void with_each_bit_flipped(std::vector<Hash> proof, bool every_bit, Check check)
{
    for (Hash& hash : proof)
        for (std::size_t bit = 0; bit < hash.size() * 8; ++bit) {
            if (!every_bit && bit % 8 != bit / 8 % 8)
                continue;
            hash[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            check(proof);
            hash[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        }
}

TEST(Merkle, RootsAreTheReferenceRoots)
{
    const auto roots = hashes_of_hex({"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"});
    EXPECT_EQ(reference_tree().roots, roots);
}

TEST(Merkle, ProofsAreTheReferenceProofs)
{
    const Tree tree = reference_tree();
    const auto left_edge = hashes_of_hex({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"});
    EXPECT_EQ(inclusion_proof(0, 8, tree.reader()), left_edge);
    EXPECT_EQ(consistency_proof(1, 8, tree.reader()), left_edge);
    EXPECT_EQ(consistency_proof(6, 8, tree.reader()), hashes_of_hex({"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                                                                     "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                                                     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
    EXPECT_EQ(consistency_proof(2, 5, tree.reader()), hashes_of_hex({"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                                                     "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST(Merkle, RootOfEverySizeIsTheDefinedOne)
{
    const Tree tree = numbered_tree(largest_tree);
    for (std::uint64_t size = 0; size <= largest_tree; ++size) {
        EXPECT_EQ(tree.roots[size], defined_root(std::span(tree.leaves).first(size))) << size;
        EXPECT_EQ(root_of(size, tree.reader()), tree.roots[size]) << size;
    }
}

TEST(Frontier, ReadFromNodesGrowsLikeTheOneAppended)
{
    const Tree tree = numbered_tree(largest_tree);
    for (std::uint64_t size = 0; size < largest_tree; ++size) {
        Frontier frontier = Frontier::read(size, tree.reader());
        EXPECT_EQ(frontier.size(), size);
        EXPECT_EQ(frontier.root(), tree.roots[size]) << size;
        for (const Node& node : frontier.append(tree.leaves[size]))
            EXPECT_EQ(node.hash, tree.stored.at({node.level, node.index}));
        EXPECT_EQ(frontier.root(), tree.roots[size + 1]) << size;
    }
}

TEST(Frontier, AppendNamesTheLeafFirstThenEveryNodeThatBecameComplete)
{
    const Tree tree = numbered_tree(7);
    Frontier frontier = tree.frontier;
    const auto nodes = frontier.append(leaf_hash("entry 7"));
    ASSERT_EQ(nodes.size(), 4u);
    for (unsigned level = 0; level < nodes.size(); ++level) {
        EXPECT_EQ(nodes[level].level, level);
        EXPECT_EQ(nodes[level].index, 7u >> level);
    }
    EXPECT_EQ(nodes[0].hash, leaf_hash("entry 7"));
    EXPECT_EQ(nodes[3].hash, frontier.root());
    EXPECT_EQ(tree.frontier.size(), 7u) << "the copy was tried, the original stands";
}

TEST(Inclusion, EveryLeafOfEverySizeIsProvedAndNoAlteredProofIs)
{
    const Tree tree = numbered_tree(largest_tree);
    std::uint64_t accepted = 0;
    for (std::uint64_t size = 1; size <= largest_tree; ++size)
        for (std::uint64_t index = 0; index < size; ++index) {
            const Hash& leaf = tree.leaves[index];
            const Hash& root = tree.roots[size];
            const auto proof = inclusion_proof(index, size, tree.reader());
            ASSERT_TRUE(verify_inclusion(leaf, index, size, proof, root)) << index << " in " << size;
            with_each_bit_flipped(proof, size <= every_bit_up_to,
                                  [&](const auto& altered) { accepted += verify_inclusion(leaf, index, size, altered, root); });
            auto longer = proof;
            longer.push_back(root);
            accepted += verify_inclusion(leaf, index, size, longer, root);
            if (!proof.empty())
                accepted += verify_inclusion(leaf, index, size, {proof.begin(), proof.end() - 1}, root);
            accepted += verify_inclusion(leaf, index, size, proof, tree.roots[size - 1]);
            accepted += verify_inclusion(leaf, size, size, proof, root);
            for (std::uint64_t other = 0; other < size; ++other)
                if (other != index)
                    accepted +=
                        verify_inclusion(leaf, other, size, proof, root) + verify_inclusion(tree.leaves[other], index, size, proof, root);
        }
    EXPECT_EQ(accepted, 0u);
}

TEST(Consistency, EveryPairOfSizesIsProvedAndNoAlteredProofIs)
{
    const Tree tree = numbered_tree(largest_tree);
    std::uint64_t accepted = 0;
    for (std::uint64_t second = 1; second <= largest_tree; ++second)
        for (std::uint64_t first = 1; first <= second; ++first) {
            const Hash& old_root = tree.roots[first];
            const Hash& new_root = tree.roots[second];
            const auto proof = consistency_proof(first, second, tree.reader());
            ASSERT_TRUE(verify_consistency(first, old_root, second, new_root, proof)) << first << " to " << second;
            ASSERT_EQ(proof.empty(), first == second);
            with_each_bit_flipped(proof, second <= every_bit_up_to,
                                  [&](const auto& altered) { accepted += verify_consistency(first, old_root, second, new_root, altered); });
            auto longer = proof;
            longer.push_back(new_root);
            accepted += verify_consistency(first, old_root, second, new_root, longer);
            if (!proof.empty())
                accepted += verify_consistency(first, old_root, second, new_root, {proof.begin(), proof.end() - 1});
            accepted += verify_consistency(first, tree.roots[first - 1], second, new_root, proof);
            accepted += verify_consistency(first, old_root, second, tree.roots[second - 1], proof);
            if (first != second)
                accepted += verify_consistency(second, new_root, first, old_root, proof);
        }
    EXPECT_EQ(accepted, 0u);
}

TEST(Consistency, EveryTreeExtendsTheEmptyOne)
{
    const Tree tree = reference_tree();
    EXPECT_TRUE(verify_consistency(0, empty_root(), 8, tree.roots[8], {}));
    EXPECT_TRUE(verify_consistency(0, empty_root(), 0, empty_root(), {}));
    EXPECT_FALSE(verify_consistency(0, tree.roots[1], 8, tree.roots[8], {}));
    EXPECT_FALSE(verify_consistency(0, empty_root(), 8, tree.roots[8], {tree.roots[8]}));
}

TEST(Proofs, AreNotAskedForBeyondTheTree)
{
    const Tree tree = reference_tree();
    EXPECT_THROW(inclusion_proof(8, 8, tree.reader()), std::logic_error);
    EXPECT_THROW(inclusion_proof(0, 0, tree.reader()), std::logic_error);
    EXPECT_THROW(consistency_proof(0, 8, tree.reader()), std::logic_error);
    EXPECT_THROW(consistency_proof(8, 7, tree.reader()), std::logic_error);
}

TEST(Proofs, OfHostileSizesEndQuickly)
{
    const Tree tree = reference_tree();
    const std::uint64_t largest = ~std::uint64_t{0};
    const std::vector<Hash> proof(64, tree.roots[1]);
    EXPECT_FALSE(verify_inclusion(tree.leaves[0], largest, largest, proof, tree.roots[8]));
    EXPECT_FALSE(verify_inclusion(tree.leaves[0], largest - 1, largest, proof, tree.roots[8]));
    EXPECT_FALSE(verify_consistency(1, tree.roots[1], largest, tree.roots[8], proof));
    EXPECT_FALSE(verify_consistency(std::uint64_t{1} << 63, tree.roots[1], largest, tree.roots[8], proof));
    EXPECT_FALSE(verify_consistency(3, tree.roots[3], largest, tree.roots[8], {}));
}

}  // namespace
}  // namespace cbmx::ledger
