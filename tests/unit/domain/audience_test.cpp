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

}  // namespace
}  // namespace cbmx::domain
