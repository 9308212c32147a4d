// See participation.hpp. Days compare as texts.
#include "service/registry/participation.hpp"
#include "json/items.hpp"
#include <algorithm>
#include <set>

namespace cbmx::service {
namespace {

using Value = nlohmann::json;
using domain::Instant;

constexpr std::size_t date_characters = 10;
constexpr std::string_view start_of_day = "T00:00:00.000Z";

Access access_of(const Value& member)
{
    const auto& changes_at = member.at("changes_at");
    return {member.at("participates").get<bool>(),
            changes_at.is_null() ? std::nullopt : domain::from_rfc3339(changes_at.get<std::string>())};
}

// The first of the given day and the days after it on which what holds in law is not this.
std::optional<Instant> first_change(const Value& record, bool present, const std::string& from_day)
{
    std::set<std::string> days{from_day};
    for (const auto& span : record.at("participation"))
        for (const char* end : {"from", "until"})
            if (span.at(end).is_string() && span.at(end).get<std::string>() > from_day)
                days.insert(span.at(end).get<std::string>());
    const auto found =
        std::find_if(days.begin(), days.end(), [&](const std::string& day) { return participates_in_law(record, day) != present; });
    return found == days.end() ? std::nullopt : domain::from_rfc3339(std::string(*found).append(start_of_day));
}

}  // namespace

std::string day_of(Instant now) { return domain::to_rfc3339(now).substr(0, date_characters); }

Value access_as_json(const Access& access)
{
    return {{"participates", access.participates},
            {"changes_at", access.changes_at ? Value(domain::to_rfc3339(*access.changes_at)) : Value()}};
}

Access access_from(const Value& record) { return record.contains("access") ? access_of(record.at("access")) : Access{}; }

Access access_in(const std::string& record)
{
    const auto members = json::object_members(record).value();
    const auto found = std::find_if(members.begin(), members.end(), [](const json::Member& member) { return member.name == "access"; });
    return found == members.end() ? Access{} : access_of(Value::parse(found->value));
}

bool has_access(const Access& access, Instant now)
{
    const bool has_changed = access.changes_at && *access.changes_at <= now;
    return access.participates != has_changed;
}

bool participates_in_law(const Value& record, std::string_view day)
{
    const auto& spans = record.at("participation");
    return std::any_of(spans.begin(), spans.end(), [day](const Value& span) {
        const auto& from = span.at("from");
        const auto& until = span.at("until");
        return span.at("participates").get<bool>() && (from.is_null() || from.get_ref<const std::string&>() <= day) &&
               (until.is_null() || day < until.get_ref<const std::string&>());
    });
}

Access access_at(const Value& record, bool present, Instant now)
{
    const bool participates = present || participates_in_law(record, day_of(now));
    return {participates, first_change(record, participates, day_of(now + std::chrono::days(1)))};
}

Access access_after_change(const Value& record, const Access& access)
{
    const bool participates = !access.participates;
    return {participates, first_change(record, participates, day_of(access.changes_at.value() + std::chrono::days(1)))};
}

}  // namespace cbmx::service
