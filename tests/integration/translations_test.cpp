// A report's text in others of the four languages, and the events that it tells of: rules.md 52, schema/json/report-create.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Translations : public Portal {
protected:
    const Json translations{{"en", {{"kind", "courtesy"}, {"narrative", "In English"}}},
                            {"pt", {{"kind", "official"}, {"narrative", "Em português"}}}};
};

TEST_F(Translations, ArePartOfWhatIsAccepted)
{
    const auto report = portal().published("CL", a_report({{"language", "es"}, {"translations", translations}}));
    const auto read = as(anyone()).get(path_of(report)).is(200).json();
    EXPECT_EQ(read["content"]["translations"], translations);
    const auto receipt = as(drafter_of("CL")).get("/v1/receipts/" + read["meta"]["seq"].dump()).is(200).json();
    EXPECT_EQ(receipt["opening"]["content"]["translations"], translations);
}

TEST_F(Translations, AreChangedLanguageByLanguage)
{
    const auto report = portal().draft("CL", a_report({{"language", "es"}, {"translations", translations}}));
    const auto changed = as(drafter_of("CL")).patch(path_of(report), {{"translations", {{"pt", nullptr}}}}).is(200).json();
    EXPECT_EQ(changed["content"]["translations"], (Json{{"en", translations["en"]}}));
}

TEST_F(Translations, AreNotInTheReportsOwnLanguageAndSayWhatTheyAre)
{
    const auto drafter = as(drafter_of("CL"));
    drafter.post("/v1/reports", a_report({{"language", "en"}, {"translations", translations}}))
        .is_problem(422, "validation-failed")
        .has_error("/translations/en", "not_allowed_value");
    drafter.post("/v1/reports", a_report({{"language", "es"}, {"translations", {{"fr", {{"narrative", "x"}}}}}}))
        .is_problem(422, "validation-failed")
        .has_error("/translations/fr/kind", "required");
    const auto report = portal().draft("CL", a_report({{"language", "es"}, {"translations", translations}}));
    drafter.patch(path_of(report), {{"language", "pt"}})
        .is_problem(422, "validation-failed")
        .has_error("/translations/pt", "not_allowed_value");
}

TEST_F(Translations, EventsCarryNumbersOnlyWhereTheStateGivesThem)
{
    const Json events{{{"title", "A course"}, {"date", "2026-03-02"}, {"women", 12}}, {{"title", "A seminar"}}};
    const auto report = portal().published("CL", a_report({{"events", events}}));
    EXPECT_EQ(as(anyone()).get(path_of(report)).is(200).json()["content"]["events"], events);
    as(drafter_of("CL"))
        .post("/v1/reports", a_report({{"events", {{{"title", "A course"}, {"women", -1}}}}}))
        .is_problem(422, "validation-failed")
        .has_error("/events/0/women", "below_minimum");
}

}  // namespace
}  // namespace cbmx::test
