// See certificates.hpp.
#include "support/certificates.hpp"
#include "base/ed25519.hpp"
#include "support/database_fixture.hpp"
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace cbmx::test {
namespace {

using base::Owned;

constexpr std::time_t day = 24 * 3600;  // seconds

void require(bool good, const char* what)
{
    if (!good)
        throw std::runtime_error(std::string("cannot make a certificate: ") + what);
}

template <class Write>
std::string written(const Write& write)
{
    const Owned<BIO> memory(BIO_new(BIO_s_mem()));
    require(write(memory.get()) == 1, "PEM");
    return base::contents(memory.get());
}

Owned<EVP_PKEY> rsa_key(const char* type, int bits, unsigned exponent)
{
    const auto release = [](EVP_PKEY_CTX* context) { EVP_PKEY_CTX_free(context); };
    const std::unique_ptr<EVP_PKEY_CTX, decltype(release)> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), release);
    const Owned<BIGNUM> number(BN_new());
    EVP_PKEY* key = nullptr;
    require(BN_set_word(number.get(), exponent) == 1 && EVP_PKEY_keygen_init(context.get()) == 1 &&
                EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1 &&
                EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), number.get()) == 1 && EVP_PKEY_generate(context.get(), &key) == 1,
            type);
    return Owned<EVP_PKEY>(key);
}

Owned<EVP_PKEY> new_key(KeyKind kind)
{
    switch (kind) {
    case KeyKind::p256: return Owned<EVP_PKEY>(EVP_EC_gen("P-256"));
    case KeyKind::p384: return Owned<EVP_PKEY>(EVP_EC_gen("P-384"));
    case KeyKind::p521: return Owned<EVP_PKEY>(EVP_EC_gen("P-521"));
    case KeyKind::ed25519: return Owned<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case KeyKind::rsa_1024: return rsa_key("RSA", 1024, RSA_F4);
    case KeyKind::rsa_2048: return rsa_key("RSA", 2048, RSA_F4);
    case KeyKind::rsa_2048_pss: return rsa_key("RSA-PSS", 2048, RSA_F4);
    case KeyKind::rsa_2048_exponent_3: return rsa_key("RSA", 2048, RSA_3);
    }
    return nullptr;
}

bool is_ed25519(const PrivateKey& key) { return base::is_ed25519(key.get()); }

// Ready to sign a text, a certificate, a request or a list.
Owned<EVP_MD_CTX> signing(const PrivateKey& key, Padding padding, const char* digest)
{
    Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;
    require(EVP_DigestSignInit_ex(context.get(), &settings, is_ed25519(key) ? nullptr : digest, nullptr, nullptr, key.get(), nullptr) == 1,
            "signing");
    if (padding == Padding::pss)
        require(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1, "PSS");
    return context;
}

Owned<EVP_MD_CTX> signing(const PrivateKey& key)
{
    const bool only_pss = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA_PSS;
    return signing(key, only_pss ? Padding::pss : Padding::pkcs1, "SHA256");
}

void add_extension(X509* certificate, int nid, const std::string& value)
{
    const auto release = [](X509_EXTENSION* extension) { X509_EXTENSION_free(extension); };
    const std::unique_ptr<X509_EXTENSION, decltype(release)> extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), release);
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

void name_it(X509_NAME* name, const std::string& common_name)
{
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
}

Owned<X509> unsigned_certificate(const CertificateWish& wish, const PrivateKey& key, long serial)
{
    Owned<X509> certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), wish.from);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), wish.until);
    X509_set_pubkey(certificate.get(), key.get());
    name_it(X509_get_subject_name(certificate.get()), wish.common_name);
    return certificate;
}

void add_client_extensions(X509* certificate, const CertificateWish& wish)
{
    add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, NID_key_usage, "critical," + wish.usage);
    if (wish.purposes)
        add_extension(certificate, NID_ext_key_usage, *wish.purposes);
}

std::string signed_pem(X509* certificate, const X509_NAME* issuer, const PrivateKey& key)
{
    X509_set_issuer_name(certificate, issuer);
    require(X509_sign_ctx(certificate, signing(key).get()) > 0, "signature");
    return written([certificate](BIO* into) { return PEM_write_bio_X509(into, certificate); });
}

void add_challenges(X509_REQ* request, const std::vector<std::string>& challenges)
{
    if (challenges.empty())
        return;
    const auto release = [](X509_ATTRIBUTE* attribute) { X509_ATTRIBUTE_free(attribute); };
    const std::unique_ptr<X509_ATTRIBUTE, decltype(release)> attribute(X509_ATTRIBUTE_new(), release);
    X509_ATTRIBUTE_set1_object(attribute.get(), OBJ_nid2obj(NID_pkcs9_challengePassword));
    for (const auto& challenge : challenges)  // each adds a value
        X509_ATTRIBUTE_set1_data(attribute.get(), V_ASN1_UTF8STRING, challenge.data(), static_cast<int>(challenge.size()));
    require(X509_REQ_add1_attr(request, attribute.get()) == 1, "attribute");
}

