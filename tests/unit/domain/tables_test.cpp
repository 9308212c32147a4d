// The tables of the domain: who may, what may become what, who receives what.
#include "domain/audience.hpp"
#include "domain/principal.hpp"
#include "domain/workflow.hpp"
#include <gtest/gtest.h>
#include <set>

namespace cbmx::domain {
namespace {

RoleSet only(Role role)
{
    RoleSet roles;
    roles.set(static_cast<std::size_t>(role));
    return roles;
}

TEST(Policy, NoOneMayWriteAnything)
{
    for (std::size_t i = 0; i < permission_count; ++i) {
        const auto permission = static_cast<Permission>(i);
        if (scope_of(permission) != TokenScope::read) {
            EXPECT_EQ(reach_of(permission, {}), Reach::none) << name_of(permission);
        }
    }
}

TEST(Policy, TheSecretariatHasNoRightOverAStatesReports)
{
    for (const auto permission : {Permission::report_draft, Permission::report_return, Permission::report_publish,
                                  Permission::report_withdraw, Permission::report_audience, Permission::report_erase})
        EXPECT_EQ(reach_of(permission, only(Role::secretariat)), Reach::none) << name_of(permission);
}

TEST(Policy, AStateThatDoesNotParticipateKeepsWhatTakesItsOwnBackAndPublishesNominatesAndDecidesNothing)
{
    RoleSet all_of_a_state;
    for (const auto role : {Role::contact, Role::nominator, Role::drafter, Role::approver})
        all_of_a_state.set(static_cast<std::size_t>(role));
    for (std::size_t i = 0; i < permission_count; ++i) {
        const auto permission = static_cast<Permission>(i);
        EXPECT_LE(reach_outside(permission, all_of_a_state), reach_of(permission, all_of_a_state)) << name_of(permission);
        EXPECT_EQ(reach_outside(permission, {}), reach_of(permission, {})) << name_of(permission);
    }
    for (const auto permission :
         {Permission::report_withdraw, Permission::report_erase, Permission::report_discard, Permission::export_read,
          Permission::contact_confirm, Permission::contact_remove, Permission::contact_erase})
        EXPECT_EQ(reach_outside(permission, all_of_a_state), Reach::own) << name_of(permission);
    for (const auto permission : {Permission::report_draft, Permission::report_publish, Permission::report_return,
                                  Permission::report_audience, Permission::nomination_make, Permission::state_settings_write})
        EXPECT_EQ(reach_outside(permission, all_of_a_state), Reach::none) << name_of(permission);
}

TEST(Policy, AnAccountWithoutItsStatesAuthorityReadsAndDraftsAndNothingElse)
{
    RoleSet all_of_a_state;
    for (const auto role : {Role::contact, Role::nominator, Role::drafter, Role::approver})
        all_of_a_state.set(static_cast<std::size_t>(role));
    const std::set<Permission> beside_reading{Permission::report_draft, Permission::report_discard, Permission::batch_send,
                                              Permission::enrol,        Permission::own_credential, Permission::suspension_object};
    for (std::size_t i = 0; i < permission_count; ++i) {
        const auto permission = static_cast<Permission>(i);
        EXPECT_EQ(reach_without_authority(permission, {}), reach_of(permission, {})) << name_of(permission);
        const bool left = name_of(permission).ends_with("_read") || beside_reading.contains(permission);
        EXPECT_EQ(reach_without_authority(permission, all_of_a_state), left ? reach_of(permission, all_of_a_state) : Reach::none)
            << name_of(permission);
    }
}

TEST(Policy, ASuspendedAccountReadsWhatEveryoneReadsLooksAtItselfAndObjects)
{
    RoleSet all_of_a_state;
    for (const auto role : {Role::contact, Role::nominator, Role::drafter, Role::approver})
        all_of_a_state.set(static_cast<std::size_t>(role));
    for (std::size_t i = 0; i < permission_count; ++i) {
        const auto permission = static_cast<Permission>(i);
        const bool left = permission == Permission::own_credential || permission == Permission::suspension_object;
        EXPECT_EQ(reach_suspended(permission, all_of_a_state), left ? Reach::own : reach_of(permission, {})) << name_of(permission);
    }
}

TEST(Policy, DraftingAndApprovingAreSeparateRights)
{
    EXPECT_EQ(reach_of(Permission::report_publish, only(Role::drafter)), Reach::none);
    EXPECT_EQ(reach_of(Permission::report_draft, only(Role::approver)), Reach::none);
}

TEST(Policy, OfficesAndStatesHoldTheirOwnRolesAlone)
{
    const auto chile = Home::of_state(StateCode("CL"));
    EXPECT_TRUE(may_hold(chile, Role::approver));
    EXPECT_FALSE(may_hold(chile, Role::secretariat));
    EXPECT_FALSE(may_hold(Home::of_office(Office::secretariat), Role::auditor));
    EXPECT_FALSE(may_hold(Home::from("office:nowhere"), Role::secretariat));
    EXPECT_FALSE(is_delegable(Role::approver));
    EXPECT_FALSE(is_delegable(Role::nominator));
}

TEST(Workflow, OnlyASubmittedDraftIsPublishedOrReturned)
{
    for (const auto transition : {Transition::publish, Transition::send_back}) {
        EXPECT_TRUE(check_transition(workflow().of(transition), RecordState::none, DraftState::submitted));
        EXPECT_FALSE(check_transition(workflow().of(transition), RecordState::none, DraftState::draft));
        EXPECT_FALSE(check_transition(workflow().of(transition), RecordState::published, DraftState::none));
    }
}

TEST(Workflow, AWithdrawnRecordGoesNoFurtherThanErasure)
{
    for (const auto transition : {Transition::edit, Transition::submit, Transition::publish, Transition::revise, Transition::label,
                                  Transition::recipients, Transition::withdraw})
        for (const auto draft : {DraftState::none, DraftState::draft, DraftState::submitted})
            EXPECT_FALSE(check_transition(workflow().of(transition), RecordState::withdrawn, draft)) << workflow().of(transition).name;
    EXPECT_TRUE(check_transition(workflow().of(Transition::erase), RecordState::withdrawn, DraftState::none));
    EXPECT_FALSE(check_transition(workflow().of(Transition::erase), RecordState::published, DraftState::none));
}

struct Case {
    Label label;
    const char* recipient;
    bool allowed;
};

TEST(Audience, EachLabelTakesItsOwnRecipientsAlone)
{
    const char* account = "account:00000000-0000-4000-8000-000000000000";
    for (const auto& row :
         {Case{Label::clear, "public", true}, Case{Label::green, "public", false}, Case{Label::green, "members", true},
          Case{Label::amber, "members", false}, Case{Label::amber, "state:PE", true}, Case{Label::amber_strict, "office:chair", true},
          Case{Label::amber, "office:vice_chair/vice-chair-2026", true}, Case{Label::red, "state:PE", false},
          Case{Label::red, "office:secretariat", false}, Case{Label::red, account, true}})
        EXPECT_EQ(make_audience(row.label, {row.recipient}, StateCode("CL"), AccountId()).has_value(), row.allowed)
            << name_of(row.label) << " " << row.recipient;
}

TEST(Audience, TheOldWhiteIsTakenForClearAndNeverGiven)
{
    EXPECT_EQ(label_from("TLP:WHITE"), Label::clear);
    EXPECT_EQ(name_of(Label::clear), "TLP:CLEAR");
    EXPECT_FALSE(label_from("tlp:clear"));
}

}  // namespace
}  // namespace cbmx::domain
