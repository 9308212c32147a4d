// See possession.hpp.
#include "base/possession.hpp"
#include "base/openssl.hpp"
#include "base/text.hpp"
#include <new>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace cbmx::base {
namespace {

constexpr std::size_t max_certificate_bytes = 16 * 1024;
constexpr std::size_t max_request_bytes = 16 * 1024;
constexpr int least_rsa_bits = 2048, most_rsa_bits = 8192;
constexpr std::size_t max_signature_bytes = most_rsa_bits / 8;
constexpr int least_exponent_bits = 17, most_exponent_bits = 256;
constexpr int not_rsa = 0;  // instead of a padding

bool is_rsa(const EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA || EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS; }

bool is_strong_rsa(const EVP_PKEY* key)
{
    const int bits = EVP_PKEY_get_bits(key);
    BIGNUM* number = nullptr;
    if (!is_rsa(key) || bits < least_rsa_bits || bits > most_rsa_bits || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1)
        return false;
    const Owned<BIGNUM> exponent(number);
    const int exponent_bits = BN_num_bits(number);
    return BN_is_odd(number) == 1 && exponent_bits >= least_exponent_bits && exponent_bits <= most_exponent_bits;
}

// The key is the certificate's own; null if there is none that we accept.
EVP_PKEY* accepted_key(const X509* certificate)
{
    EVP_PKEY* key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
    const bool is_accepted = key != nullptr && (is_ed25519(key) || is_accepted_curve(key) || is_strong_rsa(key));
    return is_accepted ? key : nullptr;
}

Owned<X509> bounded_certificate(std::string_view pem) { return pem.size() > max_certificate_bytes ? nullptr : read_certificate(pem); }

bool verifies(EVP_PKEY* key, const EVP_MD* digest, int padding, std::string_view message, std::string_view signature)
{
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    if (!context)
        throw std::bad_alloc();
    EVP_PKEY_CTX* settings = nullptr;  // the context's
    return EVP_DigestVerifyInit(context.get(), &settings, digest, nullptr, key) == 1 &&
           (padding == not_rsa || EVP_PKEY_CTX_set_rsa_padding(settings, padding) == 1) &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
}

struct PemObject {
    PemObject() = default;
    ~PemObject()
    {
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    PemObject(const PemObject&) = delete;
    PemObject& operator=(const PemObject&) = delete;

    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
};

// RFC 7468: the request is all that the text holds. OpenSSL alone would skip what stands before it and leave what stands behind.
bool read_only_object(std::string_view text, PemObject& object)
{
    if (text.rfind("-----BEGIN ") != 0)  // the first is the last
        return false;
    const auto bio = reader(text);
    return bio && PEM_read_bio(bio.get(), &object.name, &object.header, &object.data, &object.size) == 1 && BIO_pending(bio.get()) == 0;
}

Owned<X509_REQ> read_request(std::string_view pem)
{
    PemObject object;
    if (pem.size() > max_request_bytes || !read_only_object(trimmed(pem, white_space), object))
        return nullptr;
    const std::string_view name = object.name, header = object.header;
    if ((name != PEM_STRING_X509_REQ && name != PEM_STRING_X509_REQ_OLD) || !header.empty())
        return nullptr;
    const unsigned char* at = object.data;
    Owned<X509_REQ> request(d2i_X509_REQ(nullptr, &at, object.size));
    if (at != object.data + object.size)
        return nullptr;
    return request;
}

// RFC 4055, 3.1: the digest of RSASSA-PSS stands in the parameters.
int digest_of_pss(const X509_ALGOR* algorithm)
{
    int type = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE)
        return NID_undef;
    const auto release = [](RSA_PSS_PARAMS* parameters) { RSA_PSS_PARAMS_free(parameters); };
    const std::unique_ptr<RSA_PSS_PARAMS, decltype(release)> parameters(
        static_cast<RSA_PSS_PARAMS*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(RSA_PSS_PARAMS))), release);
    const ASN1_OBJECT* digest = nullptr;
    if (parameters && parameters->hashAlgorithm != nullptr)
        X509_ALGOR_get0(&digest, nullptr, nullptr, parameters->hashAlgorithm);
    return digest == nullptr ? NID_undef : OBJ_obj2nid(digest);
}

