// See metrics_listener.hpp. A request is read up to its blank line, bounded in size and time.
#include "http/metrics_listener.hpp"
#include "base/systemd.hpp"
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace cbmx::http {
namespace {

constexpr std::size_t max_request_bytes = 8 * 1024;
constexpr int patience_ms = 2'000;

bool readable(int descriptor)
{
    pollfd ready{descriptor, POLLIN, 0};
    return poll(&ready, 1, patience_ms) > 0;
}

}  // namespace

MetricsListener::MetricsListener(std::uint16_t port, std::function<std::string()> text) : text_(std::move(text))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    listener_ = base::socket_handed_over("metrics");
    const bool is_bound = listener_ >= 0;
    if (!is_bound) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int yes = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    if ((!is_bound && (bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(listener_, 8) != 0)) ||
        pipe(wake_) != 0) {
        const std::string why = std::strerror(errno);
        close(listener_);
        throw std::runtime_error("cannot serve metrics on 127.0.0.1:" + std::to_string(port) + ": " + why);
    }
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { loop(); });
}

MetricsListener::~MetricsListener()
{
    close(wake_[1]);
    thread_.join();
    close(wake_[0]);
    close(listener_);
}

void MetricsListener::loop()
{
    for (;;) {
        std::array<pollfd, 2> ready{pollfd{listener_, POLLIN, 0}, pollfd{wake_[0], POLLIN, 0}};
        if (poll(ready.data(), ready.size(), -1) < 0)
            continue;
        if (ready[1].revents != 0)
            return;
        const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0)
            continue;
        answer(peer);
        close(peer);
    }
}

void MetricsListener::answer(int peer)
{
    std::string request;
    std::array<char, 2048> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos && request.size() < max_request_bytes) {
        if (!readable(peer))
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
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto count = send(peer, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return;
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace cbmx::http
