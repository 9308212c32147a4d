// See data_directory.hpp.
#include "operation/data_directory.hpp"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace cbmx {

std::string database_path(const Config& config) { return config.data + "/cbmx.sqlite"; }
std::string socket_path(const Config& config) { return config.data + "/operator.sock"; }

DataLock::DataLock(const std::string& directory)
{
    const auto path = directory + "/lock";
    descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw std::runtime_error("cannot open " + path + ": " + std::strerror(errno));
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor_);
        throw std::runtime_error("the data directory " + directory + " is in use by another process");
    }
}

DataLock::~DataLock() { close(descriptor_); }

}  // namespace cbmx
