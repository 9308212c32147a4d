// A State of one official, who acts alone by its note verbale: rules.md 34.
#include "unit/service/walks/walk.hpp"

namespace cbmx::test {
namespace {

using domain::RecordState;
using domain::Rule;

const Officials one_official{{"Ana", {"approver", "contact", "drafter", "nominator"}}};

class StateOfOne : public Walk {
protected:
    void SetUp() override
    {
        const auto note = note_of_mission("NV 1/2026");
        found(one_official, note);
        let_one_act_alone(note);
        attested_by_note({"Ana"}, "NV 2/2026");
    }
    Rule why(const domain::Result<Outcome>& refused) { return refused.error().violations.front().rule; }
};

TEST_F(StateOfOne, FromTheNoteToTheFirstPublication)
{
    ASSERT_TRUE(publishes("Ana", writes("Ana")).has_value());
    EXPECT_EQ(acts_, (Acts{{"mission", 2}, {"secretariat", 4}, {"operator", 3}, {"Ana", 5}}));
}

TEST_F(StateOfOne, PublishesRevisesWidensWithdrawsAndErases)
{
    const auto report = writes("Ana");
    publishes("Ana", report).value();
    revises("Ana", report);
    publishes("Ana", report).value();
    EXPECT_EQ(row_of(report).revision, 2);

    EXPECT_FALSE(everybody_reads(report));
    EXPECT_EQ(widens("Ana", report).value().status, 200) << "it counts as publishing";
    EXPECT_TRUE(everybody_reads(report));

    withdraws("Ana", report);
    EXPECT_EQ(row_of(report).record_state, RecordState::withdrawn);
    const auto erasure = asks_to_erase("Ana", report).value().id;
    EXPECT_EQ(why(confirms("Ana", erasure)), Rule::asked_again);
    advance(erasure_delay);
    confirms("Ana", erasure).value();
    EXPECT_TRUE(row_of(report).erased);
}

TEST_F(StateOfOne, IsAskedAgainAfterADayWhereOthersNeedASecondPerson)
{
    const auto wish = act("Ana", [&](Transaction& t, const Principal& by) {
                          return service::change_state_settings(t, by, state_, std::nullopt, {{"four_eyes", false}});
                      }).value();
    EXPECT_EQ(wish.status, 202);
    EXPECT_EQ(why(confirms("Ana", wish.id)), Rule::asked_again);
    advance(service::second_thought);
    EXPECT_TRUE(confirms("Ana", wish.id).has_value());
}

TEST_F(StateOfOne, NominatesAContactAndConfirmsIt) { contact_is_nominated_accepted_and_confirmed("Ana", "Ana"); }

// Nobody else of the State can attest; and with a second approver nobody acts alone, until the mission says so again.
TEST_F(StateOfOne, ReplacesItsOfficial)
{
    invites("Ana", {"Felix", one_official.front().roles});
    EXPECT_TRUE(acts_alone());
    EXPECT_TRUE(are_one("Ana", "Felix"));
    attested_by_note({"Felix"}, "NV 3/2026");
    EXPECT_FALSE(are_one("Ana", "Felix"));
    EXPECT_FALSE(acts_alone());
    disables("Felix", account_of("Ana"));
    EXPECT_FALSE(entering("Ana").has_value());
    EXPECT_EQ(publishes("Felix", writes("Felix")).error().code, domain::ErrorCode::four_eyes);
    let_one_act_alone(note_of_mission("NV 4/2026"));
    EXPECT_TRUE(publishes("Felix", writes("Felix")).has_value());
}

TEST_F(StateOfOne, IsFoundedAnewWhenItsOfficialLostEverything)
{
    const auto report = writes("Ana");
    publishes("Ana", report).value();
    const auto before = account_of("Ana");
    const auto note = note_of_mission("NV 3/2026");
    EXPECT_EQ(why(founding_recorded(one_official, note)), Rule::already_exists) << "somebody may have found what she lost";
    const auto lost = as("Ana").credential;
    did("operator");
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), lost); }).value();
    found(one_official, note);
    EXPECT_NE(account_of("Ana"), before);
    disables("Ana", before);
    revises("Ana", report);
    EXPECT_TRUE(publishes("Ana", report).has_value());
}

TEST_F(StateOfOne, TakesItsWordBackFromOneWhoLeftAndWillNotGo)
{
    suspend("Ana", note_of_mission("NV 3/2026"));
    EXPECT_FALSE(decides("Ana"));
    ASSERT_TRUE(objects("Ana").has_value());
    const auto note = note_of_mission("NV 4/2026");
    const Officials successor{{"Felix", one_official.front().roles}};
    EXPECT_EQ(why(founding_recorded(successor, note)), Rule::two_claimants) << "the secretariat does not decide between the two";
    suspend("Ana", note_of_mission("NV 5/2026"), true);
    found(successor, note);
    EXPECT_TRUE(decides("Felix"));
    EXPECT_FALSE(decides("Ana"));
    EXPECT_TRUE(publishes("Felix", writes("Felix")).has_value());
}

// Without a word of his the successor waits for three days.
TEST_F(StateOfOne, LetsWhoeverFollowsWaitWhereTheMissionHasOnlyWritten)
{
    suspend("Ana", note_of_mission("NV 3/2026"));
    found({{"Felix", one_official.front().roles}}, note_of_mission("NV 4/2026"));
    EXPECT_FALSE(decides("Felix"));
    advance(service::waiting_time);
    EXPECT_TRUE(decides("Felix"));
}

}  // namespace
}  // namespace cbmx::test
