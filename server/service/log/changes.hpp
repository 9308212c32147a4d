// The change feed: every entry that the caller may see, in order, each once (rules.md 42).
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

inline constexpr std::int64_t default_changes = 100;
inline constexpr std::int64_t max_changes = 1000;
inline constexpr std::int64_t max_scanned_entries = 20'000;  // per call: entries of others that are passed over

// {"items": [{"seq", "entry", "leaf_hash", "opening", "record"} or a tombstone], "complete_up_to": n, "next": n or null}.
// after: the last number dealt with; none: from entry 0 on. limit: 1 to max_changes.
// Error: beyond_published_size, for anonymous callers only.
Result<nlohmann::json> list_changes(const Portal& portal, Connection& db, const Principal& principal, i18n::Language language,
                                    std::optional<Seq> after, std::int64_t limit);

// One entry that the caller was found to see, or the tombstone of one, as an item of the feed without its "record".
nlohmann::json change_of(Connection& db, const Principal& principal, const store::EntryRow& entry);

}  // namespace cbmx::service
