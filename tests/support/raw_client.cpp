// Sockets and OpenSSL under the raw client; see raw_client.hpp.
#include "support/raw_client.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cbmx::test {
namespace {

bool same_name(const std::string& a, std::string_view b) { return a.size() == b.size() && strncasecmp(a.data(), b.data(), b.size()) == 0; }

sockaddr_in loopback(const std::string& address, std::uint16_t port)
{
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &result.sin_addr);
    return result;
}

int open_socket(const RawOptions& options)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        throw std::runtime_error("no socket");
    const timeval limit{options.timeout_ms / 1000, options.timeout_ms % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!options.source_address.empty()) {
        const sockaddr_in source = loopback(options.source_address, 0);
        if (bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0)
            throw std::runtime_error("cannot bind the source address");
    }
    const sockaddr_in server = loopback("127.0.0.1", options.port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

SSL_CTX* make_context(const RawOptions& options)
{
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);  // so that a test may offer what the server must refuse
    SSL_CTX_set_min_proto_version(context, options.least_version);
    SSL_CTX_set_max_proto_version(context, options.most_version);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
    if (!options.ca_file.empty()) {
        SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    }
    if (!options.certificate_file.empty() && (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1 ||
                                              SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1))
        throw std::runtime_error("the client's certificate cannot be loaded: " + options.certificate_file);
    return context;
}

std::optional<RawResponse> parse_head(std::string_view head)
{
    RawResponse response;
    response.head = head;
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 13)
        return std::nullopt;
    const auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, response.status);
    if (error != std::errc() || end != head.data() + 12 || head[12] != ' ')
        return std::nullopt;
    for (std::size_t line = head.find("\r\n"); line != std::string_view::npos;) {
        const std::size_t next = head.find("\r\n", line + 2);
        const std::string_view text = head.substr(line + 2, next == std::string_view::npos ? next : next - line - 2);
        const std::size_t colon = text.find(": ");
        if (colon == std::string_view::npos)
            return std::nullopt;
        response.fields.emplace_back(text.substr(0, colon), text.substr(colon + 2));
        line = next;
    }
    return response;
}

}  // namespace

std::string RawResponse::field(std::string_view name) const
{
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return same_name(f.first, name); });
    return found == fields.end() ? std::string() : found->second;
}

std::size_t RawResponse::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(), [&](const auto& f) { return same_name(f.first, name); }));
}

RawClient::RawClient(RawOptions options) : options_(std::move(options))
{
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write to a connection that the server has reset
    socket_ = open_socket(options_);
    if (socket_ < 0)
        return;
    if (!options_.before_tls.empty() && ::send(socket_, options_.before_tls.data(), options_.before_tls.size(), MSG_NOSIGNAL) < 0)
        return;
    context_ = make_context(options_);
    SSL_CTX_sess_set_new_cb(context_, &RawClient::count_ticket);
    connection_ = SSL_new(context_);
    SSL_set_app_data(connection_, this);
    SSL_set_fd(connection_, socket_);
    if (!options_.alpn.empty())
        SSL_set_alpn_protos(connection_, reinterpret_cast<const unsigned char*>(options_.alpn.data()),
                            static_cast<unsigned>(options_.alpn.size()));
    if (!options_.server_name.empty())
        SSL_set_tlsext_host_name(connection_, options_.server_name.c_str());
    SSL_set_info_callback(connection_, &RawClient::note_alert);
    ERR_clear_error();
    connected_ = SSL_connect(connection_) == 1;
    if (connected_)
        protocol_ = SSL_get_version(connection_);
}

RawClient::~RawClient()
{
    close();
    if (connection_ != nullptr)
        SSL_free(connection_);
    if (context_ != nullptr)
        SSL_CTX_free(context_);
}

void RawClient::end_sending() { shutdown(socket_, SHUT_WR); }

void RawClient::close()
{
    if (socket_ >= 0)
        ::close(socket_);
    socket_ = -1;
}

