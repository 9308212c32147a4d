// What schema/catalogue/README.md says about the seed data, checked on the files themselves.
#include "support/paths.hpp"
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <unicode/timezone.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>

namespace cbmx {
namespace {

using nlohmann::json;

json catalogue(const std::string& name)
{
    std::ifstream file(test::source_directory() + "/schema/catalogue/" + name);
    return json::parse(file);
}

void expect_four_languages(const json& names)
{
    ASSERT_EQ(names.size(), 4U) << names;
    for (const auto* language : {"en", "es", "fr", "pt"})
        EXPECT_FALSE(names.at(language).get<std::string>().empty()) << names;
}

bool is_known_zone(const std::string& id)
{
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    icu::UnicodeString canonical;
    icu::TimeZone::getCanonicalID(icu::UnicodeString::fromUTF8(id), canonical, is_system, status);
    return U_SUCCESS(status) != 0 && is_system != 0;
}

// Rows follow each other without a gap: open at both ends, each beginning where the one before ended.
void expect_unbroken(const json& rows)
{
    ASSERT_FALSE(rows.empty());
    EXPECT_TRUE(rows.front().at("from").is_null());
    EXPECT_TRUE(rows.back().at("until").is_null());
    for (std::size_t i = 1; i < rows.size(); ++i) {
        EXPECT_TRUE(rows[i].at("from").is_string());
        EXPECT_EQ(rows[i].at("from"), rows[i - 1].at("until"));
    }
}

std::set<std::string> state_codes()
{
    std::set<std::string> codes;
    for (const auto& state : catalogue("states.json"))
        codes.insert(state.at("code").get<std::string>());
    return codes;
}

TEST(Catalogue, HasThirtyFiveStatesWithTheIsoCodesOfEachOther)
{
    std::set<std::string> alpha3;
    for (const auto& state : catalogue("states.json")) {
        const auto code = state.at("code").get<std::string>();
        EXPECT_EQ(state.at("alpha3"), uloc_getISO3Country(("und_" + code).c_str())) << code;
        alpha3.insert(state.at("alpha3").get<std::string>());
    }
    EXPECT_EQ(catalogue("states.json").size(), 35U);
    EXPECT_EQ(state_codes().size(), 35U);
    EXPECT_EQ(alpha3.size(), 35U);
}

TEST(Catalogue, EveryStateHasNamesZoneLanguagesAndCallingCodes)
{
    const std::regex calling_code(R"(\+[1-9][0-9]{0,2}( [0-9]{3})?)");
    std::set<std::string> english;
    for (const auto& state : catalogue("states.json")) {
        expect_four_languages(state.at("names"));
        english.insert(state.at("names").at("en").get<std::string>());
        EXPECT_TRUE(is_known_zone(state.at("time_zone"))) << state.at("time_zone");
        ASSERT_FALSE(state.at("calling_codes").empty());
        for (const auto& code : state.at("calling_codes"))
            EXPECT_TRUE(std::regex_match(code.get<std::string>(), calling_code)) << code;
        ASSERT_FALSE(state.at("languages").empty());
        for (const auto& language : state.at("languages"))
            EXPECT_STRNE(uloc_getISO3Language(language.get<std::string>().c_str()), "") << language;
    }
    EXPECT_EQ(english.size(), 35U);
    EXPECT_FALSE(is_known_zone("America/Atlantis"));
}

TEST(Catalogue, MembershipAndParticipationAreUnbrokenDatedFacts)
{
    const std::set<std::string> known{"active", "not_participating", "withdrawn", "see_note"};
    std::map<std::string, std::set<std::string>> holders;
    for (const auto& state : catalogue("states.json")) {
        expect_unbroken(state.at("membership"));
        expect_unbroken(state.at("participation"));
        const auto status = state.at("membership").back().at("status").get<std::string>();
        EXPECT_TRUE(known.contains(status)) << status;
        holders[status].insert(state.at("code").get<std::string>());
        EXPECT_EQ(state.contains("note"), status == "see_note") << state.at("code");
        const bool left = status == "not_participating" || status == "withdrawn";
        EXPECT_EQ(state.at("participation").back().at("participates"), !left) << state.at("code");
    }
    EXPECT_EQ(holders["active"].size(), 32U);
    EXPECT_EQ(holders["not_participating"], std::set<std::string>{"CU"});
    EXPECT_EQ(holders["withdrawn"], std::set<std::string>{"NI"});
    EXPECT_EQ(holders["see_note"], std::set<std::string>{"VE"});
}

TEST(Catalogue, HasElevenMeasuresInOrder)
{
    const auto measures = catalogue("measures.json");
    ASSERT_EQ(measures.size(), 11U);
    for (std::size_t i = 0; i < measures.size(); ++i) {
        const auto& measure = measures[i];
        EXPECT_EQ(measure.at("number"), i + 1);
        EXPECT_EQ(measure.at("code"), "OAS-CBM-" + std::to_string(i + 1));
        EXPECT_TRUE(measure.at("adopted").get<std::string>().starts_with(measure.at("adopted_year").dump()));
        expect_four_languages(measure.at("labels"));
        EXPECT_EQ(measure.at("labels_official"), false);
        ASSERT_FALSE(measure.at("guidance").empty());
        for (const auto& point : measure.at("guidance"))
            expect_four_languages(point.at("texts"));
        ASSERT_FALSE(measure.at("texts").empty());
        for (const auto& text : measure.at("texts"))
            EXPECT_FALSE(text.at("text").get<std::string>().empty());
        for (const auto& row : measure.at("crosswalk"))
            EXPECT_TRUE((std::set<std::string>{"UN", "OSCE", "UNIDIR"}.contains(row.at("scheme")))) << row;
    }
}

TEST(Catalogue, UnconfirmedMeasuresAreNeverCalledOfficial)
{
    for (const auto& measure : catalogue("measures.json")) {
        const auto number = measure.at("number").get<int>();
        EXPECT_EQ(measure.at("confirmed"), number <= 6 && number != 3) << number;
        for (const auto& text : measure.at("texts")) {
            EXPECT_EQ(text.at("official"), number <= 6) << number;
            EXPECT_EQ(text.at("source") == "unconfirmed", number > 6) << number;
        }
    }
}

TEST(Catalogue, PeriodsFollowEachOtherWithoutADueDate)
{
    const auto periods = catalogue("periods.json");
    ASSERT_EQ(periods.size(), 2U);
    EXPECT_EQ(periods[0].at("code"), "2025-2026");
    EXPECT_EQ(periods[0].at("until"), "2026-10-31");
    EXPECT_EQ(periods[1].at("code"), "2026-2027");
    EXPECT_EQ(periods[1].at("from"), "2026-11-01");
    for (const auto& period : periods) {
        expect_four_languages(period.at("label"));
        EXPECT_LT(period.at("from").get<std::string>(), period.at("until").get<std::string>());
        EXPECT_TRUE(period.at("due").is_null());
    }
}

TEST(Catalogue, ReferenceDocumentsAreNeverCalledChecked)
{
    const std::regex random_uuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    const auto states = state_codes();
    const auto documents = catalogue("documents.json");
    std::set<std::string> ids;
    for (const auto& document : documents) {
        const auto id = document.at("id").get<std::string>();
        EXPECT_TRUE(std::regex_match(id, random_uuid)) << id;
        ids.insert(id);
        EXPECT_TRUE(states.contains(document.at("state").get<std::string>())) << document;
        EXPECT_TRUE(document.at("confidence") == "high" || document.at("confidence") == "medium") << document;
        EXPECT_EQ(document.at("source"), "compiled from the public record, not checked with the issuer");
        EXPECT_EQ(document.at("verified_with_state"), false);
        EXPECT_FALSE(document.at("title").get<std::string>().empty());
        EXPECT_GE(document.at("year").get<int>(), 2000);
    }
    ASSERT_EQ(documents.size(), 36U);
    EXPECT_EQ(ids.size(), documents.size());
}

}  // namespace
}  // namespace cbmx
