// A team's description in the outline of RFC 2350. See server/api/formats/rfc2350.hpp.
#include "api/formats/rfc2350.hpp"
#include "json/text.hpp"
#include "support/contact_samples.hpp"
#include <gtest/gtest.h>
#include <sstream>

namespace cbmx::api {
namespace {

using namespace test;
using i18n::Language;

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// The text below a heading, up to the next one, without the margin.
std::string section(const std::string& text, const std::string& heading)
{
    const auto begin = text.find("\n" + heading + "\n\n");
    EXPECT_NE(begin, std::string::npos) << heading << " in\n" << text;
    if (begin == std::string::npos)
        return {};
    std::string found;
    for (const auto& line : lines_of(text.substr(begin + heading.size() + 3))) {
        if (line.empty())
            break;
        EXPECT_TRUE(line.starts_with("    ")) << line;
        found += (found.empty() ? "" : "\n") + line.substr(4);
    }
    return found;
}

TEST(Rfc2350, HasEverySectionOfTheOutlineInItsOrderInEveryLanguage)
{
    for (const auto language : i18n::all_languages) {
        const auto text = rfc2350_text(a_response_team(), language);
        std::size_t at = 0;
        for (const auto* number : {"1.",   "1.1",  "1.2", "1.3", "2.",  "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9",
                                   "2.10", "2.11", "3.",  "3.1", "3.2", "3.3", "3.4", "4.",  "4.1", "4.2", "4.3", "5.",  "6.",  "7."}) {
            const auto found = text.find("\n\n" + std::string(number) + " ", at);
            ASSERT_NE(found, std::string::npos) << i18n::code_of(language) << ' ' << number;
            at = found + 1;
        }
    }
}

TEST(Rfc2350, PutsWhatWasGivenUnderItsHeading)
{
    const auto text = rfc2350_text(a_response_team(), Language::en);
    EXPECT_TRUE(text.starts_with("JaCIRT-Demo: description of the team, in the outline of RFC 2350\n"));
    EXPECT_EQ(section(text, "2.1 Name of the team"), "JaCIRT-Demo\nCyber Incident Response Team\nMinistry of Science (demonstration)");
    EXPECT_EQ(section(text, "2.4 Telephone number"), "+18765550100 (also outside office hours)");
    EXPECT_EQ(section(text, "2.9 Team members"), "John Reid");
    EXPECT_EQ(section(text, "2.10 Other information"), "Working languages: en\nhttps://cirt.gov.jm.example");
    EXPECT_EQ(section(text, "2.11 Points of customer contact"), "Hours (time zone America/Jamaica): Day and night, every day.");
    EXPECT_EQ(section(text, "3.1 Mission statement"), "To help;\nto warn.");
    EXPECT_EQ(section(text, "3.4 Authority"), "Act 5 of 2020");
    EXPECT_EQ(section(text, "5. Services"), "- Incident handling; day and night\n- Warnings");
    EXPECT_EQ(section(text, "6. Incident reporting forms"), "https://cirt.gov.jm.example/report");
}

TEST(Rfc2350, SaysSoWhereNothingWasGiven)
{
    const auto text = rfc2350_text(a_response_team(), Language::en);
    for (const auto* heading :
         {"1.2 Distribution list for notifications", "2.2 Address", "2.5 Facsimile number", "2.8 Public keys and encryption information"})
        EXPECT_EQ(section(text, heading), "No information.");
    const auto reduced = rfc2350_text(a_reduced_one(), Language::en);
    EXPECT_EQ(section(reduced, "3.2 Constituency"), "No information.");
    EXPECT_EQ(section(reduced, "1.1 Date of last update"), "No information.");
}

TEST(Rfc2350, NamesKeysByTheirFingerprints)
{
    const auto text = rfc2350_text(a_person(), Language::en);
    const auto keys = section(text, "2.8 Public keys and encryption information");
    EXPECT_NE(keys.find("OpenPGP: 0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567 (until\n2027-06-30)\nS/MIME: AAAA"), std::string::npos)
        << keys;
    EXPECT_EQ(text.find("BEGIN PGP"), std::string::npos);
    EXPECT_EQ(section(text, "2.5 Facsimile number"), "+56225550104");
}

TEST(Rfc2350, IsWrappedAt72CharactersAndALongerWordStandsAlone)
{
    auto contact = a_response_team();
    const auto address = "https://cirt.gov.jm.example/" + std::string(90, 'x');
    std::string mission;
    for (int i = 0; i < 60; ++i)
        mission += "misión ";
    contact["content"]["csirt"].update({{"mission", mission + "\n\tThe end."}, {"incident_form", address}});
    const auto text = rfc2350_text(contact, Language::es);
    EXPECT_TRUE(json::is_utf8(text));
    for (const auto& line : lines_of(text)) {
        const auto width = std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
        EXPECT_TRUE(width <= static_cast<long>(rfc2350_columns) || line == "    " + address) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
    }
    EXPECT_EQ(text.find('\t'), std::string::npos);
    EXPECT_NE(text.find("    misión misión misión misión misión misión misión misión misión\n"), std::string::npos);
}

}  // namespace
}  // namespace cbmx::api
