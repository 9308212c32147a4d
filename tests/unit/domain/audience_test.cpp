// Lists of recipients as text.
#include "domain/audience.hpp"
#include <gtest/gtest.h>

namespace cbmx::domain {
namespace {

TEST(RecipientLists, AreCanonicalJsonAndComeBack)
{
    const std::vector<Recipient> some{"members", "office:chair", "state:CL"};
    EXPECT_EQ(recipients_as_json(some), R"(["members","office:chair","state:CL"])");
    EXPECT_EQ(recipients_from_json(recipients_as_json(some)), some);
    EXPECT_EQ(recipients_as_json({}), "[]");
    EXPECT_EQ(recipients_from_json("[]"), std::vector<Recipient>{});
    EXPECT_EQ(recipients_from_json(R"(["public"])"), std::vector<Recipient>{"public"});
}

TEST(Recipients, AnOfficeIsWhoeverHoldsItOrItsHolderInATerm)
{
    for (const char* word : {"office:secretariat", "office:chair", "office:vice_chair", "office:reviewers", "office:chair/chair-2026"})
        EXPECT_TRUE(is_recipient(word)) << word;
    for (const char* word : {"office:audit", "office:secretariat/first", "office:chair/", "office:chair/Chair", "office:chair/-a",
                             "office:chair/a/b", "office:chair#2", "office:"})
        EXPECT_FALSE(is_recipient(word)) << word;
    EXPECT_TRUE(is_whoever_holds("office:chair"));
    EXPECT_FALSE(is_whoever_holds("office:chair/chair-2026"));
    EXPECT_FALSE(is_whoever_holds("office:secretariat"));
    EXPECT_TRUE(allows(Label::green, "office:chair"));
    EXPECT_FALSE(allows(Label::amber, "office:chair")) << "who will hold it is not known";
    EXPECT_TRUE(allows(Label::amber, "office:chair/chair-2026"));
    const auto home = Home::from("office:vice_chair/vice-2026");
    EXPECT_EQ(home.office(), Office::vice_chair);
    EXPECT_EQ(home.term(), "vice-2026");
    EXPECT_EQ(Home::of_term(Office::vice_chair, "vice-2026"), home);
}

}  // namespace
}  // namespace cbmx::domain
