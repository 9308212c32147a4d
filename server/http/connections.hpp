// How many connections there are, from whom, and how to end them all (rules.md 2, 25). Any thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace cbmx::http {

class Session;

class Connections {
public:
    Connections(std::size_t most, std::size_t most_per_peer) : most_(most), most_per_peer_(most_per_peer) {}

    // One open connection; counted until destroyed.
    class Slot {
    public:
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot();
        bool name_peer(const std::string& address);  // false: this peer has its share already
        void attach(const std::shared_ptr<Session>& session);

    private:
        friend class Connections;
        explicit Slot(Connections& all) : all_(all) {}
        Connections& all_;
        std::string peer_;
    };

    std::unique_ptr<Slot> open();  // null: full or closed
    void close();                  // no new slots
    bool closed() const;
    std::vector<std::shared_ptr<Session>> sessions() const;
    bool wait_until_none(std::chrono::milliseconds at_most);
    std::uint64_t open_count() const;
    std::uint64_t total() const;
    std::uint64_t refused() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable none_;
    const std::size_t most_;
    const std::size_t most_per_peer_;
    bool closed_ = false;
    std::uint64_t total_ = 0;
    std::uint64_t refused_ = 0;
    std::unordered_map<const Slot*, std::weak_ptr<Session>> slots_;
    std::unordered_map<std::string, std::size_t> peers_;
};

}  // namespace cbmx::http
