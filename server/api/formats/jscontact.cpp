// JSContact, member by member in the order of RFC 9553, section 2. The contract is api/formats/vcard.hpp.
#include "api/formats/contact_words.hpp"
#include "api/formats/vcard.hpp"

namespace cbmx::api {
namespace {

using Value = nlohmann::json;
using i18n::Language;

constexpr std::string_view product = "-//CBM Exchange//Directory of contacts//EN";
constexpr const char* institution_id = "institution";

std::string numbered(const char* word, std::size_t index) { return word + std::to_string(index + 1); }

// RFC 9553, 1.4.5: a UTCDateTime has no fraction where it is zero, and no zeros at its end.
std::string utc_date_time(const std::string& timestamp)
{
    const auto point = timestamp.find('.');
    if (point == std::string::npos)
        return timestamp;
    auto text = timestamp.substr(0, timestamp.find('Z'));
    text.resize(text.find_last_not_of('0') + 1);
    return (text.ends_with('.') ? text.substr(0, point) : text) + "Z";
}

void add_who(Value& card, const Value& contact, Language language)
{
    const auto& content = contact.at("content");
    const bool is_person = !is_csirt(contact) && !member_text(content, "person").empty();
    card["kind"] = is_person ? "individual" : "org";
    card["name"] = {{"@type", "Name"}, {"full", name_of_contact(contact, language)}};
    Value organization{{"@type", "Organization"}, {"name", member_text(content, "institution")}};
    if (const auto office = member_text(content, "office"); !office.empty())
        organization["units"] = Value::array({{{"@type", "OrgUnit"}, {"name", office}}});
    card["organizations"][institution_id] = std::move(organization);
    if (const auto position = member_text(content, "position"); !position.empty())
        card["titles"]["position"] = {{"@type", "Title"}, {"kind", "title"}, {"name", position}, {"organizationId", institution_id}};
    if (is_csirt(contact))
        card["titles"]["role"] = {
            {"@type", "Title"}, {"kind", "role"}, {"name", i18n::text(language, "card.role")}, {"organizationId", institution_id}};
}

Value phone_of(const Value& phone)
{
    const auto use = member_text(phone, "use");
    const char* feature = use == "fax" ? "fax" : "voice";
    Value made{{"@type", "Phone"},
               {"number", "tel:" + member_text(phone, "number")},
               {"features", {{feature, true}}},
               {"contexts", {{"work", true}}}};
    if (use == "mobile")
        made["features"]["mobile"] = true;
    return made;
}

void add_ways_to_reach(Value& card, const Value& content)
{
    const auto none = Value::array();
    const auto emails = content.value("emails", none), phones = content.value("phones", none), languages = content.value("languages", none),
               keys = content.value("keys", none);
    for (std::size_t i = 0; i < emails.size(); ++i)
        card["emails"][numbered("email", i)] = {
            {"@type", "EmailAddress"}, {"address", emails[i]}, {"contexts", {{"work", true}}}, {"pref", i + 1}};
    for (std::size_t i = 0; i < phones.size(); ++i)
        card["phones"][numbered("phone", i)] = phone_of(phones[i]);
    for (std::size_t i = 0; i < languages.size(); ++i)
        card["preferredLanguages"][numbered("language", i)] = {
            {"@type", "LanguagePref"}, {"language", languages[i]}, {"contexts", {{"work", true}}}, {"pref", i + 1}};
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (const auto [media_type, uri] = key_uri(keys[i]); !uri.empty())
            card["cryptoKeys"][numbered("key", i)] = {{"@type", "CryptoKey"}, {"uri", uri}, {"mediaType", media_type}};
}

void add_places(Value& card, const Value& content)
{
    Value address{{"@type", "Address"}, {"countryCode", member_text(content, "state")}, {"contexts", {{"work", true}}}};
    if (const auto zone = member_text(content, "time_zone"); !zone.empty())
        address["timeZone"] = zone;
    if (const auto text = member_text(content, "address"); !text.empty())
        address["full"] = text;
    card["addresses"]["office"] = std::move(address);
    if (const auto website = member_text(content, "website"); !website.empty())
        card["links"]["website"] = {{"@type", "Link"}, {"uri", website}};
    const auto csirt = content.find("csirt");
    if (const auto form = csirt == content.end() ? std::string() : member_text(*csirt, "incident_form"); !form.empty())
        card["links"]["incident_form"] = {{"@type", "Link"}, {"kind", "contact"}, {"uri", form}, {"pref", 1}};
}

}  // namespace

Value jscontact_card(const Value& contact, Language language)
{
    const auto& content = contact.at("content");
    Value card{{"@type", "Card"}, {"version", "1.0"}, {"prodId", product}, {"language", i18n::code_of(language)}};
    card["uid"] = "urn:uuid:" + member_text(contact, "id");
    if (const auto confirmed_at = member_text(contact.at("meta"), "confirmed_at"); !confirmed_at.empty())
        card["updated"] = utc_date_time(confirmed_at);
    add_who(card, contact, language);
    add_ways_to_reach(card, content);
    add_places(card, content);
    card["keywords"] = {{member_text(content, "state"), true}, {member_text(content, "category"), true}};
    card["notes"]["category"] = {{"@type", "Note"}, {"note", category_words(language, contact)}};
    const auto remarks = remarks_on(contact, language);
    for (std::size_t i = 0; i < remarks.size(); ++i)
        card["notes"][numbered("remark", i)] = {{"@type", "Note"}, {"note", remarks[i]}};
    return card;
}

std::string jscontact(const std::vector<Value>& contacts, Language language)
{
    Value cards = Value::array();
    for (const auto& contact : contacts)
        if (has_content(contact))
            cards.push_back(jscontact_card(contact, language));
    return cards.dump();
}

}  // namespace cbmx::api
