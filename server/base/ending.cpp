// See ending.hpp.
#include "base/ending.hpp"
#include <thread>
#include <unistd.h>
#include <utility>

namespace cbmx::base {
namespace {

thread_local const Ending* owner_of_work = nullptr;

}  // namespace

Ending::Work::Work(const Ending& owner) : before_(std::exchange(owner_of_work, &owner)) {}
Ending::Work::~Work() { owner_of_work = before_; }

bool is_ending() { return owner_of_work != nullptr && owner_of_work->has_begun(); }

void check_ending()
{
    if (is_ending())
        throw Ended();
}

void end_process_at(std::chrono::steady_clock::time_point moment)
{
    std::thread([moment] {
        std::this_thread::sleep_until(moment);
        _exit(0);
    }).detach();
}

}  // namespace cbmx::base
