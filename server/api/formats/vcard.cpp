// vCard 4.0. The contract is api/formats/vcard.hpp; lines and escaping: content_lines.cpp; JSContact: contact_jscontact.cpp.
#include "api/formats/vcard.hpp"
#include "api/formats/contact_words.hpp"
#include "api/formats/content_lines.hpp"
#include "base/bytes.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

using Value = nlohmann::json;
using i18n::Language;

constexpr std::string_view product = "-//CBM Exchange//Directory of contacts//EN";
constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view pem_end = "-----END CERTIFICATE-----";

LineParameter preference(std::size_t index) { return {"PREF", {std::to_string(index + 1)}}; }
LineParameter in_language(Language language) { return {"LANGUAGE", {std::string(i18n::code_of(language))}}; }

void append_text(std::string& card, std::string_view name, const std::string& text, const std::vector<LineParameter>& parameters = {})
{
    if (!text.empty())
        append_line(card, name, parameters, escaped_text(text));
}

LineParameter type_of_phone(const Value& phone)
{
    const auto use = member_text(phone, "use");
    return {"TYPE", {"work", use == "mobile" ? "cell" : use == "fax" ? "fax" : "voice"}};
}

// "2026-01-31T12:00:00.000Z" as RFC 6350's timestamp: "20260131T120000Z".
std::string basic_timestamp(const std::string& timestamp)
{
    auto text = timestamp.substr(0, timestamp.find('.'));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text.empty() || text.ends_with('Z') ? text : text + "Z";
}

void append_who(std::string& card, const Value& contact, Language language)
{
    const auto& content = contact.at("content");
    const auto person = member_text(content, "person");
    const bool is_person = !is_csirt(contact) && !person.empty();
    append_line(card, "UID", "urn:uuid:" + member_text(contact, "id"));
    append_line(card, "KIND", is_person ? "individual" : "org");
    append_text(card, "FN", name_of_contact(contact, language));
    if (is_person)
        append_line(card, "N", escaped_text(person) + ";;;;");
    const auto office = member_text(content, "office");
    append_line(card, "ORG", escaped_text(member_text(content, "institution")) + (office.empty() ? "" : ";" + escaped_text(office)));
    append_text(card, "TITLE", member_text(content, "position"));
    if (is_csirt(contact)) {
        append_text(card, "ROLE", i18n::text(language, "card.role"), {in_language(language)});
        append_text(card, "RELATED", person, {{"TYPE", {"contact"}}, {"VALUE", {"text"}}});
    }
}

void append_ways_to_reach(std::string& card, const Value& content)
{
    const auto none = Value::array();
    const auto emails = content.value("emails", none), phones = content.value("phones", none), languages = content.value("languages", none);
    for (std::size_t i = 0; i < emails.size(); ++i)
        append_text(card, "EMAIL", emails[i].get<std::string>(),
                    i == 0 ? std::vector{LineParameter{"TYPE", {"work"}}, preference(i)} : std::vector{LineParameter{"TYPE", {"work"}}});
    for (const auto& phone : phones)
        append_line(card, "TEL", {{"VALUE", {"uri"}}, type_of_phone(phone)}, "tel:" + member_text(phone, "number"));
    for (std::size_t i = 0; i < languages.size(); ++i)
        append_line(card, "LANG", {preference(i)}, languages[i].get<std::string>());
    append_text(card, "TZ", member_text(content, "time_zone"));
    // The address is one text: RFC 6350's LABEL is made for it; address books that know no LABEL show the street.
    if (const auto address = member_text(content, "address"); !address.empty())
        append_line(card, "ADR", {{"TYPE", {"work"}}, {"CC", {member_text(content, "state")}}, {"LABEL", {address}}},
                    ";;" + escaped_text(address) + ";;;;");
    for (const auto& key : content.value("keys", none))
        if (const auto [media_type, uri] = key_uri(key); !uri.empty())
            append_line(card, "KEY", uri);
}

void append_links(std::string& card, const Value& content)
{
    const auto csirt = content.find("csirt");
    const auto form = csirt == content.end() ? std::string() : member_text(*csirt, "incident_form");
    if (!form.empty())
        append_line(card, "URL", {preference(0)}, form);
    if (const auto website = member_text(content, "website"); !website.empty())
        append_line(card, "URL", website);
}

void append_card(std::string& card, const Value& contact, Language language)
{
    const auto& content = contact.at("content");
    append_line(card, "BEGIN", "VCARD");
    append_line(card, "VERSION", "4.0");
    append_line(card, "PRODID", product);
    append_who(card, contact, language);
    append_ways_to_reach(card, content);
    append_links(card, content);
    append_line(card, "CATEGORIES", escaped_text(member_text(content, "state")) + "," + escaped_text(member_text(content, "category")));
    std::string note = category_words(language, contact);
    for (const auto& remark : remarks_on(contact, language))
        note += "\n" + remark;
    append_text(card, "NOTE", note, {in_language(language)});
    if (const auto confirmed_at = member_text(contact.at("meta"), "confirmed_at"); !confirmed_at.empty())
        append_line(card, "REV", basic_timestamp(confirmed_at));
    append_line(card, "END", "VCARD");
}

// The bytes between PEM's two lines; "" when they are not there.
std::string der_of(std::string_view pem)
{
    const auto begin = pem.find(pem_begin), end = pem.find(pem_end);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
        return {};
    std::string body(pem.substr(begin + pem_begin.size(), end - begin - pem_begin.size()));
    std::erase_if(body, [](char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t'; });
    return base::from_base64(body).value_or("");
}

}  // namespace

std::string vcards(const std::vector<Value>& contacts, Language language)
{
    std::string text;
    for (const auto& contact : contacts)
        if (has_content(contact))
            append_card(text, contact, language);
    return text;
}

KeyUri key_uri(const Value& key)
{
    const bool is_openpgp = member_text(key, "kind") == "openpgp";
    const std::string media_type = is_openpgp ? "application/pgp-keys" : "application/pkix-cert";
    const auto bytes = is_openpgp ? member_text(key, "key") : der_of(member_text(key, "key"));
    return {media_type, bytes.empty() ? std::string() : "data:" + media_type + ";base64," + base::base64(bytes)};
}

}  // namespace cbmx::api
