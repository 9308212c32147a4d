// The OpenSSL settings of the two listeners (rules.md 3) and the files behind them. server.cpp keeps the current
// TlsContexts and swaps it whole; a connection keeps the one it began with.
#pragma once
#include "http/hosts.hpp"
#include "http/revocation.hpp"
#include <boost/asio/ssl/context.hpp>

namespace cbmx::http {

struct TlsContexts {
    boost::asio::ssl::context browser{boost::asio::ssl::context::tls_server};
    boost::asio::ssl::context certificate{boost::asio::ssl::context::tls_server};
    std::unique_ptr<ClientTrust> trust;  // of `certificate`
    std::time_t certificate_end = 0;     // notAfter of the server's own
    std::uint64_t number = 0;            // counts loads (runtime.hpp)
};

// Throws std::runtime_error with one sentence that names the file. `hosts`: the names that a handshake may ask for (rules.md 7);
// it must outlive the contexts.
std::shared_ptr<TlsContexts> load_tls(const TlsFiles& files, ExpiredCrl expired, const Hosts& hosts, ClientTrust::Clock clock);

// SHA-256 of the DER of the certificate that the peer of this finished handshake proved; nullopt: none.
std::optional<base::Hash> peer_fingerprint(SSL* connection);

}  // namespace cbmx::http
