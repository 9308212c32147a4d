// Nobody acts on what they have not read: a tag is of one state of a record, and of no later one (rules.md 20).
#include "support/portal.hpp"
#include <gtest/gtest.h>
#include <set>

namespace cbmx::test {
namespace {

class StaleTags : public Portal {
protected:
    std::string tag_of(const Who& who, const std::string& path, const std::string& language = "en")
    {
        return as(who).get(path, {{"Accept-Language", language}}).is(200).field("ETag");
    }
    Reply publish_with(const std::string& id, const std::string& if_match, const Who& who = approver_of("CL"))
    {
        return as(who).post(path_of(id, "publish"), nullptr, {{"If-Match", if_match}});
    }
    // What If-Match compares: without its last part, which names the view.
    static std::string compared(const std::string& tag) { return tag.substr(0, tag.rfind('-')); }
};

TEST_F(StaleTags, AnApproverWhoReadAnEarlierTextPublishesNoLaterOne)
{
    const auto id = portal().draft("CL", a_report({{"narrative", "first"}}));
    as(drafter_of("CL")).patch(path_of(id), {{"narrative", "read by the approver"}}).is(200);
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    const auto read = tag_of(approver_of("CL"), path_of(id, "draft"));
    as(approver_of("CL", "another")).post(path_of(id, "publish")).is(200);
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "never read by the approver"}}).is(200);
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    publish_with(id, read).is_problem(412, "precondition-failed").has_error("header:If-Match", "stale_tag");
    publish_with(id, "\"d3-\"").is_problem(412, "precondition-failed").has_error("header:If-Match", "stale_tag");
    EXPECT_EQ(as(anyone()).get(path_of(id)).json()["content"]["narrative"], "read by the approver");
}

TEST_F(StaleTags, NoVersionOfAWorkingCopyComesTwiceInAReportsLife)
{
    const auto id = portal().published("CL");
    std::set<std::string> tags{"\"d1", "\"d2"};
    for (int round = 0; round < 3; ++round) {
        const auto begun = as(drafter_of("CL")).post(path_of(id, "revise")).is(201).field("ETag");
        EXPECT_TRUE(tags.insert(begun.substr(0, begun.find('-'))).second) << begun;
        const auto edited = as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "again"}}).is(200).field("ETag");
        EXPECT_TRUE(tags.insert(edited.substr(0, edited.find('-'))).second) << edited;
        if (round == 1) {
            as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
            as(approver_of("CL")).post(path_of(id, "publish")).is(200);
        } else {
            as(drafter_of("CL")).remove(path_of(id, "draft")).is(204);
        }
    }
}

TEST_F(StaleTags, APublicationTakesExactlyTheTagThatWasRead)
{
    const auto id = portal().submitted("CL");
    const auto tag = tag_of(approver_of("CL"), path_of(id, "draft"));
    for (const char* wrong : {"*", "\"d2-\",\"zzz\"", "\"zzz\", \"d2-\"", "W/\"d2-\""})
        publish_with(id, wrong).is_problem(400, "bad-request").has_error("header:If-Match", "one_strong_tag");
    for (const char* malformed : {"d2-", "\"d2-", "\"d2-\" \"d2-\""})
        publish_with(id, malformed).is_problem(400, "bad-request").has_error("header:If-Match", "format");
    for (const auto& stale : {std::string("\"d2-000000000000\""), compared(tag) + "0\"", std::string("\"d1-\""), std::string("\"2-\"")})
        publish_with(id, stale).is_problem(412, "precondition-failed").has_error("header:If-Match", "stale_tag");
    publish_with(id, tag).is(200);
}

TEST_F(StaleTags, TheBareFormAndTheTagWithoutItsViewAreTagsToo)
{
    const auto bare = portal().submitted("CL"), viewless = portal().submitted("CL");
    publish_with(bare, "\"d2-\"").is(200);
    publish_with(viewless, compared(tag_of(approver_of("CL"), path_of(viewless, "draft"))) + "\"").is(200);
}

TEST_F(StaleTags, ElsewhereAListMatchesInAnyPlaceAndAStarAlways)
{
    const auto id = portal().draft("CL");
    const auto edit = [&](const std::string& if_match) {
        return as(drafter_of("CL")).patch(path_of(id), {{"narrative", if_match}}, {{"If-Match", if_match}});
    };
    edit("\"zzz\", \"d1-\"").is(200);
    edit("*").is(200);
    edit("W/\"d3-\"").is_problem(412, "precondition-failed").has_error("header:If-Match", "weak_tag");
    edit("\"d1-\", \"d2-\"").is_problem(412, "precondition-failed").has_error("header:If-Match", "no_tag_matches");
    edit("\"d2-\"").is_problem(412, "precondition-failed").has_error("header:If-Match", "stale_tag");
    edit("d3-").is_problem(400, "bad-request").has_error("header:If-Match", "format");
    edit("\"d3-\"").is(200);
}

TEST_F(StaleTags, WhatIsComparedIsTheSameForEveryLanguageAndReader)
{
    const auto id = portal().submitted("CL");
    const auto draft = path_of(id, "draft");
    const auto english = tag_of(approver_of("CL"), draft), spanish = tag_of(approver_of("CL"), draft, "es");
    EXPECT_EQ(compared(english), compared(spanish));
    EXPECT_EQ(compared(english), compared(tag_of(drafter_of("CL"), draft)));
    const auto contact = "/v1/contacts/" + portal().listed("CL");
    const auto now = tag_of(nominator_of("CL"), contact);
    portal().advance(std::chrono::hours(5));
    const auto later = tag_of(nominator_of("CL"), contact, "pt");
    EXPECT_EQ(compared(now), compared(later));
    EXPECT_NE(now, later) << "another answer has another ETag, or a cache would keep the old one";
}

TEST_F(StaleTags, WhatASecondPersonConfirmsIsWhatTheFirstOneSaw)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:AMBER"}}));
    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto proposal =
        "/v1/proposals/" +
        as(approver_of("CL")).post(path_of(id, "recipients"), {{"recipients", {"state:PE"}}}).is(202).json()["id"].get<std::string>();
    for (const char* wrong : {"*", "\"1-\", \"2-\""})
        as(approver_of("CL", "second")).post(proposal + "/confirm", nullptr, {{"If-Match", wrong}}).is_problem(400, "bad-request");
    as(approver_of("CL", "second"))
        .post(proposal + "/confirm", nullptr, {{"If-Match", "\"1-000000000000\""}})
        .is_problem(412, "precondition-failed");
    as(approver_of("CL", "second")).post(proposal + "/confirm").is(200);
}

}  // namespace
}  // namespace cbmx::test
