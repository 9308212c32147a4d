// Whether what a thread is doing is to be left where it stands, because the portal ends: what may take long asks now and then, and
// throws Ended. It is the owner of the thread who says so (http::Server, SideThread, SocketLoop). Threads whose work is always
// finished have no such owner: the writer's, and those of the followers.
#pragma once
#include <atomic>
#include <chrono>
#include <stdexcept>

namespace cbmx::base {

struct Ended : std::runtime_error {
    Ended() : std::runtime_error("the portal ends") {}
};

class Ending {
public:
    void begin() { has_begun_.store(true, std::memory_order_release); }  // any thread
    bool has_begun() const { return has_begun_.load(std::memory_order_acquire); }

    // As long as it lives, the thread that made it works for this owner, who outlives it.
    class Work {
    public:
        explicit Work(const Ending& owner);
        Work(const Work&) = delete;
        Work& operator=(const Work&) = delete;
        ~Work();

    private:
        const Ending* before_;
    };

private:
    std::atomic<bool> has_begun_{false};
};

bool is_ending();     // of the calling thread; false where nobody says so
void check_ending();  // throws Ended

// Ends the process then with 0, whatever its threads are doing; for the program alone, once it has been asked to end. Nothing that was
// acknowledged is lost by it, since that is on the disk, and the next start does without the rest.
void end_process_at(std::chrono::steady_clock::time_point moment);

}  // namespace cbmx::base
