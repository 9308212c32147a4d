// See side_thread.hpp.
#include "base/side_thread.hpp"

namespace cbmx::base {

SideThread::SideThread(std::size_t max_waiting) : max_waiting_(max_waiting), worker_("side_thread", [this] { return run_tasks(); }) {}

bool SideThread::submit(std::function<void()> task)
{
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= max_waiting_)
            return false;
        waiting_.push_back(std::move(task));
    }
    worker_.ring();
    return true;
}

Worker::Pause SideThread::run_tasks()
{
    if (worker_.is_ending())
        return {};
    if (const auto task = next()) {
        worker_.ring();  // for the next, also when this one throws
        task();
    }
    return {};
}

std::function<void()> SideThread::next()
{
    const std::lock_guard lock(mutex_);
    if (waiting_.empty())
        return {};
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    return task;
}

}  // namespace cbmx::base
