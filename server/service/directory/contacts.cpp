// See contacts.hpp. Freshness is computed from timestamps at every read; nothing of it is stored.
#include "service/directory/contacts.hpp"
#include "i18n/zone.hpp"
#include "json/parse.hpp"
#include "json/text.hpp"
#include "service/rights.hpp"
#include <algorithm>
#include <sstream>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::Instant;
using domain::Permission;

std::string date_of(Instant instant) { return domain::to_rfc3339(instant).substr(0, 10); }

struct Freshness {
    std::string_view word;
    Instant confirmed, due;
};

Freshness freshness_of(const store::ContactRow& row, Instant now)
{
    const auto confirmed = domain::from_rfc3339(row.confirmed_at).value(), due = confirmed + confirmation_interval;
    return {now >= due ? "lapsed" : now >= due - confirmation_notice ? "due" : "current", confirmed, due};
}

std::string freshness_text(const Freshness& freshness, i18n::Language language)
{
    domain::Arguments arguments{{"date", i18n::date_words(language, freshness.confirmed)}};
    if (freshness.word == "due")
        arguments.emplace_back("due", i18n::date_words(language, freshness.due));
    return i18n::text(language, "contact.freshness." + std::string(freshness.word), arguments);
}

// null: no hours given.
Json reachable(const store::ContactRow& row, const Json& content, const i18n::LocalTime& there, Instant now)
{
    if (!content.contains("hours"))
        return nullptr;
    const auto today = date_of(now);
    if (row.status != domain::ContactStatus::listed || (row.valid_from && *row.valid_from > today) ||
        (row.valid_until && *row.valid_until < today))
        return false;
    const auto intervals = week_intervals(content["hours"]);
    return std::any_of(intervals.begin(), intervals.end(), [&there](const auto& interval) {
        return interval.from <= there.minute_of_week && there.minute_of_week < interval.until;
    });
}

std::string clock_text(const i18n::LocalTime& there)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d", there.year, there.month, there.day, there.hour, there.minute);
    return text.data();
}

using Reductions = std::map<std::string, std::vector<std::string>>;  // of contacts, by id

// Only the own State and the secretariat are told them.
Reductions reductions_to_tell(Connection& db, const std::vector<const store::ContactRow*>& rows)
{
    std::vector<std::string> ids;
    for (const auto* row : rows)
        if (row->own)
            ids.push_back(row->id);
    return store::reductions_of(db, ids);
}

Json told_reductions(const Reductions& reductions, const store::ContactRow& row)
{
    if (!row.own)
        return nullptr;
    const auto found = reductions.find(row.id);
    return found == reductions.end() ? Json::array() : Json(found->second);
}

Json meta_of(const store::ContactRow& row, const Reductions& reductions, const Json& content, bool full, i18n::Language language,
             Instant now)
{
    const auto freshness = freshness_of(row, now);
    Json meta{
        {"version", row.version},
        {"seq", row.seq},
        {"content_seq", full && !row.erased ? Json(row.content_seq) : Json()},
        {"scope", full ? "full" : "minimal"},
        {"status", domain::name_of(row.status)},
        {"erased", row.erased},
        {"entered_by", content.is_object() ? content.at("entered_by") : Json(row.position ? "secretariat" : "state")},
        {"state_position", or_null(domain::name_of(row.position))},
        {"confirmed_at", row.confirmed_at},
        {"reachability_confirmed_at", full ? or_null(row.reachable_at) : Json()},
        {"confirmation_due_at", domain::to_rfc3339(freshness.due)},
        {"freshness", freshness.word},
        {"freshness_text", freshness_text(freshness, language)},
        {"reachable_now", nullptr},
        {"local_time", nullptr},
        {"keys_expiring", full && row.key_expires_at && *row.key_expires_at <= domain::to_rfc3339(now + key_notice)},
        {"notice", row.position ? Json(i18n::text(language, "contact.notice." + std::string(domain::name_of(*row.position)))) : Json()},
        {"minimal_for", told_reductions(reductions, row)}};
    if (full && content.is_object()) {
        const auto there = i18n::local_time(content.at("time_zone").get<std::string>(), now);
        meta["reachable_now"] = reachable(row, content, there, now);
        meta["local_time"] = clock_text(there);
    }
    return meta;
}

