// How many connections there are, of which class and from whom, which one ends when room is needed, and how to end them all
// (rules.md 2, 25, 27a). Any thread, one mutex, which is never held across a call to a session.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cbmx::http {

class Session;

// What a connection counts as. Each class has a budget of its own, so that no crowd of one shuts out another.
enum class ConnectionClass {
    handshake,              // in progress, on the listener for browsers and tokens
    anonymous,              // there, after the handshake
    token,                  // there, and its latest request carried a valid token
    certificate_handshake,  // in progress, on the listener for client certificates
    certificate,            // there, after the handshake
};
inline constexpr std::size_t connection_class_count = 5;
std::string_view name_of(ConnectionClass of);  // "handshake" ...: metrics

struct ConnectionBudgets {
    std::size_t handshakes = 400;  // for each listener; the others in all
    std::size_t anonymous = 600;
    std::size_t token = 400;
    std::size_t certificate = 400;
    // From one address, an IPv6 one with its /64 (base/budget_key.hpp).
    std::size_t handshakes_per_peer = 200;  // for each listener
    std::size_t per_peer = 300;             // after the handshake. A ministry of fifty browsers, six connections each

    std::size_t of(ConnectionClass which) const;
    std::size_t in_all() const;
};

class Connections {
public:
    // Beyond the budgets: connections that have lost their place and are about to close.
    static constexpr std::size_t max_leaving = 128;
    using Monotonic = std::function<std::chrono::steady_clock::time_point()>;

    // What a connection is busy with. When room is needed in a class the oldest of the first kind ends, without one the oldest of the
    // second ... A client that is being answered ends only where all the others are being answered as well.
    enum class Doing { idle, sending_head, answered };

    // How a connection that has lost its place ends.
    enum class End { in_order, at_once };  // in_order: it was idle, and is told so unless it has sent something meanwhile
    using Ending = std::function<void(End)>;

    explicit Connections(ConnectionBudgets budgets, Monotonic monotonic = std::chrono::steady_clock::now)
        : budgets_(budgets), monotonic_(std::move(monotonic))
    {
    }

    // One open connection; counted until destroyed. Begins with its handshake.
    class Slot {
    public:
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot();
        void attach(const std::shared_ptr<Session>& session, Ending ending);
        // In the handshake. Beyond the peer's share of handshakes its own oldest one ends.
        void name_peer(const std::string& address);
        // The handshake is over. Beyond the peer's share its own oldest idle connection of the class ends, in a full class the oldest.
        // false: this one has to end.
        bool establish();
        // Whose valid token its latest request carried ("state:CL"); empty: nobody's. Where the class is full, or that home has half of
        // it, the connection stays as it is, among the anonymous ones.
        void carry_token_of(const std::string& home);
        void set_doing(Doing what);  // does not lock

    private:
        friend class Connections;
        Slot(Connections& all, ConnectionClass begins) : all_(all), class_(begins), since_(all.monotonic_()) {}
        Connections& all_;
        // Guarded by the mutex.
        ConnectionClass class_;
        bool is_leaving_ = false;  // no longer counted in its class, or for its peer
        std::string peer_, home_;
        std::weak_ptr<Session> session_;
        Ending ending_;
        std::list<Slot*>::iterator at_;
        // The connection's own strand alone.
        std::string carried_;  // whose token gave it its place among those with one

        std::atomic<Doing> doing_{Doing::idle};
        std::atomic<std::chrono::steady_clock::time_point> since_;
    };

    std::unique_ptr<Slot> open(bool certificate_listener);  // null: closed, or too many are about to close
    void close();                                           // no new slots
    bool closed() const;
    std::vector<std::shared_ptr<Session>> sessions() const;
    bool wait_until_none(std::chrono::milliseconds at_most);
    std::uint64_t open_count() const;
    std::array<std::uint64_t, connection_class_count> by_class() const;
    std::uint64_t total() const;
    std::uint64_t refused() const;
    std::uint64_t ended_for_room() const;  // of all that were open, the handshakes too

private:
    struct Share {
        std::array<std::size_t, connection_class_count> of{};
        std::size_t established() const;
        bool is_empty() const;
    };
    using Room = std::vector<std::pair<Ending, End>>;  // who ends, once the mutex is free

    // All under the mutex.
    void enter(Slot& slot, ConnectionClass to);
    void leave(Slot& slot);
    std::size_t count(ConnectionClass of) const { return classes_[static_cast<std::size_t>(of)].size(); }
    std::size_t share_of(const std::string& peer, ConnectionClass of) const;
    // Ends the connection of the class, and of that peer unless it is null, whose turn it is, at most one that is doing so much.
    bool make_room(ConnectionClass in, const std::string* peer, Doing at_most, Room& room);
    static void end(const Room& room);  // not under it

    mutable std::mutex mutex_;
    std::condition_variable none_;
    const ConnectionBudgets budgets_;
    const Monotonic monotonic_;
    bool closed_ = false;
    std::uint64_t total_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t ended_for_room_ = 0;
    std::uint64_t open_ = 0;                                        // those that are leaving as well
    std::array<std::list<Slot*>, connection_class_count> classes_;  // in the order in which they came into the class
    std::list<Slot*> leaving_;
    std::unordered_map<std::string, Share> peers_;
    std::unordered_map<std::string, std::size_t> homes_;  // connections with a token
};

}  // namespace cbmx::http
