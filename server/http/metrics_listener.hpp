// Plain HTTP on loopback for Prometheus: answers GET /metrics and nothing else, one connection at a time, on a thread of
// its own, so that it answers while the I/O threads are busy. Not reachable from outside: it binds 127.0.0.1 alone.
#pragma once
#include "base/socket_loop.hpp"
#include <cstdint>
#include <optional>

namespace cbmx::http {

class MetricsListener {
public:
    // Throws std::runtime_error when the port is taken. text is called on the listener's thread.
    MetricsListener(std::uint16_t port, std::function<std::string()> text);
    std::uint16_t port() const { return port_; }

private:
    void answer(int peer, int ending);

    std::function<std::string()> text_;
    std::uint16_t port_ = 0;
    std::optional<base::SocketLoop> loop_;
};

}  // namespace cbmx::http
