// Counts under one lock, never held across a call to a session; see connections.hpp. Room is looked for only where a budget is used
// up, by a look at each connection of the class.
#include "http/connections.hpp"
#include "base/budget_key.hpp"
#include <tuple>

namespace cbmx::http {
namespace {

constexpr std::size_t parts_of_token_class_for_a_home = 2;

constexpr std::size_t index(ConnectionClass of) { return static_cast<std::size_t>(of); }

}  // namespace

std::string_view name_of(ConnectionClass of)
{
    switch (of) {
    case ConnectionClass::handshake: return "handshake";
    case ConnectionClass::anonymous: return "anonymous";
    case ConnectionClass::token: return "token";
    case ConnectionClass::certificate_handshake: return "certificate_handshake";
    case ConnectionClass::certificate: return "certificate";
    }
    return {};
}

std::size_t ConnectionBudgets::of(ConnectionClass which) const
{
    switch (which) {
    case ConnectionClass::handshake:
    case ConnectionClass::certificate_handshake: return handshakes;
    case ConnectionClass::anonymous: return anonymous;
    case ConnectionClass::token: return token;
    case ConnectionClass::certificate: return certificate;
    }
    return 0;
}

std::size_t ConnectionBudgets::in_all() const
{
    std::size_t sum = Connections::max_leaving;
    for (std::size_t i = 0; i < connection_class_count; ++i)
        sum += of(static_cast<ConnectionClass>(i));
    return sum;
}

std::size_t Connections::Share::established() const
{
    return of[index(ConnectionClass::anonymous)] + of[index(ConnectionClass::token)] + of[index(ConnectionClass::certificate)];
}

bool Connections::Share::is_empty() const
{
    std::size_t sum = 0;
    for (const auto count : of)
        sum += count;
    return sum == 0;
}

std::unique_ptr<Connections::Slot> Connections::open(bool certificate_listener)
{
    Room room;
    std::unique_ptr<Slot> slot;
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || leaving_.size() >= max_leaving) {
            ++refused_;
            return nullptr;
        }
        const auto begins = certificate_listener ? ConnectionClass::certificate_handshake : ConnectionClass::handshake;
        if (count(begins) >= budgets_.of(begins))
            make_room(begins, nullptr, Doing::answered, room);
        slot.reset(new Slot(*this, begins));
        classes_[index(begins)].push_back(slot.get());
        slot->at_ = std::prev(classes_[index(begins)].end());
        ++open_;
        ++total_;
    }
    end(room);
    return slot;
}

Connections::Slot::~Slot()
{
    const std::lock_guard lock(all_.mutex_);
    if (is_leaving_)
        all_.leaving_.erase(at_);
    else
        all_.leave(*this);
    if (--all_.open_ == 0)
        all_.none_.notify_all();
}

void Connections::Slot::attach(const std::shared_ptr<Session>& session, Ending ending)
{
    const std::lock_guard lock(all_.mutex_);
    session_ = session;
    ending_ = std::move(ending);
}

void Connections::Slot::name_peer(const std::string& address)
{
    Room room;
    {
        const std::lock_guard lock(all_.mutex_);
        if (is_leaving_)
            return;
        const auto key = base::budget_key(address);
        if (all_.share_of(key, class_) >= all_.budgets_.handshakes_per_peer)
            all_.make_room(class_, &key, Doing::answered, room);
        peer_ = key;
        ++all_.peers_[key].of[index(class_)];
    }
    end(room);
}

bool Connections::Slot::establish()
{
    Room room;
    bool has_room = false;
    {
        const std::lock_guard lock(all_.mutex_);
        if (is_leaving_)
            return false;
        const auto to = class_ == ConnectionClass::certificate_handshake ? ConnectionClass::certificate : ConnectionClass::anonymous;
        const auto known = all_.peers_.find(peer_);
        const bool is_beyond_share = known != all_.peers_.end() && known->second.established() >= all_.budgets_.per_peer;
        has_room = !is_beyond_share || all_.make_room(to, &peer_, Doing::idle, room);
        if (has_room && all_.count(to) >= all_.budgets_.of(to))
            has_room = all_.make_room(to, nullptr, Doing::answered, room);
        if (has_room)
            all_.enter(*this, to);
        else
            ++all_.refused_;
    }
    end(room);
    return has_room;
}

