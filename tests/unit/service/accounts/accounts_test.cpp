// Accounts and their roles: who may make, change, confirm and erase them. See server/service/accounts/accounts.hpp.
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Home;
using domain::Rule;
using service::AccountChange;
using service::AccountDraft;

class Accounts : public ServiceFixture {
protected:
    const Principal nominator_ = first_nominator("CL");
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});

    auto create(const Principal& principal, const AccountDraft& draft)
    {
        return write([&](Transaction& t) { return service::create_account(t, principal, draft); });
    }
    auto change(const Principal& principal, const std::string& id, const AccountChange& change,
                service::ExpectedVersion expected = std::nullopt)
    {
        return write([&](Transaction& t) { return service::change_account(t, principal, domain::AccountId(id), expected, change); });
    }
    auto get(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_account(c, principal, language, domain::AccountId(id)); });
    }
    AccountDraft a_drafter(const std::string& home = "state:CL") { return {Home::from(home), "Desk", {"drafter"}}; }
};

TEST_F(Accounts, ANominatorMakesAccountsOfItsStateAtOnce)
{
    const auto size = ledger_size();
    const auto outcome = create(nominator_, a_drafter()).value();
    EXPECT_EQ(outcome.status, 201);
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"account_created"});
    const auto shown = account(nominator_, outcome.id);
    EXPECT_EQ(shown["content"]["roles"], nlohmann::json{"drafter"});
    EXPECT_EQ(shown["content"]["created_by"], nominator_.account.value);
    EXPECT_EQ(shown["content"]["authority"], "nominator");
    EXPECT_EQ(shown["meta"]["seq"], *outcome.seq);
    EXPECT_TRUE(shown["salt"].is_string());
}

TEST_F(Accounts, ANominatorMakesNoneOfAnotherStateOrOffice)
{
    EXPECT_EQ(refusal(create(nominator_, a_drafter("state:PE"))).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(create(nominator_, {Home::of_office(domain::Office::chair), "Chair", {"chair"}})).code, ErrorCode::forbidden);
}

TEST_F(Accounts, TheSecretariatMakesAccountsOfItsOwnOfficeAndOfNobodyElse)
{
    hold_offices();
    EXPECT_TRUE(create(secretariat_, {Home::of_office(domain::Office::secretariat), "Desk", {"secretariat"}}).has_value());
    for (const auto& [office, role] : {std::pair{"chair", "chair"}, {"reviewers", "reviewer"}, {"audit", "auditor"}}) {
        EXPECT_EQ(refusal(create(secretariat_, {Home::from(std::string("office:") + office), "Desk", {role}})).code, ErrorCode::forbidden)
            << office;
        EXPECT_TRUE(create(domain::machine_operator(), {Home::from(std::string("office:") + office), "Desk", {role}}).has_value())
            << office;
    }
    EXPECT_EQ(refusal(create(secretariat_, a_drafter())).code, ErrorCode::forbidden);
}

TEST_F(Accounts, RolesThatTheHomeDoesNotHaveAreNamedEach)
{
    const auto refused = refusal(create(nominator_, {Home::from("state:CL"), "Desk", {"drafter", "chair", "auditor"}}));
    EXPECT_EQ(refused.code, ErrorCode::validation_failed);
    EXPECT_TRUE(refused.names("/roles/1", Rule::not_allowed_value));
    EXPECT_TRUE(refused.names("/roles/2", Rule::not_allowed_value));
    EXPECT_EQ(refused.violations.size(), 2u);
    EXPECT_TRUE(refusal(create(domain::machine_operator(), {Home::from("office:nobody"), "Desk", {"chair"}}))
                    .names("/home", Rule::not_allowed_value));
    EXPECT_TRUE(refusal(create(domain::machine_operator(), a_drafter("state:XX"))).names("/home", Rule::unknown_state));
}

TEST_F(Accounts, AScopedTokenDoesNoMoreThanItsScope)
{
    const auto narrow = signed_in(token_for(nominator_.account.value, {"read"}));
    EXPECT_EQ(refusal(create(narrow, a_drafter())).code, ErrorCode::token_scope);
}

