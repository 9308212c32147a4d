// How often the log speaks of the same peer: one line a second, which says how many were left out, so that a flood of refusals
// fills no disk (rules.md 26, 27a). Bounded memory; any thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace cbmx::base {

class LineBudget {
public:
    using Monotonic = std::function<std::chrono::steady_clock::time_point()>;
    static constexpr std::chrono::seconds between_lines{1};
    static constexpr std::size_t max_keys = 1024;  // more that speak within a second are one key together

    explicit LineBudget(Monotonic monotonic = std::chrono::steady_clock::now) : monotonic_(std::move(monotonic)) {}

    // nullopt: the line is left out. Else it is written, and so many were left out since the last one of this key.
    std::optional<std::uint64_t> take(const std::string& key);

private:
    struct Spoken {
        std::chrono::steady_clock::time_point at;
        std::uint64_t left_out = 0;
    };
    Spoken& of(const std::string& key, std::chrono::steady_clock::time_point now, bool& is_new);
    void forget_silent(std::chrono::steady_clock::time_point now);

    Monotonic monotonic_;
    std::mutex mutex_;
    std::unordered_map<std::string, Spoken> spoken_;
    std::optional<std::chrono::steady_clock::time_point> forgotten_at_;
};

}  // namespace cbmx::base
