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
        is_kept_ = false;  // nobody knows what of it stands there now
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
    is_kept_ = is_kept_ && is_there();
    const bool was_kept = is_kept_;
    write_erasures(snapshot.db());
    if (!was_kept || written_size_.load(std::memory_order_acquire) != checkpoint->size) {
        service::write_durably(directory_ / service::outside_checkpoint_file, checkpoint->note);
        written_size_.store(checkpoint->size, std::memory_order_release);
    }
    is_kept_ = true;
}

// The file is replaced as a whole, so that a reader never finds half a line; only what is new is read for it.
void OutsideCopy::write_erasures(store::Connection& db)
{
    const auto last = static_cast<domain::Seq>(store::ledger_size(db)) - 1;
    const auto fresh = service::erasures_text(store::erasures(db, looked_to_));
    erasures_ += fresh;
    looked_to_ = last;
    if (is_kept_ && fresh.empty())
        return;
    const auto file = directory_ / service::outside_erasures_file;
    is_kept_ = false;
    if (service::read_whole(file) != erasures_)  // the portal that ran before has written it, most often
        service::write_durably(file, erasures_);
}

bool OutsideCopy::is_there() const
{
    return std::filesystem::exists(directory_ / service::outside_erasures_file) &&
           std::filesystem::exists(directory_ / service::outside_checkpoint_file);
}

}  // namespace cbmx::follower