TEST_F(Accounts, NobodyChangesTheirOwnRolesOrStatus)
{
    const auto& own = nominator_.account.value;
    const auto refused = refusal(
        change(nominator_, own, {.roles = std::vector<std::string>{"approver", "nominator"}, .status = domain::AccountStatus::disabled}));
    EXPECT_EQ(refused.code, ErrorCode::forbidden);
    EXPECT_TRUE(refused.names("/roles", Rule::not_own_role));
    EXPECT_TRUE(refused.names("/status", Rule::not_own_role));
    EXPECT_TRUE(change(nominator_, own, {.name = "Another name"}).has_value());
}

TEST_F(Accounts, AChangeAsksForTheVersionThatWasSeen)
{
    const auto id = create(nominator_, a_drafter()).value().id;
    EXPECT_TRUE(change(nominator_, id, {.roles = std::vector<std::string>{"approver", "drafter"}}, 1).has_value());
    EXPECT_EQ(refusal(change(nominator_, id, {.status = domain::AccountStatus::disabled}, 1)).code, ErrorCode::precondition_failed);
    EXPECT_TRUE(change(nominator_, id, {.status = domain::AccountStatus::disabled}, 2).has_value());
    EXPECT_TRUE(get(nominator_, id).value().tag.value_or("").starts_with("3-"));
}

TEST_F(Accounts, AChangeThatChangesNothingIsNoEntry)
{
    const auto id = create(nominator_, a_drafter()).value().id;
    const auto size = ledger_size();
    EXPECT_EQ(change(nominator_, id, {.roles = std::vector<std::string>{"drafter"}, .status = domain::AccountStatus::active}).value().seq,
              std::nullopt);
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Accounts, ADrafterSeesItsStatesAccountsAndChangesNone)
{
    const auto drafter = someone("state:CL", {"drafter"});
    EXPECT_FALSE(get(drafter, nominator_.account.value).value().tag.has_value());
    EXPECT_EQ(refusal(change(drafter, nominator_.account.value, {.name = "x"})).code, ErrorCode::forbidden);
}

TEST_F(Accounts, OtherStatesAndOfficesDoNotSeeThem)
{
    const auto id = create(nominator_, a_drafter()).value().id;
    for (const auto& other :
         {someone("state:PE", {"nominator"}), someone("office:chair", {"chair"}), someone("office:audit", {"auditor"}), secretariat_}) {
        EXPECT_EQ(refusal(get(other, id)).code, ErrorCode::not_found);
        EXPECT_EQ(refusal(change(other, id, {.name = "x"})).code, ErrorCode::not_found);
    }
    EXPECT_TRUE(get(secretariat_, someone("office:chair", {"chair"}).account.value).has_value());
}

