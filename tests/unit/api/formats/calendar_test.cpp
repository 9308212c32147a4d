// The days of confirmation as a calendar. See server/api/formats/calendar.hpp; ical.js reads it in tests/contract/cards_test.cpp.
#include "api/formats/calendar.hpp"
#include "support/contact_samples.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

using namespace test;
using i18n::Language;

std::string calendar(const std::vector<ContactJson>& contacts, Language language = Language::en)
{
    auto text = confirmation_calendar(contacts, language, domain::from_rfc3339("2026-03-02T13:15:00.123Z").value());
    for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
        text.erase(at, 3);
    return text;
}

TEST(ConfirmationCalendar, IsAllDayOnTheDayWithAnAlarmThirtyDaysBefore)
{
    EXPECT_EQ(calendar({an_office()}),
              "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//CBM Exchange//Confirmation of contacts//EN\r\nNAME:Confirmation of contacts\r\n"
              "X-WR-CALNAME:Confirmation of contacts\r\nREFRESH-INTERVAL;VALUE=DURATION:P1D\r\nBEGIN:VEVENT\r\n"
              "UID:6b1d4c7e-3f2c-4f0a-9a51-0d6f4b7c2e12@cbm-exchange\r\nDTSTAMP:20260302T131500Z\r\nDTSTART;VALUE=DATE:20270131\r\n"
              "SUMMARY:Confirm the contact: Brazil\\, National policy-level point of contact\\, Gabinete de Segurança da Informação\r\n"
              "DESCRIPTION:Entries in the directory of contacts are confirmed once a year by the nominating authority\\, or changed by a "
              "note verbale.\r\n"
              "TRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n"
              "DESCRIPTION:Confirmation expected in 30 days: Brazil\\, National policy-level point of contact\\, Gabinete de Segurança da "
              "Informação\r\n"
              "TRIGGER:-P30D\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(ConfirmationCalendar, NamesNoPerson)
{
    for (const auto& contact : {a_person(), a_response_team()}) {
        auto without_office = contact;
        without_office["content"].erase("office");
        for (const auto& one : {contact, without_office}) {
            const auto text = calendar({one});
            EXPECT_EQ(text.find("Ana"), std::string::npos);
            EXPECT_EQ(text.find("Reid"), std::string::npos);
            EXPECT_NE(text.find("SUMMARY"), std::string::npos);
        }
    }
}

TEST(ConfirmationCalendar, HasNoEventForWhatIsErasedOrHasNoDay)
{
    EXPECT_EQ(calendar({an_erased_one(), a_reduced_one()}).find("VEVENT"), std::string::npos);
    auto reduced = a_reduced_one();
    reduced["meta"]["confirmation_due_at"] = "2027-12-31T23:59:59.999Z";
    EXPECT_NE(calendar({reduced}).find("DTSTART;VALUE=DATE:20271231\r\n"), std::string::npos);
}

TEST(ConfirmationCalendar, SpeaksTheCallersLanguage)
{
    EXPECT_NE(calendar({a_person()}, Language::fr).find("SUMMARY:Confirmer le contact : Chili\\, Point de contact au ministère"),
              std::string::npos);
}

}  // namespace
}  // namespace cbmx::api
