// Who has gone: what only waits for them is let go, once.
#include "http/message.hpp"
#include <gtest/gtest.h>

namespace cbmx::http {
namespace {

TEST(Presence, WhatWaitsIsLetGoOnceWhenThePeerHasGone)
{
    Presence presence;
    int times = 0;
    presence.on_gone([&times] { ++times; });
    EXPECT_FALSE(presence.is_gone());
    EXPECT_EQ(times, 0);
    presence.leave();
    presence.leave();
    EXPECT_TRUE(presence.is_gone());
    EXPECT_EQ(times, 1);
}

TEST(Presence, WhoComesTooLateIsLetGoAtOnce)
{
    Presence presence;
    presence.leave();
    int times = 0;
    presence.on_gone([&times] { ++times; });
    EXPECT_EQ(times, 1);
    presence.on_gone(nullptr);
}

TEST(Presence, AnAnswerTakesItBackAndReleasesWhatItHeld)
{
    Presence presence;
    auto held = std::make_shared<int>(0);
    presence.on_gone([held] { ++*held; });
    EXPECT_EQ(held.use_count(), 2);
    presence.on_gone(nullptr);
    EXPECT_EQ(held.use_count(), 1);
    presence.leave();
    EXPECT_EQ(*held, 0);
}

}  // namespace
}  // namespace cbmx::http
