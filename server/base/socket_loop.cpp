// See socket_loop.hpp.
#include "base/socket_loop.hpp"
#include "base/log.hpp"
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cbmx::base {

SocketLoop::SocketLoop(std::string name, int listener, Serve serve)
    : name_(std::move(name)), serve_(std::move(serve)), listener_(listener), stopped_(eventfd(0, EFD_CLOEXEC))
{
    if (stopped_ < 0) {
        const int error = errno;
        close(listener_);
        throw std::system_error(error, std::generic_category(), "eventfd");
    }
    thread_ = std::thread([this] {
        loop();
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        idle_.notify_all();
    });
}

SocketLoop::~SocketLoop()
{
    stop_accepting();
    ending_.begin();
    thread_.join();
    close(stopped_);
    close(listener_);
}

void SocketLoop::stop_accepting() { eventfd_write(stopped_, 1); }

void SocketLoop::finish(std::chrono::steady_clock::time_point by)
{
    stop_accepting();
    {
        std::unique_lock lock(mutex_);
        idle_.wait_until(lock, by, [this] { return is_over_; });
    }
    ending_.begin();
}

void SocketLoop::loop()
{
    const Ending::Work work(ending_);
    for (;;) {
        std::array<pollfd, 2> ready{pollfd{listener_, POLLIN, 0}, pollfd{stopped_, POLLIN, 0}};
        if (poll(ready.data(), ready.size(), -1) < 0)
            continue;
        if (ready[1].revents != 0)
            return;
        const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0)
            continue;
        serve_one(peer);
        close(peer);
    }
}

void SocketLoop::serve_one(int peer)
{
    try {
        serve_(peer, stopped_);
    } catch (const std::exception& failure) {
        log(Severity::error, "socket_loop_failed", {{"loop", name_}, {"reason", failure.what()}});
    }
}

bool wait_readable(int peer, int ending, std::chrono::milliseconds patience)
{
    std::array<pollfd, 2> ready{pollfd{peer, POLLIN, 0}, pollfd{ending, POLLIN, 0}};
    return poll(ready.data(), ready.size(), static_cast<int>(patience.count())) > 0 && ready[1].revents == 0;
}

bool send_all(int peer, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace cbmx::base
