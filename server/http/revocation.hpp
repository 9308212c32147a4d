// Client authorities and their revocation lists: which client certificates are believed, at the handshake and, by the same
// verification, for as long as the connection lasts (rules.md 3-5); and which would be, asked before one is registered. tls.cpp makes
// it, session_trust.cpp asks again, server.hpp asks beforehand.
#pragma once
#include "base/bytes.hpp"
#include "base/openssl.hpp"
#include "http/server.hpp"
#include <boost/asio/ssl/context.hpp>
#include <set>

namespace cbmx::http {

// At start an expired CRL is loaded, and OpenSSL refuses that CA's certificates: a State's stale list must not keep
// the portal from starting. On reload the good list in memory is worth more than the stale one in the file.
enum class ExpiredCrl { load, refuse };

base::Hash fingerprint_of(const X509* certificate);  // SHA-256 of its DER

struct RevocationList {
    std::string file;
    std::time_t updated = 0;  // thisUpdate
    std::time_t ends = 0;     // nextUpdate: from this moment on certificates of its authority are refused
};

// Immutable, any thread.
class ClientTrust {
public:
    using Clock = std::function<std::time_t()>;

    // Loads every CA and CRL into `context`, asks for client certificates there and decides on each chain; the context must live as
    // long. Throws std::runtime_error with one sentence that names the file.
    ClientTrust(boost::asio::ssl::context& context, const std::vector<TrustedAuthority>& authorities, ExpiredCrl expired, Clock clock);
    ClientTrust(const ClientTrust&) = delete;
    ClientTrust& operator=(const ClientTrust&) = delete;

    const std::vector<RevocationList>& lists() const { return lists_; }

    // Until when what was decided about this chain can stand: until a list or one of its certificates ends.
    std::time_t stands_until(STACK_OF(X509) * chain) const;
    // Judges the certificate that the peer of a finished handshake proved as a handshake would judge it now. nullopt: refused;
    // else until when that stands. The connection may have begun under another ClientTrust.
    std::optional<std::time_t> judge_again(SSL* connection) const;
    // Why a handshake with this certificate alone, and no intermediate one, would be refused now; nullopt: it would be accepted.
    std::optional<CertificateFault> fault_of(std::string_view pem_or_der) const;

private:
    void add(const TrustedAuthority& authority, ExpiredCrl expired);
    base::Owned<X509_STORE_CTX> verification_of(X509* certificate, STACK_OF(X509) * others) const;
    bool believes(X509_STORE_CTX* chain) const;
    static int decide(X509_STORE_CTX* chain, void* trust);
    static int judge_step(int believed, X509_STORE_CTX* chain);

    SSL_CTX* context_;
    X509_STORE* store_;
    Clock clock_;
    std::set<base::Hash> lenient_;  // authorities whose certificates may be believed without a list
    std::vector<RevocationList> lists_;
};

}  // namespace cbmx::http
