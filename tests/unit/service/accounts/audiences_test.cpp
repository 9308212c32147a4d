// Audiences as readers: service/accounts/audiences.hpp, rules.md 50.
#include "service/accounts/audiences.hpp"
#include "support/service_fixture.hpp"
#include <gtest/gtest.h>

namespace cbmx {
namespace {

using domain::Rule;
using test::refusal;

class Audiences : public test::ServiceFixture {
protected:
    domain::Result<domain::Principal> reader(const std::string& audience)
    {
        return read([&](store::Connection& db) { return service::reader_of_audience(db, now(), audience); });
    }
};

TEST_F(Audiences, ThePublicSeesWhatIsPublicAlone)
{
    EXPECT_EQ(reader("public").value().visibility.tokens, R"(["public"])");
    EXPECT_TRUE(reader("public").value().is_anonymous());
}

TEST_F(Audiences, MembersAreNoStateAndReadNoDraft)
{
    const auto members = reader("members").value();
    EXPECT_EQ(members.visibility.tokens, R"(["public","members"])");
    EXPECT_EQ(members.visibility.own_state, "");
    EXPECT_EQ(members.visibility.draft_state, "");
    EXPECT_EQ(members.reach(domain::Permission::contact_read), domain::Reach::all);
    EXPECT_EQ(members.reach(domain::Permission::report_publish), domain::Reach::none);
}

TEST_F(Audiences, AStateReadsWhatIsAddressedToItAndNoDraft)
{
    const auto chile = reader("state:CL").value();
    EXPECT_EQ(chile.visibility.own_state, "CL");
    EXPECT_EQ(chile.visibility.draft_state, "");
    EXPECT_NE(chile.visibility.tokens.find("\"state:CL\""), std::string::npos);
    EXPECT_NE(chile.visibility.tokens.find("\"members\""), std::string::npos);
}

TEST_F(Audiences, AnOfficeIsWhoeverHoldsItNow)
{
    EXPECT_TRUE(refusal(reader("office:chair")).names("query:audience", Rule::no_holder));
    hold_offices();
    const auto chair = reader("office:chair").value();
    EXPECT_NE(chair.visibility.tokens.find("\"office:chair\""), std::string::npos);
    EXPECT_TRUE(refusal(reader("office:chair/chair-1999")).names("query:audience", Rule::no_holder));
}

TEST_F(Audiences, WhatIsNoAudienceIsRefused)
{
    EXPECT_TRUE(refusal(reader("everybody")).names("query:audience", Rule::not_allowed_value));
    EXPECT_TRUE(refusal(reader("account:00000000-0000-4000-8000-000000000000")).names("query:audience", Rule::not_allowed_value));
    EXPECT_TRUE(refusal(reader("state:ZZ")).names("query:audience", Rule::unknown_state));
}

}  // namespace
}  // namespace cbmx
