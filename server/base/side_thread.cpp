// See side_thread.hpp.
#include "base/side_thread.hpp"

namespace cbmx::base {

SideThread::SideThread(std::size_t max_waiting) : max_waiting_(max_waiting), thread_([this] { loop(); }) {}

SideThread::~SideThread()
{
    {
        const std::lock_guard guard(mutex_);
        ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool SideThread::submit(std::function<void()> task)
{
    {
        const std::lock_guard guard(mutex_);
        if (ending_ || waiting_.size() >= max_waiting_)
            return false;
        waiting_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
}

void SideThread::loop()
{
    std::unique_lock guard(mutex_);
    while (true) {
        wake_.wait(guard, [this] { return ending_ || !waiting_.empty(); });
        if (ending_)
            return;
        const auto task = std::move(waiting_.front());
        waiting_.pop_front();
        guard.unlock();
        task();
        guard.lock();
    }
}

}  // namespace cbmx::base
