// A blocking TLS client that sends exactly the bytes it is given and reads answers strictly: the tests' view of the
// server from outside, without an HTTP library that would tidy up. One thread per client.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;
using SSL_SESSION = struct ssl_session_st;

namespace cbmx::test {

struct RawResponse {
    int status = 0;
    std::string head;  // status line and fields, without the empty line
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    std::string field(std::string_view name) const;  // the first, case-insensitive; empty when missing
    std::size_t count(std::string_view name) const;
};

struct RawOptions {
    std::uint16_t port = 0;
    std::string ca_file;
    std::string certificate_file;  // of the client; empty: none
    std::string key_file;
    int least_version = 0;  // e.g. TLS1_2_VERSION; 0: OpenSSL's default
    int most_version = 0;
    std::string before_tls;      // sent in the clear first, e.g. a PROXY header
    std::string source_address;  // e.g. 127.0.0.2; empty: the system's choice
    std::string alpn;            // wire form; empty: none
    std::string server_name;     // SNI; empty: none
    int timeout_ms = 5000;       // for every read and write
};

class RawClient {
public:
    explicit RawClient(RawOptions options);  // connects; see connected()
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    bool connected() const { return connected_; }  // the handshake succeeded as far as this side can tell
    const std::string& protocol() const { return protocol_; }
    const std::string& alert() const { return alert_; }  // that ended the handshake, as OpenSSL names it
    bool send(std::string_view bytes);
    // nullopt: the connection ended, timed out or the answer is not well formed. `to_head`: no body follows.
    std::optional<RawResponse> read(bool to_head = false);
    std::optional<RawResponse> exchange(std::string_view bytes, bool to_head = false);
    // An answer in chunks, piece by piece: the head, then each chunk; "" is the last one. nullopt as above.
    std::optional<RawResponse> read_head();
    std::optional<std::string> read_chunk();
    std::string read_to_end();  // everything until the connection ends
    // True when the server ends the connection in an orderly way, with nothing sent before.
    bool closed_by_server();
    int session_tickets() const { return tickets_; }
    SSL_SESSION* session() const;  // owned by the client
    void end_sending();            // of the socket; what the server sends can still be read
    void close();

private:
    bool fill();  // one read into buffer_
    static void note_alert(const SSL* connection, int where, int what);
    static int count_ticket(SSL* connection, SSL_SESSION* session);

    RawOptions options_;
    int socket_ = -1;
    SSL_CTX* context_ = nullptr;
    SSL* connection_ = nullptr;
    bool connected_ = false;
    bool ended_ = false;
    int tickets_ = 0;
    std::string protocol_, alert_;
    std::string buffer_;
};

// A TCP connection that says nothing. Open until destroyed.
class BareConnection {
public:
    explicit BareConnection(std::uint16_t port, const std::string& source_address = "");
    ~BareConnection();
    BareConnection(const BareConnection&) = delete;
    BareConnection& operator=(const BareConnection&) = delete;
    bool is_open() const;  // the server has not ended it

private:
    int socket_;
};

}  // namespace cbmx::test
