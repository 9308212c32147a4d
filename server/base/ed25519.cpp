// Keys, signatures and certificates by OpenSSL 3. The contract is base/ed25519.hpp, and base/public_key.hpp.
// Every call leaves OpenSSL's error queue of the thread as it was.
#include "base/ed25519.hpp"
#include "base/openssl.hpp"
#include "base/public_key.hpp"
#include <algorithm>
#include <ctime>
#include <openssl/pem.h>
#include <stdexcept>

namespace cbmx::base {
namespace {

using namespace std::string_view_literals;

[[noreturn]] void broken(const char* what) { throw std::runtime_error(std::string("OpenSSL: ") + what); }

// What precedes the point in a SubjectPublicKeyInfo: the one way in which DER writes a key of a kind that we accept. Others (a compressed
// point, its curve written out, BER) would give one key a second fingerprint, and readers that differ.
struct KeyForm {
    std::string_view head;
    std::size_t point_bytes;
};
constexpr KeyForm key_forms[]{
    {"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv, std::tuple_size_v<Ed25519Public>},
    {"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"sv, 64},  // P-256
    {"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04"sv, 96},              // P-384
};

bool has_accepted_form(std::string_view der)
{
    return std::any_of(std::begin(key_forms), std::end(key_forms), [der](const KeyForm& form) {
        return der.starts_with(form.head) && der.size() == form.head.size() + form.point_bytes;
    });
}

// Rule 27g. Whether the point is written as RFC 8032 has it and is none of the eight of small order. Under one of those a signature fits
// many messages, and OpenSSL takes it: it would be nobody's word.
bool is_sound_point(Ed25519Public point)
{
    static constexpr std::string_view least_not_in_field = "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    static constexpr std::string_view y_of_small_order[]{"0000000000000000000000000000000000000000000000000000000000000000",
                                                         "0100000000000000000000000000000000000000000000000000000000000000",
                                                         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                                         "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                                         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"};
    point.back() &= 0x7f;  // the sign of x
    const std::string y = hex(point);
    const bool is_in_field = y.substr(2) != least_not_in_field.substr(2) || y < least_not_in_field;
    return is_in_field && std::find(std::begin(y_of_small_order), std::end(y_of_small_order), y) == std::end(y_of_small_order);
}

std::optional<Ed25519Public> raw_ed25519(const EVP_PKEY* key)
{
    Ed25519Public bytes{};
    std::size_t length = bytes.size();
    if (!is_ed25519(key) || EVP_PKEY_get_raw_public_key(key, bytes.data(), &length) != 1 || length != bytes.size())
        return std::nullopt;
    return bytes;
}

// A State's public key of a kind that we accept, or null. Of two blocks in one text, two readers could take another each.
Owned<EVP_PKEY> state_key(std::string_view pem)
{
    constexpr std::string_view begin = "-----BEGIN ";
    if (pem.find(begin) != pem.rfind(begin))
        return nullptr;
    const auto bio = reader(pem);
    unsigned char* data = nullptr;
    long length = 0;
    if (!bio || PEM_bytes_read_bio(&data, &length, nullptr, PEM_STRING_PUBLIC, bio.get(), no_passphrase, nullptr) != 1)
        return nullptr;
    const std::string der(reinterpret_cast<const char*>(data), static_cast<std::size_t>(length));
    OPENSSL_free(data);
    const unsigned char* at = octets(der);
    Owned<EVP_PKEY> key(has_accepted_form(der) ? d2i_PUBKEY(nullptr, &at, length) : nullptr);
    const auto point = key ? raw_ed25519(key.get()) : std::nullopt;
    if (point && !is_sound_point(*point))
        return nullptr;
    return key;
}

bool verify(EVP_PKEY* key, const EVP_MD* digest, std::string_view message, std::string_view signature)
{
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1)
        broken("verification could not start");
    return EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
}

std::string subject_text(const X509* certificate)
{
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    const unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);  // UTF-8 as it is
    if (!bio || X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, flags) < 0)
        broken("subject could not be printed");
    return contents(bio.get());
}

}  // namespace

