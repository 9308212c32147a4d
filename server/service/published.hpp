// How far the log reaches as seen from outside: a size that moves at a fixed interval, so that nobody can time other
// States' hidden entries (rules.md 42). Every route of the log ends there; for anonymous callers changes
// and receipts too.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>

namespace cbmx::store {
class Connection;
}
namespace cbmx::domain {
struct Principal;
}

namespace cbmx::service {

struct Portal;

// What has been shown to each class of callers; lives as long as the Portal. Any thread.
class PublishedSizes {
public:
    struct Shown {
        std::int64_t boundary_ms = -1;  // the moment for which size was looked up
        std::uint64_t size = 0;         // never goes back
    };
    Shown shown(bool anonymous) const;
    void raise(bool anonymous, Shown shown);

private:
    mutable std::mutex mutex_;
    Shown accounts_, public_;
};

// The size of the last signed checkpoint at the last full interval; at least the first checkpoint's. 0 without any.
std::uint64_t published_size(const Portal& portal, store::Connection& connection, const domain::Principal& principal);
// The same when it has been looked up since the last full interval, without the database.
std::optional<std::uint64_t> known_published_size(const Portal& portal, const domain::Principal& principal);

}  // namespace cbmx::service
