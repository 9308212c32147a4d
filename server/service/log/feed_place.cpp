// See feed_place.hpp. Marks are read before the snapshot: what changes in between is looked at once more, and nothing is missed.
#include "service/log/feed_place.hpp"
#include "service/accounts/authenticate.hpp"
#include <algorithm>
#include <tuple>

namespace cbmx::service {
namespace {

// Entries about working copies become visible with changes that are no entries: edits of the draft.
std::uint64_t changes_of_drafts(const store::Writer& writer, const domain::Visibility& visibility)
{
    if (visibility.draft_state.empty())
        return 0;
    domain::Visibility drafts;
    drafts.tokens = "[]";
    drafts.draft_state = visibility.draft_state;
    drafts.account = visibility.account;
    return writer.views().stamp(drafts);
}

auto view_of(const domain::Visibility& v)
{
    return std::tie(v.tokens, v.draft_state, v.account, v.own_state, v.home, v.secretariat, v.auditor);
}

Seq end_for(const Portal& portal, Connection& db, const Principal& reader)
{
    return static_cast<Seq>(reader.is_anonymous() ? published_size(portal, db, reader) : store::ledger_size(db));
}

}  // namespace

bool is_same_view(const domain::Visibility& one, const domain::Visibility& other) { return view_of(one) == view_of(other); }

Result<FeedLook> look_at_feed(const Portal& portal, const Principal& principal, i18n::Language language, std::optional<Seq> after,
                              std::int64_t limit, const std::optional<FeedPlace>& before)
{
    const auto& writer = portal.database.writer();
    FeedPlace place;
    place.principals = writer.generation();
    place.drafts = changes_of_drafts(writer, principal.visibility);
    auto snapshot = portal.database.read();
    auto reader = reload(snapshot.db(), portal.clock(), principal);
    if (!reader)
        return reader.error();
    if (!is_same_view(principal.visibility, reader->visibility))
        place.drafts.reset();  // those of other working copies were counted
    if (reader->is_anonymous())
        reader->visibility.visible_before = end_for(portal, snapshot.db(), *reader);
    const bool stands =
        before && before->drafts && before->drafts == place.drafts && is_same_view(before->reader.visibility, reader->visibility);
    auto changes = list_changes(portal, snapshot.db(), *reader, language, after, limit, stands ? std::optional(before->seen_to) : after);
    if (!changes)
        return changes.error();
    place.seen_to = changes->seen_to;
    place.reader = std::move(*reader);
    return FeedLook{std::move(*changes), std::move(place)};
}

FeedNews news_since(const Portal& portal, Connection& db, const Principal& reader, Seq seen_to)
{
    const auto end = end_for(portal, db, reader);
    FeedNews news{.looked_to = std::max(seen_to, std::min(end - 1, seen_to + max_scanned_entries)), .last = {}, .is_more = false};
    if (news.looked_to == seen_to)
        return news;
    news.is_more = news.looked_to < end - 1;
    news.last = store::last_fed(db, reader.visibility, seen_to + 1, news.looked_to);
    return news;
}

}  // namespace cbmx::service
