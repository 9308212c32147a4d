// See feed_waiters.hpp.
#include "service/log/feed_waiters.hpp"
#include "domain/principal.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

constexpr std::chrono::milliseconds anonymous_park{1000};
constexpr std::chrono::milliseconds account_park{15'000};

}  // namespace

std::chrono::milliseconds longest_wait(const domain::Principal& principal)
{
    return principal.is_anonymous() ? anonymous_park : account_park;
}

FeedWaiters::FeedWaiters(std::function<void(std::function<void()>)> post) : post_(std::move(post)), thread_([this] { loop(); }) {}

FeedWaiters::~FeedWaiters()
{
    close();
    thread_.join();
}

void FeedWaiters::wait(std::chrono::milliseconds at_most, std::function<void()> resume)
{
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            readers_.push_back({std::chrono::steady_clock::now() + at_most, std::move(resume)});
            bell_.notify_one();
            return;
        }
    }
    post_(std::move(resume));
}

void FeedWaiters::wake()
{
    const std::lock_guard lock(mutex_);
    woken_ = true;
    bell_.notify_one();
}

void FeedWaiters::close()
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    bell_.notify_one();
}

bool FeedWaiters::is_closed() const
{
    const std::lock_guard lock(mutex_);
    return closed_;
}

std::size_t FeedWaiters::waiting() const
{
    const std::lock_guard lock(mutex_);
    return readers_.size();
}

std::size_t FeedWaiters::streams() const
{
    const std::lock_guard lock(streams_->mutex);
    std::size_t open = 0;
    for (const auto& [credential, count] : streams_->open)
        open += count;
    return open;
}

void FeedWaiters::loop()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        auto next = std::chrono::steady_clock::time_point::max();
        for (const auto& reader : readers_)
            next = std::min(next, reader.until);
        const auto is_rung = [this] { return woken_ || closed_; };
        const auto before = readers_.size();
        const auto changed = [&] { return is_rung() || readers_.size() != before; };
        if (next == std::chrono::steady_clock::time_point::max())
            bell_.wait(lock, changed);
        else
            bell_.wait_until(lock, next, changed);
        const auto now = std::chrono::steady_clock::now();
        const bool all = is_rung();
        woken_ = false;
        const auto due =
            std::stable_partition(readers_.begin(), readers_.end(), [&](const Reader& reader) { return !all && reader.until > now; });
        std::vector<Reader> resumed(std::make_move_iterator(due), std::make_move_iterator(readers_.end()));
        readers_.erase(due, readers_.end());
        const bool ends = closed_;
        lock.unlock();
        for (auto& reader : resumed)
            post_(std::move(reader.resume));
        if (ends)
            return;
        if (all)
            std::this_thread::sleep_for(shortest_between_wakes);
        lock.lock();
    }
}

std::shared_ptr<void> FeedWaiters::take_stream(const std::string& credential)
{
    const std::lock_guard lock(streams_->mutex);
    auto& open = streams_->open[credential];
    if (open == max_streams_per_credential)
        return nullptr;
    ++open;
    const auto close_stream = [streams = streams_, credential](void*) {
        const std::lock_guard guard(streams->mutex);
        if (--streams->open[credential] == 0)
            streams->open.erase(credential);
    };
    return {streams_.get(), close_stream};
}

}  // namespace cbmx::service
