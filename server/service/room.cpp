// See room.hpp.
#include "service/room.hpp"
#include <algorithm>

namespace cbmx::service {

std::uint64_t least_free_bytes(const RoomMarks& marks, const base::Space& space)
{
    return std::min(space.total / 100 * marks.percent, marks.bytes);
}

bool Room::look(const base::Space& space)
{
    free_bytes_.store(space.free, std::memory_order_relaxed);
    const bool is_short = space.free < least_free_bytes(marks_, space);
    return is_short_.exchange(is_short, std::memory_order_acq_rel) != is_short;
}

}  // namespace cbmx::service
