// Counts under one lock, never held across a call to a session; see connections.hpp.
#include "http/connections.hpp"

namespace cbmx::http {

std::unique_ptr<Connections::Slot> Connections::open()
{
    const std::lock_guard lock(mutex_);
    if (closed_ || slots_.size() >= most_) {
        ++refused_;
        return nullptr;
    }
    std::unique_ptr<Slot> slot(new Slot(*this));
    slots_.emplace(slot.get(), std::weak_ptr<Session>());
    ++total_;
    return slot;
}

Connections::Slot::~Slot()
{
    const std::lock_guard lock(all_.mutex_);
    all_.slots_.erase(this);
    const auto share = all_.peers_.find(peer_);
    if (share != all_.peers_.end() && --share->second == 0)
        all_.peers_.erase(share);
    if (all_.slots_.empty())
        all_.none_.notify_all();
}

bool Connections::Slot::name_peer(const std::string& address)
{
    const std::lock_guard lock(all_.mutex_);
    std::size_t& share = all_.peers_[address];
    if (share >= all_.most_per_peer_) {
        ++all_.refused_;
        return false;
    }
    ++share;
    peer_ = address;
    return true;
}

void Connections::Slot::attach(const std::shared_ptr<Session>& session)
{
    const std::lock_guard lock(all_.mutex_);
    all_.slots_[this] = session;
}

void Connections::close()
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

bool Connections::closed() const
{
    const std::lock_guard lock(mutex_);
    return closed_;
}

std::vector<std::shared_ptr<Session>> Connections::sessions() const
{
    std::vector<std::shared_ptr<Session>> result;
    const std::lock_guard lock(mutex_);
    for (const auto& [slot, session] : slots_)
        if (auto alive = session.lock())
            result.push_back(std::move(alive));
    return result;
}

bool Connections::wait_until_none(std::chrono::milliseconds at_most)
{
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, at_most, [this] { return slots_.empty(); });
}

std::uint64_t Connections::open_count() const
{
    const std::lock_guard lock(mutex_);
    return slots_.size();
}

std::uint64_t Connections::total() const
{
    const std::lock_guard lock(mutex_);
    return total_;
}

std::uint64_t Connections::refused() const
{
    const std::lock_guard lock(mutex_);
    return refused_;
}

}  // namespace cbmx::http
