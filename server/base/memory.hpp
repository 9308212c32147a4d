// What large bodies, batches and exports took from the heap goes back to the system. An allocator keeps free pages for what
// comes next, and a parsed body is many small blocks: one State's hundred megabytes would stay with the portal for good.
#pragma once

namespace cbmx::base {

// Held by what has taken much. When it ends, give_back_memory() has something to do. Any thread.
class LargeUse {
public:
    LargeUse() = default;
    ~LargeUse();
    LargeUse(const LargeUse&) = delete;
    LargeUse& operator=(const LargeUse&) = delete;
    void begin() { begun_ = true; }

private:
    bool begun_ = false;
};

// Returns the heap's free pages when a large use has ended since the last call; true: it did. Takes milliseconds, and holds one arena
// of the heap at a time: for a thread that nobody waits for, about once a second.
bool give_back_memory();

}  // namespace cbmx::base