TEST_F(Accounts, AListIsOfOnesOwnHomePageByPage)
{
    for (int i = 0; i < 4; ++i)
        create(nominator_, a_drafter());
    someone("state:PE", {"nominator"});
    std::vector<std::string> seen;
    std::string after;
    for (int pages = 0; pages < 10; ++pages) {
        const auto page = read([&](Connection& c) { return service::list_accounts(c, nominator_, language, 2, after); }).value();
        for (const auto& item : page.items) {
            EXPECT_EQ(item["content"]["home"], "state:CL");
            seen.push_back(item["id"]);
        }
        if (!page.next)
            break;
        after = *page.next;
    }
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(Accounts, WhatTheOperatorMakesInADemonstrationIsMarkedUntilAnotherNominatorConfirmsIt)
{
    const auto made = someone("state:CL", {"nominator"});
    EXPECT_EQ(account(nominator_, made.account.value)["content"]["authority"], "demonstration");
    const auto confirm = [&](const Principal& principal, const std::string& id) {
        return write([&](Transaction& t) { return service::confirm_account(t, principal, domain::AccountId(id), std::nullopt); });
    };
    EXPECT_TRUE(refusal(confirm(made, made.account.value)).names("path:id", Rule::same_person));
    EXPECT_EQ(refusal(confirm(domain::machine_operator(), made.account.value)).code, ErrorCode::forbidden);
    EXPECT_TRUE(confirm(nominator_, made.account.value).has_value());
    EXPECT_EQ(account(nominator_, made.account.value)["content"]["authority"], "nominator");
    EXPECT_EQ(refusal(confirm(nominator_, made.account.value)).code, ErrorCode::conflict);
}

TEST_F(Accounts, NobodyIsConfirmedByACredentialThatTheyIssued)
{
    const auto made = someone("state:CL", {"nominator"});
    const auto helper = account_of("state:CL", {"nominator"});
    const auto issued =
        write([&](Transaction& t) {
            return issue_token(portal(), t, made, domain::AccountId(helper), {.label = "t", .scopes = {"accounts", "read"}});
        })
            .value()
            .secret;
    const auto caller = signed_in(issued);
    const auto refused = refusal(write([&](Transaction& t) { return service::confirm_account(t, caller, made.account, std::nullopt); }));
    EXPECT_TRUE(refused.names("path:id", Rule::four_eyes));
}

TEST_F(Accounts, NobodyChangesTheirOwnRolesOrStatusByACredentialThatTheyIssued)
{
    const auto token = [&](const Principal& by, const std::string& account) {
        return signed_in(
            write([&](Transaction& t) {
                return issue_token(portal(), t, by, domain::AccountId(account), {.label = "t", .scopes = {"accounts", "read"}});
            })
                .value()
                .secret);
    };
    const auto puppet = token(nominator_, create(nominator_, {Home::from("state:CL"), "Puppet", {"nominator"}}).value().id);
    const auto puppets_puppet = token(puppet, create(puppet, {Home::from("state:CL"), "Second puppet", {"nominator"}}).value().id);
    for (const auto& by : {puppet, puppets_puppet}) {
        EXPECT_TRUE(refusal(change(by, nominator_.account.value, {.roles = std::vector<std::string>{"approver", "nominator"}}))
                        .names("/roles", Rule::not_own_role));
        EXPECT_TRUE(refusal(change(by, nominator_.account.value, {.status = domain::AccountStatus::disabled}))
                        .names("/status", Rule::not_own_role));
    }
    EXPECT_TRUE(change(nominator_, puppet.account.value, {.roles = std::vector<std::string>{"approver", "nominator"}}).has_value());
}

TEST_F(Accounts, ErasingLeavesNothingPersonalAndEveryProof)
{
    const auto id = create(nominator_, {Home::from("state:CL"), "Ana Paula Contreras", {"nominator"}}).value().id;
    const auto ana = signed_in(
        write([&](Transaction& t) {
            return issue_token(portal(), t, nominator_, domain::AccountId(id), {.label = "Ana's laptop", .scopes = {"accounts", "read"}});
        })
            .value()
            .secret);
    create(ana, a_drafter());  // an entry whose actor she is
    const auto erase = [&] {
        return write([&](Transaction& t) { return service::erase_account(t, nominator_, domain::AccountId(id), std::nullopt); });
    };
    EXPECT_EQ(refusal(erase()).code, ErrorCode::conflict);  // still active
    ASSERT_TRUE(change(nominator_, id, {.status = domain::AccountStatus::disabled}).has_value());
    const auto size = ledger_size();
    ASSERT_TRUE(erase().has_value());

    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"account_erased"});
    EXPECT_EQ(account(nominator_, id)["content"]["name"], "");
    EXPECT_EQ(account(nominator_, id)["content"]["status"], "erased");
    const auto left = read([&](Connection& c) {
        std::string text;
        for (auto rows = c.query("SELECT COALESCE(content, '') || COALESCE(actor, '') FROM ledger_opening"); rows.next();)
            text += rows.text(0);
        for (auto rows = c.query("SELECT name FROM account UNION SELECT label FROM credential"); rows.next();)
            text += rows.text(0);
        return text;
    });
    // With a character that base64 has not: the certificates in there are random.
    EXPECT_EQ(left.find("Ana Paula"), std::string::npos);
    EXPECT_EQ(left.find("Ana's"), std::string::npos);
    const auto as_actor = read([&](Connection& c) {
        auto rows = c.query("SELECT COUNT(*) FROM ledger_opening WHERE actor = ?1", id);
        rows.next();
        return rows.integer(0);
    });
    EXPECT_EQ(as_actor, 0);
    EXPECT_EQ(refusal(change(nominator_, id, {.status = domain::AccountStatus::active})).code, ErrorCode::conflict);
}

}  // namespace
}  // namespace cbmx::test
