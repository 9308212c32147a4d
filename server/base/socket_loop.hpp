// Accepts connections on a listening socket and serves them one at a time, on a thread of its own. For listeners that see few
// requests, all from this machine: http/metrics_listener.hpp, operation/operator.hpp.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace cbmx::base {

class SocketLoop {
public:
    // Runs on the loop's thread; the loop closes the peer afterwards. ending becomes readable when the loop is to end. An
    // exception is logged under the loop's name, and the next peer is served.
    using Serve = std::function<void(int peer, int ending)>;

    SocketLoop(std::string name, int listener, Serve serve);  // takes the listening socket over; throws std::system_error
    ~SocketLoop();                                            // lets serve end, then closes the listening socket
    SocketLoop(const SocketLoop&) = delete;
    SocketLoop& operator=(const SocketLoop&) = delete;

private:
    void loop();
    void serve_one(int peer);

    std::string name_;
    Serve serve_;
    int listener_;
    int ending_;  // an eventfd
    std::thread thread_;
};

// false: nothing came within the patience, or the loop is to end. ending: -1 for none.
bool wait_readable(int peer, int ending, std::chrono::milliseconds patience);
bool send_all(int peer, std::string_view bytes);  // false: the peer is gone, or takes nothing for as long as its socket allows

}  // namespace cbmx::base
