// What all representations of a contact say in the caller's words: its name, its hours, the remarks beside it. contact: as
// served (schema/json/contact), content not null. Pure, any thread. Who uses it: contact_cards, contact_calendar, rfc2350.
#pragma once
#include "i18n/texts.hpp"
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::api {

bool has_content(const nlohmann::json& contact);  // false: erased
bool is_csirt(const nlohmann::json& contact);     // of the technical category: a team, even if a person is named

// "" when the object does not have the member, or not as a string.
std::string member_text(const nlohmann::json& object, std::string_view member);

std::string name_of_office(const nlohmann::json& contact);                       // the office, or the institution: never a person
std::string name_of_team(const nlohmann::json& contact);                         // a response team's short name, or name_of_office
std::string country_of(const nlohmann::json& contact, i18n::Language language);  // in words
std::string name_of_contact(const nlohmann::json& contact,
                            i18n::Language language);  // the person, or the team's or office's name and its country

std::string category_words(i18n::Language language, const nlohmann::json& contact);  // "Foreign-ministry point of contact"
std::string hours_sentence(const nlohmann::json& contact, i18n::Language language);  // with the time zone; "" without hours

// A sentence or two each: hours, duty lines, validity, constituency, freshness, who entered it, whether it is reduced.
std::vector<std::string> remarks_on(const nlohmann::json& contact, i18n::Language language);

}  // namespace cbmx::api
