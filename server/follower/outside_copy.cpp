// See outside_copy.hpp. Erasures are written before the checkpoint that covers them: a reader who finds the checkpoint finds
// the whole list.
#include "follower/outside_copy.hpp"
#include "base/log.hpp"
#include "store/log/entries.hpp"
#include <chrono>

namespace cbmx::follower {
namespace {

// Commits may come by the hundred a second; one copy for all of them in this time is within the second promised.
constexpr std::chrono::milliseconds least_distance{200};
constexpr std::chrono::seconds retry_after{5};

}  // namespace

OutsideCopy::OutsideCopy(store::Database& database, std::filesystem::path directory) : database_(database), directory_(std::move(directory))
{
    std::filesystem::create_directories(directory_);
    thread_ = std::thread([this] { loop(); });
}

OutsideCopy::~OutsideCopy()
{
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void OutsideCopy::notify()
{
    {
        const std::lock_guard lock(mutex_);
        is_dirty_ = true;
    }
    wake_.notify_one();
}

void OutsideCopy::loop()
{
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return is_stopping_ || is_dirty_; });
            if (!is_dirty_)
                return;
            is_dirty_ = false;
        }
        try {
            write_once();
            is_failing_.store(false, std::memory_order_release);
        } catch (const std::exception& error) {
            is_failing_.store(true, std::memory_order_release);
            base::log(base::Severity::error, "outside_copy_failed", {{"directory", directory_.string()}, {"reason", error.what()}});
        }
        std::unique_lock lock(mutex_);
        const bool failing = is_failing_.load(std::memory_order_acquire);
        is_dirty_ = is_dirty_ || (failing && !is_stopping_);
        if (failing)
            wake_.wait_for(lock, retry_after, [this] { return is_stopping_; });
        else
            wake_.wait_for(lock, least_distance, [this] { return is_stopping_; });
    }
}

void OutsideCopy::write_once()
{
    auto snapshot = database_.read();
    const auto checkpoint = store::last_checkpoint(snapshot.db());
    if (!checkpoint)
        return;
    const auto erasures = store::erasures(snapshot.db());
    if (written_erasures_ != erasures.size()) {
        service::write_durably(directory_ / service::outside_erasures_file, service::erasures_text(erasures));
        written_erasures_ = erasures.size();
    }
    if (written_size_.load(std::memory_order_acquire) != checkpoint->size) {
        service::write_durably(directory_ / service::outside_checkpoint_file, checkpoint->note);
        written_size_.store(checkpoint->size, std::memory_order_release);
    }
}

}  // namespace cbmx::follower
