// Contacts as vCards and JSContact Cards. See server/api/formats/vcard.hpp; programs that are not ours read them in
// tests/contract/cards_test.cpp.
#include "api/formats/vcard.hpp"
#include "base/bytes.hpp"
#include "support/contact_samples.hpp"
#include <gtest/gtest.h>
#include <sstream>

namespace cbmx::api {
namespace {

using namespace test;
using i18n::Language;

// The lines of the cards, unfolded and without their ends.
std::vector<std::string> lines_of(std::string text)
{
    for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
        text.erase(at, 3);
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        EXPECT_TRUE(line.ends_with('\r')) << line;
        lines.push_back(line.substr(0, line.size() - 1));
    }
    return lines;
}

std::vector<std::string> lines_of(const ContactJson& contact) { return lines_of(vcards({contact}, Language::en)); }

bool has_line(const std::vector<std::string>& lines, const std::string& wanted)
{
    return std::find(lines.begin(), lines.end(), wanted) != lines.end();
}

std::size_t count_of(const std::vector<std::string>& lines, const std::string& name)
{
    return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [&name](const std::string& line) {
        return line.starts_with(name + ":") || line.starts_with(name + ";");
    }));
}

TEST(VCard, BeginsWithItsVersionAndHasWhatMustStandOnceOnce)
{
    for (const auto& contact : {a_person(), an_office(), a_response_team(), a_reduced_one()}) {
        const auto lines = lines_of(contact);
        ASSERT_GT(lines.size(), 5U);
        EXPECT_EQ(lines[0], "BEGIN:VCARD");
        EXPECT_EQ(lines[1], "VERSION:4.0");
        EXPECT_EQ(lines.back(), "END:VCARD");
        for (const auto* name : {"UID", "KIND", "FN", "ORG", "CATEGORIES", "NOTE"})
            EXPECT_EQ(count_of(lines, name), 1U) << name;
        EXPECT_EQ(count_of(lines, "X-"), 0U);
    }
}

TEST(VCard, OfAPersonNamesThePersonTheInstitutionAndTheOffice)
{
    const auto lines = lines_of(a_person());
    EXPECT_TRUE(has_line(lines, "UID:urn:uuid:5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11"));
    EXPECT_TRUE(has_line(lines, "KIND:individual"));
    EXPECT_TRUE(has_line(lines, R"(FN:Ana María Núñez\, "la Embajadora"\; Soto)"));
    EXPECT_TRUE(has_line(lines, R"(N:Ana María Núñez\, "la Embajadora"\; Soto;;;;)"));
    EXPECT_TRUE(
        has_line(lines, R"(ORG:Ministerio de Relaciones Exteriores (demostración);Oficina de Ciberdiplomacia\, Piso 3\; ala \\norte)"));
    EXPECT_TRUE(has_line(lines, "TITLE:Directora"));
}

TEST(VCard, SaysHowToReachTheContactThePreferredFirst)
{
    const auto lines = lines_of(a_person());
    for (const auto* line :
         {"EMAIL;TYPE=work;PREF=1:ciber@mre.cl.example", "EMAIL;TYPE=work:guardia@mre.cl.example",
          "TEL;VALUE=uri;TYPE=work,voice:tel:+56225550101", "TEL;VALUE=uri;TYPE=work,cell:tel:+56955550102",
          "TEL;VALUE=uri;TYPE=work,fax:tel:+56225550104", "TEL;VALUE=uri;TYPE=work,voice:tel:+56225550105", "LANG;PREF=1:es",
          "LANG;PREF=2:en", "TZ:America/Santiago", "URL:https://ciber.mre.cl.example/contacto?a=1;b=2,3", "REV:20260131T120000Z"})
        EXPECT_TRUE(has_line(lines, line)) << line;
}

TEST(VCard, AnAddressIsALabelWithItsCountry)
{
    EXPECT_TRUE(has_line(lines_of(a_person()), R"(ADR;TYPE=work;CC=CL;LABEL="Teatinos 180, piso 3^n8340648 Santiago; ^'Casa^' ^^Chile":)"
                                               R"(;;Teatinos 180\, piso 3\n8340648 Santiago\; "Casa" ^Chile;;;;)"));
}

TEST(VCard, KeysAreDataUrisOfTheArmourAndOfTheCertificatesDer)
{
    const auto lines = lines_of(a_person());
    EXPECT_TRUE(has_line(lines, "KEY:data:application/pgp-keys;base64," + base::base64(sample_armour)));
    EXPECT_TRUE(has_line(lines, "KEY:data:application/pkix-cert;base64,MAMCAQE="));
    auto contact = a_person();
    contact["content"]["keys"][1]["key"] = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----";
    EXPECT_EQ(count_of(lines_of(contact), "KEY"), 1U);
}

TEST(VCard, TheNoteTellsHoursDutyLinesValidityAndFreshness)
{
    const auto lines = lines_of(a_person());
    EXPECT_TRUE(has_line(
        lines, R"(NOTE;LANGUAGE=en:Foreign-ministry point of contact\nHours (time zone America/Santiago): Monday to Friday: 09:00–18:00\; )"
               R"(Saturday\, Sunday: 22:00 to 06:00 the next day.\nAnswered outside office hours too: +56225550103.\nAlternate contact.\n)"
               R"(Valid from 2026-01-15.\nValid until 2027-12-31.\nConfirmed on 31 January 2026.)"));
    EXPECT_NE(vcards({an_office()}, Language::pt).find("Dia e noite"), std::string::npos);
}

