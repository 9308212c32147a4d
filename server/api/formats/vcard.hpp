// Contacts as address books take them: text/vcard (RFC 6350, version 4.0) and application/jscontact+json (RFC 9553, version
// 1.0). contacts: as served (schema/json/contact), already filtered and reduced for the caller; what a caller is not shown is
// not in them. Those whose content is erased are left out. Pure, any thread. The words: contact_words.hpp.
#pragma once
#include "i18n/texts.hpp"
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbmx::api {

// One card per contact, one below the other; "" for none. A response team (category technical) is an organization under its
// short name, even if a person is named; other contacts are a person if one is given, otherwise the office. N holds a person's name
// whole: the portal knows no parts of names and does not guess them.
std::string vcards(const std::vector<nlohmann::json>& contacts, i18n::Language language);

// A JSON array of Cards. Keys of the maps (Id) are fixed words or words with a number, the same in every answer.
std::string jscontact(const std::vector<nlohmann::json>& contacts, i18n::Language language);
nlohmann::json jscontact_card(const nlohmann::json& contact, i18n::Language language);  // content: not null

// A public key as it stands in a contact, as a data: URI (RFC 2397): the armour of an OpenPGP key, the DER of a certificate.
struct KeyUri {
    std::string media_type;  // application/pgp-keys (RFC 3156), application/pkix-cert (RFC 2585)
    std::string uri;         // empty when the certificate's PEM cannot be read
};
KeyUri key_uri(const nlohmann::json& key);

}  // namespace cbmx::api
