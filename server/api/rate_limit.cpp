// See rate_limit.hpp.
#include "api/rate_limit.hpp"
#include <algorithm>
#include <cmath>

namespace cbmx::api {

RateLimit::RateLimit(RateQuota quota, Monotonic monotonic) : quota_(quota), monotonic_(std::move(monotonic)) {}

RateState RateLimit::take(const std::string& key)
{
    const auto now = monotonic_();
    const auto size = static_cast<double>(quota_.requests);
    const double per_second = size / static_cast<double>(quota_.window.count());
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= max_buckets)
        forget_full(now);
    auto& bucket = buckets_.try_emplace(key, Bucket{size, now}).first->second;
    const double elapsed = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(size, bucket.tokens + elapsed * per_second);
    bucket.at = now;
    const bool allowed = bucket.tokens >= 1.0;
    if (allowed)
        bucket.tokens -= 1.0;
    const double wait = allowed ? (size - bucket.tokens) / per_second : (1.0 - bucket.tokens) / per_second;
    return {allowed, static_cast<std::int64_t>(bucket.tokens), static_cast<std::int64_t>(std::ceil(wait))};
}

// A bucket that would be full again needs no record: a missing bucket means the same.
void RateLimit::forget_full(std::chrono::steady_clock::time_point now)
{
    std::erase_if(buckets_, [this, now](const auto& entry) { return now - entry.second.at >= quota_.window; });
    if (buckets_.size() >= max_buckets)
        buckets_.clear();
}

}  // namespace cbmx::api
