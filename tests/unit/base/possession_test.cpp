// Who has the private key can prove it, and nobody else. See server/base/possession.hpp.
#include "base/ed25519.hpp"
#include "base/openssl.hpp"
#include "base/possession.hpp"
#include "support/certificates.hpp"
#include "support/openssl_folder.hpp"
#include <map>
#include <openssl/pem.h>

namespace cbmx::base {
namespace {

using test::ClientAuthority;
using test::HeldCertificate;
using test::KeyKind;
using test::OpensslFolder;
using test::Padding;
using test::PrivateKey;

constexpr std::time_t now = 1'800'000'000;
constexpr KeyKind accepted_kinds[]{KeyKind::p256, KeyKind::p384, KeyKind::ed25519, KeyKind::rsa_2048};

const HeldCertificate& held(KeyKind kind)
{
    static std::map<KeyKind, HeldCertificate> made;
    if (!made.contains(kind))
        made.emplace(kind, ClientAuthority(now).issue({.key = kind}));
    return made.at(kind);
}

Hash fingerprint(const HeldCertificate& certificate) { return certificate_facts(certificate.pem).value().fingerprint; }

std::string text_for(const HeldCertificate& certificate)
{
    return enrolment_text("test.example/log", "account", fingerprint(certificate), "enrolment");
}

std::string replaced(std::string text, const std::string& what, const std::string& with)
{
    return text.replace(text.find(what), what.size(), with);
}

Owned<X509_REQ> parsed(const std::string& request)
{
    return Owned<X509_REQ>(PEM_read_bio_X509_REQ(reader(request).get(), nullptr, no_passphrase, nullptr));
}

std::string signed_again(X509_REQ* request, const PrivateKey& key)
{
    const Owned<BIO> pem(BIO_new(BIO_s_mem()));
    EXPECT_GT(X509_REQ_sign(request, key.get(), EVP_sha256()), 0);
    EXPECT_EQ(PEM_write_bio_X509_REQ(pem.get(), request), 1);
    return contents(pem.get());
}

TEST(Possession, TheTextsAreLinesInAFixedOrder)
{
    const Hash hash = sha256("x");
    EXPECT_EQ(enrolment_text("origin", "account", hash, "enrolment"),
              "cbmx enrolment v1\norigin\naccount\n2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\nenrolment\n");
    EXPECT_EQ(signing_key_text("origin", "state:CL", hash),
              "cbmx signing key v1\norigin\nstate:CL\n2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\n");
    EXPECT_EQ(challenge_for("x"), "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
}

TEST(Possession, TheHoldersSignatureProvesIt)
{
    for (const auto kind : accepted_kinds) {
        const auto text = text_for(held(kind));
        EXPECT_TRUE(signed_by_certificate(held(kind).pem, text, held(kind).key.sign(text))) << static_cast<int>(kind);
    }
}

TEST(Possession, ASignatureByAnotherKeyOrOverAnotherTextProvesNothing)
{
    for (const auto kind : accepted_kinds) {
        const auto text = text_for(held(kind));
        const auto signature = held(kind).key.sign(text);
        EXPECT_FALSE(signed_by_certificate(held(kind).pem, text, PrivateKey(kind).sign(text)));
        EXPECT_FALSE(signed_by_certificate(ClientAuthority(now).issue({.key = kind}).pem, text, signature)) << "another certificate";
        EXPECT_FALSE(signed_by_certificate(held(kind).pem, text + "\n", signature));
        EXPECT_FALSE(signed_by_certificate(held(kind).pem, "", signature));
        const auto of_other_account = enrolment_text("test.example/log", "other", fingerprint(held(kind)), "enrolment");
        EXPECT_FALSE(signed_by_certificate(held(kind).pem, of_other_account, signature));
    }
}

TEST(Possession, ASignatureThatIsCutOrLengthenedOrChangedProvesNothing)
{
    for (const auto kind : accepted_kinds) {
        const auto text = text_for(held(kind));
        const auto signature = held(kind).key.sign(text);
        auto changed = signature;
        changed.back() = static_cast<char>(changed.back() ^ 1);
        for (const auto& forged : {signature.substr(1), signature.substr(0, signature.size() - 1), signature + '\0', changed, std::string(),
                                   std::string(signature.size(), '\0'), std::string(100'000, 's')})
            EXPECT_FALSE(signed_by_certificate(held(kind).pem, text, forged));
    }
}

TEST(Possession, RsaSignsByEitherPaddingAndWithSha256)
{
    const auto& certificate = held(KeyKind::rsa_2048);
    EXPECT_TRUE(signed_by_certificate(certificate.pem, "text", certificate.key.sign("text", Padding::pss)));
    for (const auto padding : {Padding::pkcs1, Padding::pss}) {
        EXPECT_FALSE(signed_by_certificate(certificate.pem, "other", certificate.key.sign("text", padding)));
        for (const char* digest : {"SHA1", "SHA512"})
            EXPECT_FALSE(signed_by_certificate(certificate.pem, "text", certificate.key.sign("text", padding, digest))) << digest;
    }
    const auto& only_pss = held(KeyKind::rsa_2048_pss);
    EXPECT_TRUE(signed_by_certificate(only_pss.pem, "text", only_pss.key.sign("text", Padding::pss)));
}

TEST(Possession, AWeakKeyOrOneOfAnotherKindProvesNothing)
{
    for (const auto kind : {KeyKind::rsa_1024, KeyKind::rsa_2048_exponent_3, KeyKind::p521}) {
        const auto& certificate = held(kind);
        EXPECT_FALSE(signed_by_certificate(certificate.pem, "text", certificate.key.sign("text"))) << static_cast<int>(kind);
        EXPECT_FALSE(requested_by_certificate(certificate.pem, certificate.key.request({"c"}), "c")) << static_cast<int>(kind);
    }
}

TEST(Possession, ARequestByTheHolderThatNamesTheChallengeProvesIt)
{
    for (const auto kind : accepted_kinds) {
        const auto challenge = challenge_for(text_for(held(kind)));
        const auto request = held(kind).key.request({challenge});
        EXPECT_TRUE(requested_by_certificate(held(kind).pem, request, challenge)) << static_cast<int>(kind);
        EXPECT_TRUE(requested_by_certificate(held(kind).pem, "\r\n " + request + "\n\n", challenge));
        EXPECT_TRUE(requested_by_certificate(
            held(kind).pem, replaced(replaced(request, "BEGIN CERT", "BEGIN NEW CERT"), "END CERT", "END NEW CERT"), challenge))
            << "as some programs name it";
    }
}

TEST(Possession, ARequestForAnotherKeyOrWithAnotherChallengeProvesNothing)
{
    for (const auto kind : accepted_kinds) {
        const auto challenge = challenge_for(text_for(held(kind)));
        EXPECT_FALSE(requested_by_certificate(held(kind).pem, PrivateKey(kind).request({challenge}), challenge)) << "another key";
        for (const std::vector<std::string>& others : std::vector<std::vector<std::string>>{
                 {}, {challenge + "0"}, {challenge.substr(1)}, {" " + challenge}, {challenge, challenge}, {"other", challenge}})
            EXPECT_FALSE(requested_by_certificate(held(kind).pem, held(kind).key.request(others), challenge)) << others.size();
    }
}

// OpenSSL makes no request with the same attribute twice: another attribute is renamed, and the request signed again.
TEST(Possession, ARequestWithTwoChallengesProvesNothing)
{
    const auto& certificate = held(KeyKind::p256);
    const std::string challenge(64, 'a');
    const auto request = parsed(certificate.key.request({challenge}));
    ASSERT_EQ(X509_REQ_add1_attr_by_NID(request.get(), NID_pkcs9_unstructuredName, MBSTRING_ASC, octets("other"), 5), 1);
    const Owned<BIO> unsigned_bytes(BIO_new(BIO_s_mem()));
    ASSERT_EQ(i2d_X509_REQ_bio(unsigned_bytes.get(), request.get()), 1);
    const auto name = from_hex("2a864886f70d010902").value(), challenge_password = from_hex("2a864886f70d010907").value();
    const auto twice = replaced(contents(unsigned_bytes.get()), name, challenge_password);
    const auto reading_twice = reader(twice);
    const Owned<X509_REQ> forged(d2i_X509_REQ_bio(reading_twice.get(), nullptr));
    ASSERT_EQ(X509_REQ_get_attr_count(forged.get()), 2);
    const auto pem = signed_again(forged.get(), certificate.key);
    EXPECT_FALSE(requested_by_certificate(certificate.pem, pem, challenge));
    EXPECT_FALSE(requested_by_certificate(certificate.pem, pem, "other"));
}

TEST(Possession, ARequestForAKeyThatIsNotItsOwnProvesNothing)
{
    const auto& certificate = held(KeyKind::p256);
    const auto request = parsed(certificate.key.request({"c"}));
    EXPECT_TRUE(requested_by_certificate(certificate.pem, signed_again(request.get(), certificate.key), "c"));
    X509_REQ_set_pubkey(request.get(), PrivateKey().get());
    EXPECT_FALSE(requested_by_certificate(certificate.pem, signed_again(request.get(), certificate.key), "c"));
}

TEST(Possession, TheSignatureOfTheRequestCounts)
{
    const auto& certificate = held(KeyKind::p256);
    // As when the public key of somebody else is put into a request: what is signed changes, the signature does not.
    const auto request = certificate.key.request({std::string(64, 'a')});
    const auto der = [&request] {
        const auto begin = request.find('\n') + 1;
        auto text = request.substr(begin, request.rfind("\n-----END") - begin);
        std::erase(text, '\n');
        return from_base64(text).value();
    }();
    const auto pem = [](const std::string& bytes) {
        return "-----BEGIN CERTIFICATE REQUEST-----\n" + base64(bytes) + "\n-----END CERTIFICATE REQUEST-----\n";
    };
    const auto forged = replaced(der, std::string(64, 'a'), std::string(64, 'b'));
    EXPECT_TRUE(requested_by_certificate(certificate.pem, pem(der), std::string(64, 'a')));
    EXPECT_FALSE(requested_by_certificate(certificate.pem, pem(forged), std::string(64, 'b')));
    EXPECT_FALSE(requested_by_certificate(certificate.pem, pem(der + '\0'), std::string(64, 'a'))) << "more than a request";
    for (std::size_t size = 0; size < der.size(); ++size)
        EXPECT_FALSE(requested_by_certificate(certificate.pem, pem(der.substr(0, size)), std::string(64, 'a'))) << size;
}

TEST(Possession, TheDigestOfARequestIsStrong)
{
    const auto& certificate = held(KeyKind::rsa_2048);
    for (const auto padding : {Padding::pkcs1, Padding::pss}) {
        for (const char* digest : {"SHA256", "SHA384", "SHA512"})
            EXPECT_TRUE(requested_by_certificate(certificate.pem, certificate.key.request({"c"}, digest, padding), "c")) << digest;
        for (const char* digest : {"SHA1", "SHA224"})
            EXPECT_FALSE(requested_by_certificate(certificate.pem, certificate.key.request({"c"}, digest, padding), "c")) << digest;
    }
}

TEST(Possession, ARequestStandsAlone)
{
    const auto& certificate = held(KeyKind::p256);
    const auto request = certificate.key.request({"c"});
    for (const auto& text :
         {request + request, certificate.pem + request, request + certificate.pem, "text\n" + request, request + "text",
          request + std::string(20'000, '\n'), replaced(request, "-----\n", "-----\nSubject: x\n\n"),
          replaced(replaced(request, "BEGIN CERTIFICATE REQUEST", "BEGIN CERTIFICATE"), "END CERTIFICATE REQUEST", "END CERTIFICATE"),
          "-----BEGIN \n" + request, "-----BEGIN X-----text\n" + request, certificate.pem, std::string()})
        EXPECT_FALSE(requested_by_certificate(certificate.pem, text, "c")) << text;
}

TEST(Possession, WhatIsNoCertificateProvesNothing)
{
    const auto& certificate = held(KeyKind::p256);
    for (const auto& pem : {std::string(), std::string("nonsense"), certificate.key.public_pem(), certificate.key.request({"c"}),
                            std::string(20'000, '\n') + certificate.pem}) {
        EXPECT_FALSE(signed_by_certificate(pem, "text", certificate.key.sign("text")));
        EXPECT_FALSE(requested_by_certificate(pem, certificate.key.request({"c"}), "c"));
    }
}

TEST(Possession, RefusalLeavesNoErrorForTlsToTripOver)
{
    const auto& certificate = held(KeyKind::rsa_2048);
    ERR_clear_error();
    EXPECT_FALSE(signed_by_certificate("nonsense", "text", "signature"));
    EXPECT_FALSE(signed_by_certificate(certificate.pem, "text", "signature"));
    EXPECT_FALSE(requested_by_certificate(certificate.pem, "nonsense", "c"));
    EXPECT_FALSE(
        requested_by_certificate(certificate.pem, "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "c"));
    EXPECT_TRUE(signed_by_certificate(certificate.pem, "text", certificate.key.sign("text", Padding::pss)));
    EXPECT_EQ(ERR_peek_error(), 0U);
}

// As a holder makes them on a command line.
TEST_F(OpensslFolder, TheOpensslProgramMakesBothProofs)
{
    for (const std::string kind : {"ed25519", "EC -pkeyopt ec_paramgen_curve:P-256", "RSA -pkeyopt rsa_keygen_bits:2048"}) {
        openssl("genpkey -algorithm " + kind + " -out key.pem");
        openssl("req -x509 -new -key key.pem -out certificate.pem -days 30 -subj /CN=holder");
        const auto facts = certificate_facts(read("certificate.pem"));
        ASSERT_TRUE(facts);
        const auto text = enrolment_text("test.example/log", "account", facts->fingerprint, "enrolment");
        write("text", text);
        openssl(kind == "ed25519" ? "pkeyutl -sign -rawin -inkey key.pem -in text -out signature"
                                  : "dgst -sha256 -sign key.pem -out signature text");
        EXPECT_TRUE(signed_by_certificate(read("certificate.pem"), text, read("signature"))) << kind;

        write("request.cnf", "[req]\nprompt = no\ndistinguished_name = name\nattributes = attributes\n[name]\nCN = holder\n[attributes]\n"
                             "challengePassword = " +
                                 challenge_for(text) + "\n");
        openssl("req -new -key key.pem -config request.cnf -out request.pem");
        EXPECT_TRUE(requested_by_certificate(read("certificate.pem"), read("request.pem"), challenge_for(text))) << kind;
    }
}

TEST_F(OpensslFolder, TheOpensslProgramProvesASigningKey)
{
    for (const std::string kind : {"ed25519", "EC -pkeyopt ec_paramgen_curve:P-256", "EC -pkeyopt ec_paramgen_curve:P-384"}) {
        openssl("genpkey -algorithm " + kind + " -out key.pem");
        openssl("pkey -in key.pem -pubout -out public.pem");
        openssl("pkey -in key.pem -pubout -outform DER -out public.der");
        const auto text = signing_key_text("test.example/log", "state:CL", sha256(read("public.der")));
        EXPECT_EQ(text, signing_key_text("test.example/log", "state:CL", public_key_fingerprint(read("public.pem")).value())) << kind;
        write("text", text);
        openssl("pkeyutl -sign -rawin " + std::string(kind == "ed25519" ? "" : "-digest sha256 ") + "-inkey key.pem -in text -out proof");
        EXPECT_TRUE(verify_detached(read("public.pem"), text, read("proof"))) << kind;
    }
}

}  // namespace
}  // namespace cbmx::base
