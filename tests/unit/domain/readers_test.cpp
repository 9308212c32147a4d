// What is wider, revision by revision; and that no label allows more later than it did when it was given.
#include "domain/readers.hpp"
#include <gtest/gtest.h>

namespace cbmx::domain {
namespace {

const Readers green = readers_of_one_revision({Label::green, {"members", "state:CL"}});

Readers changed(const Readers& before, Label label, std::vector<Recipient> recipients, std::int64_t from = 1)
{
    return with_audience(before, {label, std::move(recipients)}, from);
}

TEST(Wider, IsAnybodyNewOrAnyFreerUse)
{
    EXPECT_TRUE(is_wider(green, changed(green, Label::clear, {"members", "state:CL"})));
    EXPECT_TRUE(is_wider(green, changed(green, Label::green, {"members", "state:CL", "state:CU"}))) << "a State may be outside the members";
    EXPECT_FALSE(is_wider(green, changed(green, Label::amber, {"state:CL"})));
    const auto everyone = readers_of_one_revision({Label::clear, {"public"}});
    EXPECT_FALSE(is_wider(everyone, changed(everyone, Label::clear, {"state:PE"})));
    EXPECT_FALSE(is_wider(green, green));
}

TEST(Wider, IsJudgedForEachRevision)
{
    const auto strict = readers_of_one_revision({Label::amber_strict, {"state:CL"}});
    const auto open_now = with_publication(strict, {Label::clear, {"public", "state:CL"}});
    EXPECT_FALSE(is_wider(strict, open_now)) << "a publication has its second person";
    EXPECT_EQ(open_now.from, (std::map<Recipient, std::int64_t>{{"public", 2}, {"state:CL", 1}}));
    const auto with_brazil = changed(open_now, Label::clear, {"public", "state:BR", "state:CL"}, 1);
    EXPECT_EQ(first_opened(open_now, with_brazil), 1);
    EXPECT_TRUE(is_wider(open_now, with_brazil));
    EXPECT_FALSE(is_wider(open_now, changed(open_now, Label::clear, {"public", "state:BR", "state:CL"}, 2)));
}

TEST(RevisionLabels, AreNarrowedByWhatComesLaterAndNeverWidened)
{
    auto readers = readers_of_one_revision({Label::clear, {"public"}});
    readers = with_publication(readers, {Label::amber, {"state:CL"}});
    EXPECT_EQ(readers.labels, (std::vector{Label::amber, Label::amber}));
    readers = changed(readers, Label::clear, {"public"}, 2);
    EXPECT_EQ(readers.labels, (std::vector{Label::amber, Label::clear}));
    readers = with_publication(readers, {Label::green, {"members"}});
    EXPECT_EQ(readers.labels, (std::vector{Label::amber, Label::green, Label::green}));
}

TEST(Contradictions, AreThoseOfEveryRevisionThatARecipientReads)
{
    auto readers = readers_of_one_revision({Label::red, {"account:1"}});
    readers = with_publication(readers, {Label::clear, {"account:1", "public", "state:CL"}});
    EXPECT_TRUE(contradictions(readers).empty());
    EXPECT_EQ(contradictions(changed(readers, Label::clear, {"public", "state:BR"}, 1)),
              (std::vector<std::pair<Recipient, Label>>{{"state:BR", Label::red}}));
    EXPECT_TRUE(contradictions(changed(readers, Label::clear, {"account:2", "public"}, 1)).empty()) << "RED is for named accounts";
}

}  // namespace
}  // namespace cbmx::domain
