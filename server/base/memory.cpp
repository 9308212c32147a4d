// See memory.hpp.
#include "base/memory.hpp"
#include <atomic>
#include <malloc.h>

// Of gperftools, with which the program is linked; the tests and the sanitizers' builds are not, and have the C library's.
extern "C" void MallocExtension_ReleaseFreeMemory() __attribute__((weak));

namespace cbmx::base {
namespace {

std::atomic<bool> something_ended{false};

}  // namespace

LargeUse::~LargeUse()
{
    if (begun_)
        something_ended = true;
}

// Settings by which less is kept would cost every request; this costs only those that were large.
bool give_back_memory()
{
    if (!something_ended.exchange(false))
        return false;
    if (MallocExtension_ReleaseFreeMemory != nullptr)
        MallocExtension_ReleaseFreeMemory();
    else
        malloc_trim(0);
    return true;
}

}  // namespace cbmx::base
