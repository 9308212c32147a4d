// Lets the kernel's answers to a running process lie, by strace: the n-th call on the portal's WAL or database fails.
#pragma once
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace cbmx::test {

class Injection {
public:
    // calls: "fsync,fdatasync"; error: "EIO"; which: "3" the third from now, "3+" from the third on (for each thread).
    // Returns once strace holds every thread of the process; a machine where it cannot fails the test with a sentence.
    Injection(pid_t process, const std::filesystem::path& data, const std::string& calls, const std::string& error,
              const std::string& which);
    ~Injection();
    bool end();  // lets the process go; true: at least one call had failed by it

private:
    pid_t strace_ = -1;
    std::filesystem::path trace_;
};

}  // namespace cbmx::test
