// A thread with a bell and an end: it works when the bell is rung, or when a pause that its work asked for is over. A class that
// keeps one declares it as its last member, so that the thread has ended before anything that its work uses goes. Threads that
// wait on a socket: base/socket_loop.hpp; for one task after the other: base/side_thread.hpp.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace cbmx::base {

class Worker {
public:
    struct Pause {
        std::chrono::steady_clock::duration least{0};               // for so long a ring has to wait
        std::optional<std::chrono::steady_clock::duration> most{};  // after so long it works without a ring; nullopt: never
    };
    // Runs on the worker's thread and says when it is to run again. An exception is logged under the name; the pause before it
    // is then taken once more.
    using Work = std::function<Pause()>;

    Worker(std::string name, Work work) : Worker(std::move(name), Pause{}, std::move(work)) {}
    Worker(std::string name, Pause first, Work work);  // first: before the work runs for the first time
    ~Worker();  // cuts the pause short; a ring that came before is still answered by one run; then the thread has ended
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // Any thread, the worker's own too; never waits for the work. At least one whole run follows; rings that come before it has
    // begun share it. Nothing once the end has begun.
    void ring();
    bool is_ending() const;  // for work that would take long; any thread

private:
    void loop(Pause pause);
    Pause run(Pause before);

    std::string name_;
    Work work_;
    mutable std::mutex mutex_;  // guards the next three
    std::condition_variable moved_;
    bool is_rung_ = false, is_ending_ = false;
    std::thread thread_;
};

}  // namespace cbmx::base
