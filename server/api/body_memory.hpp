// The memory that bodies of requests may take at once: in all, and for each caller (a home, or all without an account together), so that
// neither many senders nor one that never ends take it from the others (rules.md 27e). Any thread.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace cbmx::api {

struct BodyMemoryLimits {
    std::uint64_t in_all_bytes = 64 * 1024 * 1024;
    std::uint64_t of_one_bytes = in_all_bytes / 4;
};

enum class BodyRoom { given, none_of_ones_own, none_at_all };

class BodyMemory {
public:
    explicit BodyMemory(BodyMemoryLimits limits);

    struct Held {
        BodyRoom room;
        std::shared_ptr<void> hold = nullptr;  // the bytes are given back when the last copy goes
    };
    Held take(const std::string& caller, std::uint64_t bytes);
    std::uint64_t held_bytes() const;

private:
    struct Book;  // outlives the BodyMemory while anybody holds bytes
    BodyMemoryLimits limits_;
    std::shared_ptr<Book> book_;
};

}  // namespace cbmx::api
