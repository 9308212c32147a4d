// See memory.hpp.
#include "base/memory.hpp"
#include <atomic>
#include <malloc.h>

namespace cbmx::base {
namespace {

std::atomic<bool> something_ended{false};

}  // namespace

LargeUse::~LargeUse()
{
    if (begun_)
        something_ended = true;
}

// Fewer arenas or a lower threshold of mmap would cost every request; this costs only those that were large.
bool give_back_memory()
{
    if (!something_ended.exchange(false))
        return false;
    malloc_trim(0);
    return true;
}

}  // namespace cbmx::base
