// The directory that one process writes: the database, the operator's socket and the lock. What is in them: store/, operator.hpp.
#pragma once
#include "config.hpp"
#include <string>

namespace cbmx {

std::string database_path(const Config& config);
std::string socket_path(const Config& config);

// Holds the data directory for this process alone (flock); throws std::runtime_error when another has it.
class DataLock {
public:
    explicit DataLock(const std::string& directory);
    ~DataLock();
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

private:
    int descriptor_ = -1;
};

}  // namespace cbmx
