// See published.hpp. One look-up per class and interval; between two moves the remembered size is the answer.
#include "service/published.hpp"
#include "service/portal.hpp"
#include "store/log/entries.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

std::int64_t boundary_ms(const Portal& portal, bool is_anonymous)
{
    const std::int64_t now = portal.clock().time_since_epoch().count();
    const auto interval =
        std::chrono::duration_cast<std::chrono::milliseconds>(is_anonymous ? portal.public_log_interval : portal.account_log_interval)
            .count();
    return interval <= 0 ? now : now - now % interval;
}

std::uint64_t size_at(Connection& connection, std::int64_t boundary)
{
    const auto at = domain::to_rfc3339(domain::Instant(std::chrono::milliseconds(boundary)));
    if (const auto checkpoint = store::last_checkpoint_until(connection, at))
        return checkpoint->size;
    const auto first = store::first_checkpoint(connection);  // the genesis batch is no secret
    return first ? first->size : 0;
}

}  // namespace

PublishedSizes::Shown PublishedSizes::shown(bool anonymous) const
{
    const std::lock_guard lock(mutex_);
    return anonymous ? public_ : accounts_;
}

void PublishedSizes::raise(bool anonymous, Shown shown)
{
    const std::lock_guard lock(mutex_);
    Shown& kept = anonymous ? public_ : accounts_;
    if (shown.boundary_ms < kept.boundary_ms)
        return;
    kept.boundary_ms = shown.boundary_ms;
    kept.size = std::max(kept.size, shown.size);
}

std::optional<std::uint64_t> known_published_size(const Portal& portal, const Principal& principal)
{
    const auto kept = portal.published->shown(principal.is_anonymous());
    const bool is_current = kept.size > 0 && kept.boundary_ms >= boundary_ms(portal, principal.is_anonymous());
    return is_current ? std::optional(kept.size) : std::nullopt;
}

std::uint64_t published_size(const Portal& portal, Connection& connection, const Principal& principal)
{
    const bool is_anonymous = principal.is_anonymous();
    const auto boundary = boundary_ms(portal, is_anonymous);
    const auto kept = portal.published->shown(is_anonymous);
    // A clock set back must not shrink a size that has been shown.
    if (kept.size > 0 && kept.boundary_ms >= boundary && store::checkpoint_of_size(connection, kept.size))
        return kept.size;
    const auto found = size_at(connection, boundary);
    portal.published->raise(is_anonymous, {boundary, found});
    // This snapshot may be older than the one that another thread has answered from: no number that it does not hold.
    return kept.size > found && store::checkpoint_of_size(connection, kept.size) ? kept.size : found;
}

}  // namespace cbmx::service
