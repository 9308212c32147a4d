// Whether the disk has room for new material (rules.md 27e). Below the smaller of two marks new drafts, batches, nominations and
// accounts wait, so that what was accepted can still be approved, withdrawn and revoked to the last byte. app.cpp looks once a second;
// api/admission.cpp asks. Any thread.
#pragma once
#include "base/disk/space.hpp"
#include <atomic>
#include <cstdint>

namespace cbmx::service {

struct RoomMarks {
    std::uint64_t percent = 20;  // of the disk
    std::uint64_t bytes = std::uint64_t{2} * 1024 * 1024 * 1024;
};

std::uint64_t least_free_bytes(const RoomMarks& marks, const base::Space& space);

class Room {
public:
    explicit Room(RoomMarks marks) : marks_(marks) {}
    bool look(const base::Space& space);  // true: it has become short, or is so no more
    bool is_short() const { return is_short_.load(std::memory_order_acquire); }
    std::uint64_t free_bytes() const { return free_bytes_.load(std::memory_order_relaxed); }

private:
    RoomMarks marks_;
    std::atomic<bool> is_short_{false};
    std::atomic<std::uint64_t> free_bytes_{0};
};

}  // namespace cbmx::service
