// Token buckets per account and per peer address, by the monotonic clock. Bounded memory; any thread.
// Header fields: IETF draft-ietf-httpapi-ratelimit-headers.
#pragma once
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cbmx::api {

struct RateQuota {
    std::int64_t requests = 600;  // bucket size, refilled evenly over the window
    std::chrono::seconds window{60};
};

struct RateState {
    bool allowed = true;
    std::int64_t remaining = 0;
    std::int64_t reset_seconds = 0;  // until the bucket is full again, or until one request fits when refused
};

class RateLimit {
public:
    using Monotonic = std::function<std::chrono::steady_clock::time_point()>;
    static constexpr std::size_t max_buckets = 10'000;  // beyond it the fullest half is forgotten: who has asked most stays known

    explicit RateLimit(RateQuota quota, Monotonic monotonic = std::chrono::steady_clock::now);
    RateState take(const std::string& key);
    const RateQuota& quota() const { return quota_; }

private:
    struct Bucket {
        double tokens;
        std::chrono::steady_clock::time_point at;
    };
    double tokens_in(const Bucket& bucket, std::chrono::steady_clock::time_point now) const;
    void forget_fullest(std::chrono::steady_clock::time_point now);
    RateQuota quota_;
    Monotonic monotonic_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace cbmx::api