void Connections::Slot::carry_token_of(const std::string& home)
{
    if (carried_ == home)
        return;
    carried_.clear();
    Room room;
    {
        const std::lock_guard lock(all_.mutex_);
        if (is_leaving_ || (class_ != ConnectionClass::anonymous && class_ != ConnectionClass::token))
            return;
        const auto budget = all_.budgets_.of(ConnectionClass::token);
        const auto held = all_.homes_.find(home);
        const bool has_half = held != all_.homes_.end() && held->second * parts_of_token_class_for_a_home >= budget;
        const bool is_protected = class_ == ConnectionClass::token;
        if (!home.empty() && !has_half && (is_protected || all_.count(ConnectionClass::token) < budget)) {
            all_.enter(*this, ConnectionClass::token);
            home_ = home;
            ++all_.homes_[home];
            carried_ = home;
        } else if (is_protected) {
            if (all_.count(ConnectionClass::anonymous) >= all_.budgets_.of(ConnectionClass::anonymous))
                all_.make_room(ConnectionClass::anonymous, nullptr, Doing::answered, room);
            all_.enter(*this, ConnectionClass::anonymous);
        }
    }
    end(room);
}

void Connections::Slot::set_doing(Doing what)
{
    doing_.store(what, std::memory_order_relaxed);
    since_.store(all_.monotonic_(), std::memory_order_relaxed);
}

std::size_t Connections::share_of(const std::string& peer, ConnectionClass of) const
{
    const auto known = peers_.find(peer);
    return known == peers_.end() ? 0 : known->second.of[index(of)];
}

void Connections::enter(Slot& slot, ConnectionClass to)
{
    const auto peer = slot.peer_;
    leave(slot);
    slot.class_ = to;
    slot.peer_ = peer;
    if (!peer.empty())
        ++peers_[peer].of[index(to)];
    classes_[index(to)].push_back(&slot);
    slot.at_ = std::prev(classes_[index(to)].end());
}

void Connections::leave(Slot& slot)
{
    classes_[index(slot.class_)].erase(slot.at_);
    if (const auto share = peers_.find(slot.peer_); share != peers_.end()) {
        --share->second.of[index(slot.class_)];
        if (share->second.is_empty())
            peers_.erase(share);
    }
    if (const auto held = homes_.find(slot.home_); held != homes_.end() && --held->second == 0)
        homes_.erase(held);
    slot.peer_.clear();
    slot.home_.clear();
}

bool Connections::make_room(ConnectionClass in, const std::string* peer, Doing at_most, Room& room)
{
    Slot* chosen = nullptr;
    std::pair<Doing, std::chrono::steady_clock::time_point> first;
    for (Slot* slot : classes_[index(in)]) {
        const std::pair turn{slot->doing_.load(std::memory_order_relaxed), slot->since_.load(std::memory_order_relaxed)};
        if (turn.first > at_most || (peer != nullptr && slot->peer_ != *peer) || (chosen != nullptr && turn >= first))
            continue;
        chosen = slot;
        first = turn;
    }
    if (chosen == nullptr)
        return false;
    const bool is_handshake = in == ConnectionClass::handshake || in == ConnectionClass::certificate_handshake;
    room.emplace_back(chosen->ending_, !is_handshake && first.first == Doing::idle ? End::in_order : End::at_once);
    leave(*chosen);
    chosen->is_leaving_ = true;
    leaving_.push_back(chosen);
    chosen->at_ = std::prev(leaving_.end());
    ++ended_for_room_;
    return true;
}

void Connections::end(const Room& room)
{
    for (const auto& [ending, how] : room)
        if (ending)
            ending(how);
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
    const auto add = [&result](const std::list<Slot*>& slots) {
        for (const Slot* slot : slots)
            if (auto alive = slot->session_.lock())
                result.push_back(std::move(alive));
    };
    const std::lock_guard lock(mutex_);
    for (const auto& slots : classes_)
        add(slots);
    add(leaving_);
    return result;
}

bool Connections::wait_until_none(std::chrono::milliseconds at_most)
{
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, at_most, [this] { return open_ == 0; });
}

std::uint64_t Connections::open_count() const
{
    const std::lock_guard lock(mutex_);
    return open_;
}

std::array<std::uint64_t, connection_class_count> Connections::by_class() const
{
    std::array<std::uint64_t, connection_class_count> counts{};
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < connection_class_count; ++i)
        counts[i] = classes_[i].size();
    return counts;
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

std::uint64_t Connections::ended_for_room() const
{
    const std::lock_guard lock(mutex_);
    return ended_for_room_;
}

}  // namespace cbmx::http