HeldCertificate authority_named(const std::string& name, std::time_t now)
{
    HeldCertificate authority;
    const CertificateWish wish{.common_name = name, .from = now - 5 * 365 * day, .until = now + 5 * 365 * day};
    const auto certificate = unsigned_certificate(wish, authority.key, 1);
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    authority.pem = signed_pem(certificate.get(), X509_get_subject_name(certificate.get()), authority.key);
    return authority;
}

}  // namespace

PrivateKey::PrivateKey(KeyKind kind) : key_(new_key(kind)) { require(key_ != nullptr, "key"); }

PrivateKey::PrivateKey(std::string_view pem) : key_(PEM_read_bio_PrivateKey(base::reader(pem).get(), nullptr, base::no_passphrase, nullptr))
{
    require(key_ != nullptr, "key");
}

std::string PrivateKey::sign(std::string_view message, Padding padding, const char* digest) const
{
    const auto context = signing(*this, padding, digest);
    std::size_t length = 0;
    EVP_DigestSign(context.get(), nullptr, &length, base::octets(message), message.size());
    std::string signature(length, '\0');
    auto* into = reinterpret_cast<unsigned char*>(signature.data());
    require(EVP_DigestSign(context.get(), into, &length, base::octets(message), message.size()) == 1, "signature");
    signature.resize(length);
    return signature;
}

std::string PrivateKey::request(const std::vector<std::string>& challenges, const char* digest, Padding padding) const
{
    const Owned<X509_REQ> request(X509_REQ_new());
    X509_REQ_set_version(request.get(), X509_REQ_VERSION_1);
    name_it(X509_REQ_get_subject_name(request.get()), "holder");
    X509_REQ_set_pubkey(request.get(), key_.get());
    add_challenges(request.get(), challenges);
    require(X509_REQ_sign_ctx(request.get(), signing(*this, padding, digest).get()) > 0, "signature of a request");
    return written([&request](BIO* into) { return PEM_write_bio_X509_REQ(into, request.get()); });
}

std::string PrivateKey::public_pem() const
{
    return written([this](BIO* into) { return PEM_write_bio_PUBKEY(into, key_.get()); });
}

ClientAuthority::ClientAuthority(std::time_t now, const std::string& name) : now_(now), certificate_(authority_named(name, now)) {}

HeldCertificate ClientAuthority::issue(const CertificateWish& wish)
{
    HeldCertificate issued{{}, PrivateKey(wish.key)};
    auto dated = wish;
    dated.from = wish.from == 0 ? now_ - day : wish.from;
    dated.until = wish.until == 0 ? dated.from + 365 * day : wish.until;
    const auto certificate = unsigned_certificate(dated, issued.key, ++serial_);
    add_client_extensions(certificate.get(), dated);
    const auto issuer = base::read_certificate(certificate_.pem);
    issued.pem = signed_pem(certificate.get(), X509_get_subject_name(issuer.get()), certificate_.key);
    return issued;
}

std::string ClientAuthority::revocation_list(const std::vector<std::string>& revoked_pems, std::time_t from, std::time_t until) const
{
    const Owned<X509_CRL> list(X509_CRL_new());
    const auto issuer = base::read_certificate(certificate_.pem);
    const auto release = [](ASN1_TIME* time) { ASN1_TIME_free(time); };
    const std::unique_ptr<ASN1_TIME, decltype(release)> begin(ASN1_TIME_set(nullptr, from), release);
    const std::unique_ptr<ASN1_TIME, decltype(release)> end(ASN1_TIME_set(nullptr, until), release);
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.get()));
    X509_CRL_set1_lastUpdate(list.get(), begin.get());
    X509_CRL_set1_nextUpdate(list.get(), end.get());
    for (const auto& pem : revoked_pems) {
        X509_REVOKED* revoked = X509_REVOKED_new();  // the list's from here on
        X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(base::read_certificate(pem).get()));
        X509_REVOKED_set_revocationDate(revoked, begin.get());
        require(X509_CRL_add0_revoked(list.get(), revoked) == 1, "revocation");
    }
    require(X509_CRL_sign_ctx(list.get(), signing(certificate_.key).get()) > 0, "revocation list");
    return written([&list](BIO* into) { return PEM_write_bio_X509_CRL(into, list.get()); });
}

HeldCertificate self_signed(const CertificateWish& wish)
{
    HeldCertificate made{{}, PrivateKey(wish.key)};
    const auto certificate = unsigned_certificate(wish, made.key, 1);
    add_client_extensions(certificate.get(), wish);
    made.pem = signed_pem(certificate.get(), X509_get_subject_name(certificate.get()), made.key);
    return made;
}

std::string new_certificate(const std::string& common_name, domain::Instant not_after)
{
    const auto until = std::chrono::duration_cast<std::chrono::seconds>(not_after.time_since_epoch()).count();
    return self_signed({.common_name = common_name, .from = fixture_start_milliseconds / 1000 - day, .until = until}).pem;
}

base::Hash fingerprint_of(const std::string& certificate) { return base::certificate_facts(certificate).value().fingerprint; }

}  // namespace cbmx::test
