// Readers of the change feed that have seen everything and wait for more: each is resumed after the next commit, when its
// time is over, or when the portal closes. One thread of its own, so that the writer only has to ring a bell.
#pragma once
#include "base/worker.hpp"
#include <map>
#include <memory>
#include <vector>

namespace cbmx::domain {
struct Principal;
}

namespace cbmx::service {

// For how long a reader may be left alone: what anonymous callers see grows with the clock, not with a commit.
std::chrono::milliseconds longest_wait(const domain::Principal& principal);

class FeedWaiters {
public:
    // Commits that come closer together than this wake the readers once.
    static constexpr std::chrono::milliseconds shortest_between_wakes{20};
    static constexpr std::size_t max_streams_per_credential = 2;

    // post: runs a task on an I/O thread. Resumed readers run there.
    explicit FeedWaiters(std::function<void(std::function<void()>)> post);
    ~FeedWaiters();  // closes
    FeedWaiters(const FeedWaiters&) = delete;
    FeedWaiters& operator=(const FeedWaiters&) = delete;

    // Any thread, all of them. Those who come after close() are resumed at once.
    void wait(std::chrono::milliseconds at_most, std::function<void()> resume);
    void wake();  // after a commit; does not block
    void close();
    bool is_closed() const;
    std::size_t waiting() const;
    std::size_t streams() const;

    // One of the few streams that a credential may have open at once, given back when it goes; nullptr: all are taken.
    // Outlives the FeedWaiters.
    std::shared_ptr<void> take_stream(const std::string& credential);

private:
    struct Reader {
        std::chrono::steady_clock::time_point until;
        std::function<void()> resume;
    };
    struct Streams {
        std::mutex mutex;
        std::map<std::string, std::size_t> open;
    };
    base::Worker::Pause resume_due();

    std::function<void(std::function<void()>)> post_;
    std::shared_ptr<Streams> streams_ = std::make_shared<Streams>();
    mutable std::mutex mutex_;  // guards the next three
    std::vector<Reader> readers_;
    bool woken_ = false;
    bool closed_ = false;
    base::Worker worker_;
};

}  // namespace cbmx::service
