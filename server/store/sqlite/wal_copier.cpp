// See wal_copier.hpp.
#include "store/sqlite/wal_copier.hpp"
#include <optional>
#include <utility>

namespace cbmx::store {

WalCopier::WalCopier(std::string path, Failed failed) : path_(std::move(path)), failed_(std::move(failed))
{
    thread_ = std::thread([this] { loop(); });
}

WalCopier::~WalCopier()
{
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    moved_.notify_all();
    thread_.join();
}

void WalCopier::copy()
{
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(is_asked_, true))
            return;
    }
    moved_.notify_all();
}

bool WalCopier::is_copying() const
{
    const std::lock_guard lock(mutex_);
    return is_asked_;
}

void WalCopier::wait() const
{
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [this] { return !is_asked_; });
}

void WalCopier::loop()
{
    std::optional<Connection> connection;  // opened when it is needed: a small portal never needs it
    std::unique_lock lock(mutex_);
    for (;;) {
        moved_.wait(lock, [this] { return is_asked_ || is_stopping_; });
        if (!is_asked_)
            return;
        lock.unlock();
        try {
            if (!connection)
                connection.emplace(path_, OpenMode::read_write);
            connection->copy_wal();
        } catch (const StoreError& error) {
            failed_(error);
        } catch (const std::exception& error) {
            failed_({StoreFault::other, 0, error.what()});
        }
        lock.lock();
        is_asked_ = false;
        moved_.notify_all();
    }
}

}  // namespace cbmx::store