Ed25519Key::Ed25519Key(std::shared_ptr<void> key) : key_(std::move(key))
{
    std::size_t length = public_.size();
    if (EVP_PKEY_get_raw_public_key(static_cast<EVP_PKEY*>(key_.get()), public_.data(), &length) != 1 || length != public_.size())
        broken("no public key");
}

Ed25519Key Ed25519Key::generate(const RandomSource& random)
{
    std::array<std::uint8_t, 32> seed{};
    random(seed);
    Owned<EVP_PKEY> key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    OPENSSL_cleanse(seed.data(), seed.size());
    if (!key)
        broken("no Ed25519 key");
    return Ed25519Key(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

std::optional<Ed25519Key> Ed25519Key::from_pem(std::string_view pem)
{
    const KeptErrors kept;
    const auto bio = reader(pem);
    if (!bio)
        return std::nullopt;
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key || !is_ed25519(key.get()))
        return std::nullopt;
    return Ed25519Key(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

std::string Ed25519Key::to_pem() const
{
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), static_cast<EVP_PKEY*>(key_.get()), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        broken("private key could not be written");
    return contents(bio.get());
}

const Ed25519Public& Ed25519Key::public_key() const { return public_; }

Ed25519Signature Ed25519Key::sign(std::string_view message) const
{
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    Ed25519Signature signature{};
    std::size_t length = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(key_.get())) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &length, octets(message), message.size()) != 1 || length != signature.size())
        broken("signing failed");
    return signature;
}

bool ed25519_verify(const Ed25519Public& key, std::string_view message, std::string_view signature)
{
    const KeptErrors kept;
    if (signature.size() != std::tuple_size_v<Ed25519Signature> || !is_sound_point(key))
        return false;
    const Owned<EVP_PKEY> opened(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    return opened && verify(opened.get(), nullptr, message, signature);
}

std::optional<Ed25519Public> ed25519_public_key(std::string_view pem)
{
    const KeptErrors kept;
    const Owned<EVP_PKEY> key = state_key(pem);
    return key ? raw_ed25519(key.get()) : std::nullopt;
}

std::optional<Hash> public_key_fingerprint(std::string_view pem)
{
    const KeptErrors kept;
    const Owned<EVP_PKEY> key = state_key(pem);
    if (!key)
        return std::nullopt;
    const Owned<BIO> der(BIO_new(BIO_s_mem()));
    if (!der || i2d_PUBKEY_bio(der.get(), key.get()) != 1)
        broken("public key could not be encoded");
    return sha256(contents(der.get()));
}

std::optional<std::string> bare_public_key(std::string_view pem)
{
    const KeptErrors kept;
    const Owned<EVP_PKEY> key = state_key(pem);
    if (!key)
        return std::nullopt;
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1)
        broken("public key could not be written");
    return contents(bio.get());
}

bool verify_detached(std::string_view public_key_pem, std::string_view message, std::string_view signature)
{
    const KeptErrors kept;
    const Owned<EVP_PKEY> key = state_key(public_key_pem);
    if (!key)
        return false;
    return verify(key.get(), is_ed25519(key.get()) ? nullptr : EVP_sha256(), message, signature);
}

std::optional<CertificateFacts> certificate_facts(std::string_view pem_or_der)
{
    const KeptErrors kept;
    const auto certificate = read_certificate(pem_or_der);
    std::tm end{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1)
        return std::nullopt;
    CertificateFacts facts;
    if (X509_digest(certificate.get(), EVP_sha256(), facts.fingerprint.data(), nullptr) != 1)
        broken("certificate could not be hashed");
    facts.subject = subject_text(certificate.get());
    facts.not_after = timegm(&end);
    return facts;
}

}  // namespace cbmx::base
