// Which client certificates are believed; see revocation.hpp.
#include "http/revocation.hpp"
#include <algorithm>
#include <boost/asio/ssl/verify_context.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <set>
#include <stdexcept>

namespace cbmx::http {
namespace {

constexpr int max_chain_depth = 3;  // intermediate certificates

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_CRL* crl) const { X509_CRL_free(crl); }
};
template <class Object>
using Owned = std::unique_ptr<Object, Free>;

[[noreturn]] void fail(const std::string& sentence)
{
    ERR_clear_error();
    throw std::runtime_error(sentence);
}

// All objects of one kind in a PEM file, at least one; text around them is allowed, a broken one is not.
template <class Object, class Read>
std::vector<Owned<Object>> read_all(const std::string& file, Read read, const char* kind)
{
    ERR_clear_error();
    const Owned<BIO> bio(BIO_new_file(file.c_str(), "r"));
    if (!bio)
        fail(file + ": cannot be read");
    std::vector<Owned<Object>> objects;
    while (Object* object = read(bio.get(), nullptr, nullptr, nullptr))
        objects.emplace_back(object);
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (objects.empty() || !at_end)
        fail(file + ": no readable PEM " + kind);
    return objects;
}

std::time_t seconds(const ASN1_TIME* time)
{
    std::tm utc{};
    ASN1_TIME_to_tm(time, &utc);
    return timegm(&utc);
}

void check_crl(X509_CRL* crl, const std::vector<Owned<X509>>& authorities, const std::string& file, ExpiredCrl expired)
{
    bool is_signed = false;
    for (const Owned<X509>& authority : authorities) {
        const bool same_name = X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(authority.get())) == 0;
        is_signed = is_signed || (same_name && X509_CRL_verify(crl, X509_get0_pubkey(authority.get())) == 1);
    }
    if (!is_signed)
        fail(file + ": not signed by the authority that it is given for");
    if (X509_cmp_current_time(X509_CRL_get0_lastUpdate(crl)) > 0)
        fail(file + ": the revocation list is not valid yet");
    const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(crl);
    const bool is_over = next_update == nullptr || X509_cmp_current_time(next_update) < 0;
    if (is_over && expired == ExpiredCrl::refuse)
        fail(file + ": the revocation list has expired");
}

// Authorities whose certificates may be believed without a list.
using Lenient = std::set<base::Hash>;

std::optional<std::time_t> add_authority(X509_STORE* store, const TrustedAuthority& authority, SSL_CTX* context, ExpiredCrl expired,
                                         Lenient& lenient)
{
    const auto certificates = read_all<X509>(authority.ca_file, PEM_read_bio_X509, "CA certificate");
    for (const Owned<X509>& certificate : certificates) {
        if (X509_check_ca(certificate.get()) == 0)
            fail(authority.ca_file + ": not the certificate of a CA");
        if (X509_STORE_add_cert(store, certificate.get()) != 1 || SSL_CTX_add_client_CA(context, certificate.get()) != 1)
            fail(authority.ca_file + ": OpenSSL refuses the CA certificate");
        if (!authority.crl_required)
            lenient.insert(fingerprint_of(certificate.get()));
    }
    if (authority.crl_file.empty())
        return std::nullopt;
    std::optional<std::time_t> oldest;
    for (const auto& crl : read_all<X509_CRL>(authority.crl_file, PEM_read_bio_X509_CRL, "revocation list")) {
        check_crl(crl.get(), certificates, authority.crl_file, expired);
        if (X509_STORE_add_crl(store, crl.get()) != 1)
            fail(authority.crl_file + ": OpenSSL refuses the revocation list");
        const std::time_t updated = seconds(X509_CRL_get0_lastUpdate(crl.get()));
        oldest = std::min(oldest.value_or(updated), updated);
    }
    return oldest;
}

bool is_lenient(X509_STORE_CTX* context, const Lenient& lenient)
{
    STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
    const int length = chain == nullptr ? 0 : sk_X509_num(chain);
    return length > 0 && lenient.count(fingerprint_of(sk_X509_value(chain, length - 1))) != 0;
}

// OpenSSL accepts a certificate without the extension for any purpose.
bool names_client_purpose(X509* certificate)
{
    const bool has_purposes = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
    return has_purposes && (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0;
}

bool judge(bool believed, X509_STORE_CTX* context, const Lenient& lenient)
{
    if (!believed) {
        if (X509_STORE_CTX_get_error(context) != X509_V_ERR_UNABLE_TO_GET_CRL || !is_lenient(context, lenient))
            return false;
        X509_STORE_CTX_set_error(context, X509_V_OK);
        return true;
    }
    const bool is_leaf = X509_STORE_CTX_get_error_depth(context) == 0;
    if (is_leaf && !names_client_purpose(X509_STORE_CTX_get_current_cert(context))) {
        X509_STORE_CTX_set_error(context, X509_V_ERR_INVALID_PURPOSE);
        return false;
    }
    return true;
}

}  // namespace

base::Hash fingerprint_of(const X509* certificate)
{
    unsigned char* der = nullptr;
    const int length = i2d_X509(certificate, &der);
    if (length <= 0)
        fail("OpenSSL cannot encode a certificate that it has parsed");
    const auto release = [](unsigned char* bytes) { OPENSSL_free(bytes); };
    const std::unique_ptr<unsigned char, decltype(release)> owner(der, release);
    return base::sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
}

std::optional<std::time_t> require_client_certificates(boost::asio::ssl::context& context, const std::vector<TrustedAuthority>& authorities,
                                                       ExpiredCrl expired)
{
    SSL_CTX* native = context.native_handle();
    X509_STORE* store = SSL_CTX_get_cert_store(native);
    Lenient lenient;
    std::optional<std::time_t> oldest;
    for (const TrustedAuthority& authority : authorities) {
        const auto updated = add_authority(store, authority, native, expired, lenient);
        if (updated)
            oldest = std::min(oldest.value_or(*updated), *updated);
    }
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(native);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
    SSL_CTX_set_verify_depth(native, max_chain_depth);
    namespace ssl = boost::asio::ssl;
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    context.set_verify_callback([lenient = std::move(lenient)](bool believed, ssl::verify_context& chain) {
        return judge(believed, chain.native_handle(), lenient);
    });
    return oldest;
}

}  // namespace cbmx::http
