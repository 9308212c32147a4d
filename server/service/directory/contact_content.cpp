// See contact_content.hpp.
#include "service/directory/contact_content.hpp"
#include "base/text.hpp"
#include "i18n/country.hpp"
#include "json/text.hpp"
#include <algorithm>
#include <array>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t minutes_an_hour = 60, minutes_a_day = 24 * minutes_an_hour, minutes_a_week = 7 * minutes_a_day;
constexpr std::array<std::string_view, 7> days{"mo", "tu", "we", "th", "fr", "sa", "su"};
constexpr std::array reduced_members{"id", "state", "category", "office", "institution", "languages"};
constexpr std::array searched_members{"person", "position", "address", "website"};  // beside those of the reduced scope

std::int64_t minute_of_day(std::string_view time)
{
    const auto hour = base::whole_number<std::int64_t>(time.substr(0, 2)), minute = base::whole_number<std::int64_t>(time.substr(3, 2));
    return hour.value_or(0) * minutes_an_hour + minute.value_or(0);
}

std::int64_t day_of(const std::string& name) { return std::find(days.begin(), days.end(), name) - days.begin(); }

void add_interval(std::vector<store::WeekInterval>& intervals, std::int64_t from, std::int64_t until)
{
    intervals.push_back({from, std::min(until, minutes_a_week)});
    if (until > minutes_a_week)  // Sunday night goes on into Monday
        intervals.push_back({0, until - minutes_a_week});
}

std::vector<store::WeekInterval> joined(std::vector<store::WeekInterval> intervals)
{
    std::sort(intervals.begin(), intervals.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    std::vector<store::WeekInterval> list;
    for (const auto& interval : intervals)
        if (!list.empty() && interval.from <= list.back().until)
            list.back().until = std::max(list.back().until, interval.until);
        else
            list.push_back(interval);
    return list;
}

std::optional<std::string> text_at(const Json& object, const char* name)
{
    const auto found = object.find(name);
    return found == object.end() ? std::nullopt : std::optional(found->get<std::string>());
}

std::optional<std::string> first_key_end(const Json& content)
{
    std::optional<std::string> first;
    for (const auto& key : content.value("keys", Json::array()))
        if (const auto& end = key.at("expires_at"); end.is_string() && (!first || end.get<std::string>() < *first))
            first = end.get<std::string>();
    return first;
}

std::string search_text(const Json& content, bool full)
{
    const auto state = content.at("state").get<std::string>();
    std::string text = state;
    for (const auto language : i18n::all_languages)
        text += "\n" + i18n::country_name(language, state);
    text += "\n" + content.at("institution").get<std::string>() + "\n" + content.value("office", "");
    if (!full)
        return json::folded(text);
    for (const char* member : searched_members)
        text += "\n" + content.value(member, "");
    for (const auto& email : content.value("emails", Json::array()))
        text += "\n" + email.get<std::string>();
    for (const auto& phone : content.value("phones", Json::array()))
        text += "\n" + phone.at("number").get<std::string>();
    const auto team = content.value("csirt", Json::object());
    for (const auto& value : team)
        if (value.is_string())
            text += "\n" + value.get<std::string>();
    return json::folded(text);
}

void check_hours(const Json& fields, const std::string& prefix, std::vector<Violation>& violations)
{
    const auto hours = fields.value("hours", Json());
    for (std::size_t i = 0; hours.is_array() && i < hours.size(); ++i)
        if (hours[i].at("from") == hours[i].at("until"))
            violations.push_back({prefix + "/hours/" + std::to_string(i) + "/until", Rule::empty_interval});
}

}  // namespace

std::vector<Violation> check_contact_fields(Connection& db, const std::string& state, const Json& fields, const std::string& prefix)
{
    std::vector<Violation> violations;
    if (!fields.contains("person") && !fields.contains("office"))
        violations.push_back({prefix, Rule::needs_person_or_office});
    if (fields.value("emails", Json::array()).empty() && fields.value("phones", Json::array()).empty())
        violations.push_back({prefix, Rule::needs_a_way_to_reach});
    if (fields.contains("csirt") && fields.at("category") != "technical")
        violations.push_back({prefix + "/csirt", Rule::csirt_only_technical});
    if (fields.contains("valid_from") && fields.contains("valid_until") && fields["valid_until"] < fields["valid_from"])
        violations.push_back({prefix + "/valid_until", Rule::order_of_dates});
    if (const auto account = text_at(fields, "account"); account && !store::is_contact_account(db, state, *account))
        violations.push_back({prefix + "/account", Rule::contact_account});
    check_hours(fields, prefix, violations);
    return violations;
}

Json with_key_facts(Json fields, const Inspection& inspection)
{
    if (!fields.contains("keys") || !fields["keys"].is_array())
        return fields;
    for (auto& key : fields["keys"])
        if (const auto text =
                key.is_object() && key.contains("key") && key["key"].is_string() ? key["key"].get<std::string>() : std::string();
            inspection.keys.contains(text)) {
            const auto facts = inspection.keys.find(text);
            key["fingerprint"] = facts->second.fingerprint;
            key["expires_at"] = facts->second.expires_at ? Json(*facts->second.expires_at) : Json();
        }
    return fields;
}

Json described_fields(Json content)
{
    for (const char* given_by_portal : {"id", "state", "content_version", "entered_by", "as_of", "stated_at", "nomination"})
        content.erase(given_by_portal);
    return content;
}

Json input_form(Json fields)
{
    if (fields.contains("keys") && fields["keys"].is_array())
        for (auto& key : fields["keys"])
            if (key.is_object()) {
                key.erase("fingerprint");
                key.erase("expires_at");
            }
    return fields;
}

Json reduced_content(const Json& content)
{
    Json reduced = Json::object();
    for (const char* member : reduced_members)
        if (content.contains(member))
            reduced[member] = content[member];
    return reduced;
}

store::ContactColumns columns_of_content(const Json& content)
{
    store::ContactColumns columns;
    columns.category = content.at("category").get<std::string>();
    columns.account = text_at(content, "account");
    columns.time_zone = content.at("time_zone").get<std::string>();
    columns.valid_from = text_at(content, "valid_from");
    columns.valid_until = text_at(content, "valid_until");
    columns.key_expires_at = first_key_end(content);
    columns.minimal_text = search_text(content, false);
    columns.full_text = search_text(content, true);
    for (const auto& language : content.at("languages"))
        columns.languages.push_back(json::folded(language.get<std::string>()));
    std::sort(columns.languages.begin(), columns.languages.end());
    columns.languages.erase(std::unique(columns.languages.begin(), columns.languages.end()), columns.languages.end());
    if (content.contains("hours"))
        columns.hours = week_intervals(content["hours"]);
    return columns;
}

std::vector<store::WeekInterval> week_intervals(const Json& hours)
{
    if (hours.is_string())  // "24x7"
        return {{0, minutes_a_week}};
    std::vector<store::WeekInterval> intervals;
    for (const auto& pattern : hours) {
        const auto from = minute_of_day(pattern.at("from").get<std::string>());
        auto until = minute_of_day(pattern.at("until").get<std::string>());
        if (until <= from)  // into the next day
            until += minutes_a_day;
        for (const auto& day : pattern.at("days"))
            add_interval(intervals, day_of(day.get<std::string>()) * minutes_a_day + from,
                         day_of(day.get<std::string>()) * minutes_a_day + until);
    }
    return joined(std::move(intervals));
}

}  // namespace cbmx::service
