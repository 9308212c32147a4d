// The threads of one verify. Each has a connection of its own; all see the same state of the database, whatever is written
// meanwhile. Their findings are combined by the caller, so that the order does not depend on which thread was done first.
#pragma once
#include "store/engine.hpp"
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace cbmx::service {

class VerifyPool {
public:
    static std::size_t most();  // threads that this machine gives to one verify
    VerifyPool(const std::string& database_path, std::size_t threads, std::size_t cache_kib);  // cache: of pages, for all together
    ~VerifyPool();  // what has not been begun is dropped, what is under way ends
    VerifyPool(const VerifyPool&) = delete;
    VerifyPool& operator=(const VerifyPool&) = delete;

    store::Connection& own() { return *connections_.front(); }  // for the thread that made the pool

    // In the order in which it was started, side by side with what was started before. What it refers to must outlive the pool.
    template <class Work>
    auto start(Work work) -> std::future<std::invoke_result_t<Work, store::Connection&>>
    {
        using Task = std::packaged_task<std::invoke_result_t<Work, store::Connection&>(store::Connection&)>;
        const auto task = std::make_shared<Task>(std::move(work));
        auto result = task->get_future();
        put([task](store::Connection& db) { (*task)(db); });
        return result;
    }

private:
    void put(std::function<void(store::Connection&)> task);
    void run_tasks(store::Connection& db);

    std::vector<std::unique_ptr<store::Connection>> connections_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void(store::Connection&)>> waiting_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace cbmx::service
