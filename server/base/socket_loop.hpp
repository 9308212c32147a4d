// Accepts connections on a listening socket and serves them one at a time, on a thread of its own. For listeners that see few
// requests, all from this machine: http/metrics_listener.hpp, operation/operator.hpp.
#pragma once
#include "base/ending.hpp"
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
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
    ~SocketLoop();                                            // serve is to leave off; then closes the listening socket
    void stop_accepting();                                    // whoever is being served goes on. Returns at once; any thread
    // Waits until nobody is being served, at most until then; from then on serve is to leave off (base/ending.hpp).
    void finish(std::chrono::steady_clock::time_point by);
    SocketLoop(const SocketLoop&) = delete;
    SocketLoop& operator=(const SocketLoop&) = delete;

private:
    void loop();
    void serve_one(int peer);

    std::string name_;
    Serve serve_;
    int listener_;
    int stopped_;  // an eventfd
    Ending ending_;
    std::mutex mutex_;
    std::condition_variable idle_;
    bool is_over_ = false;  // the loop; guarded by the mutex
    std::thread thread_;
};

// false: nothing came within the patience, or the loop is to end. ending: -1 for none.
bool wait_readable(int peer, int ending, std::chrono::milliseconds patience);
bool send_all(int peer, std::string_view bytes);  // false: the peer is gone, or takes nothing for as long as its socket allows

}  // namespace cbmx::base
