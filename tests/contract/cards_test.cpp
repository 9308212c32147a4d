// What the portal writes for address books and calendars is read back by programs that are not ours (tests/contract/cards):
// vobject, vcard4, ical.js and ajv. A reader that is not there fails.
#include "api/formats/calendar.hpp"
#include "api/formats/contact_words.hpp"
#include "api/formats/vcard.hpp"
#include "contract/golden.hpp"
#include "support/contact_samples.hpp"
#include <cstdlib>

namespace cbmx::test {
namespace {

using api::member_text;
using i18n::Language;

class Cards : public ::testing::TestWithParam<Language> {
protected:
    void SetUp() override
    {
        auto name = (std::filesystem::temp_directory_path() / "cbmx-cards-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    void expect_read(const std::string& reader, const std::string& file, const std::string& text, const ContactJson& expected)
    {
        write_text(directory_ / file, text);
        write_text(directory_ / "expected.json", expected.dump());
        const auto log = (directory_ / "log").string();
        const auto command = "'" + source("tests/contract/cards/read.sh").string() + "' " + reader + " '" + (directory_ / file).string() +
                             "' --expect '" + (directory_ / "expected.json").string() + "' > '" + log + "' 2>&1";
        EXPECT_EQ(std::system(command.c_str()), 0) << command << "\n" << text_of(log);
    }

    std::filesystem::path directory_;
};

std::string note_of(const ContactJson& contact, Language language)
{
    auto note = api::category_words(language, contact);
    for (const auto& remark : api::remarks_on(contact, language))
        note += "\n" + remark;
    return note;
}

ContactJson or_null(const std::string& text) { return text.empty() ? ContactJson() : ContactJson(text); }

ContactJson keys_of(const ContactJson& content)
{
    auto uris = ContactJson::array();
    for (const auto& key : content.value("keys", ContactJson::array()))
        uris.push_back(api::key_uri(key).uri);
    return uris;
}

// Every member that one of the readers compares; each compares those that it knows.
ContactJson expected_of(const ContactJson& contact, Language language)
{
    const auto& content = contact.at("content");
    const auto none = ContactJson::array();
    auto numbers = none, types = none, urls = none, org = ContactJson::array({content.at("institution")});
    for (const auto& phone : content.value("phones", none)) {
        numbers.push_back(phone.at("number"));
        const auto use = member_text(phone, "use");
        types.push_back(use == "mobile" ? "work,cell" : use == "fax" ? "work,fax" : "work,voice");
    }
    if (content.contains("csirt"))
        urls.push_back(content.at("csirt").at("incident_form"));
    if (content.contains("website"))
        urls.push_back(content.at("website"));
    if (content.contains("office"))
        org.push_back(content.at("office"));
    const auto address = member_text(content, "address");
    return {{"uid", contact.at("id")},
            {"kind", content.contains("person") && !api::is_csirt(contact) ? "individual" : "org"},
            {"fn", api::name_of_contact(contact, language)},
            {"org", org},
            {"email", content.value("emails", none)},
            {"tel", numbers},
            {"tel_types", types},
            {"lang", content.at("languages")},
            {"tz", or_null(member_text(content, "time_zone"))},
            {"label", or_null(address)},
            {"country", address.empty() ? ContactJson() : content.at("state")},
            {"keys", keys_of(content)},
            {"urls", urls},
            {"categories", {content.at("state"), content.at("category")}},
            {"note", note_of(contact, language)},
            {"rev", contact.at("meta").at("confirmed_at").is_null() ? ContactJson() : ContactJson("20260131T120000Z")}};
}

ContactJson expected_of(const std::vector<ContactJson>& contacts, Language language)
{
    auto expected = ContactJson::array();
    for (const auto& contact : contacts)
        if (api::has_content(contact))
            expected.push_back(expected_of(contact, language));
    return expected;
}

TEST_P(Cards, VobjectReadsEveryVcard)
{
    expect_read("vobject", "contacts.vcf", api::vcards(sample_contacts(), GetParam()), expected_of(sample_contacts(), GetParam()));
}

TEST_P(Cards, Vcard4ReadsEveryVcard)
{
    auto contacts = sample_contacts();  // without what this reader itself gets wrong (read_vcards.mjs)
    contacts[0]["content"].update(
        {{"address", "Teatinos 180\nSantiago ^ Chile"}, {"office", "Oficina de Ciberdiplomacia, Piso 3; ala norte"}});
    expect_read("vcard4", "contacts.vcf", api::vcards(contacts, GetParam()), expected_of(contacts, GetParam()));
}

TEST_P(Cards, EveryJscontactCardIsWhatRfc9553Says)
{
    expect_read("jscontact", "contacts.json", api::jscontact(sample_contacts(), GetParam()), expected_of(sample_contacts(), GetParam()));
}

TEST_P(Cards, IcalReadsEveryDayOfTheCalendar)
{
    auto expected = ContactJson::array();
    for (const auto& contact : sample_contacts())
        if (api::has_content(contact) && !contact.at("meta").at("confirmation_due_at").is_null()) {
            const auto what = api::country_of(contact, GetParam()) + ", " + api::category_words(GetParam(), contact) + ", " +
                              api::name_of_office(contact);
            expected.push_back({{"uid", contact.at("id")},
                                {"summary", i18n::text(GetParam(), "calendar.summary", {{"contact", what}})},
                                {"date", "2027-01-31"},
                                {"all_day", true},
                                {"until", "2027-02-01"},
                                {"alarms", ContactJson::array({"DISPLAY -P30D"})},
                                {"transparent", true},
                                {"stamp", "2026-03-02T13:15:00Z"}});
        }
    ASSERT_EQ(expected.size(), 3U);
    const auto now = domain::from_rfc3339("2026-03-02T13:15:00.000Z").value();
    expect_read("ical", "contacts.ics", api::confirmation_calendar(sample_contacts(), GetParam(), now), expected);
}

INSTANTIATE_TEST_SUITE_P(InEveryLanguage, Cards, ::testing::ValuesIn(i18n::all_languages),
                         [](const auto& language) { return std::string(i18n::code_of(language.param)); });

}  // namespace
}  // namespace cbmx::test
