// The rule by which the log's keys follow each other, what each may sign, and the keys at hand.
#include "ledger/key_history.hpp"
#include "ledger/key_ring.hpp"
#include <gtest/gtest.h>

namespace cbmx::ledger {
namespace {

const std::string origin = "example.org/log";

Signer signer_of(std::uint8_t seed)
{
    const auto key = base::Ed25519Key::generate([seed](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), seed); });
    return {origin, key.public_key(), [key](std::string_view message) { return key.sign(message); }};
}

class KeyHistory : public ::testing::Test {
protected:
    Signer first = signer_of(1), second = signer_of(2), third = signer_of(3);
    static VerifierKey key(const Signer& signer, std::int64_t from = 0, std::optional<std::int64_t> until = {})
    {
        return {origin, signer.public_key, from, until};
    }
    static nlohmann::json record(const Signer& signer) { return {{"key", verifier_key_text(key(signer))}, {"demo", false}}; }
    static nlohmann::json record(const Signer& signer, bool overlap)
    {
        auto said = record(signer);
        said["overlap"] = overlap;
        return said;
    }
    static std::string checkpoint(std::uint64_t size, const std::vector<Signer>& signers)
    {
        return sign_checkpoint({origin, size, leaf_hash("x")}, signers);
    }
    std::vector<VerifierKey> keys;
};

TEST_F(KeyHistory, AnOverlapBeginsAndEnds)
{
    EXPECT_TRUE(change_keys(keys, 0, record(first)));
    EXPECT_EQ(keys, std::vector{key(first)});
    EXPECT_TRUE(change_keys(keys, 10, record(second, true)));
    EXPECT_EQ(keys, (std::vector{key(second, 10), key(first)}));
    EXPECT_TRUE(change_keys(keys, 15, record(second, false)));
    EXPECT_EQ(keys, (std::vector{key(second, 10), key(first, 0, 14)}));
    EXPECT_TRUE(change_keys(keys, 20, record(third, false)));
    EXPECT_EQ(keys, (std::vector{key(third, 20), key(second, 10, 19), key(first, 0, 14)})) << "what has ended stays ended";
}

TEST_F(KeyHistory, WithoutAnOverlapAllOthersEndAtOnce)
{
    change_keys(keys, 0, record(first));
    change_keys(keys, 10, record(second, true));
    EXPECT_TRUE(change_keys(keys, 12, record(third, false)));
    EXPECT_EQ(keys, (std::vector{key(third, 12), key(second, 10, 11), key(first, 0, 11)}));
}

TEST_F(KeyHistory, ARecordWithoutAKeyChangesNothing)
{
    change_keys(keys, 0, record(first));
    const auto before = keys;
    for (const nlohmann::json& said :
         {nlohmann::json(), nlohmann::json::object(), nlohmann::json{{"key", 1}}, nlohmann::json{{"key", "x"}}})
        EXPECT_FALSE(change_keys(keys, 10, said)) << said;
    EXPECT_EQ(keys, before);
}

TEST_F(KeyHistory, AKeySignsTheCheckpointsThatEndInItsTime)
{
    const auto middle = key(second, 10, 14);
    EXPECT_FALSE(middle.signs(10)) << "its last entry is 9";
    EXPECT_TRUE(middle.signs(11));
    EXPECT_TRUE(middle.signs(15));
    EXPECT_FALSE(middle.signs(16));
    EXPECT_TRUE(key(first).signs(0) && key(first).signs(1'000'000));
}

TEST_F(KeyHistory, ACheckpointOutOfAKeysTimeIsRefused)
{
    const std::vector history{key(second, 10), key(first, 0, 14)};
    EXPECT_TRUE(open_checkpoint(checkpoint(10, {first}), history));
    EXPECT_TRUE(open_checkpoint(checkpoint(11, {second, first}), history));
    EXPECT_TRUE(open_checkpoint(checkpoint(11, {second, first}), {key(first)})) << "a reader who knows only the old key";
    EXPECT_TRUE(open_checkpoint(checkpoint(11, {second, first}), {key(second)}));
    EXPECT_TRUE(open_checkpoint(checkpoint(16, {second}), history));
    EXPECT_FALSE(open_checkpoint(checkpoint(10, {second}), history)) << "before its beginning";
    EXPECT_FALSE(open_checkpoint(checkpoint(16, {first}), history)) << "after its end";
    EXPECT_FALSE(open_checkpoint(checkpoint(16, {second, first}), history)) << "not even beside one whose time it is";
    EXPECT_FALSE(open_checkpoint(checkpoint(16, {third}), history));
}

TEST_F(KeyHistory, IsReadAsThePortalGivesIt)
{
    const auto item = [](const Signer& signer, nlohmann::json from, nlohmann::json until) {
        return nlohmann::json{{"text", verifier_key_text(key(signer))}, {"from_seq", std::move(from)}, {"until_seq", std::move(until)}};
    };
    EXPECT_EQ(parse_keys({{"keys", {item(second, 10, nullptr), item(first, 0, 14)}}}), (std::vector{key(second, 10), key(first, 0, 14)}));
    EXPECT_EQ(parse_keys({{"keys", {item(second, nullptr, nullptr)}}}, 99), std::vector{key(second, 99)});
    for (const nlohmann::json& wrong :
         {nlohmann::json(), nlohmann::json::object(), nlohmann::json{{"keys", {1}}}, nlohmann::json{{"keys", {item(first, -1, nullptr)}}},
          nlohmann::json{{"keys", {item(first, 0, "14")}}},
          nlohmann::json{{"keys", {{{"text", "x"}, {"from_seq", 0}, {"until_seq", nullptr}}}}}})
        EXPECT_FALSE(parse_keys(wrong)) << wrong;
}

TEST_F(KeyHistory, TheRingSignsWithThoseThatHaveNotEnded)
{
    const KeyRing ring(first);
    EXPECT_EQ(ring.signing({}).front().public_key, first.public_key) << "a log that names no key yet";
    EXPECT_THROW(ring.signing({key(second, 10), key(first)}), std::runtime_error);
    const KeyRing copy = ring;
    copy.add(second);
    EXPECT_TRUE(ring.holds(second.public_key));
    const auto both = ring.signing({{"example.org/log/epoch-2", second.public_key, 10, {}}, key(first)});
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both.front().name, "example.org/log/epoch-2") << "under the name that the log bears";
    EXPECT_EQ(ring.signing({key(second, 10), key(first, 0, 14)}).size(), 1U);
    EXPECT_THROW(ring.signing({key(first, 0, 14)}), std::runtime_error) << "no key is left";
}

}  // namespace
}  // namespace cbmx::ledger
