// Contacts as CSV, and the round trip: what an export writes an import reads. See server/api/formats/csv.hpp and
// server/tables/contacts.hpp, which reads it back.
#include "api/formats/csv.hpp"
#include "json/schema.hpp"
#include "support/contact_samples.hpp"
#include "tables/contacts.hpp"
#include "tables/documents.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

using namespace test;
using domain::Rule;
using service::documents_from_csv;
using service::hours_from_text;
using service::hours_text;
using service::nominations_from_csv;

// The members that a nomination can give: content without what the portal adds.
ContactJson fields_of(const ContactJson& contact)
{
    auto fields = contact.at("content");
    for (const auto* member : {"id", "state", "content_version", "entered_by", "as_of", "stated_at", "nomination"})
        fields.erase(member);
    if (fields.contains("keys"))
        for (auto& key : fields["keys"]) {
            key.erase("fingerprint");
            key.erase("expires_at");
        }
    return fields;
}

bool has_violation(const std::vector<domain::Violation>& violations, const std::string& pointer, Rule rule)
{
    return std::any_of(violations.begin(), violations.end(),
                       [&](const domain::Violation& one) { return one.pointer == pointer && one.rule == rule; });
}

std::string only_cell(const std::string& column, const std::string& cell) { return column + ",state\n\"" + cell + "\",CL\n"; }

TEST(ContactTable, WhatAnExportWritesAnImportReads)
{
    const auto table = nominations_from_csv(contacts_csv(sample_contacts()));
    // The fourth is of the reduced scope: not the whole of a contact.
    ASSERT_EQ(table.violations.size(), 1U);
    EXPECT_TRUE(table.violations[0].pointer.ends_with("/scope"));
    EXPECT_EQ(table.violations[0].rule, Rule::not_allowed_value);
    ASSERT_EQ(table.rows.size(), 4U);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& body = table.rows[i].body;
        EXPECT_EQ(body.at("kind"), "nomination");
        EXPECT_EQ(body.at("state"), sample_contacts()[i].at("content").at("state"));
        EXPECT_EQ(body.at("fields"), fields_of(sample_contacts()[i]));
        EXPECT_FALSE(body.contains("note"));
    }
    EXPECT_EQ(table.rows[0].body.at("minimal_for"), (ContactJson{"state:PE", "state:BR"}));
    EXPECT_FALSE(table.rows[1].body.contains("minimal_for"));
}

TEST(ContactTable, ARowWithItsNoteIsANominationByTheSchema)
{
    const auto table =
        nominations_from_csv("note_reference,note_date,state,category,office,institution,languages,time_zone,emails,phones,hours\r\n"
                             "NV 1/2026,2026-01-15,CL,policy,Oficina,Ministerio,es; en,America/Santiago,a@b.example,'+56225550101 duty; "
                             "+56 2 2555 0102,24x7\r\n");
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_TRUE(table.violations.empty());
    EXPECT_EQ(table.rows[0].body.at("note"), (ContactJson{{"reference", "NV 1/2026"}, {"date", "2026-01-15"}}));
    EXPECT_EQ(table.rows[0].body.at("fields").at("phones"),
              ContactJson::parse(R"([{"number": "+56225550101", "use": "duty"}, {"number": "+56225550102"}])"));
    const auto violations = json::SchemaSet::embedded().validate("nomination-create", table.rows[0].body);
    EXPECT_TRUE(violations.empty()) << violations.front().pointer;
}

TEST(ContactTable, TheColumnsAreInTheHeaderAlsoWhenThereIsNoContact)
{
    const auto csv = contacts_csv({an_erased_one()});
    EXPECT_TRUE(
        csv.starts_with("state,category,rank,person,office,position,institution,emails,phones,languages,time_zone,hours,address,website,"));
    EXPECT_TRUE(
        csv.ends_with("minimal_for,note_reference,note_date,id,confirmed_at,confirmation_due_at,freshness,entered_by,status,scope\r\n"));
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1);
    EXPECT_TRUE(nominations_from_csv(csv).rows.empty());
}

TEST(ContactTable, ColumnsOfThePortalAreExportedAndNotImported)
{
    const auto csv = contacts_csv({an_office()});
    EXPECT_NE(
        csv.find(",6b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e12,2026-01-31T12:00:00.000Z,2027-01-31T12:00:00.000Z,current,state,listed,full\r\n"),
        std::string::npos);
    EXPECT_EQ(nominations_from_csv("state,id,freshness\nCL,x,y\n").rows.at(0).body,
              ContactJson::parse(R"({"kind": "nomination", "state": "CL", "fields": {}})"));
}

