// Matching a path against the route table.
#include "api/router.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

TEST(Router, APatternFillsItsParameters)
{
    const auto match = find_route("POST", {"v1", "reports", "abc", "publish"});
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->operation_id, "publishReport");
    EXPECT_EQ(match.path_parameters.find("id")->second, "abc");
}

TEST(Router, TheMoreLiteralPatternGoesFirst)
{
    const auto match = find_route("POST", {"v1", "credentials", "renew"});
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->operation_id, "renewCredential");
}

TEST(Router, HeadIsAnsweredWhereverGetIs)
{
    EXPECT_EQ(find_route("HEAD", {"v1", "reports"}).route, find_route("GET", {"v1", "reports"}).route);
}

TEST(Router, AKnownPathWithAnotherMethodSaysWhichOnesThereAre)
{
    const auto match = find_route("DELETE", {"v1", "reports"});
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allow, "GET, HEAD, POST");
}

TEST(Router, AnUnknownPathHasNoMethods)
{
    for (const std::vector<std::string>& path :
         {std::vector<std::string>{"v2"}, {"v1"}, {"v1", "reports", ""}, {"v1", "reports", "x", "publish", "y"}, {"V1", "reports"}})
        EXPECT_TRUE(find_route("GET", path).allow.empty());
}

TEST(Router, TheRestOfAPathMayBeOneParameter)
{
    const auto match = find_route("GET", {"v1", "log", "tile", "0", "x001", "234.p", "5"});
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.path_parameters.find("rest")->second, "0/x001/234.p/5");
}

}  // namespace
}  // namespace cbmx::api
