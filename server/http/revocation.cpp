// Which client certificates are believed; see revocation.hpp.
#include "http/revocation.hpp"
#include "base/openssl.hpp"
#include <algorithm>
#include <limits>
#include <new>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace cbmx::http {
namespace {

using base::Owned;

constexpr int max_chain_depth = 3;  // intermediate certificates
constexpr auto never = std::numeric_limits<std::time_t>::max();

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

RevocationList checked_list(X509_CRL* crl, const std::vector<Owned<X509>>& authorities, const std::string& file, ExpiredCrl expired,
                            std::time_t now)
{
    bool is_signed = false;
    for (const Owned<X509>& authority : authorities) {
        const bool same_name = X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(authority.get())) == 0;
        is_signed = is_signed || (same_name && X509_CRL_verify(crl, X509_get0_pubkey(authority.get())) == 1);
    }
    if (!is_signed)
        fail(file + ": not signed by the authority that it is given for");
    const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(crl);
    const RevocationList list{file, seconds(X509_CRL_get0_lastUpdate(crl)), next_update == nullptr ? never : seconds(next_update)};
    if (list.updated > now)
        fail(file + ": the revocation list is not valid yet");
    if (expired == ExpiredCrl::refuse && (next_update == nullptr || list.ends <= now))
        fail(file + ": the revocation list has expired");
    return list;
}

// OpenSSL accepts a certificate without the extension for any purpose.
bool names_client_purpose(X509* certificate)
{
    const bool has_purposes = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
    return has_purposes && (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0;
}

// What OpenSSL found, in words for whoever registers a certificate. When it is not the certificate itself that has ended or been
// revoked but one above it, that is for the authority to mend.
CertificateFault fault_named(int error, bool is_of_leaf)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return CertificateFault::unknown_authority;
    case X509_V_ERR_INVALID_PURPOSE: return is_of_leaf ? CertificateFault::wrong_purpose : CertificateFault::other;
    case X509_V_ERR_CERT_HAS_EXPIRED: return is_of_leaf ? CertificateFault::expired : CertificateFault::other;
    case X509_V_ERR_CERT_NOT_YET_VALID: return is_of_leaf ? CertificateFault::not_yet_valid : CertificateFault::other;
    case X509_V_ERR_CERT_REVOKED: return is_of_leaf ? CertificateFault::revoked : CertificateFault::other;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED: return CertificateFault::no_current_list;
    default: return CertificateFault::other;
    }
}

// Where judge_step() finds the trust that a chain is judged by: in the store, which handshake and later judgements share.
int trust_index()
{
    static const int index = X509_STORE_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
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

ClientTrust::ClientTrust(boost::asio::ssl::context& context, const std::vector<TrustedAuthority>& authorities, ExpiredCrl expired,
                         Clock clock)
    : context_(context.native_handle()), store_(SSL_CTX_get_cert_store(context_)), clock_(std::move(clock))
{
    for (const TrustedAuthority& authority : authorities)
        add(authority, expired);
    if (X509_STORE_set_ex_data(store_, trust_index(), this) != 1)
        throw std::bad_alloc();
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(context_);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
    SSL_CTX_set_verify_depth(context_, max_chain_depth);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context_, &ClientTrust::decide, this);
}

void ClientTrust::add(const TrustedAuthority& authority, ExpiredCrl expired)
{
    const auto certificates = read_all<X509>(authority.ca_file, PEM_read_bio_X509, "CA certificate");
    for (const Owned<X509>& certificate : certificates) {
        if (X509_check_ca(certificate.get()) == 0)
            fail(authority.ca_file + ": not the certificate of a CA");
        if (X509_STORE_add_cert(store_, certificate.get()) != 1 || SSL_CTX_add_client_CA(context_, certificate.get()) != 1)
            fail(authority.ca_file + ": OpenSSL refuses the CA certificate");
        if (!authority.crl_required)
            lenient_.insert(fingerprint_of(certificate.get()));
    }
    if (authority.crl_file.empty())
        return;
    for (const auto& crl : read_all<X509_CRL>(authority.crl_file, PEM_read_bio_X509_CRL, "revocation list")) {
        const auto list = checked_list(crl.get(), certificates, authority.crl_file, expired, clock_());
        if (X509_STORE_add_crl(store_, crl.get()) != 1)
            fail(authority.crl_file + ": OpenSSL refuses the revocation list");
        lists_.push_back(list);
    }
}