TEST(ContactTable, ThePlaceOfEveryFaultIsNamed)
{
    const auto table = nominations_from_csv("state,hours,phones\nCL,noon,\nCL,,0056\n\nCL,,,\nCL\nPE,24x7,\n");
    EXPECT_TRUE(has_violation(table.violations, "line:2/hours", Rule::format));
    EXPECT_TRUE(has_violation(table.violations, "line:3/phones", Rule::format));
    EXPECT_TRUE(has_violation(table.violations, "line:5", Rule::row_cells));
    EXPECT_TRUE(has_violation(table.violations, "line:6", Rule::row_cells));
    EXPECT_EQ(table.violations.size(), 4U);
    EXPECT_EQ(table.rows.back().line, 7U);
}

TEST(ContactTable, AHeaderNamesKnownColumnsOnceEach)
{
    const auto unknown = nominations_from_csv("state,mobile,state\nCL,1,CL\n");
    EXPECT_TRUE(has_violation(unknown.violations, "line:1/mobile", Rule::unknown_member));
    EXPECT_TRUE(has_violation(unknown.violations, "line:1/state", Rule::duplicate_item));
    EXPECT_TRUE(unknown.rows.empty());
    EXPECT_TRUE(has_violation(nominations_from_csv("").violations, "line:1", Rule::required));
    EXPECT_TRUE(has_violation(nominations_from_csv("state\n\"CL").violations, "line:2", Rule::format));
    EXPECT_TRUE(has_violation(nominations_from_csv("\"state").violations, "line:1", Rule::format));
}

TEST(ContactTable, RowsThatCannotBeSeparatedAreNamedUpToABound)
{
    std::string csv = "state,office\n";
    for (std::size_t i = 0; i < 20 * domain::max_violations_of_body; ++i)
        csv += "CL\n";
    const auto table = nominations_from_csv(csv);
    EXPECT_EQ(table.violations.size(), domain::max_violations_of_body + 1);
    EXPECT_TRUE(domain::is_cut_short(table.violations));
    EXPECT_TRUE(table.rows.empty());
}

TEST(ContactTable, NoMoreRowsAreReadThanAreAskedFor)
{
    EXPECT_EQ(nominations_from_csv("state\nCL\nPE\nAR\n", 2).rows.size(), 2U);
    EXPECT_EQ(nominations_from_csv("state,office\nCL,x\n,\n,\nPE,y\n", 2).rows.back().line, 5U) << "empty ones do not count";
}

// Longer than any list that a schema allows: the schema refuses what is left, and no more is kept in memory.
TEST(ContactTable, ACellWithAListWithoutEndIsReadAsFarAsItCanBeRefused)
{
    std::string list, keys;
    for (std::size_t i = 0; i < 10 * service::most_items_of_cell; ++i) {
        list += "a@b.example; ";
        keys += "-----BEGIN X\n";
    }
    const auto fields = [](const std::string& csv) { return nominations_from_csv(csv).rows.at(0).body.at("fields"); };
    EXPECT_EQ(fields("state,emails\nCL," + list + "\n").at("emails").size(), service::most_items_of_cell + 1);
    EXPECT_EQ(fields("state,openpgp_key\nCL,\"" + keys + "\"\n").at("keys").size(), service::most_items_of_cell + 1);
    const auto hours =
        nominations_from_csv("state,hours,phones\nCL,\"" + std::string(5000, ';') + "\",\"" + std::string(5000, ';') + "\"\n");
    EXPECT_TRUE(has_violation(hours.violations, "line:2/hours", Rule::format));
    EXPECT_TRUE(has_violation(hours.violations, "line:2/phones", Rule::format));
    const auto refused = json::SchemaSet::embedded().validate("contact-fields", fields("state,emails\nCL," + list + "\n"));
    EXPECT_TRUE(has_violation(refused, "/emails", Rule::too_many_items));
}

TEST(ContactTable, SemicolonsOfSpreadsheetsWithDecimalCommasAndEmptyRowsAreRead)
{
    const auto table = nominations_from_csv("\xEF\xBB\xBFstate;emails\r\nCL;\"a@b.example; c@d.example\"\r\n;\r\n");
    EXPECT_TRUE(table.violations.empty());
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_EQ(table.rows[0].body.at("fields").at("emails"), (ContactJson{"a@b.example", "c@d.example"}));
}

