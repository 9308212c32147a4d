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

FeedWaiters::FeedWaiters(std::function<void(std::function<void()>)> post)
    : post_(std::move(post)), worker_("feed_waiters", [this] { return resume_due(); })
{
}

FeedWaiters::~FeedWaiters() { close(); }

void FeedWaiters::wait(std::chrono::milliseconds at_most, std::function<void()> resume)
{
    bool is_late = false;
    {
        const std::lock_guard lock(mutex_);
        is_late = closed_;
        if (!is_late)
            readers_.push_back({std::chrono::steady_clock::now() + at_most, std::move(resume)});
    }
    if (is_late)
        post_(std::move(resume));
    else
        worker_.ring();
}

void FeedWaiters::wake()
{
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    worker_.ring();
}

void FeedWaiters::close()
{
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    worker_.ring();
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

base::Worker::Pause FeedWaiters::resume_due()
{
    base::Worker::Pause pause;
    std::vector<Reader> resumed;
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        const bool all = woken_ || closed_;
        woken_ = false;
        const auto due =
            std::stable_partition(readers_.begin(), readers_.end(), [&](const Reader& reader) { return !all && reader.until > now; });
        resumed.assign(std::make_move_iterator(due), std::make_move_iterator(readers_.end()));
        readers_.erase(due, readers_.end());
        if (all)
            pause.least = shortest_between_wakes;
        for (const auto& reader : readers_)
            pause.most = std::min(pause.most.value_or(reader.until - now), reader.until - now);
    }
    for (auto& reader : resumed)
        post_(std::move(reader.resume));
    return pause;
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