void RawClient::note_alert(const SSL* connection, int where, int what)
{
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        static_cast<RawClient*>(SSL_get_app_data(connection))->alert_ = SSL_alert_desc_string_long(what);
}

int RawClient::count_ticket(SSL* connection, SSL_SESSION*)
{
    ++static_cast<RawClient*>(SSL_get_app_data(connection))->tickets_;
    return 0;
}

bool RawClient::send(std::string_view bytes)
{
    if (!connected_ || socket_ < 0)
        return false;
    while (!bytes.empty()) {
        ERR_clear_error();
        const int sent = SSL_write(connection_, bytes.data(), static_cast<int>(bytes.size()));
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawClient::fill()
{
    if (!connected_ || ended_ || socket_ < 0)
        return false;
    char chunk[16 * 1024];
    ERR_clear_error();
    const int count = SSL_read(connection_, chunk, sizeof chunk);
    if (count > 0) {
        buffer_.append(chunk, static_cast<std::size_t>(count));
        return true;
    }
    ended_ = SSL_get_error(connection_, count) == SSL_ERROR_ZERO_RETURN;
    return false;
}

std::optional<RawResponse> RawClient::read_head()
{
    std::size_t end = buffer_.find("\r\n\r\n");
    while (end == std::string::npos) {
        if (!fill())
            return std::nullopt;
        end = buffer_.find("\r\n\r\n");
    }
    auto response = parse_head(std::string_view(buffer_).substr(0, end));
    buffer_.erase(0, end + 4);
    return response;
}

std::optional<std::string> RawClient::read_chunk()
{
    auto line = buffer_.find("\r\n");
    while (line == std::string::npos) {
        if (!fill())
            return std::nullopt;
        line = buffer_.find("\r\n");
    }
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(buffer_.data(), buffer_.data() + line, size, 16);
    if (error != std::errc() || end != buffer_.data() + line)
        return std::nullopt;
    const auto whole = line + 2 + size + 2;
    while (buffer_.size() < whole)
        if (!fill())
            return std::nullopt;
    auto chunk = buffer_.substr(line + 2, size);
    const bool ends_well = buffer_.substr(whole - 2, 2) == "\r\n";
    buffer_.erase(0, whole);
    return ends_well ? std::optional(std::move(chunk)) : std::nullopt;
}

std::string RawClient::read_to_end()
{
    while (fill()) {
    }
    return std::exchange(buffer_, {});
}

std::optional<RawResponse> RawClient::read(bool to_head)
{
    auto response = read_head();
    if (!response || response->status / 100 == 1 || response->status == 204 || response->status == 304 || to_head)
        return response;
    if (response->field("Transfer-Encoding") == "chunked") {
        for (;;) {
            const auto chunk = read_chunk();
            if (!chunk)
                return std::nullopt;
            if (chunk->empty())
                return response;
            response->body += *chunk;
        }
    }
    const std::string length_text = response->field("Content-Length");
    std::size_t length = 0;
    if (std::from_chars(length_text.data(), length_text.data() + length_text.size(), length).ec != std::errc())
        return std::nullopt;
    while (buffer_.size() < length)
        if (!fill())
            return std::nullopt;
    response->body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return response;
}

std::optional<RawResponse> RawClient::exchange(std::string_view bytes, bool to_head)
{
    send(bytes);  // the server may have refused before the last byte; its answer is what counts
    return read(to_head);
}

bool RawClient::closed_by_server()
{
    if (!buffer_.empty())
        return false;
    return !fill() && ended_;
}

SSL_SESSION* RawClient::session() const { return SSL_get_session(connection_); }

BareConnection::BareConnection(std::uint16_t port, const std::string& source_address)
    : socket_(open_socket({.port = port, .source_address = source_address}))
{
}

BareConnection::~BareConnection()
{
    if (socket_ >= 0)
        ::close(socket_);
}

bool BareConnection::is_open() const
{
    char byte = 0;
    return socket_ >= 0 && recv(socket_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace cbmx::test
