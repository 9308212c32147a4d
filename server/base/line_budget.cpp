// See line_budget.hpp.
#include "base/line_budget.hpp"
#include <utility>

namespace cbmx::base {
namespace {

const std::string all_others;  // the key of those for whom there is no room: no address is empty

}  // namespace

std::optional<std::uint64_t> LineBudget::take(const std::string& key)
{
    const auto now = monotonic_();
    const std::lock_guard lock(mutex_);
    bool is_new = false;
    auto& spoken = of(key, now, is_new);
    if (!is_new && now - spoken.at < between_lines) {
        ++spoken.left_out;
        return std::nullopt;
    }
    spoken.at = now;
    return std::exchange(spoken.left_out, 0);
}

LineBudget::Spoken& LineBudget::of(const std::string& key, std::chrono::steady_clock::time_point now, bool& is_new)
{
    if (const auto known = spoken_.find(key); known != spoken_.end())
        return known->second;
    if (spoken_.size() >= max_keys)
        forget_silent(now);
    const auto& name = spoken_.size() >= max_keys ? all_others : key;
    const auto [entry, made] = spoken_.try_emplace(name, Spoken{now, 0});
    is_new = made;
    return entry->second;
}

// Who has been silent for a second, at most once a second. What was left out of theirs then counts for all others.
void LineBudget::forget_silent(std::chrono::steady_clock::time_point now)
{
    if (forgotten_at_ && now - *forgotten_at_ < between_lines)
        return;
    forgotten_at_ = now;
    std::uint64_t left_out = 0;
    std::erase_if(spoken_, [&](const auto& entry) {
        const bool is_silent = entry.first != all_others && now - entry.second.at >= between_lines;
        left_out += is_silent ? entry.second.left_out : 0;
        return is_silent;
    });
    if (left_out > 0)
        spoken_[all_others].left_out += left_out;
}

}  // namespace cbmx::base
