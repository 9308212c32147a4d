// One thread for what takes long and belongs neither to an I/O thread nor to the writer: starting gpg, say.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cbmx::base {

class SideThread {
public:
    explicit SideThread(std::size_t max_waiting);
    ~SideThread();  // ends after the task under way; what still waits is dropped
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    // Any thread. false: too many wait already. A task must not throw.
    bool submit(std::function<void()> task);

private:
    void loop();
    std::size_t max_waiting_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> waiting_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace cbmx::base
