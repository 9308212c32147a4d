// See pool.hpp.
#include "verify/pool.hpp"
#include <algorithm>
#include <system_error>

namespace cbmx::service {
namespace {

constexpr unsigned max_threads = 8;

}  // namespace

std::size_t VerifyPool::most() { return std::clamp(std::thread::hardware_concurrency(), 1U, max_threads); }

VerifyPool::VerifyPool(const std::string& database_path, std::size_t threads, std::size_t cache_kib)
    : connections_(store::open_in_one_state(database_path, 1 + threads, cache_kib / (1 + threads)))
{
    try {
        for (std::size_t i = 1; i < connections_.size(); ++i)
            threads_.emplace_back([this, i] { run_tasks(*connections_[i]); });
    } catch (const std::system_error&) {  // this machine gives no more: those that there are do all
    }
}

VerifyPool::~VerifyPool()
{
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        waiting_.clear();
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

void VerifyPool::put(std::function<void(store::Connection&)> task)
{
    if (threads_.empty())  // one connection was all there was
        return task(own());
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(task));
    }
    wake_.notify_one();
}

void VerifyPool::run_tasks(store::Connection& db)
{
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (ending_)
            return;
        const auto task = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        task(db);
    }
}

}  // namespace cbmx::service
