// Keys, signatures and certificates by OpenSSL 3. The contract is base/ed25519.hpp, and base/public_key.hpp.
// Every call leaves OpenSSL's error queue of the thread as it was: TLS on the same thread reads that queue.
#include "base/ed25519.hpp"
#include "base/public_key.hpp"
#include <climits>
#include <ctime>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdexcept>

namespace cbmx::base {
namespace {

constexpr std::size_t max_group_name_bytes = 80;

struct Free {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Certificate = std::unique_ptr<X509, Free>;

struct KeptErrors {
    KeptErrors() { ERR_set_mark(); }
    ~KeptErrors() { ERR_pop_to_mark(); }
    KeptErrors(const KeptErrors&) = delete;
    KeptErrors& operator=(const KeptErrors&) = delete;
};

[[noreturn]] void broken(const char* what) { throw std::runtime_error(std::string("OpenSSL: ") + what); }

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// OpenSSL's own callback would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Bio reader(std::string_view bytes)
{
    if (bytes.size() > INT_MAX)
        return nullptr;
    return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string contents(BIO* bio)
{
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

bool is_ed25519(const EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519; }

bool is_accepted_curve(const EVP_PKEY* key)
{
    std::array<char, max_group_name_bytes> name{};
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1)
        return false;
    const std::string_view group = name.data();
    return group == "prime256v1" || group == "secp384r1";
}

// A State's public key of a kind that we accept, or null.
Key state_key(std::string_view pem)
{
    const Bio bio = reader(pem);
    if (!bio)
        return nullptr;
    Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key || (!is_ed25519(key.get()) && !is_accepted_curve(key.get())))
        return nullptr;
    return key;
}

bool verify(EVP_PKEY* key, const EVP_MD* digest, std::string_view message, std::string_view signature)
{
    const Context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1)
        broken("verification could not start");
    return EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
}

Certificate read_certificate(std::string_view pem_or_der)
{
    const Bio bio = reader(pem_or_der);
    if (!bio)
        return nullptr;
    if (Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)})
        return certificate;
    const unsigned char* at = octets(pem_or_der);
    Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(pem_or_der.size())));
    if (at != octets(pem_or_der) + pem_or_der.size())
        return nullptr;
    return certificate;
}

std::string subject_text(const X509* certificate)
{
    const Bio bio(BIO_new(BIO_s_mem()));
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
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    OPENSSL_cleanse(seed.data(), seed.size());
    if (!key)
        broken("no Ed25519 key");
    return Ed25519Key(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

std::optional<Ed25519Key> Ed25519Key::from_pem(std::string_view pem)
{
    const KeptErrors kept;
    const Bio bio = reader(pem);
    if (!bio)
        return std::nullopt;
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key || !is_ed25519(key.get()))
        return std::nullopt;
    return Ed25519Key(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

std::string Ed25519Key::to_pem() const
{
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), static_cast<EVP_PKEY*>(key_.get()), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        broken("private key could not be written");
    return contents(bio.get());
}

const Ed25519Public& Ed25519Key::public_key() const { return public_; }

Ed25519Signature Ed25519Key::sign(std::string_view message) const
{
    const Context context(EVP_MD_CTX_new());
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
    if (signature.size() != std::tuple_size_v<Ed25519Signature>)
        return false;
    const Key opened(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    return opened && verify(opened.get(), nullptr, message, signature);
}

std::optional<Ed25519Public> ed25519_public_key(std::string_view pem)
{
    const KeptErrors kept;
    const Key key = state_key(pem);
    Ed25519Public bytes{};
    std::size_t length = bytes.size();
    if (!key || !is_ed25519(key.get()) || EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &length) != 1 || length != bytes.size())
        return std::nullopt;
    return bytes;
}

std::optional<Hash> public_key_fingerprint(std::string_view pem)
{
    const KeptErrors kept;
    const Key key = state_key(pem);
    if (!key)
        return std::nullopt;
    const Bio der(BIO_new(BIO_s_mem()));
    if (!der || i2d_PUBKEY_bio(der.get(), key.get()) != 1)
        broken("public key could not be encoded");
    return sha256(contents(der.get()));
}

bool verify_detached(std::string_view public_key_pem, std::string_view message, std::string_view signature)
{
    const KeptErrors kept;
    const Key key = state_key(public_key_pem);
    if (!key)
        return false;
    return verify(key.get(), is_ed25519(key.get()) ? nullptr : EVP_sha256(), message, signature);
}

std::optional<CertificateFacts> certificate_facts(std::string_view pem_or_der)
{
    const KeptErrors kept;
    const Certificate certificate = read_certificate(pem_or_der);
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