// A request that was signed with SHA-1 or MD5 once, for whatever reason, proves nothing.
bool has_strong_digest(const X509_REQ* request)
{
    const X509_ALGOR* algorithm = nullptr;
    X509_REQ_get0_signature(request, nullptr, &algorithm);
    const int signature = X509_REQ_get_signature_nid(request);
    if (signature == NID_ED25519)
        return true;
    int digest = NID_undef;
    if (signature == NID_rsassaPss)
        digest = digest_of_pss(algorithm);
    else if (OBJ_find_sigid_algs(signature, &digest, nullptr) != 1)
        return false;
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

bool is_directory_string(int type)
{
    return type == V_ASN1_UTF8STRING || type == V_ASN1_PRINTABLESTRING || type == V_ASN1_T61STRING || type == V_ASN1_BMPSTRING ||
           type == V_ASN1_UNIVERSALSTRING;
}

// Exactly one attribute with exactly one value.
const ASN1_STRING* only_challenge(const X509_REQ* request)
{
    const int index = X509_REQ_get_attr_by_NID(request, NID_pkcs9_challengePassword, -1);
    if (index < 0 || X509_REQ_get_attr_by_NID(request, NID_pkcs9_challengePassword, index) >= 0)
        return nullptr;
    X509_ATTRIBUTE* attribute = X509_REQ_get_attr(request, index);
    const ASN1_TYPE* value = X509_ATTRIBUTE_count(attribute) == 1 ? X509_ATTRIBUTE_get0_type(attribute, 0) : nullptr;
    return value != nullptr && is_directory_string(value->type) ? value->value.asn1_string : nullptr;
}

bool is_challenged_with(const X509_REQ* request, std::string_view challenge)
{
    const ASN1_STRING* given = only_challenge(request);
    unsigned char* text = nullptr;
    const int length = given == nullptr ? -1 : ASN1_STRING_to_UTF8(&text, given);
    const bool is_same = length >= 0 && challenge == std::string_view(reinterpret_cast<char*>(text), static_cast<std::size_t>(length));
    OPENSSL_free(text);
    return is_same;
}

std::string lines(std::initializer_list<std::string_view> texts)
{
    std::string all;
    for (const auto text : texts)
        all.append(text).append("\n");
    return all;
}

}  // namespace

std::string enrolment_text(std::string_view origin, std::string_view account, const Hash& certificate, std::string_view enrolment)
{
    return lines({"cbmx enrolment v1", origin, account, hex(certificate), enrolment});
}

std::string signing_key_text(std::string_view origin, std::string_view home, const Hash& key)
{
    return lines({"cbmx signing key v1", origin, home, hex(key)});
}

std::string challenge_for(std::string_view text) { return hex(sha256(text)); }

bool signed_by_certificate(std::string_view pem_certificate, std::string_view message, std::string_view signature)
{
    const KeptErrors kept;
    const auto certificate = bounded_certificate(pem_certificate);
    EVP_PKEY* key = accepted_key(certificate.get());
    if (key == nullptr || signature.size() > max_signature_bytes)
        return false;
    if (is_rsa(key))
        return verifies(key, EVP_sha256(), RSA_PKCS1_PADDING, message, signature) ||
               verifies(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, message, signature);
    return verifies(key, is_ed25519(key) ? nullptr : EVP_sha256(), not_rsa, message, signature);
}

bool requested_by_certificate(std::string_view pem_certificate, std::string_view pem_request, std::string_view challenge)
{
    const KeptErrors kept;
    const auto certificate = bounded_certificate(pem_certificate);
    EVP_PKEY* key = accepted_key(certificate.get());
    const auto request = read_request(pem_request);
    return key != nullptr && request && EVP_PKEY_eq(X509_REQ_get0_pubkey(request.get()), key) == 1 && has_strong_digest(request.get()) &&
           X509_REQ_verify(request.get(), key) == 1 && is_challenged_with(request.get(), challenge);
}

}  // namespace cbmx::base
