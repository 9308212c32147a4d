// The contract is api/formats/contact_words.hpp; the sentences: server/i18n, keys card.*, hours.*, contact_category.*.
#include "api/formats/contact_words.hpp"
#include "domain/directory.hpp"
#include "i18n/country.hpp"
#include "tables/contacts.hpp"

namespace cbmx::api {
namespace {

using Value = nlohmann::json;
using i18n::Language;

// What is given goes into the sentence; what is not leaves no sentence.
void add(std::vector<std::string>& remarks, Language language, std::string_view key, const std::string& name, const std::string& value)
{
    if (!value.empty())
        remarks.push_back(i18n::text(language, key, {{name, value}}));
}

std::string day_words(Language language, std::size_t day)
{
    return i18n::text(language, "hours.day." + std::string(service::days_of_week[day]));
}

std::string days_words(Language language, const Value& days)
{
    std::string words;
    for (const auto& run : service::runs_of_days(days)) {
        const auto first = day_words(language, run.first), last = day_words(language, run.last);
        words += words.empty() ? "" : ", ";
        words += run.last - run.first > 1 ? i18n::text(language, "hours.days", {{"first", first}, {"last", last}})
                 : run.first == run.last  ? first
                                          : first + ", " + last;
    }
    return words;
}

std::string time_of_day_words(Language language, const Value& interval)
{
    const auto from = member_text(interval, "from"), until = member_text(interval, "until");
    return i18n::text(language, until <= from ? "hours.until_next_day" : "hours.same_day", {{"from", from}, {"until", until}});
}

// "Monday to Friday: 09:00-18:00"
std::string hours_words(Language language, const Value& hours)
{
    if (hours.is_string())
        return i18n::text(language, "hours.always");
    std::string words;
    for (const auto& interval : hours)
        words += (words.empty() ? "" : "; ") + days_words(language, interval.at("days")) + ": " + time_of_day_words(language, interval);
    return words;
}

}  // namespace

bool has_content(const Value& contact) { return contact.at("content").is_object(); }
bool is_csirt(const Value& contact) { return contact.at("content").at("category") == "technical"; }

std::string member_text(const Value& object, std::string_view member)
{
    const auto found = object.find(member);
    return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

std::string name_of_office(const Value& contact)
{
    const auto office = member_text(contact.at("content"), "office");
    return office.empty() ? member_text(contact.at("content"), "institution") : office;
}

std::string name_of_team(const Value& contact)
{
    const auto csirt = contact.at("content").find("csirt");
    const auto short_name = csirt == contact.at("content").end() ? std::string() : member_text(*csirt, "short_name");
    return short_name.empty() ? name_of_office(contact) : short_name;
}

std::string country_of(const Value& contact, Language language)
{
    return i18n::country_name(language, member_text(contact.at("content"), "state"));
}

std::string name_of_contact(const Value& contact, Language language)
{
    const auto person = member_text(contact.at("content"), "person");
    if (!is_csirt(contact) && !person.empty())
        return person;
    // Thirty-five offices have the same name: an address book is searched for the country.
    return (is_csirt(contact) ? name_of_team(contact) : name_of_office(contact)) + " (" + country_of(contact, language) + ")";
}

std::string category_words(Language language, const Value& contact)
{
    return i18n::text(language, "contact_category." + member_text(contact.at("content"), "category"));
}

std::string hours_sentence(const Value& contact, Language language)
{
    const auto& content = contact.at("content");
    if (!content.contains("hours"))
        return {};
    return i18n::text(language, "card.hours",
                      {{"zone", member_text(content, "time_zone")}, {"hours", hours_words(language, content.at("hours"))}});
}

std::vector<std::string> remarks_on(const Value& contact, Language language)
{
    const auto& content = contact.at("content");
    const auto& meta = contact.at("meta");
    std::vector<std::string> remarks;
    if (auto hours = hours_sentence(contact, language); !hours.empty())
        remarks.push_back(std::move(hours));
    for (const auto& phone : content.value("phones", Value::array()))
        if (member_text(phone, "use") == "duty")
            add(remarks, language, "card.duty", "number", member_text(phone, "number"));
    if (member_text(content, "rank") == "alternate")
        remarks.push_back(i18n::text(language, "card.alternate"));
    if (is_csirt(contact))
        add(remarks, language, "card.person", "name", member_text(content, "person"));
    if (const auto csirt = content.find("csirt"); csirt != content.end())
        add(remarks, language, "card.constituency", "constituency", member_text(*csirt, "constituency"));
    add(remarks, language, "card.valid_from", "date", member_text(content, "valid_from"));
    add(remarks, language, "card.valid_until", "date", member_text(content, "valid_until"));
    if (const auto status = member_text(meta, "status"); !status.empty() && status != name_of(domain::ContactStatus::listed))
        remarks.push_back(i18n::text(language, "card.status." + status));
    for (const auto* member : {"freshness_text", "notice"})
        if (auto sentence = member_text(meta, member); !sentence.empty())
            remarks.push_back(std::move(sentence));
    if (member_text(meta, "scope") == "minimal")
        remarks.push_back(i18n::text(language, "card.reduced"));
    return remarks;
}

}  // namespace cbmx::api