Json represented(const store::ContactRow& row, const Reductions& reductions, i18n::Language language, Instant now, bool minimal)
{
    const bool full = row.full && !minimal;
    auto content = row.content ? Json::parse(*row.content) : Json();
    auto meta = meta_of(row, reductions, content, full, language, now);
    if (!full && content.is_object())
        content = reduced_content(content);
    // The reduced scope is not what was committed to: no salt goes with it.
    return {{"id", row.id},
            {"content", std::move(content)},
            {"salt", full && row.salt && row.content ? Json(base::base64(*row.salt)) : Json()},
            {"meta", std::move(meta)}};
}

bool may_change(const Principal& principal, const store::ContactRow& row)
{
    const auto home = domain::Home::of_state(domain::StateCode(row.state));
    return principal.reaches(Permission::contact_confirm, home) || principal.reaches(Permission::contact_erase, home);
}

std::map<std::string, std::int64_t> minutes_by_zone(Connection& db, Instant now)
{
    std::map<std::string, std::int64_t> minutes;
    for (const auto& zone : store::contact_zones(db))
        minutes[zone] = i18n::local_time(zone, now).minute_of_week;
    return minutes;
}

std::vector<std::string> split_words(const std::string& text)
{
    std::vector<std::string> words;
    std::istringstream stream(json::folded(text));
    for (std::string word; words.size() < max_search_words && stream >> word;)
        words.push_back(word);
    return words;
}

store::ContactFilter filter_of(Connection& db, const ContactQuery& query, Instant now)
{
    store::ContactFilter filter{
        .status = query.status, .state = query.state, .category = query.category, .language = query.language, .today = date_of(now)};
    if (query.reachable_now)
        filter.reachable = minutes_by_zone(db, now);
    if (query.confirmation_due)
        filter.confirmed_before = domain::to_rfc3339(now - confirmation_interval + confirmation_notice);
    if (query.key_expiring)
        filter.key_ends_before = domain::to_rfc3339(now + key_notice);
    if (query.text)
        filter.words = split_words(*query.text);
    return filter;
}

}  // namespace

Result<Representation> get_contact(Connection& db, const Principal& principal, i18n::Language language, const std::string& id, Instant now,
                                   bool minimal)
{
    const auto row = store::visible_contact(db, principal.visibility, id);
    if (!row)
        return domain::not_found();
    Representation shown{represented(*row, reductions_to_tell(db, {&*row}), language, now, minimal), std::nullopt};
    if (may_change(principal, *row))
        shown.tag = contact_tag(db, *row);
    return shown;
}

std::map<std::string, std::string> render_contacts(Connection& db, const Principal& principal, i18n::Language language,
                                                   const std::vector<std::string>& ids, Instant now)
{
    const auto rows = store::visible_contacts(db, principal.visibility, ids);
    std::vector<const store::ContactRow*> seen;
    for (const auto& [id, row] : rows)
        seen.push_back(&row);
    const auto reductions = reductions_to_tell(db, seen);
    std::map<std::string, std::string> texts;
    for (const auto& [id, row] : rows)
        texts.emplace(id, represented(row, reductions, language, now, false).dump());
    return texts;
}

Result<Page> list_contacts(Connection& db, const Principal& principal, i18n::Language language, const ContactQuery& query, Instant now,
                           std::int64_t limit, const std::string& after)
{
    const auto rows = store::visible_contacts(db, principal.visibility, filter_of(db, query, now), after, limit + 1);
    Page page;
    const auto count = std::min(rows.size(), static_cast<std::size_t>(limit));
    std::vector<const store::ContactRow*> seen;
    for (std::size_t i = 0; i < count; ++i)
        seen.push_back(&rows[i]);
    const auto reductions = reductions_to_tell(db, seen);
    for (const auto* row : seen)
        page.items.push_back(represented(*row, reductions, language, now, query.minimal));
    if (rows.size() > count)
        page.next = rows[count - 1].sort_key;
    return page;
}

}  // namespace cbmx::service
