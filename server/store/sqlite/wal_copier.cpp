// See wal_copier.hpp.
#include "store/sqlite/wal_copier.hpp"
#include <utility>

namespace cbmx::store {

WalCopier::WalCopier(std::string path, Failed failed)
    : path_(std::move(path)), failed_(std::move(failed)), worker_("wal_copier", [this] { return copy_once(); })
{
}

void WalCopier::copy()
{
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(is_copying_, true))
            return;
    }
    worker_.ring();
}

bool WalCopier::is_copying() const
{
    const std::lock_guard lock(mutex_);
    return is_copying_;
}

void WalCopier::wait() const
{
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return !is_copying_; });
}

base::Worker::Pause WalCopier::copy_once()
{
    try {
        if (!connection_)
            connection_.emplace(path_, OpenMode::read_write);
        connection_->copy_wal();
    } catch (const StoreError& error) {
        failed_(error);
    } catch (const std::exception& error) {
        failed_({StoreFault::other, 0, error.what()});
    }
    {
        const std::lock_guard lock(mutex_);
        is_copying_ = false;
    }
    done_.notify_all();
    return {};
}

}  // namespace cbmx::store
