// Keys and signatures against RFC 8032, and against what the openssl command line makes. See server/base/ed25519.hpp.
#include "base/ed25519.hpp"
#include "support/openssl_folder.hpp"
#include <algorithm>
#include <openssl/err.h>

namespace cbmx::base {
namespace {

using test::OpensslFolder;

std::string bytes_of(std::string_view hex_text) { return from_hex(hex_text).value(); }

Ed25519Key key_of_seed(const std::string& seed)
{
    return Ed25519Key::generate([&seed](std::span<std::uint8_t> bytes) {
        ASSERT_EQ(bytes.size(), seed.size());
        std::copy(seed.begin(), seed.end(), bytes.begin());
    });
}

struct Vector {
    std::string_view seed, public_key, message, signature;
};

// RFC 8032 section 7.1, TEST 1 to 3.
constexpr Vector vectors[]{
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, MatchesRfc8032Vectors)
{
    for (const Vector& vector : vectors) {
        const Ed25519Key key = key_of_seed(bytes_of(vector.seed));
        const std::string message = bytes_of(vector.message);
        EXPECT_EQ(hex(as_chars(key.public_key())), vector.public_key);
        EXPECT_EQ(hex(as_chars(key.sign(message))), vector.signature);
        EXPECT_TRUE(ed25519_verify(key.public_key(), message, bytes_of(vector.signature)));
    }
}

TEST(Ed25519, RefusesAnySingleBitOfDifference)
{
    const Ed25519Key key = key_of_seed(bytes_of(vectors[2].seed));
    const std::string signature = bytes_of(vectors[2].signature);
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        std::string other = signature;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(ed25519_verify(key.public_key(), "\xaf\x82", other)) << bit;
    }
    EXPECT_FALSE(ed25519_verify(key.public_key(), "\xaf\x83", signature));
    EXPECT_FALSE(ed25519_verify(key_of_seed(bytes_of(vectors[0].seed)).public_key(), "\xaf\x82", signature));
}

TEST(Ed25519, SignatureIsExactly64Bytes)
{
    const Ed25519Key key = key_of_seed(bytes_of(vectors[0].seed));
    const std::string signature = bytes_of(vectors[0].signature);
    EXPECT_FALSE(ed25519_verify(key.public_key(), "", ""));
    EXPECT_FALSE(ed25519_verify(key.public_key(), "", signature.substr(0, 63)));
    EXPECT_FALSE(ed25519_verify(key.public_key(), "", signature + '\0'));
}

TEST(Ed25519, PrivateKeySurvivesPem)
{
    const Ed25519Key key = key_of_seed(bytes_of(vectors[1].seed));
    EXPECT_TRUE(key.to_pem().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const auto again = Ed25519Key::from_pem(key.to_pem());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
    EXPECT_EQ(again->sign("message"), key.sign("message"));
}

TEST(Ed25519, RefusalLeavesNoErrorForTlsToTripOver)
{
    ERR_clear_error();
    EXPECT_FALSE(Ed25519Key::from_pem("nonsense"));
    EXPECT_FALSE(public_key_fingerprint("nonsense"));
    EXPECT_FALSE(bare_public_key("nonsense"));
    EXPECT_FALSE(verify_detached("nonsense", "", ""));
    EXPECT_FALSE(certificate_facts("nonsense"));
    EXPECT_FALSE(ed25519_verify(Ed25519Public{0xff}, "", std::string(64, '\xff')));
    EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_F(OpensslFolder, PrivateKeyOfOpensslIsRead)
{
    openssl("genpkey -algorithm ed25519 -out key.pem");
    openssl("pkey -in key.pem -pubout -outform DER -out public.der");
    const auto key = Ed25519Key::from_pem(read("key.pem"));
    ASSERT_TRUE(key);
    EXPECT_EQ(read("public.der").substr(12), as_chars(key->public_key()));  // SubjectPublicKeyInfo ends with the raw key
}

TEST_F(OpensslFolder, OtherAndEncryptedPrivateKeysAreRefused)
{
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem");
    openssl("genpkey -algorithm x25519 -out x25519.pem");
    openssl("genpkey -algorithm ed25519 -aes256 -pass pass:secret -out encrypted.pem");
    EXPECT_FALSE(Ed25519Key::from_pem(read("ec.pem")));
    EXPECT_FALSE(Ed25519Key::from_pem(read("x25519.pem")));
    EXPECT_FALSE(Ed25519Key::from_pem(read("encrypted.pem")));
    EXPECT_FALSE(Ed25519Key::from_pem(""));
}

TEST_F(OpensslFolder, DetachedEcdsaSignatureOfOpensslVerifies)
{
    write("message", "content of a report\n");
    for (const std::string curve : {"P-256", "P-384"}) {
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve + " -out key.pem");
        openssl("pkey -in key.pem -pubout -out public.pem");
        openssl("dgst -sha256 -sign key.pem -out signature message");
        const std::string key = read("public.pem");
        const std::string signature = read("signature");
        EXPECT_TRUE(verify_detached(key, read("message"), signature)) << curve;
        EXPECT_FALSE(verify_detached(key, "content of a report", signature));
        EXPECT_FALSE(verify_detached(key, read("message"), signature.substr(1)));
        EXPECT_FALSE(verify_detached(key, read("message"), signature + "x"));
        EXPECT_FALSE(verify_detached(key, read("message"), ""));
        openssl("dgst -sha384 -sign key.pem -out signature message");
        EXPECT_FALSE(verify_detached(key, read("message"), read("signature")));
    }
}

TEST_F(OpensslFolder, DetachedEd25519SignatureOfOpensslVerifies)
{
    write("message", "content of a report\n");
    openssl("genpkey -algorithm ed25519 -out key.pem");
    openssl("pkey -in key.pem -pubout -out public.pem");
    openssl("pkeyutl -sign -rawin -inkey key.pem -in message -out signature");
    EXPECT_TRUE(verify_detached(read("public.pem"), read("message"), read("signature")));
    EXPECT_FALSE(verify_detached(read("public.pem"), "other", read("signature")));
}

TEST_F(OpensslFolder, FingerprintIsOfTheDerForm)
{
    for (const std::string kind : {"ed25519", "EC -pkeyopt ec_paramgen_curve:P-256", "EC -pkeyopt ec_paramgen_curve:P-384"}) {
        openssl("genpkey -algorithm " + kind + " -out key.pem");
        openssl("pkey -in key.pem -pubout -out public.pem");
        openssl("pkey -in key.pem -pubout -outform DER -out public.der");
        EXPECT_EQ(public_key_fingerprint(read("public.pem")), sha256(read("public.der"))) << kind;
        EXPECT_EQ(bare_public_key("A word before it.\n" + read("public.pem") + "And one behind.\n"), read("public.pem")) << kind;
    }
}

TEST_F(OpensslFolder, PublicKeysOfOtherKindsAreRefused)
{
    write("message", "m");
    for (const std::string kind :
         {"RSA -pkeyopt rsa_keygen_bits:2048", "EC -pkeyopt ec_paramgen_curve:P-521", "EC -pkeyopt ec_paramgen_curve:secp256k1"}) {
        openssl("genpkey -algorithm " + kind + " -out key.pem");
        openssl("pkey -in key.pem -pubout -out public.pem");
        openssl("dgst -sha256 -sign key.pem -out signature message");
        EXPECT_FALSE(public_key_fingerprint(read("public.pem"))) << kind;
        EXPECT_FALSE(verify_detached(read("public.pem"), "m", read("signature"))) << kind;
        EXPECT_FALSE(public_key_fingerprint(read("key.pem"))) << "a private key is no public key";
        EXPECT_FALSE(bare_public_key(read("key.pem")));
    }
}

TEST_F(OpensslFolder, PublicKeyIsReadInTheOneFormThatDerHasForIt)
{
    write("message", "m");
    for (const std::string curve : {"P-256", "P-384"}) {
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve + " -out key.pem");
        openssl("dgst -sha256 -sign key.pem -out signature message");
        for (const std::string form : {"-conv_form compressed", "-conv_form hybrid", "-param_enc explicit"}) {
            openssl("ec -in key.pem -pubout " + form + " -out public.pem");
            EXPECT_FALSE(public_key_fingerprint(read("public.pem"))) << curve << form;
            EXPECT_FALSE(verify_detached(read("public.pem"), "m", read("signature"))) << curve << form;
        }
    }
}

// The neutral element: R = S B fits every message. The same in its other encodings.
TEST(Ed25519, KeyOfSmallOrderSignsForNobody)
{
    const std::string signature = bytes_of("5866666666666666666666666666666666666666666666666666666666666666"  // the base point
                                           "0100000000000000000000000000000000000000000000000000000000000000");
    for (const auto* point : {"0100000000000000000000000000000000000000000000000000000000000000",     // as it is written
                              "0100000000000000000000000000000000000000000000000000000000000080",     // x = -0
                              "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {  // y beyond the field
        const std::string key = bytes_of(point);
        const std::string der = bytes_of("302a300506032b6570032100") + key;
        const std::string pem = "-----BEGIN PUBLIC KEY-----\n" + base64(der) + "\n-----END PUBLIC KEY-----\n";
        EXPECT_FALSE(ed25519_verify(to_hash(key).value(), "any message", signature)) << point;
        EXPECT_FALSE(verify_detached(pem, "any message", signature)) << point;
        EXPECT_FALSE(public_key_fingerprint(pem)) << point;
    }
}

TEST_F(OpensslFolder, CertificateFactsAreWhatOpensslPrints)
{
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out certificate.pem -days 30 -utf8 "
            "-subj '/C=PE/O=Misi\xc3\xb3n/CN=operator one'");
    openssl("x509 -in certificate.pem -outform DER -out certificate.der");
    openssl("x509 -in certificate.pem -noout -fingerprint -sha256 -enddate -dateopt iso_8601");
    std::string printed = read("output");  // "sha256 Fingerprint=AA:BB:...\nnotAfter=2026-03-02 10:00:00Z\n"
    const auto facts = certificate_facts(read("certificate.pem"));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->subject, "CN=operator one,O=Misi\xc3\xb3n,C=PE");
    EXPECT_EQ(facts->fingerprint, sha256(read("certificate.der")));

