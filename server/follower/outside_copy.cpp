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

OutsideCopy::OutsideCopy(store::Database& database, std::filesystem::path directory)
    : database_(database), directory_(std::move(directory)), worker_("outside_copy", [this] { return write(); })
{
    std::filesystem::create_directories(directory_);
    notify();
}

base::Worker::Pause OutsideCopy::write()
{
    try {
        write_once();
        is_failing_.store(false, std::memory_order_release);
        return {.least = least_distance};
    } catch (const std::exception& error) {
        is_failing_.store(true, std::memory_order_release);
        base::log(base::Severity::error, "outside_copy_failed", {{"directory", directory_.string()}, {"reason", error.what()}});
        notify();  // tried again, at the end too
        return {.least = retry_after};
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
