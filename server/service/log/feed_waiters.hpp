// Readers of the change feed that have seen everything and wait for more: each is resumed when there is something for it, when its
// rights have changed, when its time is over, or when the portal closes. After a commit one thread looks at what is new, once for all
// who see the same, so that the writer only has to ring a bell and an entry that nobody waiting may see resumes nobody.
#pragma once
#include "base/worker.hpp"
#include "service/log/feed_place.hpp"
#include <map>
#include <memory>
#include <vector>

namespace cbmx::service {

class FeedWaiters;

// One who is going to wait, perhaps several times, one after the other. Made by FeedWaiters::enter(), and may outlive it.
class FeedReader {
public:
    ~FeedReader() { leave(); }
    FeedReader(const FeedReader&) = delete;
    FeedReader& operator=(const FeedReader&) = delete;
    // Nobody is there any more: what would resume it is let go, and never called. Nothing while it does not wait. Any thread.
    void leave() const;

private:
    friend class FeedWaiters;
    struct Shared;
    FeedReader(std::weak_ptr<Shared> shared, std::uint64_t number) : shared_(std::move(shared)), number_(number) {}
    const std::weak_ptr<Shared> shared_;
    const std::uint64_t number_;
};

class FeedWaiters {
public:
    // Commits that come closer together than this are looked at together.
    static constexpr std::chrono::milliseconds shortest_between_wakes{20};
    // After so long a reader looks for itself, whatever has happened: its rights may have ended by the clock.
    static constexpr std::chrono::milliseconds longest_wait{15'000};
    // What anonymous readers see grows with the clock, not with a commit: looked at so often while one of them waits.
    static constexpr std::chrono::milliseconds anonymous_interval{1000};
    static constexpr std::size_t max_streams_per_credential = 2;

    using Resume = std::function<void(FeedPlace)>;  // given its place, moved on over what it may not see

    // post: runs a task on an I/O thread. Resumed readers run there. The portal outlives this.
    FeedWaiters(const Portal& portal, std::function<void(std::function<void()>)> post);
    ~FeedWaiters();  // closes
    FeedWaiters(const FeedWaiters&) = delete;
    FeedWaiters& operator=(const FeedWaiters&) = delete;

    // Any thread, all of them.
    std::shared_ptr<const FeedReader> enter();
    // What was committed between its look and this is not missed. at_most: never longer than longest_wait. Those who come after
    // close() are resumed at once.
    void wait(const FeedReader& who, FeedPlace place, std::chrono::milliseconds at_most, Resume resume);
    void wake();  // after a commit; does not block
    void close();
    bool is_closed() const;
    std::size_t waiting() const;
    std::size_t streams() const;

    // One of the few streams that a credential may have open at once, given back when it goes; nullptr: all are taken.
    // Outlives the FeedWaiters.
    std::shared_ptr<void> take_stream(const std::string& credential);

private:
    friend struct FeedReader::Shared;
    struct Waiting {
        std::chrono::steady_clock::time_point until;
        FeedPlace place;
        Resume resume;
    };
    // Readers who see the same.
    struct Group {
        Principal reader;
        Seq seen_to = 0;  // the least of theirs
        std::vector<std::uint64_t> who;
    };
    struct Streams {
        std::mutex mutex;
        std::map<std::string, std::size_t> open;
    };
    base::Worker::Pause resume_due();
    std::optional<FeedNews> look(const Group& group, std::optional<store::Snapshot>& snapshot) const;
    bool is_resumed(const Waiting& reader, const std::optional<FeedNews>& news) const;
    void resume(std::vector<Waiting> readers) const;
    // With the mutex.
    std::vector<Group> groups(bool all) const;
    void settle(const Group& group, const std::optional<FeedNews>& news, std::vector<Waiting>& resumed);
    void take(std::uint64_t who, std::vector<Waiting>& resumed);
    base::Worker::Pause pause() const;

    const Portal& portal_;
    std::function<void(std::function<void()>)> post_;
    std::shared_ptr<Streams> streams_ = std::make_shared<Streams>();
    std::shared_ptr<FeedReader::Shared> shared_;
    base::Worker worker_;
};

struct FeedReader::Shared {
    std::mutex mutex;  // guards the rest
    std::map<std::uint64_t, FeedWaiters::Waiting> readers;
    std::uint64_t last_number = 0;
    bool woken = false;
    bool closed = false;
};

}  // namespace cbmx::service
