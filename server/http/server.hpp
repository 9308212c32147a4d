// The two TLS listeners (rules.md 1-5) and their connections. Beast stays behind this header.
// One io_context run by `threads` threads; one strand per connection; no lock held across a call into Application.
#pragma once
#include "http/connections.hpp"
#include "http/message.hpp"
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::http {

struct Deadlines {  // rules.md 1
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds header{10'000};
    std::chrono::milliseconds idle{30'000};
    std::chrono::milliseconds progress{30'000};  // body and write: at least progress_bytes in this time
    std::uint64_t progress_bytes = 16 * 1024;
    std::chrono::milliseconds certificate_connection{15 * 60'000};  // rules.md 4a: then it takes no further request
};

struct TrustedAuthority {
    std::string ca_file;       // PEM
    std::string crl_file;      // PEM; empty: none
    bool crl_required = true;  // rules.md 3: required for the portal's own CA, if_present for a State's own
};

struct TlsFiles {
    std::string certificate_file;  // PEM chain of the server, ECDSA P-256
    std::string key_file;
    std::vector<TrustedAuthority> client_authorities;  // for the client-certificate listener
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8443;       // browser and token listener; 0: any free port
    std::uint16_t mtls_port = 8444;  // client-certificate listener; 0: any free port
    unsigned threads = 2;
    ConnectionBudgets connections;
    // Host in lower case; without a port: ours or none may follow; with a port ("portal.example:443"): exactly that.
    std::vector<std::string> allowed_hosts;
    std::vector<std::string> trusted_proxies;  // addresses that speak PROXY v2 (and must)
    Deadlines deadlines;
    TlsFiles tls;
    std::string spool_directory = "/tmp";                                    // where long bodies wait (base/disk/body.hpp)
    std::function<std::time_t()> clock = [] { return std::time(nullptr); };  // by which client certificates and their lists end
};

struct Statistics {  // a snapshot
    std::uint64_t connections_open = 0, connections_total = 0, connections_refused = 0, connections_ended_for_room = 0;
    std::array<std::uint64_t, connection_class_count> connections_by_class{};
    std::uint64_t handshakes_failed = 0, requests_refused = 0, accept_errors = 0;
    std::int64_t certificate_seconds_left = 0;     // of the server's own certificate; negative: it has ended
    std::int64_t crl_age_seconds = -1;             // of the oldest loaded CRL, from its thisUpdate; -1: none
    std::optional<std::int64_t> crl_seconds_left;  // of the loaded CRL that ends first; negative: it has ended
};

// Why a certificate would not be accepted from a client; domain/certificate_fault.hpp says more of each.
enum class CertificateFault { unknown_authority, wrong_purpose, expired, not_yet_valid, revoked, no_current_list, other };

class Server {
public:
    // Binds and listens; throws std::runtime_error with one clear sentence (port in use, bad key file ...).
    Server(ServerOptions options, Application application);
    ~Server();
    std::uint16_t port() const;
    std::uint16_t mtls_port() const;
    void start();  // starts the threads and returns; once
    // Reads certificate, key, CAs and CRLs again; all or nothing. Returns the error sentence, empty when it worked;
    // on error the old ones stay (rules.md 5). Open connections go on, but for those whose client certificate a handshake would
    // now refuse: they take no further request from here on, and end (rules.md 4a).
    std::string reload_tls(const TlsFiles& files);
    // Judges a client certificate as the handshake would judge it now, by the TLS files that were read last. nullopt: it would be
    // accepted. Any thread.
    std::optional<CertificateFault> certificate_fault(std::string_view pem_or_der) const;
    void post(std::function<void()> task);  // runs it on one of the I/O threads, or never once they have ended
    // Stops accepting, finishes requests in flight, then stops the threads. Not from one of them. A Reply that comes
    // later is dropped. The destructor does the same without waiting for requests. when_over: called before what is not finished in
    // that time is broken off; what a thread is doing then is left where it stands (base/ending.hpp).
    void drain(std::chrono::milliseconds at_most, const std::function<void()>& when_over = {});
    Statistics statistics() const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace cbmx::http
