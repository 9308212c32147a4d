// A request's body while it comes in and until its turn comes: in memory while it is short, else in a file without a name, so that
// a body that waits, or never ends, costs the disk a little and the memory nothing (rules.md 27e). http/framing.cpp fills it.
// A copy shares the file. One thread at a time.
#pragma once
#include "base/disk/spool.hpp"
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cbmx::base {

inline constexpr std::uint64_t body_in_memory_bytes = 1024 * 1024;  // a longer one waits on the disk

class Body {
public:
    Body() = default;
    Body(std::string bytes) : bytes_(std::move(bytes)) {}

    // Where the part beyond body_in_memory_bytes goes; without it all stays in memory. known_bytes: its length, when that is known
    // beforehand; a long one goes there from its first byte on.
    void spool_in(std::string directory, std::uint64_t known_bytes);
    void append(std::string_view bytes);  // throws std::system_error when the disk fails
    std::uint64_t size() const;
    bool empty() const { return size() == 0; }
    bool is_on_disk() const { return spool_ != nullptr; }
    void each_piece(const std::function<void(std::string_view)>& take) const;  // in order, without all of it in memory
    std::string take();                                                        // all of it, into memory; nothing is left
    const std::string* in_memory() const { return spool_ == nullptr ? &bytes_ : nullptr; }

private:
    std::string bytes_;
    std::string directory_;
    std::uint64_t memory_ = body_in_memory_bytes;
    std::shared_ptr<Spool> spool_;
};

}  // namespace cbmx::base
