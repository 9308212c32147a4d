// How much memory a process has in use.
#pragma once
#include <cstddef>
#include <fstream>
#include <string>
#include <sys/types.h>

namespace cbmx::test {

inline std::size_t resident_bytes(pid_t pid)
{
    constexpr std::size_t page_bytes = 4096;
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::size_t all = 0, resident = 0;
    file >> all >> resident;
    return resident * page_bytes;
}

}  // namespace cbmx::test
