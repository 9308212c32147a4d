// What the services of accounts give is what their schemas say, and their schemas refuse what a service must not see.
#include "json/schema.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/proposals/proposals.hpp"
#include "service/proposals/state_access.hpp"
#include "support/portal.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

std::string faults(const char* schema, const Json& value)
{
    std::string text;
    for (const auto& violation : json::SchemaSet::embedded().validate(schema, value))
        text += violation.pointer + " " + std::string(domain::name_of(violation.rule)) + "\n";
    return text;
}

class AccountSchemas : public ServiceFixture {};

TEST_F(AccountSchemas, EveryExampleIsValid)
{
    for (const char* name : {"account",
                             "account-create",
                             "account-change",
                             "credential",
                             "credential-register",
                             "credential-renew",
                             "enrolment",
                             "enrolment-use",
                             "enrolment-attest",
                             "account-reset",
                             "signing-key",
                             "signing-key-register",
                             "delegation",
                             "delegation-create",
                             "state-settings",
                             "state-settings-change",
                             "state-settings-outcome",
                             "state-quotas",
                             "state-quotas-change",
                             "proposal",
                             "proposal-create",
                             "state-access",
                             "me"})
        for (const auto& example : json::SchemaSet::embedded().document(name).at("examples"))
            EXPECT_EQ(faults(name, example), "") << name;
}

TEST_F(AccountSchemas, EveryRepresentationIsValid)
{
    const auto nominator = someone("state:CL", {"nominator", "drafter"}), secretariat = someone("office:secretariat", {"secretariat"});
    someone("state:CL", {"approver"});  // who could confirm what is proposed
    const auto other = account_of("state:CL", {"drafter"});
    const auto delegation =
        write([&](Transaction& t) {
            return service::give_delegation(t, nominator,
                                            {domain::AccountId(other), {"drafter"}, domain::to_rfc3339(now() + std::chrono::days(3))});
        })
            .value()
            .id;
    const auto proposal = write([&](Transaction& t) {
                              return service::change_state_settings(t, nominator, "CL", std::nullopt, {{"four_eyes", false}});
                          })
                              .value()
                              .id;
    const Json invitation{
        {"kind", "token"}, {"code_sha256", base::hex(base::sha256("code"))}, {"label", "x"}, {"scopes", {"read"}}, {"expires_in_days", 9}};
    const auto enrolment =
        write([&](Transaction& t) { return service::make_enrolment(portal(), t, nominator, domain::AccountId(other), invitation); })
            .value()
            .id;
    write([&](Transaction& t) {
        return service::make_proposal(t, secretariat, {{"kind", "account_change"}, {"account", other}, {"name", "Desk"}});
    }).value();
    const auto first = base::Ed25519Key::generate(seeded_random(1)), next = base::Ed25519Key::generate(seeded_random(2));
    state_key(nominator, brought(first));
    write([&](Transaction& t) { return service::register_signing_key(portal(), t, nominator, following(brought(next), first)); }).value();
    read([&](Connection& c) {
        const auto keys = service::list_state_keys(c, nominator, language, "CL", 10, "").value().items;
        EXPECT_EQ(keys.size(), 2U);
        for (const auto& key : keys)
            EXPECT_EQ(faults("signing-key", key), "");
        EXPECT_EQ(faults("state-access", service::get_state_access(c, secretariat, "CL", now()).value().body), "");
        EXPECT_EQ(faults("enrolment", service::get_enrolment(c, nominator, domain::EnrolmentId(enrolment), now()).value().body), "");
        EXPECT_EQ(faults("me", service::get_me(c, nominator).value().body), "");
        EXPECT_EQ(faults("account", service::get_account(c, nominator, language, domain::AccountId(other)).value().body), "");
        EXPECT_EQ(faults("credential", service::get_credential(c, nominator, language, nominator.credential).value().body), "");
        EXPECT_EQ(faults("delegation", service::get_delegation(c, nominator, language, domain::DelegationId(delegation)).value().body), "");
        EXPECT_EQ(faults("state-settings", service::get_state_settings(c, nominator, language, "CL").value().body), "");
        EXPECT_EQ(faults("proposal", service::get_proposal(c, nominator, language, domain::ProposalId(proposal)).value().body), "");
        EXPECT_EQ(
            faults("state-settings-outcome", service::get_proposal(c, nominator, language, domain::ProposalId(proposal)).value().body), "");
        return true;
    });
}

TEST_F(AccountSchemas, TheSecretariatProposesNoTokenAndNothingBesideItsKind)
{
    EXPECT_NE(faults("proposal-create", {{"kind", "token"}}), "");
    EXPECT_EQ(faults("proposal-create",
                     {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "x"}, {"roles", {"drafter"}}, {"status", "active"}}),
              "/status unknown_member\n");
    EXPECT_NE(faults("proposal-create", {{"kind", "account_change"}, {"account", "3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11"}}), "");
}

TEST_F(AccountSchemas, FieldsThatThePortalOwnsAreRefused)
{
    EXPECT_EQ(faults("account-create", {{"name", "x"}, {"roles", {"drafter"}}, {"status", "active"}}), "/status unknown_member\n");
    EXPECT_EQ(faults("account-change", {{"status", "erased"}}), "/status not_allowed_value\n");
    const auto hash = base::hex(base::sha256("code"));
    EXPECT_EQ(faults("credential-register",
                     {{"kind", "token"}, {"code_sha256", hash}, {"label", "x"}, {"scopes", {"read"}}, {"token", "cbmx_x"}}),
              "/token unknown_member\n");
    EXPECT_EQ(faults("credential-register", {{"kind", "certificate"}, {"code_sha256", hash}, {"code", "x"}}), "/code unknown_member\n");
    EXPECT_EQ(faults("credential-renew", {{"token_sha256", hash}, {"token", "cbmx_x"}}), "/token unknown_member\n");
}

}  // namespace
}  // namespace cbmx::test
