// Where a reader of the change feed stands that waits for more: how far it has looked, and as whom. Kept from one look to the next,
// so that entries of others are passed over once, and for all who see the same at once (feed_waiters.hpp).
#pragma once
#include "service/log/changes.hpp"

namespace cbmx::service {

struct FeedPlace {
    Principal reader;  // with its rights as they were at the look
    // It has been told all that it may see up to here; what it has not been told lies behind, or became visible since.
    Seq seen_to = -1;
    std::uint64_t principals = 0;         // Writer::generation() before the look
    std::optional<std::uint64_t> drafts;  // count of changes to the working copies that it sees, before the look; nullopt: not known
};

struct FeedLook {
    Changes changes;
    FeedPlace place;
};
// A page as list_changes() gives it, in a snapshot of its own, with the caller's rights as they are in it. before: where the same
// reader stood with this after; it begins anew where its rights, or the working copies that it sees, have changed since.
// Errors: those of list_changes() and reload().
Result<FeedLook> look_at_feed(const Portal& portal, const Principal& principal, i18n::Language language, std::optional<Seq> after,
                              std::int64_t limit, const std::optional<FeedPlace>& before);

// The same view of the log: one of them is told of an entry exactly when the other is.
bool is_same_view(const domain::Visibility& one, const domain::Visibility& other);

// What there is for readers who have seen everything up to a number, at most max_scanned_entries at once.
struct FeedNews {
    Seq looked_to = -1;
    std::optional<Seq> last;  // the last number up to there that they are told; nullopt: nothing
    bool is_more = false;     // behind looked_to
};
FeedNews news_since(const Portal& portal, Connection& db, const Principal& reader, Seq seen_to);

}  // namespace cbmx::service
