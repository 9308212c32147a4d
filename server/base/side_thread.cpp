// See side_thread.hpp.
#include "base/side_thread.hpp"

namespace cbmx::base {

SideThread::SideThread(std::size_t max_waiting) : waiting_(max_waiting, max_waiting), worker_("side_thread", [this] { return run_tasks(); })
{
}

bool SideThread::submit(const std::string& home, std::function<void()> task)
{
    if (ending_.has_begun())
        return false;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.room_for(home) != Room::free)
            return false;
        waiting_.push(home, std::move(task));
    }
    worker_.ring();
    return true;
}

void SideThread::end() { ending_.begin(); }

std::size_t SideThread::waiting() const
{
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

Worker::Pause SideThread::run_tasks()
{
    if (ending_.has_begun())
        return {};
    if (const auto task = next()) {
        worker_.ring();  // for the next, also when this one throws
        const Ending::Work work(ending_);
        (*task)();
    }
    return {};
}

std::optional<std::function<void()>> SideThread::next()
{
    const std::lock_guard lock(mutex_);
    return waiting_.pop();
}

}  // namespace cbmx::base
