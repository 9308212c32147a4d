// Builds both TLS contexts from files; see tls.hpp. Client certificates are in revocation.cpp.
#include "http/tls.hpp"
#include <array>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdexcept>

namespace cbmx::http {
namespace {

constexpr const char* tls12_ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305";
constexpr const char* key_exchange_groups = "X25519:P-256:P-384";
constexpr std::string_view only_protocol = "\x08http/1.1";  // ALPN wire form

void require(bool good, const std::string& sentence)
{
    if (good)
        return;
    ERR_clear_error();
    throw std::runtime_error(sentence);
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered, unsigned int offered_length,
                void*)
{
    unsigned char* selected = nullptr;
    const auto* ours = reinterpret_cast<const unsigned char*>(only_protocol.data());
    const int result =
        SSL_select_next_proto(&selected, out_length, ours, static_cast<unsigned int>(only_protocol.size()), offered, offered_length);
    *out = selected;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void require_p256(SSL_CTX* context, const std::string& file)
{
    std::array<char, 64> group{};
    std::size_t length = 0;
    const EVP_PKEY* key = SSL_CTX_get0_privatekey(context);
    const bool has_group = EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1;
    require(has_group && std::string_view(group.data(), length) == SN_X9_62_prime256v1, file + ": the server's key is not ECDSA P-256");
}

void load_identity(SSL_CTX* context, const TlsFiles& files)
{
    ERR_clear_error();
    require(SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) == 1,
            files.certificate_file + ": no readable PEM certificate chain");
    require(SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
            files.key_file + ": no readable PEM key for " + files.certificate_file);
    require(SSL_CTX_check_private_key(context) == 1, files.key_file + ": not the key of " + files.certificate_file);
    require_p256(context, files.key_file);
}

std::time_t end_of_certificate(SSL_CTX* context, const TlsFiles& files)
{
    std::tm end{};
    require(ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context)), &end) == 1,
            files.certificate_file + ": no readable end of the certificate");
    return timegm(&end);
}

// A handshake that asks for a name which is not ours learns that and no more, not even a certificate. Before anything costly.
int judge_server_name(SSL* connection, int* alert, void* hosts)
{
    const char* asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr || static_cast<const Hosts*>(hosts)->is_name(asked))
        return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_common(SSL_CTX* context, int least_version, const Hosts& hosts)
{
    require(SSL_CTX_set_min_proto_version(context, least_version) == 1, "OpenSSL refuses the least TLS version");
    require(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1, "OpenSSL lacks TLS 1.3");
    require(SSL_CTX_set_cipher_list(context, tls12_ciphers) == 1, "OpenSSL lacks the TLS 1.2 cipher suites");
    require(SSL_CTX_set1_groups_list(context, key_exchange_groups) == 1, "OpenSSL lacks the key exchange groups");
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    // Buffers stay with a connection (34 KiB): to give them back and take them again costs each request more than the memory is worth.
    SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
    SSL_CTX_set_tlsext_servername_callback(context, judge_server_name);
    SSL_CTX_set_tlsext_servername_arg(context, const_cast<Hosts*>(&hosts));  // read only
}

// A resumed session would keep the identity of a certificate that has been revoked since. The option alone still
// sends tickets in TLS 1.3.
void forbid_resumption(SSL_CTX* context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    require(SSL_CTX_set_num_tickets(context, 0) == 1, "OpenSSL refuses to send no session tickets");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

}  // namespace

std::shared_ptr<TlsContexts> load_tls(const TlsFiles& files, ExpiredCrl expired, const Hosts& hosts, ClientTrust::Clock clock)
{
    auto contexts = std::make_shared<TlsContexts>();
    SSL_CTX* browser = contexts->browser.native_handle();
    set_common(browser, TLS1_2_VERSION, hosts);
    load_identity(browser, files);
    contexts->certificate_end = end_of_certificate(browser, files);

    SSL_CTX* certificate = contexts->certificate.native_handle();
    set_common(certificate, TLS1_3_VERSION, hosts);
    load_identity(certificate, files);
    forbid_resumption(certificate);
    contexts->trust = std::make_unique<ClientTrust>(contexts->certificate, files.client_authorities, expired, std::move(clock));
    return contexts;
}

std::optional<base::Hash> peer_fingerprint(SSL* connection)
{
    const X509* certificate = SSL_get0_peer_certificate(connection);
    if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK)
        return std::nullopt;
    return fingerprint_of(certificate);
}

}  // namespace cbmx::http
