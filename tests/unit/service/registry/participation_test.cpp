// What holds in law and what the portal gives are two things: more at once, less from the next day on.
#include "service/registry/membership.hpp"
#include "service/registry/participation.hpp"
#include <gtest/gtest.h>

namespace cbmx::service {
namespace {

using nlohmann::json;

domain::Instant at(const char* text) { return domain::from_rfc3339(text).value(); }

json fact(bool participates, const json& from, const json& until)
{
    return {{"participates", participates}, {"from", from}, {"until", until}};
}

json a_record(json facts) { return {{"participation", std::move(facts)}}; }

const auto noon = at("2026-11-30T12:00:00.000Z");

TEST(Participation, LessIsGivenFromTheNextDayOnHoweverFarBackItHoldsInLaw)
{
    const auto left = a_record({fact(true, nullptr, "2023-11-19"), fact(false, "2023-11-19", nullptr)});
    const auto access = access_at(left, true, noon);
    EXPECT_EQ(access, (Access{true, at("2026-12-01T00:00:00.000Z")}));
    EXPECT_TRUE(has_access(access, at("2026-11-30T23:59:59.999Z")));
    EXPECT_FALSE(has_access(access, at("2026-12-01T00:00:00.000Z")));
}

TEST(Participation, MoreIsGivenAtOnce)
{
    const auto back = a_record({fact(false, nullptr, "2026-01-01"), fact(true, "2026-01-01", nullptr)});
    EXPECT_EQ(access_at(back, false, noon), (Access{true, std::nullopt}));
    EXPECT_EQ(access_at(back, true, noon), (Access{true, std::nullopt}));
}

TEST(Participation, WhatHoldsLaterIsGivenOrTakenOnItsDay)
{
    const auto leaves = a_record({fact(true, nullptr, "2027-01-01"), fact(false, "2027-01-01", nullptr)});
    EXPECT_EQ(access_at(leaves, true, noon), (Access{true, at("2027-01-01T00:00:00.000Z")}));
    const auto joins = a_record({fact(true, "2027-02-01", nullptr)});
    EXPECT_EQ(access_at(joins, false, noon), (Access{false, at("2027-02-01T00:00:00.000Z")}));
    const auto today = a_record({fact(true, nullptr, "2026-11-30"), fact(false, "2026-11-30", nullptr)});
    EXPECT_EQ(access_at(today, true, noon).changes_at, at("2026-12-01T00:00:00.000Z")) << "never less on the day of the decision";
}

TEST(Participation, EachChangeSetsTheNext)
{
    const auto record =
        a_record({fact(true, nullptr, "2026-12-01"), fact(false, "2026-12-01", "2027-03-01"), fact(true, "2027-03-01", nullptr)});
    const auto first = access_at(record, true, noon);
    const auto second = access_after_change(record, first);
    EXPECT_EQ(second, (Access{false, at("2027-03-01T00:00:00.000Z")}));
    EXPECT_EQ(access_after_change(record, second), (Access{true, std::nullopt}));
}

TEST(Participation, AGapIsNoParticipation)
{
    const auto record = a_record({fact(true, nullptr, "2026-10-01"), fact(true, "2026-12-24", nullptr)});
    EXPECT_FALSE(participates_in_law(record, "2026-11-30"));
    EXPECT_TRUE(participates_in_law(record, "2026-09-30"));
    EXPECT_FALSE(participates_in_law(record, "2026-10-01"));
    EXPECT_EQ(access_at(record, false, noon), (Access{false, at("2026-12-24T00:00:00.000Z")}));
}

TEST(Participation, ARecordThatDoesNotSayGivesNothing)
{
    EXPECT_FALSE(has_access(access_in(R"({"code":"CL"})"), noon));
    const json record{{"access", access_as_json({true, noon})}};
    EXPECT_EQ(access_in(record.dump()), access_from(record));
}

TEST(Membership, AFactTakesThePlaceOfWhatWasSaidAboutTheDaysAfterIt)
{
    const json cited{{"number", "NV 1"}};
    const auto told = json::array({fact(true, nullptr, "2027-01-01"), fact(false, "2027-01-01", nullptr)});
    const auto after = with_fact(told, {{"participates", false}, {"from", "2026-06-01"}}, cited);
    EXPECT_EQ(after.size(), 2U);
    EXPECT_EQ(after[0], fact(true, nullptr, "2026-06-01"));
    EXPECT_EQ(after[1], (json{{"participates", false}, {"from", "2026-06-01"}, {"until", nullptr}, {"decision", cited}}));
    EXPECT_EQ(with_fact(told, {{"participates", true}, {"from", "2028-01-01"}}, cited).size(), 3U);
    EXPECT_EQ(with_fact(json::array({fact(true, nullptr, "2020-01-01")}), {{"participates", true}, {"from", "2026-01-01"}}, cited)[0],
              fact(true, nullptr, "2020-01-01"))
        << "a gap stays one";
}

}  // namespace
}  // namespace cbmx::service
