// Who shares a budget: an IPv4 address alone, all of an IPv6 network of 64 bits together.
#include "base/budget_key.hpp"
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

TEST(BudgetKey, AnIPv4AddressIsCountedByItself)
{
    EXPECT_EQ(budget_key("192.0.2.7"), "192.0.2.7");
    EXPECT_NE(budget_key("192.0.2.7"), budget_key("192.0.2.8"));
}

TEST(BudgetKey, AllAddressesOfAnIPv6NetworkAreCountedTogether)
{
    EXPECT_EQ(budget_key("2001:db8:1:2::1"), "2001:db8:1:2::/64");
    EXPECT_EQ(budget_key("2001:db8:1:2:ffff:ffff:ffff:ffff"), "2001:db8:1:2::/64");
    EXPECT_EQ(budget_key("2001:0DB8:1:2::9"), "2001:db8:1:2::/64") << "however it is written";
    EXPECT_NE(budget_key("2001:db8:1:3::1"), budget_key("2001:db8:1:2::1"));
    EXPECT_EQ(budget_key("fe80::1%eth0"), budget_key("fe80::2"));
}

TEST(BudgetKey, IPv4InsideIPv6IsIPv4) { EXPECT_EQ(budget_key("::ffff:192.0.2.7"), "192.0.2.7"); }

TEST(BudgetKey, WhatIsNoAddressStandsForItself)
{
    EXPECT_EQ(budget_key(""), "");
    EXPECT_EQ(budget_key("not:an:address"), "not:an:address");
}

}  // namespace
}  // namespace cbmx::base
