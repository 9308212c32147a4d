// A queue that nobody can fill for the others: items wait under a key (whose they are) and are taken from the keys in turn, so that
// between two items of one key at most one of every other key is taken (rules.md 45a). Not for several threads: whoever owns one
// guards it, as base/side_thread.hpp and store/writer.hpp do.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace cbmx::base {

enum class Room {
    free,
    key_is_full,  // others still get in
    none,
};

template <class Item>
class FairQueue {
public:
    // in_all: items of all keys. of_one: items of one key, which besides never holds more places than are left free: alone it
    // gets half of them, and whoever has none waiting finds room until the very last place is taken.
    FairQueue(std::size_t in_all, std::size_t of_one) : in_all_(in_all), of_one_(of_one) {}

    Room room_for(const std::string& key) const
    {
        const auto free = in_all_ - size_;
        if (free == 0)
            return Room::none;
        const auto found = waiting_.find(key);
        const auto held = found == waiting_.end() ? 0 : found->second.size();
        return held < of_one_ && held < free ? Room::free : Room::key_is_full;
    }

    // Only while there is room for it; throws std::logic_error otherwise. A key that has become empty and comes back waits behind
    // all others, so that nobody gets ahead by sending one at a time.
    void push(const std::string& key, Item item)
    {
        if (room_for(key) != Room::free)
            throw std::logic_error("an item for which the queue has no room");
        const auto [at, is_new] = waiting_.try_emplace(key);
        at->second.push_back(std::move(item));
        ++size_;
        if (is_new)
            turns_.push_back(at);
    }

    // nullopt: none waits.
    std::optional<Item> pop()
    {
        if (turns_.empty())
            return std::nullopt;
        const auto turn = turns_.front();
        turns_.pop_front();
        auto& items = turn->second;
        std::optional<Item> item(std::move(items.front()));
        items.pop_front();
        --size_;
        if (items.empty())
            waiting_.erase(turn);
        else
            turns_.push_back(turn);
        return item;
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    using Waiting = std::map<std::string, std::deque<Item>>;

    std::size_t in_all_, of_one_, size_ = 0;
    Waiting waiting_;                               // each key has at least one
    std::deque<typename Waiting::iterator> turns_;  // the keys of waiting_, each once, whose turn is next in front
};

}  // namespace cbmx::base
