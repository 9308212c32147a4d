// Signed notes and checkpoints against the example of Go's note package, and the strictness of their parsers.
// See server/ledger/note.hpp.
#include "ledger/note.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

namespace cbmx::ledger {
namespace {

// Key, text and note as printed in the documentation of golang.org/x/mod/sumdb/note.
constexpr std::string_view known_verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view known_signer_key = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";  // type byte and seed
const std::string known_text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const std::string known_line =
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const std::string known_note = known_text + "\n" + known_line;

Signer signer_of_seed(std::string name, const std::string& seed)
{
    const auto key = std::make_shared<base::Ed25519Key>(
        base::Ed25519Key::generate([&seed](std::span<std::uint8_t> bytes) { std::copy_n(seed.begin(), bytes.size(), bytes.begin()); }));
    return {std::move(name), key->public_key(), [key](std::string_view message) { return key->sign(message); }};
}

Signer log_signer(std::string name = "example.org/log") { return signer_of_seed(std::move(name), std::string(32, 'l')); }

Signer other_signer(std::string name = "example.org/log") { return signer_of_seed(std::move(name), std::string(32, 'o')); }

VerifierKey verifier_of(const Signer& signer) { return {signer.name, signer.public_key}; }

std::string line_of(const std::string& text, const Signer& signer) { return sign_note(text, signer).substr(text.size() + 1); }

TEST(VerifierKey, OfTheKnownExampleIsReadAndWritten)
{
    const auto key = parse_verifier_key(known_verifier);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->name, "PeterNeumann");
    EXPECT_EQ(key_id(key->name, key->public_key), 0xc74f20a3u);
    EXPECT_EQ(verifier_key_text(*key), known_verifier);
}

TEST(VerifierKey, IdDependsOnNameAndKey)
{
    const Signer signer = log_signer();
    EXPECT_NE(key_id("a", signer.public_key), key_id("b", signer.public_key));
    EXPECT_NE(key_id("a", signer.public_key), key_id("a", other_signer().public_key));
}

TEST(VerifierKey, RefusesOtherForms)
{
    const std::string good(known_verifier);
    const std::string type4 = base::base64("\x04" + base::from_base64(good.substr(22)).value().substr(1));
    for (const std::string& text :
         {std::string(), std::string("PeterNeumann"), std::string("PeterNeumann+c74f20a3"), good.substr(12),
          "Peter Neumann" + good.substr(12), "Peter\u2003Neumann" + good.substr(12), good + "\n", good + "=",
          good.substr(0, good.size() - 1), good.substr(0, good.size() - 4), "PeterNeumann+C74F20A3" + good.substr(21),
          "PeterNeumann+c74f20a4" + good.substr(21), "PeterNeumann+0c74f20a3" + good.substr(21), "PeterNeumanm" + good.substr(12),
          "PeterNeumann+c74f20a3+" + type4})
        EXPECT_FALSE(parse_verifier_key(text)) << text;
}

TEST(Note, OfTheKnownExampleOpens) { EXPECT_EQ(open_note(known_note, {*parse_verifier_key(known_verifier)}), known_text); }

TEST(Note, SignedWithTheKnownKeyIsTheKnownNote)
{
    const std::string seed = base::from_base64(known_signer_key).value().substr(1);
    const Signer signer = signer_of_seed("PeterNeumann", seed);
    EXPECT_EQ(sign_note(known_text, signer), known_note);
}

TEST(Note, SignedOpens)
{
    const Signer signer = log_signer();
    for (const std::string text : {"a\n", "\n", "a\n\nb\n", "a\n\n", "\u2014 x y\n", "misión\n"})
        EXPECT_EQ(open_note(sign_note(text, signer), {verifier_of(signer)}), text);
}

TEST(Note, NeedsAKnownKey)
{
    const Signer signer = log_signer();
    const std::string note = sign_note("a\n", signer);
    EXPECT_FALSE(open_note(note, {}));
    EXPECT_FALSE(open_note(note, {verifier_of(other_signer())}));
    EXPECT_FALSE(open_note(note, {VerifierKey{"example.org/other", signer.public_key}}));
    EXPECT_TRUE(open_note(note, {verifier_of(other_signer()), verifier_of(signer)}));
}

TEST(Note, SignaturesOfUnknownKeysAreIgnored)
{
    const Signer signer = log_signer();
    const Signer witness = other_signer("witness.example");
    const std::string note = sign_note("a\n", witness) + line_of("a\n", signer) + line_of("b\n", other_signer());
    EXPECT_EQ(open_note(note, {verifier_of(signer)}), "a\n");
    EXPECT_EQ(open_note(note, {verifier_of(witness)}), "a\n");
    EXPECT_EQ(open_note(note, {verifier_of(witness), verifier_of(signer)}), "a\n");
}

TEST(Note, OneWrongSignatureOfAKnownKeyRefusesAll)
{
    const Signer signer = log_signer();
    const Signer other = other_signer();
    const std::vector<VerifierKey> both{verifier_of(signer), verifier_of(other)};
    EXPECT_TRUE(open_note(sign_note("a\n", signer) + line_of("a\n", other), both));
    EXPECT_FALSE(open_note(sign_note("a\n", signer) + line_of("b\n", other), both));
    EXPECT_FALSE(open_note(sign_note("a\n", signer) + line_of("b\n", signer), both));
}

TEST(Note, AnyChangedByteIsRefused)
{
    const std::vector<VerifierKey> keys{*parse_verifier_key(known_verifier)};
    for (std::size_t i = 0; i < known_note.size(); ++i) {
        std::string changed = known_note;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(open_note(changed, keys)) << i;
    }
}

TEST(Note, MalformedIsRefused)
{
    const std::vector<VerifierKey> keys{*parse_verifier_key(known_verifier)};
    for (const std::string& note :
         {std::string(), known_text, known_text + "\n", known_text + known_line, known_note.substr(0, known_note.size() - 1),
          known_note + "\n", known_note + "x\n", known_note + "\u2014 name\n", known_note + "\u2014 name \n",
          known_note + "\u2014  AAAAAAAA\n", known_note + "\u2014 na+me AAAAAAAA\n", known_note + "\u2014 name AAAAAA==\n",
          known_note + "\u2014 name AAAAAAA\n", known_note + "\u2014 name AAAAAAAA \n", known_note + "- name AAAAAAAA\n",
          known_note + "\u2014\u00a0name AAAAAAAA\n", known_note + "\u2014 na\u00a0me AAAAAAAA\n", known_note + "\u2014 name AAAAAAAA\r\n"})
        EXPECT_FALSE(open_note(note, keys)) << note;
    EXPECT_TRUE(open_note(known_note + "\u2014 name AAAAAAAA\n", keys)) << "the line that the others are near to";
}

TEST(Note, ControlCharactersAndBadUtf8AreNotSigned)
{
    const Signer signer = log_signer();
    for (const std::string text : {"", "a", "a\r\n", "a\tb\n", "a\x1b\n", "\xff\n"})
        EXPECT_THROW(sign_note(text, signer), std::logic_error) << text;
    EXPECT_THROW(sign_note("a\n", log_signer("a b")), std::logic_error);
    EXPECT_THROW(sign_note("a\n", log_signer("a+b")), std::logic_error);
    EXPECT_THROW(sign_note("a\n", log_signer("")), std::logic_error);
    EXPECT_THROW(sign_note("a\n", log_signer("a\nb")), std::logic_error);
}

TEST(Note, SignaturesAreBoundedInNumber)
{
    std::string note = known_note;
    for (int i = 1; i < 100; ++i)
        note += "\u2014 name AAAAAAAA\n";
    const std::vector<VerifierKey> keys{*parse_verifier_key(known_verifier)};
    EXPECT_TRUE(open_note(note, keys));
    EXPECT_FALSE(open_note(note + "\u2014 name AAAAAAAA\n", keys));
}

const std::string root_text = base::base64(empty_root());

TEST(Checkpoint, TextIsOriginSizeRoot)
{
    EXPECT_EQ(checkpoint_text({"example.org/log", 0, empty_root()}), "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST(Checkpoint, IsReadBack)
{
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{20852163}, ~std::uint64_t{0}}) {
        const auto read = parse_checkpoint_text(checkpoint_text({"example.org/log", size, leaf_hash("a")}));
        ASSERT_TRUE(read) << size;
        EXPECT_EQ(read->origin, "example.org/log");
        EXPECT_EQ(read->size, size);
        EXPECT_EQ(read->root, leaf_hash("a"));
    }
}

TEST(Checkpoint, ExtensionLinesAreAllowedUnlessEmpty)
{
    EXPECT_TRUE(parse_checkpoint_text("o\n1\n" + root_text + "\nextension\nmore\n"));
    EXPECT_FALSE(parse_checkpoint_text("o\n1\n" + root_text + "\n\n"));
    EXPECT_FALSE(parse_checkpoint_text("o\n1\n" + root_text + "\n\nextension\n"));
}

TEST(Checkpoint, OtherFormsAreRefused)
{
    const std::string root = root_text + "\n";
    for (const std::string& text : {std::string(),
                                    std::string("o\n"),
                                    std::string("o\n1\n"),
                                    "o\n1\n" + root_text,
                                    "\n1\n" + root,
                                    "o\n01\n" + root,
                                    "o\n00\n" + root,
                                    "o\n+1\n" + root,
                                    "o\n-1\n" + root,
                                    "o\n 1\n" + root,
                                    "o\n1 \n" + root,
                                    "o\n\n" + root,
                                    "o\n1x\n" + root,
                                    "o\n0x1\n" + root,
                                    "o\n18446744073709551616\n" + root,
                                    "o\n1\r\n" + root,
                                    "o\n1\n" + root_text.substr(0, 43) + "\n",
                                    "o\n1\n" + root_text.substr(0, 42) + "V=\n",
                                    "o\n1\n" + root_text.substr(0, 40) + "\n",
                                    "o\n1\n " + root,
                                    "o\n1\n" + root_text + " \n",
                                    std::string("o\n1\nAA==\n"),
                                    std::string("o\n1\n\n"),
                                    "\xff\n1\n" + root})
        EXPECT_FALSE(parse_checkpoint_text(text)) << text;
}

TEST(Checkpoint, SignedOpensWithItsOwnLogsKeysOnly)
{
    const Signer signer = log_signer();
    const Checkpoint checkpoint{signer.name, 5, leaf_hash("a")};
    const std::string note = sign_checkpoint(checkpoint, signer);
    const auto opened = open_checkpoint(note, {verifier_of(other_signer("example.org/older")), verifier_of(signer)});
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->origin, signer.name);
    EXPECT_EQ(opened->size, 5u);
    EXPECT_EQ(opened->root, leaf_hash("a"));

    const Signer stranger = other_signer("example.org/stranger");
    const std::string cosigned = sign_note(checkpoint_text(checkpoint), stranger);
    EXPECT_TRUE(open_note(cosigned, {verifier_of(stranger)}));
    EXPECT_FALSE(open_checkpoint(cosigned, {verifier_of(stranger), verifier_of(signer)}));
    EXPECT_THROW(sign_checkpoint(checkpoint, stranger), std::logic_error);
}

TEST(Checkpoint, ThatIsANoteOfAnotherKindDoesNotOpen)
{
    const Signer signer = log_signer();
    EXPECT_FALSE(open_checkpoint(sign_note(signer.name + "\n01\n" + root_text + "\n", signer), {verifier_of(signer)}));
    EXPECT_FALSE(open_checkpoint(sign_note(signer.name + "\nhello\n", signer), {verifier_of(signer)}));
    EXPECT_FALSE(open_checkpoint("", {verifier_of(signer)}));
}

}  // namespace
}  // namespace cbmx::ledger
