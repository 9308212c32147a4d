// One thread for what takes long and belongs neither to an I/O thread nor to the writer: starting gpg, say. It serves the homes
// that ask for it in turn (fair_queue.hpp).
#pragma once
#include "base/ending.hpp"
#include "base/fair_queue.hpp"
#include "base/worker.hpp"

namespace cbmx::base {

class SideThread {
public:
    explicit SideThread(std::size_t max_waiting);
    ~SideThread() { end(); }  // ends after the task under way; what still waits is dropped
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    // Any thread. home: whose turn the task takes. false: too many wait already. What a task throws is logged, and the next one runs.
    bool submit(const std::string& home, std::function<void()> task);
    void end();                   // takes nothing more; the task under way is to leave off (base/ending.hpp). Returns at once; any thread
    std::size_t waiting() const;  // without the one under way; any thread

private:
    Worker::Pause run_tasks();
    std::optional<std::function<void()>> next();  // nullopt: none waits

    mutable std::mutex mutex_;  // guards the next
    FairQueue<std::function<void()>> waiting_;
    Ending ending_;
    Worker worker_;
};

}  // namespace cbmx::base
