// What is kept of an answer is found by the same view alone, and never after that view has changed.
#include "api/kept_answers.hpp"
#include <functional>
#include <gtest/gtest.h>
#include <set>

namespace cbmx::api {
namespace {

std::shared_ptr<const KeptAnswer> answer(std::string body)
{
    return std::make_shared<const KeptAnswer>(KeptAnswer{Answer{.body = std::move(body)}, "\"tag\""});
}

std::string body_of(const std::shared_ptr<const KeptAnswer>& kept) { return kept ? kept->answer.body : "none"; }

TEST(KeptAnswers, AnAnswerIsFoundUntilItsViewChanges)
{
    KeptAnswers answers;
    answers.keep("view", 7, answer("seven"));
    answers.keep("another view", 3, answer("three"));
    EXPECT_EQ(body_of(answers.find("view", 7)), "seven");
    EXPECT_EQ(body_of(answers.find("no view", 7)), "none");
    EXPECT_EQ(body_of(answers.find("view", 8)), "none");
    answers.keep("view", 8, answer("eight"));
    EXPECT_EQ(body_of(answers.find("view", 8)), "eight");
    EXPECT_EQ(body_of(answers.find("view", 7)), "none") << "what was replaced is gone";
    EXPECT_EQ(body_of(answers.find("another view", 3)), "three") << "one view's change drops no other";
}

// A slow reader comes back with what it read before a commit that others have already seen.
TEST(KeptAnswers, AnAnswerFromBeforeAChangeReplacesNoLaterOne)
{
    KeptAnswers answers;
    answers.keep("view", 8, answer("eight"));
    answers.keep("view", 7, answer("seven"));
    EXPECT_EQ(body_of(answers.find("view", 7)), "none");
    EXPECT_EQ(body_of(answers.find("view", 8)), "eight");
}

TEST(KeptAnswers, TheirBytesAreBounded)
{
    KeptAnswers answers;
    const std::string big(max_kept_answer_bytes / 3, 'x');
    for (const auto* view : {"a", "b"})
        answers.keep(view, 1, answer(big));
    EXPECT_EQ(body_of(answers.find("a", 1)), big);
    answers.keep("c", 1, answer(big));  // the third does not fit beside the others
    EXPECT_EQ(body_of(answers.find("a", 1)), "none");
    EXPECT_EQ(body_of(answers.find("c", 1)), big);
    answers.keep("d", 1, answer(std::string(max_kept_answer_bytes, 'x')));
    EXPECT_EQ(body_of(answers.find("d", 1)), "none");
    EXPECT_EQ(body_of(answers.find("c", 1)), big);
}

// Whatever an answer may depend on makes another view.
TEST(KeptAnswers, EachCallerHasViewsOfItsOwn)
{
    using Change = std::function<void(domain::Principal&)>;
    const std::vector<Change> changes{
        [](auto&) {},
        [](auto& p) { p.account = domain::AccountId("a"); },
        [](auto& p) { p.credential = domain::CredentialId("a"); },
        [](auto& p) { p.own_roles.flip(0); },
        [](auto& p) { p.roles.flip(0); },
        [](auto& p) { p.scopes.flip(0); },
        [](auto& p) { p.is_operator = true; },
        [](auto& p) { p.visibility.home = "state:CL"; },
        [](auto& p) { p.visibility.tokens = R"(["public","state:CL"])"; },
        [](auto& p) { p.visibility.draft_state = "CL"; },
        [](auto& p) { p.visibility.own_state = "CL"; },
        [](auto& p) { p.visibility.secretariat = true; },
        [](auto& p) { p.visibility.auditor = true; },
        [](auto& p) { p.visibility.visible_before = 5; },
    };
    std::set<std::string> views;
    for (const auto& change : changes) {
        auto principal = domain::anonymous();
        change(principal);
        views.insert(view_of("/v1/reports", "application/json", i18n::Language::en, principal));
    }
    EXPECT_EQ(views.size(), changes.size());
    const auto nobody = domain::anonymous();
    views.insert(view_of("/v1/reports?limit=5", "application/json", i18n::Language::en, nobody));
    views.insert(view_of("/v1/reports", "text/csv", i18n::Language::en, nobody));
    views.insert(view_of("/v1/reports", "application/json", i18n::Language::fr, nobody));
    for (const auto coding : {base::Coding::gzip, base::Coding::br})
        views.insert(view_of("/v1/reports", "application/json", i18n::Language::en, nobody, coding));
    EXPECT_EQ(views.size(), changes.size() + 5);
}

}  // namespace
}  // namespace cbmx::api
