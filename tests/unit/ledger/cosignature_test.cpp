// Cosignatures against a vector made with Python and openssl, the example printed in c2sp.org/tlog-cosignature, and each
// way in which a line may say something else. See server/ledger/cosignature.hpp.
#include "ledger/cosignature.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

namespace cbmx::ledger {
namespace {

// Made by hashlib.sha256(name LF 0x04 key) and `openssl pkeyutl -sign -rawin` with the key of this seed.
const std::string known_seed = "witness of a ministry, 32 bytes!";
constexpr std::uint64_t known_time = 1'800'000'000;
const std::string known_body = "cbm.example/log\n8\nZhtfCv7dM2o8fQ0c9m0Pj0x2mYkqS0pYwXv0oQ2b3mE=\n";
constexpr std::string_view known_key = "witness.example/cl+d21b6998+BFRFptZxug0LGtnOpzYNaagtMCoDgG8KLrUd4gHdwrth";
constexpr std::string_view known_bytes =
    "0htpmAAAAABrSdIAElohXA24uHI2g9ehg1Nhbira15vZfcCTxpcBYCfwwaTdD4psyEjJ4Oohxu3AilFkR/rua6yX82sG3xaVWd2hBQ==";

base::Ed25519Key key_of_seed(const std::string& seed)
{
    return base::Ed25519Key::generate([&seed](std::span<std::uint8_t> bytes) { std::copy_n(seed.begin(), bytes.size(), bytes.begin()); });
}

struct Witness {
    explicit Witness(std::string name = "witness.example/cl", const std::string& seed = known_seed)
        : key(key_of_seed(seed)), verifier{std::move(name), key.public_key()}
    {
    }
    Cosignature sign(std::string_view body, std::uint64_t time) const
    {
        return {cosigner_key_id(verifier.name, verifier.public_key), time, key.sign(cosigned_message(body, time))};
    }
    std::string line(std::string_view body, std::uint64_t time) const
    {
        return cosignature_line(verifier.name, bytes_of(sign(body, time)));
    }
    base::Ed25519Key key;
    VerifierKey verifier;
};

std::string log_note()
{
    const auto key = std::make_shared<base::Ed25519Key>(key_of_seed(std::string(32, 'l')));
    return sign_note(known_body, {"cbm.example/log", key->public_key(), [key](std::string_view message) { return key->sign(message); }});
}

TEST(Cosignature, OfTheKnownWitnessIsWhatOpensslSigned)
{
    const Witness witness;
    EXPECT_EQ(cosigner_key_text(witness.verifier), known_key);
    EXPECT_EQ(base::base64(bytes_of(witness.sign(known_body, known_time))), known_bytes);
    EXPECT_EQ(witness.line(known_body, known_time), "\u2014 witness.example/cl " + std::string(known_bytes) + "\n");
    const auto parsed = parse_cosignature(base::from_base64(known_bytes).value());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->time, known_time);
    EXPECT_TRUE(verify_cosignature(parse_cosigner_key(known_key).value(), known_body, *parsed));
}

TEST(Cosignature, OfTheSpecificationsExampleIsRead)
{
    const auto bytes =
        base::from_base64("jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==")
            .value();
    const auto parsed = parse_cosignature(bytes);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->key_id, 0x8d66cf3fu);
    EXPECT_EQ(parsed->time, 1679315147u);  // the time in the specification's signed message
    EXPECT_EQ(bytes_of(*parsed), bytes);
}

TEST(Cosignature, SignsTheWholeBodyBelowItsTime)
{
    EXPECT_EQ(cosigned_message("a\n1\nb\n", 1679315147), "cosignature/v1\ntime 1679315147\na\n1\nb\n");
    EXPECT_EQ(cosigned_message("a\n", 0), "cosignature/v1\ntime 0\na\n");
}

