// Lending a part of one's rights, with an end. See server/service/accounts/delegations.hpp.
#include "service/accounts/delegations.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Role;
using domain::Rule;

class Delegations : public ServiceFixture {
protected:
    const Principal giver_ = someone("state:CL", {"approver", "drafter"});
    const Principal delegate_ = someone("state:CL", {"contact"});
    const std::string in_ten_days_ = domain::to_rfc3339(now() + std::chrono::days(10));

    auto give(const Principal& giver, const service::DelegationDraft& draft)
    {
        return write([&](Transaction& t) { return service::give_delegation(t, giver, draft); });
    }
    auto end(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::end_delegation(t, principal, domain::DelegationId(id)); });
    }
};

TEST_F(Delegations, TheDelegateHasTheRoleUntilTheEnd)
{
    ASSERT_TRUE(give(giver_, {delegate_.account, {"drafter"}, in_ten_days_}).has_value());
    const auto lent = again(delegate_);
    EXPECT_TRUE(lent.has(Role::drafter));
    EXPECT_FALSE(lent.own_roles.test(static_cast<std::size_t>(Role::drafter)));
    EXPECT_EQ(lent.visibility.draft_state, "CL");
    advance(std::chrono::days(10));
    EXPECT_FALSE(again(delegate_).has(Role::drafter));
}

TEST_F(Delegations, ItHoldsOnlyWhileTheGiverHoldsIt)
{
    give(giver_, {delegate_.account, {"drafter"}, in_ten_days_});
    write([&](Transaction& t) {
        return service::change_account(t, domain::machine_operator(), giver_.account, std::nullopt,
                                       {.roles = std::vector<std::string>{"approver"}});
    });
    EXPECT_FALSE(again(delegate_).has(Role::drafter));
}

TEST_F(Delegations, ApprovingAndNominatingAreNeverLentNorWhatOneDoesNotHold)
{
    const auto refused = refusal(give(giver_, {delegate_.account, {"approver", "drafter", "contact"}, in_ten_days_}));
    EXPECT_TRUE(refused.names("/roles/0", Rule::not_delegable));
    EXPECT_TRUE(refused.names("/roles/2", Rule::not_delegable));
    EXPECT_EQ(refused.violations.size(), 2u);
}

TEST_F(Delegations, WhatWasLentIsNotLentOn)
{
    give(giver_, {delegate_.account, {"drafter"}, in_ten_days_});
    const auto third = account_of("state:CL", {"contact"});
    EXPECT_TRUE(
        refusal(give(again(delegate_), {domain::AccountId(third), {"drafter"}, in_ten_days_})).names("/roles/0", Rule::not_delegable));
}

TEST_F(Delegations, TheEndIsRequiredAheadAndWithinAYear)
{
    const auto until = [&](const std::optional<std::string>& text) {
        return refusal(give(giver_, {delegate_.account, {"drafter"}, text}));
    };
    EXPECT_TRUE(until(std::nullopt).names("/until", Rule::end_required));
    EXPECT_TRUE(until(domain::to_rfc3339(now())).names("/until", Rule::invalid_value));
    EXPECT_TRUE(until(domain::to_rfc3339(now() + std::chrono::days(367))).names("/until", Rule::invalid_value));
}

TEST_F(Delegations, OnlyToAnotherActiveAccountOfTheSameHome)
{
    const auto to = [&](const std::string& delegate) {
        return refusal(give(giver_, {domain::AccountId(delegate), {"drafter"}, in_ten_days_}));
    };
    EXPECT_TRUE(to(giver_.account.value).names("/delegate", Rule::same_person));
    EXPECT_TRUE(to(account_of("state:PE", {"drafter"})).names("/delegate", Rule::unknown_account));
    EXPECT_TRUE(to("00000000-0000-4000-8000-000000000000").names("/delegate", Rule::unknown_account));
}

TEST_F(Delegations, TheGiverOrANominatorEndsIt)
{
    const auto id = give(giver_, {delegate_.account, {"drafter"}, in_ten_days_}).value().id;
    EXPECT_EQ(refusal(end(delegate_, id)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(end(someone("state:PE", {"nominator"}), id)).code, ErrorCode::not_found);
    advance(std::chrono::hours(1));
    EXPECT_TRUE(end(someone("state:CL", {"nominator"}), id).has_value());
    EXPECT_FALSE(again(delegate_).has(Role::drafter));
    const auto shown =
        read([&](Connection& c) { return service::get_delegation(c, delegate_, language, domain::DelegationId(id)); }).value().body;
    EXPECT_EQ(shown["content"]["until"], domain::to_rfc3339(now()));
    EXPECT_EQ(refusal(end(giver_, id)).code, ErrorCode::conflict);
}

TEST_F(Delegations, TheyAreListedWithinTheHome)
{
    give(giver_, {delegate_.account, {"drafter"}, in_ten_days_});
    const auto list = [&](const Principal& principal) {
        return read([&](Connection& c) { return service::list_delegations(c, principal, language, 10, ""); }).value().items.size();
    };
    EXPECT_EQ(list(delegate_), 1u);
    EXPECT_EQ(list(someone("state:PE", {"nominator"})), 0u);
    EXPECT_EQ(list(someone("office:secretariat", {"secretariat"})), 0u);
}

}  // namespace
}  // namespace cbmx::test
