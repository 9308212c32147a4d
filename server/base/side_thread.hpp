// One thread for what takes long and belongs neither to an I/O thread nor to the writer: starting gpg, say.
#pragma once
#include "base/worker.hpp"
#include <deque>

namespace cbmx::base {

class SideThread {
public:
    explicit SideThread(std::size_t max_waiting);
    ~SideThread() = default;  // ends after the task under way; what still waits is dropped
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    // Any thread. false: too many wait already. What a task throws is logged, and the next one runs.
    bool submit(std::function<void()> task);

private:
    Worker::Pause run_tasks();
    std::function<void()> next();  // empty: none waits

    std::size_t max_waiting_;
    std::mutex mutex_;  // guards the next
    std::deque<std::function<void()>> waiting_;
    Worker worker_;
};

}  // namespace cbmx::base
