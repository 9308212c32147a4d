// The change feed: every entry that the caller may see, in order, each once (rules.md 42).
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

inline constexpr std::int64_t default_changes = 100;
inline constexpr std::int64_t max_changes = 1000;
inline constexpr std::int64_t max_scanned_entries = 20'000;  // per call: entries of others that are passed over

// Put together as JSON text, members in the order of their names: what is stored as canonical JSON goes in as it is. Whatever the
// number of items, a few statements.
struct Change {
    Seq seq = 0;
    std::string text;  // {"seq", "entry", "leaf_hash", "opening", "record"}, or a tombstone
};
struct Changes {
    std::vector<Change> items;
    Seq complete_up_to = -1;
    Seq seen_to = -1;          // up to here nothing that the caller sees is left to be listed; not told to anybody
    std::string text() const;  // {"items": [...], "complete_up_to": n, "next": the last item's number or null}
};
// after: the last number dealt with; none: from entry 0 on. limit: 1 to max_changes. seen_to: the caller was found to see nothing from
// after up to here; only what entries behind it may have made visible is looked at again.
// Error: beyond_published_size, for anonymous callers only.
Result<Changes> list_changes(const Portal& portal, Connection& db, const Principal& principal, i18n::Language language,
                             std::optional<Seq> after, std::int64_t limit, std::optional<Seq> seen_to = {});

// Entries that the caller was found to see, or the tombstones of some, as items of the feed with "receipt" instead of "record".
std::vector<std::string> proven_changes(Connection& db, const Principal& principal, const std::vector<store::EntryRow>& entries);

}  // namespace cbmx::service
