// The contract is api/formats/calendar.hpp; lines and escaping: content_lines.cpp.
#include "api/formats/calendar.hpp"
#include "api/formats/contact_words.hpp"
#include "api/formats/content_lines.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

using Value = nlohmann::json;
using i18n::Language;

constexpr std::string_view product = "-//CBM Exchange//Confirmation of contacts//EN";
constexpr std::string_view uid_domain = "@cbm-exchange";
constexpr std::string_view refresh_interval = "P1D";
constexpr int alarm_days = 30;            // before the day
constexpr std::size_t date_size = 10;     // "2027-01-31"
constexpr std::size_t seconds_size = 19;  // "2027-01-31T12:00:00"

std::string without_separators(std::string text)
{
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

void append_alarm(std::string& text, const std::string& what, Language language)
{
    const auto days = std::to_string(alarm_days);
    append_line(text, "BEGIN", "VALARM");
    append_line(text, "ACTION", "DISPLAY");
    append_line(text, "DESCRIPTION", escaped_text(i18n::text(language, "calendar.alarm", {{"days", days}, {"contact", what}})));
    append_line(text, "TRIGGER", "-P" + days + "D");
    append_line(text, "END", "VALARM");
}

void append_event(std::string& text, const Value& contact, Language language, const std::string& stamp)
{
    const auto due = member_text(contact.at("meta"), "confirmation_due_at");
    const auto what = country_of(contact, language) + ", " + category_words(language, contact) + ", " + name_of_office(contact);
    append_line(text, "BEGIN", "VEVENT");
    append_line(text, "UID", member_text(contact, "id") + std::string(uid_domain));
    append_line(text, "DTSTAMP", stamp);
    append_line(text, "DTSTART", {{"VALUE", {"DATE"}}}, without_separators(due.substr(0, date_size)));
    append_line(text, "SUMMARY", escaped_text(i18n::text(language, "calendar.summary", {{"contact", what}})));
    append_line(text, "DESCRIPTION", escaped_text(i18n::text(language, "calendar.description")));
    append_line(text, "TRANSP", "TRANSPARENT");
    append_alarm(text, what, language);
    append_line(text, "END", "VEVENT");
}

}  // namespace

std::string confirmation_calendar(const std::vector<Value>& contacts, Language language, domain::Instant now)
{
    const auto stamp = without_separators(domain::to_rfc3339(now).substr(0, seconds_size)) + "Z";
    const auto name = escaped_text(i18n::text(language, "calendar.name"));
    std::string text;
    append_line(text, "BEGIN", "VCALENDAR");
    append_line(text, "VERSION", "2.0");
    append_line(text, "PRODID", product);
    append_line(text, "NAME", name);  // RFC 7986; older programs know the other
    append_line(text, "X-WR-CALNAME", name);
    append_line(text, "REFRESH-INTERVAL", {{"VALUE", {"DURATION"}}}, refresh_interval);
    for (const auto& contact : contacts)
        if (has_content(contact) && !member_text(contact.at("meta"), "confirmation_due_at").empty())
            append_event(text, contact, language, stamp);
    append_line(text, "END", "VCALENDAR");
    return text;
}

}  // namespace cbmx::api