TEST(VCard, OfAResponseTeamIsThatOfATeamWhoeverIsNamedInIt)
{
    const auto lines = lines_of(a_response_team());
    for (const auto* line :
         {"KIND:org", "FN:JaCIRT-Demo (Jamaica)", "ROLE;LANGUAGE=en:Computer security incident response team",
          "RELATED;TYPE=contact;VALUE=text:John Reid", "URL;PREF=1:https://cirt.gov.jm.example/report", "URL:https://cirt.gov.jm.example"})
        EXPECT_TRUE(has_line(lines, line)) << line;
    EXPECT_EQ(count_of(lines, "N"), 0U);
    EXPECT_NE(lines[lines.size() - 3].find(R"(\nThe team serves: Government networks\, and operators)"), std::string::npos)
        << lines[lines.size() - 3];
    auto unnamed = a_response_team();
    unnamed["content"]["csirt"].erase("short_name");
    EXPECT_TRUE(has_line(lines_of(unnamed), "FN:Cyber Incident Response Team (Jamaica)"));
}

TEST(VCard, OfAReducedContactHasNothingButWhatIsShown)
{
    const auto lines = lines_of(a_reduced_one());
    EXPECT_TRUE(has_line(lines, "FN:Ministerio de Relaciones Exteriores (Uruguay)"));
    for (const auto* name : {"N", "TITLE", "EMAIL", "TEL", "TZ", "ADR", "KEY", "URL", "REV"})
        EXPECT_EQ(count_of(lines, name), 0U) << name;
    EXPECT_NE(lines[lines.size() - 2].find("Entered by the secretariat"), std::string::npos);
}

TEST(VCard, AnErasedContactHasNone)
{
    EXPECT_EQ(vcards({an_erased_one()}, Language::en), "");
    EXPECT_EQ(jscontact({an_erased_one()}, Language::en), "[]");
    EXPECT_EQ(count_of(lines_of(vcards(sample_contacts(), Language::en)), "BEGIN"), 4U);
}

TEST(VCard, NoValueAddsALine)
{
    auto contact = a_person();
    contact["content"]["website"] = "https://x.example/\r\nNICKNAME:y";
    contact["content"]["position"] = "a\r\nNICKNAME:y";
    EXPECT_EQ(count_of(lines_of(contact), "NICKNAME"), 0U);
}

TEST(JsContact, HasTheMembersOfRfc9553)
{
    const auto card = jscontact_card(a_person(), Language::es);
    EXPECT_EQ(card.at("@type"), "Card");
    EXPECT_EQ(card.at("version"), "1.0");
    EXPECT_EQ(card.at("uid"), "urn:uuid:5b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e11");
    EXPECT_EQ(card.at("kind"), "individual");
    EXPECT_EQ(card.at("language"), "es");
    EXPECT_EQ(card.at("updated"), "2026-01-31T12:00:00Z");
    EXPECT_EQ(card.at("titles").at("position").at("organizationId"), "institution");
    EXPECT_EQ(card.at("phones").at("phone2").at("features"), (ContactJson{{"voice", true}, {"mobile", true}}));
    EXPECT_EQ(card.at("addresses").at("office").at("timeZone"), "America/Santiago");
    EXPECT_EQ(card.at("addresses").at("office").at("countryCode"), "CL");
    EXPECT_EQ(card.at("cryptoKeys").at("key2").at("mediaType"), "application/pkix-cert");
    EXPECT_EQ(card.at("keywords"), (ContactJson{{"CL", true}, {"foreign_affairs", true}}));
    EXPECT_EQ(card.at("notes").at("category").at("note"), "Punto de contacto en la cancillería");
}

TEST(JsContact, AFractionOfASecondIsKeptWithoutZerosAtItsEnd)
{
    auto contact = an_office();
    contact["meta"]["confirmed_at"] = "2026-01-31T12:00:00.120Z";
    EXPECT_EQ(jscontact_card(contact, Language::en).at("updated"), "2026-01-31T12:00:00.12Z");
    contact["meta"]["confirmed_at"] = "2026-01-31T12:00:10.000Z";
    EXPECT_EQ(jscontact_card(contact, Language::en).at("updated"), "2026-01-31T12:00:10Z");
    EXPECT_FALSE(jscontact_card(a_reduced_one(), Language::en).contains("updated"));
}

TEST(JsContact, OfAResponseTeamHasARoleAndTheFormForIncidents)
{
    const auto card = jscontact_card(a_response_team(), Language::en);
    EXPECT_EQ(card.at("kind"), "org");
    EXPECT_EQ(card.at("name").at("full"), "JaCIRT-Demo (Jamaica)");
    EXPECT_EQ(card.at("titles").at("role").at("kind"), "role");
    EXPECT_EQ(card.at("links").at("incident_form"),
              (ContactJson{{"@type", "Link"}, {"kind", "contact"}, {"uri", "https://cirt.gov.jm.example/report"}, {"pref", 1}}));
}

}  // namespace
}  // namespace cbmx::api
