// See metrics_listener.hpp. A request is read up to its blank line, bounded in size and time.
#include "http/metrics_listener.hpp"
#include "base/systemd.hpp"
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace cbmx::http {
namespace {

constexpr std::size_t max_request_bytes = 8 * 1024;
constexpr std::chrono::milliseconds patience{2'000};
constexpr int max_waiting_connections = 8;

// systemd's socket where it gave one.
int listener_on(std::uint16_t port)
{
    if (const int given = base::socket_handed_over("metrics"); given >= 0)
        return given;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, max_waiting_connections) != 0) {
        const std::string why = std::strerror(errno);
        close(listener);
        throw std::runtime_error("cannot serve metrics on 127.0.0.1:" + std::to_string(port) + ": " + why);
    }
    return listener;
}

std::uint16_t port_of(int listener)
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

}  // namespace

MetricsListener::MetricsListener(std::uint16_t port, std::function<std::string()> text) : text_(std::move(text))
{
    const int listener = listener_on(port);
    port_ = port_of(listener);
    loop_.emplace("metrics", listener, [this](int peer, int ending) { answer(peer, ending); });
}

void MetricsListener::answer(int peer, int ending)
{
    const timeval send_patience{std::chrono::duration_cast<std::chrono::seconds>(patience).count(), 0};
    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &send_patience, sizeof send_patience);
    std::string request;
    std::array<char, 2048> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos && request.size() < max_request_bytes) {
        if (!base::wait_readable(peer, ending, patience))
            return;
        const auto count = recv(peer, buffer.data(), buffer.size(), 0);
        if (count <= 0)
            return;
        request.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const bool known = request.starts_with("GET /metrics HTTP/1.");
    const std::string body = known ? text_() : "";
    std::string bytes = known ? "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n" : "HTTP/1.1 404 Not Found\r\n";
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    base::send_all(peer, bytes);
}

}  // namespace cbmx::http
