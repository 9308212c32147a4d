// See rate_limit.hpp.
#include "api/rate_limit.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

namespace cbmx::api {

RateLimit::RateLimit(RateQuota quota, Monotonic monotonic) : quota_(quota), monotonic_(std::move(monotonic)) {}

RateState RateLimit::take(const std::string& key)
{
    const auto now = monotonic_();
    const auto size = static_cast<double>(quota_.requests);
    const double per_second = size / static_cast<double>(quota_.window.count());
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= max_buckets)
        forget_fullest(now);
    auto& bucket = buckets_.try_emplace(key, Bucket{size, now}).first->second;
    bucket.tokens = tokens_in(bucket, now);
    bucket.at = now;
    const bool allowed = bucket.tokens >= 1.0;
    if (allowed)
        bucket.tokens -= 1.0;
    const double wait = allowed ? (size - bucket.tokens) / per_second : (1.0 - bucket.tokens) / per_second;
    return {allowed, static_cast<std::int64_t>(bucket.tokens), static_cast<std::int64_t>(std::ceil(wait))};
}

double RateLimit::tokens_in(const Bucket& bucket, std::chrono::steady_clock::time_point now) const
{
    const auto size = static_cast<double>(quota_.requests);
    const double elapsed = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(size, bucket.tokens + elapsed * size / static_cast<double>(quota_.window.count()));
}

// A bucket that is full needs no record: a missing one means the same. A crowd of new addresses frees nobody of what they have used up.
void RateLimit::forget_fullest(std::chrono::steady_clock::time_point now)
{
    std::vector<double> levels;
    levels.reserve(buckets_.size());
    for (const auto& [key, bucket] : buckets_)
        levels.push_back(tokens_in(bucket, now));
    const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
    std::nth_element(levels.begin(), middle, levels.end());
    // Of those as full as the middle one, no more than make up the half.
    auto to_forget = levels.size() - levels.size() / 2;
    for (const bool is_strict : {true, false})
        std::erase_if(buckets_, [&](const auto& entry) {
            const double level = tokens_in(entry.second, now);
            const bool is_forgotten = to_forget > 0 && (level > *middle || (!is_strict && level >= *middle));
            to_forget -= is_forgotten ? 1 : 0;
            return is_forgotten;
        });
}

}  // namespace cbmx::api
