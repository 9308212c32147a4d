// See space.hpp.
#include "base/disk/space.hpp"
#include <sys/statvfs.h>

namespace cbmx::base {

std::optional<Space> space_of(const std::string& directory)
{
    struct statvfs found = {};
    if (statvfs(directory.c_str(), &found) != 0)
        return std::nullopt;
    return Space{static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize, static_cast<std::uint64_t>(found.f_blocks) * found.f_frsize};
}

}  // namespace cbmx::base