TEST(ContactTable, HoursAreReadAndWritten)
{
    for (const auto* text : {"24x7", "mo-fr 09:00-18:00", "mo-fr 09:00-18:00; sa 10:00-12:00", "mo,tu 00:00-24:00", "mo-su 22:00-06:00",
                             "mo-we,fr,su 08:30-12:15"}) {
        const auto hours = hours_from_text(text);
        ASSERT_TRUE(hours) << text;
        EXPECT_EQ(hours_text(*hours), text);
    }
    EXPECT_EQ(hours_text(hours_from_text(" MO - FR 09:00-18:00 ; ").value()), "mo-fr 09:00-18:00");
    EXPECT_EQ(hours_text(hours_from_text("24/7").value()), "24x7");
    EXPECT_EQ(hours_text(hours_from_text("sa-mo 09:00-10:00").value()), "mo,sa,su 09:00-10:00");
    for (const auto* text :
         {"", ";", "24", "mo", "mo-fr", "09:00-18:00", "mo-xx 09:00-18:00", "mo 9:00-18:00", "mo 09:00", "mo,mo 09:00-18:00",
          "mo-fr,we 09:00-18:00", "mo-fr 09:00-18:00; x", "mo-fr 09:0x-18:00", "mo--fr 09:00-18:00"})
        EXPECT_FALSE(hours_from_text(text)) << text;
}

TEST(ContactTable, TelephoneNumbersAreReadAndWritten)
{
    EXPECT_EQ(service::phone_text(service::phone_from_text("+56 2 2555-0101 office").value()), "+56225550101 office");
    EXPECT_EQ(service::phone_text(service::phone_from_text("+56225550101").value()), "+56225550101");
    for (const auto* text : {"", "+", "56225550101", "+562office", "+562 office phone", "+44 (0)20", "+562 Office"})
        EXPECT_FALSE(service::phone_from_text(text)) << text;
}

TEST(ContactTable, SeveralKeysOfAKindStandOneBelowTheOther)
{
    auto contact = a_person();
    contact["content"]["keys"].insert(contact["content"]["keys"].begin() + 1, contact["content"]["keys"][0]);
    const auto fields = nominations_from_csv(contacts_csv({contact})).rows.at(0).body.at("fields");
    ASSERT_EQ(fields.at("keys").size(), 3U);
    EXPECT_EQ(fields.at("keys")[1], (ContactJson{{"kind", "openpgp"}, {"key", sample_armour}}));
    EXPECT_EQ(fields.at("keys")[2], (ContactJson{{"kind", "smime"}, {"key", sample_certificate}}));
    EXPECT_EQ(nominations_from_csv(only_cell("openpgp_key", "no key")).rows.at(0).body.at("fields").at("keys")[0].at("key"), "no key\n");
}

TEST(ContactTable, AViolationOfTheBodyIsLedBackToItsColumn)
{
    using service::contact_column_at;
    EXPECT_EQ(contact_column_at("/fields/hours/0/from"), "hours");
    EXPECT_EQ(contact_column_at("/fields/csirt/services/1"), "csirt_services");
    EXPECT_EQ(contact_column_at("/fields/csirt"), "csirt_constituency");
    EXPECT_EQ(contact_column_at("/fields/keys/0/key"), "openpgp_key");
    EXPECT_EQ(contact_column_at("/note/date"), "note_date");
    EXPECT_EQ(contact_column_at("/state"), "state");
    EXPECT_EQ(contact_column_at("/fields"), "");
    EXPECT_EQ(contact_column_at("/fields/office"), "office");
}

TEST(DocumentTable, ARowIsABodyByTheSchema)
{
    const auto table = documents_from_csv("state,year,language,kind,title,confidence,source,verified_with_state,issuer,url\n"
                                          "AR,2019,es,strategy,\"Estrategia, nacional\",high,compiled,TRUE,,https://www.example.org/e.pdf\n"
                                          "BR,2020,pt,law,Lei,low,compiled,,,\n");
    EXPECT_TRUE(table.violations.empty());
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0].body,
              ContactJson::parse(R"({"state": "AR", "year": 2019, "language": "es", "kind": "strategy", "title": "Estrategia, nacional",
        "confidence": "high", "source": "compiled", "verified_with_state": true, "url": "https://www.example.org/e.pdf"})"));
    EXPECT_FALSE(table.rows[1].body.contains("verified_with_state"));
    for (const auto& row : table.rows)
        EXPECT_TRUE(json::SchemaSet::embedded().validate("document-create", row.body).empty());
}

TEST(DocumentTable, AYearAndAYesThatCannotBeReadAreNamed)
{
    const auto table = documents_from_csv("state,year,verified_with_state\nAR,2019a,maybe\n");
    EXPECT_TRUE(has_violation(table.violations, "line:2/year", Rule::wrong_type));
    EXPECT_TRUE(has_violation(table.violations, "line:2/verified_with_state", Rule::not_allowed_value));
    EXPECT_EQ(table.rows.at(0).body, (ContactJson{{"state", "AR"}}));
}

}  // namespace
}  // namespace cbmx::api
