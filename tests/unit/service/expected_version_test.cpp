// Which refusal a caller gets whose tag is not the present one.
#include "service/expected_version.hpp"
#include <gtest/gtest.h>

namespace cbmx::service {
namespace {

const std::string present = record_tag(draft_version(4), "text");

domain::Violation refusal(const ExpectedVersion& expected)
{
    const auto checked = expected.check(present);
    EXPECT_TRUE(checked.has_error());
    EXPECT_EQ(checked.error().code, domain::ErrorCode::precondition_failed);
    return checked.error().violations.at(0);
}

TEST(ExpectedVersion, SaysWhetherTheTagIsStaleOrWeakOrNoneOfSeveral)
{
    using enum domain::Rule;
    EXPECT_EQ(refusal(ExpectedVersion(draft_version(3))).rule, stale_tag);
    EXPECT_EQ(refusal(ExpectedVersion({{"d4-000000000000"}})).rule, stale_tag);
    EXPECT_EQ(refusal(ExpectedVersion({{present, true}})).rule, weak_tag);
    EXPECT_EQ(refusal(ExpectedVersion({{present, true}, {"d4-", true}})).rule, weak_tag);
    EXPECT_EQ(refusal(ExpectedVersion({{present, true}, {"d3-"}})).rule, no_tag_matches);
    EXPECT_EQ(refusal(ExpectedVersion({{"d3-"}, {"d2-"}})).rule, no_tag_matches);
}

TEST(ExpectedVersion, NamesThePresentVersionAndNotItsHash)
{
    EXPECT_EQ(refusal(ExpectedVersion(4)).arguments, (domain::Arguments{{"present", "d4"}}));
}

TEST(ExpectedVersion, AnyAndThePresentOneAreNotRefused)
{
    EXPECT_TRUE(ExpectedVersion().check(present));
    EXPECT_TRUE(ExpectedVersion(draft_version(4)).check(present));
    EXPECT_TRUE(ExpectedVersion({{present}}).check(present));
}

TEST(ExpectedVersion, ATagOfSeveralTextsTellsWhereEachEnds)
{
    using Texts = std::vector<std::string>;
    EXPECT_NE(record_tag(1, Texts{"a", "b"}), record_tag(1, Texts{"ab", ""}));
    EXPECT_NE(record_tag(1, Texts{"a", "b"}), record_tag(1, Texts{"a", "b", ""}));
}

}  // namespace
}  // namespace cbmx::service
