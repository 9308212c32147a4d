// What is served is put together from stored text, and kept until something is committed. It is, byte for byte, what the
// representation says, and never older than what was acknowledged.
#include "service/accounts/authenticate.hpp"
#include "service/reports/reports.hpp"
#include "support/portal.hpp"

namespace cbmx::test {
namespace {

using Served = Portal;
using Json = nlohmann::json;

TEST_F(Served, TheTextIsTheRepresentationByteForByte)
{
    const Json quoted{{"narrative", "\"carried_forward\": \\ \n é 漢"}};
    const auto earlier = portal().published("CL", a_report({{"period", "2025-2026"}, {"narrative", "What we said."}}));
    const std::vector<std::string> ids{
        earlier,
        portal().published("CL",
                           a_report({{"period", "2026-2027"}, {"measure", "OAS-CBM-2"}, {"label", "TLP:AMBER"}, {"narrative", "Few."}})),
        portal().published("CL", a_report(quoted)),
        portal().draft("CL", a_report({{"period", "2026-2027"},
                                       {"status", "nothing_new"},
                                       {"last_declared_year", 2026},
                                       {"narrative", nullptr}})),  // with what is carried forward
        portal().submitted("CL", a_report(quoted)),
        portal().published("CL", a_report({{"label", "TLP:GREEN"}})),
    };
    as(approver_of("CL")).post(path_of(ids.back(), "withdraw")).is(200);
    as(drafter_of("CL")).post(path_of(ids[2], "revise")).is(201);

    auto& database = portal().app().portal().database;
    for (const auto& who : {anyone(), drafter_of("CL"), approver_of("CL"), contact_of("PE"), reviewer(), secretariat(), auditor()}) {
        const auto token = who.home.empty() ? std::nullopt : std::optional(portal().token_of(who));
        auto snapshot = database.read();
        const auto principal = service::authenticate(snapshot.db(), portal().now(), token, std::nullopt).value();
        std::size_t seen = 0;
        for (const auto language : {i18n::Language::en, i18n::Language::es, i18n::Language::fr, i18n::Language::pt})
            for (const auto& id : ids) {
                const auto shown = service::get_report(snapshot.db(), principal, language, id);
                const auto served = service::render_report(snapshot.db(), principal, language, id);
                ASSERT_EQ(shown.has_value(), served.has_value());
                if (!shown)
                    continue;
                ++seen;
                EXPECT_EQ(served->text, shown->body.dump()) << who.key();
                EXPECT_EQ(served->tag, shown->tag) << who.key();
            }
        EXPECT_GT(seen, 0U) << who.key();
    }
}

TEST_F(Served, AReaderSeesWhatWasJustAcknowledgedWhateverWasKept)
{
    const auto id = portal().draft("CL");
    for (int i = 0; i < 20; ++i) {
        const auto words = "Version " + std::to_string(i);
        as(drafter_of("CL")).patch(path_of(id), {{"narrative", words}}).is(200);
        for (int again = 0; again < 2; ++again) {
            EXPECT_EQ(as(drafter_of("CL")).get(path_of(id)).json()["content"]["narrative"], words);
            EXPECT_EQ(as(approver_of("CL")).get("/v1/reports?state=CL").json()["items"][0]["content"]["narrative"], words);
        }
    }
}

// The same target, asked in turns: nobody is given what was kept for another.
TEST_F(Served, EachReaderGetsTheirOwnAnswerInTheirOwnLanguage)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    as(approver_of("CL")).post(path_of(id, "withdraw")).is(200);
    for (int turn = 0; turn < 3; ++turn) {
        EXPECT_FALSE(as(contact_of("CL")).get(path_of(id)).is(200).json()["content"].is_null());
        EXPECT_TRUE(as(contact_of("PE")).get(path_of(id)).is(200).json()["content"].is_null());
        as(anyone()).get(path_of(id)).is_problem(404, "not-found");
        const auto french = as(contact_of("PE")).get(path_of(id), {{"Accept-Language", "fr"}}).is(200);
        EXPECT_EQ(french.field("Content-Language"), "fr");
        EXPECT_NE(french.body(), as(contact_of("PE")).get(path_of(id)).body());
    }
}

// Rights that end by a commit end for what is kept as well.
TEST_F(Served, WhoLosesSightOfAReportLosesWhatWasKept)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    EXPECT_EQ(as(contact_of("PE")).get(path_of(id)).is(200).json()["content"]["narrative"], "A test report.");
    portal().hold_offices();
    as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER"}, {"recipients", {"office:reviewers"}}}).is(200);
    as(contact_of("PE")).get(path_of(id)).is_problem(404, "not-found");
    EXPECT_EQ(as(contact_of("PE")).get("/v1/reports").json()["items"].size(), 0U);
}

}  // namespace
}  // namespace cbmx::test
