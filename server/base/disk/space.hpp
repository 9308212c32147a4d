// How much room the disk of a directory has, in bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace cbmx::base {

struct Space {
    std::uint64_t free = 0;   // to us, who are not root
    std::uint64_t total = 0;  // of the file system
};

std::optional<Space> space_of(const std::string& directory);  // nullopt: it cannot be said

}  // namespace cbmx::base
