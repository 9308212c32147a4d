// States of two, three and five officials, each founded by one note verbale, none of them another's hands: rules.md 18, 34.
#include "unit/service/walks/walk.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::RecordState;
using domain::Rule;

struct Cast {
    std::string name;
    Officials officials;  // Ana and Bruno are nominators
    std::string drafter, approver, other_approver;
    std::string replaced;
    std::optional<std::string> third;  // beside Ana and Bruno: attests for them; nullopt: the secretariat does, by a note
    Acts until_published;              // from the note to the first publication
};
void PrintTo(const Cast& cast, std::ostream* out) { *out << cast.name; }

// clang-format off
const Cast of_two{.name = "OfTwo",
                  .officials = {{"Ana", {"approver", "drafter", "nominator"}}, {"Bruno", {"approver", "drafter", "nominator"}}},
                  .drafter = "Ana", .approver = "Bruno", .other_approver = "Ana", .replaced = "Bruno", .third = {},
                  .until_published = {{"mission", 2}, {"secretariat", 4}, {"operator", 3}, {"Ana", 4}, {"Bruno", 3}}};
const Cast of_three{.name = "OfThree",
                    .officials = {{"Ana", {"approver", "nominator"}}, {"Bruno", {"approver", "nominator"}}, {"Carla", {"drafter"}}},
                    .drafter = "Carla", .approver = "Bruno", .other_approver = "Ana", .replaced = "Carla", .third = "Carla",
                    .until_published = {{"mission", 2}, {"secretariat", 5}, {"operator", 4}, {"Ana", 2}, {"Bruno", 3}, {"Carla", 4}}};
const Cast of_five{.name = "OfFive",
                   .officials = {{"Ana", {"nominator"}}, {"Bruno", {"approver", "nominator"}}, {"Carla", {"approver"}},
                                 {"Diego", {"drafter"}}, {"Elena", {"contact", "drafter"}}},
                   .drafter = "Diego", .approver = "Carla", .other_approver = "Bruno", .replaced = "Diego", .third = "Elena",
                   .until_published = {{"mission", 2}, {"secretariat", 7}, {"operator", 6}, {"Ana", 2}, {"Bruno", 2}, {"Carla", 3},
                                       {"Diego", 4}, {"Elena", 2}}};
// clang-format on

class StateOfSeveral : public Walk, public ::testing::WithParamInterface<Cast> {
protected:
    void SetUp() override
    {
        found(cast().officials, note_of_mission("NV 1/2026"));
        std::vector<std::string> names;
        for (const auto& official : cast().officials)
            names.push_back(official.name);
        attested_by_note(names, "NV 2/2026");
    }
    const Cast& cast() const { return GetParam(); }
    std::vector<std::string> roles_of(const std::string& who) const
    {
        for (const auto& official : cast().officials)
            if (official.name == who)
                return official.roles;
        return {};
    }
    // By whoever of the State has no hand in it, or from its note.
    void attested_by_a_third(const std::string& who)
    {
        if (cast().third)
            attests(*cast().third, who).value();
        else
            attested_by_note({who}, "NV 5/2026");
    }
};

TEST_P(StateOfSeveral, FromTheNoteToTheFirstPublication)
{
    ASSERT_TRUE(publishes(cast().approver, writes(cast().drafter)).has_value());
    EXPECT_EQ(acts_, cast().until_published);
}

TEST_P(StateOfSeveral, NoneOfThemIsAnother)
{
    for (const auto& one : cast().officials)
        for (const auto& other : cast().officials)
            EXPECT_EQ(are_one(one.name, other.name), one.name == other.name) << one.name << ", " << other.name;
}

