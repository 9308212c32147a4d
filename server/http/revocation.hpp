// Client authorities and their revocation lists, as one X509_STORE and a verify callback (rules.md 3).
// tls.cpp is the user.
#pragma once
#include "http/server.hpp"
#include "http/tls.hpp"

namespace cbmx::http {

// Loads every CA and CRL into `context`, asks for client certificates and decides on each chain. Returns the oldest
// thisUpdate. Throws std::runtime_error with one sentence that names the file.
std::optional<std::time_t> require_client_certificates(boost::asio::ssl::context& context, const std::vector<TrustedAuthority>& authorities,
                                                       ExpiredCrl expired);

base::Hash fingerprint_of(const X509* certificate);  // SHA-256 of its DER

}  // namespace cbmx::http