TEST(Cosignature, OverAnythingElseDoesNotVerify)
{
    const Witness witness, other("witness.example/cl", std::string(32, 'o'));
    const auto good = witness.sign(known_body, known_time);
    EXPECT_FALSE(verify_cosignature(witness.verifier, known_body + "x\n", good));
    EXPECT_FALSE(verify_cosignature(other.verifier, known_body, good));
    EXPECT_FALSE(verify_cosignature({"witness.example/pe", witness.verifier.public_key}, known_body, good));
    auto later = good;
    ++later.time;
    EXPECT_FALSE(verify_cosignature(witness.verifier, known_body, later));
    auto renamed = good;  // the key ID of a log's own key
    renamed.key_id = key_id(witness.verifier.name, witness.verifier.public_key);
    EXPECT_FALSE(verify_cosignature(witness.verifier, known_body, renamed));
    auto bare = good;  // a signature over the checkpoint alone, as a log's key makes it
    bare.signature = witness.key.sign(known_body);
    EXPECT_FALSE(verify_cosignature(witness.verifier, known_body, bare));
}

TEST(Cosignature, OfAnotherLengthOrAForbiddenTimeIsNone)
{
    const auto bytes = base::from_base64(known_bytes).value();
    EXPECT_FALSE(parse_cosignature(""));
    EXPECT_FALSE(parse_cosignature(bytes.substr(1)));
    EXPECT_FALSE(parse_cosignature(bytes + "x"));
    EXPECT_FALSE(parse_cosignature(bytes.substr(0, 4) + "\x80" + bytes.substr(5)));
    EXPECT_EQ(parse_cosignature(bytes.substr(0, 4) + "\x7f" + std::string(7, '\xff') + bytes.substr(12))->time, max_cosignature_time);
}

TEST(CosignerKey, IsOfTypeFourAlone)
{
    const Witness witness;
    EXPECT_EQ(parse_cosigner_key(known_key)->public_key, witness.verifier.public_key);
    EXPECT_FALSE(parse_cosigner_key(verifier_key_text(witness.verifier)));
    EXPECT_FALSE(parse_verifier_key(known_key));
    EXPECT_FALSE(parse_cosigner_key(std::string(known_key) + "="));
    EXPECT_FALSE(parse_cosigner_key("witness.example/pe" + std::string(known_key.substr(18))));
}

TEST(Witnessed, ByItsOwnLineAmongOthers)
{
    const Witness cl, pe("witness.example/pe", std::string(32, 'p'));
    const auto note = log_note() + pe.line(known_body, 5) + cl.line(known_body, known_time) + cl.line(known_body, known_time + 1);
    EXPECT_EQ(witnessed_by(note, cl.verifier).by.value().time, known_time);  // the first
    EXPECT_EQ(witnessed_by(note, pe.verifier).by.value().time, 5u);
    EXPECT_FALSE(witnessed_by(note, Witness("witness.example/br").verifier).by);
    EXPECT_FALSE(witnessed_by(log_note(), cl.verifier).by);
    EXPECT_FALSE(witnessed_by(log_note(), cl.verifier).is_wrong);
    EXPECT_FALSE(witnessed_by("no note", cl.verifier).by);
}

TEST(Witnessed, NotByALineOfItsOwnThatDoesNotVerify)
{
    const Witness cl;
    const auto good = cl.line(known_body, known_time), wrong = cl.line("another body\n", known_time);
    for (const auto& lines : {wrong, good + wrong, wrong + good}) {
        const auto said = witnessed_by(log_note() + lines, cl.verifier);
        EXPECT_TRUE(said.is_wrong);
        EXPECT_FALSE(said.by);
    }
    const auto cut = cosignature_line(cl.verifier.name, bytes_of(cl.sign(known_body, known_time)).substr(0, 60));
    EXPECT_TRUE(witnessed_by(log_note() + cut, cl.verifier).is_wrong);
    // The same name under another key ID is somebody else's line: it is ignored, as the specification of notes asks.
    const auto stranger = Witness("witness.example/cl", std::string(32, 's')).line(known_body, known_time);
    EXPECT_FALSE(witnessed_by(log_note() + stranger, cl.verifier).is_wrong);
}

TEST(Witnessed, ANoteWithLinesOfWitnessesOpensWithTheLogsKeyAsBefore)
{
    const auto log = key_of_seed(std::string(32, 'l'));
    const auto note = log_note() + Witness().line(known_body, known_time);
    const auto opened = open_checkpoint(note, {{"cbm.example/log", log.public_key()}});
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->size, 8u);
}

}  // namespace
}  // namespace cbmx::ledger