TEST_P(StateOfSeveral, PublishesRevisesWidensWithdrawsAndErases)
{
    const auto &approver = cast().approver, &other = cast().other_approver;
    const auto report = writes(cast().drafter);
    publishes(approver, report).value();
    revises(cast().drafter, report);
    publishes(approver, report).value();
    EXPECT_EQ(row_of(report).revision, 2);

    EXPECT_FALSE(everybody_reads(report));
    const auto wider = widens(approver, report).value();
    EXPECT_EQ(wider.status, 202);
    EXPECT_FALSE(confirms(approver, wider.id).has_value());
    confirms(other, wider.id).value();
    EXPECT_TRUE(everybody_reads(report));

    withdraws(approver, report);
    EXPECT_EQ(row_of(report).record_state, RecordState::withdrawn);
    const auto erasure = asks_to_erase(approver, report).value().id;
    EXPECT_FALSE(confirms(approver, erasure).has_value());
    confirms(other, erasure).value();
    EXPECT_FALSE(row_of(report).erased);
    advance(erasure_delay);
    EXPECT_TRUE(service::do_what_is_due(portal()));
    EXPECT_TRUE(row_of(report).erased);
}

TEST_P(StateOfSeveral, NominatesAContactAndConfirmsIt) { contact_is_nominated_accepted_and_confirmed("Ana", "Bruno"); }

// Whom Ana invites, Bruno attests: he has no hand in it.
TEST_P(StateOfSeveral, ReplacesAnOfficial)
{
    const auto& gone = cast().replaced;
    invites("Ana", {"Felix", roles_of(gone)});
    EXPECT_TRUE(are_one("Ana", "Felix"));
    EXPECT_EQ(attests("Ana", "Felix").error().violations.front().rule, Rule::own_hands);
    ASSERT_TRUE(attests("Bruno", "Felix").has_value());
    EXPECT_FALSE(are_one("Ana", "Felix"));
    disables("Ana", account_of(gone));
    EXPECT_FALSE(entering(gone).has_value());
    const auto approver = cast().other_approver;
    EXPECT_TRUE(publishes(approver, writes("Felix")).has_value());
}

TEST_P(StateOfSeveral, ResetsTheAccountOfOneWhoLostEverything)
{
    const auto before = people_.at("Bruno").token;
    resets("Ana", "Bruno");
    EXPECT_FALSE(read([&](Connection& c) { return service::authenticate(c, now(), before, std::nullopt); }).has_value());
    EXPECT_TRUE(are_one("Ana", "Bruno"));
    EXPECT_FALSE(attests("Ana", "Bruno").has_value());
    attested_by_a_third("Bruno");
    EXPECT_FALSE(are_one("Ana", "Bruno"));
    EXPECT_TRUE(publishes("Bruno", writes(cast().drafter)).has_value());
}

TEST_P(StateOfSeveral, DecidesByItselfAboutOneWhoLeftAndWillNotGo)
{
    suspend("Ana", note_of_mission("NV 3/2026"));
    EXPECT_FALSE(decides("Ana"));
    ASSERT_TRUE(objects("Ana").has_value());
    EXPECT_TRUE(decides("Bruno")) << "who was there before is held back by nobody's objection";
    EXPECT_EQ(founding_recorded({{"Felix", {"nominator"}}}, note_of_mission("NV 4/2026")).error().code, ErrorCode::conflict);
    disables("Bruno", account_of("Ana"));
    EXPECT_FALSE(entering("Ana").has_value());
    invites("Bruno", {"Felix", roles_of("Ana")});
    attested_by_a_third("Felix");
    EXPECT_FALSE(are_one("Bruno", "Felix"));
    EXPECT_TRUE(decides("Felix"));
}

// Or lets him stay: the note was the State's, and so is what its nominator says.
TEST_P(StateOfSeveral, LetsHimStay)
{
    suspend("Ana", note_of_mission("NV 3/2026"));
    act("Bruno", [&](Transaction& t, const Principal& by) {
        return service::change_account(t, by, account_of("Ana"), std::nullopt, {.status = domain::AccountStatus::active});
    }).value();
    EXPECT_TRUE(decides("Ana"));
}

INSTANTIATE_TEST_SUITE_P(Walks, StateOfSeveral, ::testing::Values(of_two, of_three, of_five),
                         [](const auto& cast) { return cast.param.name; });

}  // namespace
}  // namespace cbmx::test