int ClientTrust::decide(X509_STORE_CTX* chain, void* trust) { return static_cast<const ClientTrust*>(trust)->believes(chain) ? 1 : 0; }

// The one verification, at the handshake and later.
bool ClientTrust::believes(X509_STORE_CTX* chain) const
{
    X509_STORE_CTX_set_time(chain, 0, clock_());
    X509_STORE_CTX_set_verify_cb(chain, &ClientTrust::judge_step);
    return X509_verify_cert(chain) == 1;
}

// Once an authority has given a list, its list is as binding as one that is required: only where there is none is that excused.
int ClientTrust::judge_step(int believed, X509_STORE_CTX* chain)
{
    const auto* trust = static_cast<const ClientTrust*>(X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(chain), trust_index()));
    if (believed == 0) {
        STACK_OF(X509)* certificates = X509_STORE_CTX_get0_chain(chain);
        const int length = certificates == nullptr ? 0 : sk_X509_num(certificates);
        const bool is_lenient = length > 0 && trust->lenient_.contains(fingerprint_of(sk_X509_value(certificates, length - 1)));
        if (X509_STORE_CTX_get_error(chain) != X509_V_ERR_UNABLE_TO_GET_CRL || !is_lenient)
            return 0;
        X509_STORE_CTX_set_error(chain, X509_V_OK);
        return 1;
    }
    const bool is_leaf = X509_STORE_CTX_get_error_depth(chain) == 0;
    if (is_leaf && !names_client_purpose(X509_STORE_CTX_get_current_cert(chain))) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
        return 0;
    }
    return 1;
}

std::time_t ClientTrust::stands_until(STACK_OF(X509) * chain) const
{
    const auto now = clock_();
    auto until = never;
    for (const RevocationList& list : lists_)
        if (list.ends > now)
            until = std::min(until, list.ends);
    for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i)
        until = std::min(until, seconds(X509_get0_notAfter(sk_X509_value(chain, i))) + 1);  // the last second counts
    return until;
}

// As ssl_verify_cert_chain() of OpenSSL sets a handshake's verification up.
Owned<X509_STORE_CTX> ClientTrust::verification_of(X509* certificate, STACK_OF(X509) * others) const
{
    Owned<X509_STORE_CTX> chain(X509_STORE_CTX_new());
    if (!chain || X509_STORE_CTX_init(chain.get(), store_, certificate, others) != 1)
        throw std::bad_alloc();
    X509_STORE_CTX_set_default(chain.get(), "ssl_client");
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(chain.get());
    X509_VERIFY_PARAM_set_auth_level(parameters, SSL_CTX_get_security_level(context_));
    X509_VERIFY_PARAM_set1(parameters, SSL_CTX_get0_param(context_));
    return chain;
}

std::optional<std::time_t> ClientTrust::judge_again(SSL* connection) const
{
    X509* certificate = SSL_get0_peer_certificate(connection);
    const auto chain = verification_of(certificate, SSL_get_peer_cert_chain(connection));
    ERR_clear_error();
    const bool is_believed = certificate != nullptr && believes(chain.get());
    ERR_clear_error();
    return is_believed ? std::optional(stands_until(X509_STORE_CTX_get0_chain(chain.get()))) : std::nullopt;
}

std::optional<CertificateFault> ClientTrust::fault_of(std::string_view pem_or_der) const
{
    const base::KeptErrors kept;
    const auto certificate = base::read_certificate(pem_or_der);
    if (!certificate)
        return CertificateFault::other;
    const auto chain = verification_of(certificate.get(), nullptr);
    if (believes(chain.get()))
        return std::nullopt;
    return fault_named(X509_STORE_CTX_get_error(chain.get()), X509_STORE_CTX_get_error_depth(chain.get()) == 0);
}

}  // namespace cbmx::http
