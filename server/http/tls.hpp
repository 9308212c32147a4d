// The OpenSSL settings of the two listeners (rules.md 3) and the files behind them. server.cpp keeps the current
// TlsContexts and swaps it whole; a connection keeps the one it began with.
#pragma once
#include "base/bytes.hpp"
#include "http/server.hpp"
#include <boost/asio/ssl/context.hpp>
#include <ctime>
#include <optional>

namespace cbmx::http {

struct TlsContexts {
    boost::asio::ssl::context browser{boost::asio::ssl::context::tls_server};
    boost::asio::ssl::context certificate{boost::asio::ssl::context::tls_server};
    std::optional<std::time_t> oldest_crl;  // thisUpdate
    std::time_t certificate_end = 0;        // notAfter of the server's own
};

// At start an expired CRL is loaded, and OpenSSL refuses that CA's certificates: a State's stale list must not keep
// the portal from starting. On reload the good list in memory is worth more than the stale one in the file.
enum class ExpiredCrl { load, refuse };

// Throws std::runtime_error with one sentence that names the file.
std::shared_ptr<TlsContexts> load_tls(const TlsFiles& files, ExpiredCrl expired);

// SHA-256 of the DER of the certificate that the peer of this finished handshake proved; nullopt: none.
std::optional<base::Hash> peer_fingerprint(SSL* connection);

}  // namespace cbmx::http
