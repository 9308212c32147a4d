// See worker.hpp.
#include "base/worker.hpp"
#include "base/log.hpp"
#include <utility>

namespace cbmx::base {

Worker::Worker(std::string name, Pause first, Work work)
    : name_(std::move(name)), work_(std::move(work)), thread_([this, first] { loop(first); })
{
}

Worker::~Worker()
{
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    moved_.notify_one();
    thread_.join();
}

void Worker::ring()
{
    {
        const std::lock_guard lock(mutex_);
        if (is_ending_ || std::exchange(is_rung_, true))
            return;
    }
    moved_.notify_one();
}

bool Worker::is_ending() const
{
    const std::lock_guard lock(mutex_);
    return is_ending_;
}

void Worker::loop(Pause pause)
{
    const auto is_ending = [this] { return is_ending_; };
    const auto is_woken = [this] { return is_rung_ || is_ending_; };
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto begin = std::chrono::steady_clock::now();
        if (pause.least.count() > 0)
            moved_.wait_until(lock, begin + pause.least, is_ending);
        if (pause.most)
            moved_.wait_until(lock, begin + *pause.most, is_woken);
        else
            moved_.wait(lock, is_woken);
        if (is_ending_ && !is_rung_)
            return;
        is_rung_ = false;
        lock.unlock();
        pause = run(pause);
        lock.lock();
    }
}

Worker::Pause Worker::run(Pause before)
{
    try {
        return work_();
    } catch (const std::exception& failure) {
        log(Severity::error, "worker_failed", {{"worker", name_}, {"reason", failure.what()}});
        return before;
    }
}

}  // namespace cbmx::base