    std::tm end{};
    ASSERT_NE(strptime(printed.c_str() + printed.find("notAfter=") + 9, "%Y-%m-%d %H:%M:%SZ", &end), nullptr) << printed;
    EXPECT_EQ(facts->not_after, timegm(&end));
    std::erase(printed, ':');
    const std::string fingerprint = printed.substr(printed.find('=') + 1, 64);
    EXPECT_EQ(from_hex(fingerprint), as_chars(facts->fingerprint)) << printed;

    const auto from_der = certificate_facts(read("certificate.der"));
    ASSERT_TRUE(from_der);
    EXPECT_EQ(from_der->fingerprint, facts->fingerprint);
    EXPECT_EQ(from_der->subject, facts->subject);
    EXPECT_EQ(from_der->not_after, facts->not_after);
}

TEST_F(OpensslFolder, WhatIsNoCertificateHasNoFacts)
{
    openssl("req -x509 -newkey ed25519 -nodes -keyout key.pem -out certificate.pem -days 30 -subj /CN=a");
    openssl("x509 -in certificate.pem -outform DER -out certificate.der");
    const std::string der = read("certificate.der");
    EXPECT_FALSE(certificate_facts(read("key.pem")));
    EXPECT_FALSE(certificate_facts(""));
    EXPECT_FALSE(certificate_facts(der.substr(0, der.size() - 1)));
    EXPECT_FALSE(certificate_facts(der + "x"));
}

}  // namespace
}  // namespace cbmx::base
