// A State's own safeguards: on at once, off by two people. See server/service/accounts/state_settings.hpp.
#include "service/accounts/state_settings.hpp"
#include "service/proposals/proposals.hpp"
#include "support/foundings.hpp"
#include "support/portal.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using nlohmann::json;

class StateSettings : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"}), approver_ = someone("state:CL", {"approver"});

    auto change(const Principal& principal, const json& body, service::ExpectedVersion expected = std::nullopt)
    {
        return write([&](Transaction& t) { return service::change_state_settings(t, principal, "CL", expected, body); });
    }
    auto get(const Principal& principal)
    {
        return read([&](Connection& c) { return service::get_state_settings(c, principal, language, "CL"); });
    }
    auto confirm(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::confirm_proposal(t, principal, domain::ProposalId(id), std::nullopt); });
    }
    json settings() { return get(nominator_).value().body["content"]; }
    void two_keys_of_two_nominators()
    {
        const auto first = base::Ed25519Key::generate(seeded_random(1)), next = base::Ed25519Key::generate(seeded_random(2));
        state_key(nominator_, brought(first));
        write([&](Transaction& t) {
            return service::register_signing_key(portal(), t, nominator_, following(brought(next), first));
        }).value();
    }
};

TEST_F(StateSettings, WithoutARowTheyAreTheDefaultsAtVersionZero)
{
    const auto shown = get(nominator_).value();
    EXPECT_EQ(shown.body["content"], (json{{"four_eyes", true}, {"require_signature", false}, {"acts_alone", nullptr}}));
    EXPECT_TRUE(shown.tag.value_or("").starts_with("0-"));
    EXPECT_EQ(shown.body["salt"], nullptr);
}

TEST_F(StateSettings, TurningASafeguardOnTakesEffectAtOnce)
{
    two_keys_of_two_nominators();
    const auto size = ledger_size();
    const auto outcome = change(nominator_, {{"require_signature", true}}, 0).value();
    EXPECT_EQ(outcome.status, 200);
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"state_settings_changed"});
    EXPECT_EQ(settings()["require_signature"], true);
    EXPECT_EQ(refusal(change(nominator_, {{"require_signature", true}}, 0)).code, ErrorCode::precondition_failed);
    EXPECT_EQ(change(nominator_, {{"require_signature", true}}, 1).value().seq, std::nullopt);
}

// Whoever loses the key stops every word of the State.
TEST_F(StateSettings, WhereOneKeyOrOneNominatorIsAllThereIsTheStateSaysThatItKnows)
{
    const json wish{{"require_signature", true}}, knowing{{"require_signature", true}, {"one_holder", true}};
    for (const auto& body : {wish, knowing})
        EXPECT_TRUE(refusal(change(nominator_, body)).names("/require_signature", Rule::no_key)) << "nothing could be signed";
    const auto key = base::Ed25519Key::generate(seeded_random(3));
    state_key(nominator_, brought(key));
    const auto size = ledger_size();
    const auto refused = refusal(change(nominator_, wish));
    EXPECT_EQ(refused.code, ErrorCode::conflict);
    EXPECT_TRUE(refused.names("/require_signature", Rule::one_holder)) << "two nominators, one key";
    auto off_and_on = wish;
    off_and_on["four_eyes"] = false;
    EXPECT_TRUE(refusal(change(nominator_, off_and_on)).names("/require_signature", Rule::one_holder)) << "nor as a proposal";
    EXPECT_EQ(ledger_size(), size);
    EXPECT_EQ(change(nominator_, knowing).value().status, 200);
    EXPECT_EQ(settings()["require_signature"], true);
    EXPECT_EQ(change(nominator_, knowing).value().seq, std::nullopt);
}

TEST_F(StateSettings, TwoKeysOfOneNominatorAreOneHolder)
{
    const auto pe = someone("state:PE", {"nominator"});
    const auto wish = [&](const json& body) {
        return write([&](Transaction& t) { return service::change_state_settings(t, pe, "PE", std::nullopt, body); });
    };
    const auto first = base::Ed25519Key::generate(seeded_random(4)), next = base::Ed25519Key::generate(seeded_random(5));
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    const auto note = a_key_note("PE", brought(first, "state:PE"));
    const domain::ProposalId proposal(write([&](Transaction& t) { return propose_founding(t, secretariat, note); }).value().id);
    write([&](Transaction& t) {
        return service::confirm_key_note(t, domain::machine_operator(), proposal, hash_of(note.at("decision")),
                                         base::public_key_fingerprint(pem_of(first.public_key())).value());
    }).value();
    for (const auto& key : {brought(first, "state:PE"), following(brought(next, "state:PE"), first, "state:PE")})
        write([&](Transaction& t) { return service::register_signing_key(portal(), t, pe, key); }).value();
    EXPECT_TRUE(refusal(wish({{"require_signature", true}})).names("/require_signature", Rule::one_holder));
    EXPECT_TRUE(wish({{"require_signature", true}, {"one_holder", true}}).has_value());
}

TEST_F(StateSettings, TurningOneOffWaitsForASecondPerson)
{
    const auto outcome = change(nominator_, {{"four_eyes", false}}).value();
    EXPECT_EQ(outcome.status, 202);
    EXPECT_EQ(outcome.subject, domain::Subject::proposal);
    EXPECT_EQ(settings()["four_eyes"], true);
    const auto size = ledger_size();
    ASSERT_TRUE(confirm(approver_, outcome.id).has_value());
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"state_settings_changed", "proposal_confirmed"}));
    EXPECT_EQ(settings()["four_eyes"], false);
}

TEST_F(StateSettings, OfManyWishesForOneSettingTheOneThatIsConfirmedEndsTheOthersEachWithAnEntry)
{
    const auto first = change(nominator_, {{"four_eyes", false}}).value().id,
               second = change(nominator_, {{"four_eyes", false}}).value().id;
    const auto size = ledger_size();
    ASSERT_TRUE(confirm(approver_, first).has_value());
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"state_settings_changed", "proposal_ended", "proposal_confirmed"}));
    EXPECT_EQ(refusal(confirm(someone("state:CL", {"approver"}), second)).code, ErrorCode::conflict);
}

TEST_F(StateSettings, TheSecondPersonIsNotTheFirst)
{
    const auto id = change(nominator_, {{"four_eyes", false}}).value().id;
    EXPECT_TRUE(refusal(confirm(nominator_, id)).names("", Rule::same_person));
    EXPECT_TRUE(refusal(confirm(signed_in(token_for(nominator_.account.value)), id)).names("", Rule::same_person));
    EXPECT_EQ(refusal(confirm(someone("state:CL", {"drafter"}), id)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(confirm(someone("office:secretariat", {"secretariat"}), id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(confirm(domain::machine_operator(), id)).code, ErrorCode::not_eligible);
}

TEST_F(StateSettings, NorOneWhoseCredentialTheFirstIssuedNorTheReverse)
{
    const auto issue = [&](const Principal& by, const std::string& account) {
        return signed_in(
            write([&](Transaction& t) {
                return issue_token(portal(), t, by, domain::AccountId(account), {.label = "t", .scopes = {"accounts", "publish", "read"}});
            })
                .value()
                .secret);
    };
    const auto second = account_of("state:CL", {"approver", "nominator"});
    const auto equipped = issue(nominator_, second);
    const auto by_first = change(nominator_, {{"four_eyes", false}}).value().id;
    EXPECT_TRUE(refusal(confirm(equipped, by_first)).names("", Rule::four_eyes));
    const auto by_second = change(equipped, {{"four_eyes", false}}).value().id;
    EXPECT_TRUE(refusal(confirm(nominator_, by_second)).names("", Rule::four_eyes));
    EXPECT_TRUE(confirm(signed_in(token_for(second)), by_first).has_value());
}

TEST_F(StateSettings, NorTwoPuppetsOfOneMaker)
{
    const auto puppet = [&](const std::string& role) {
        const auto account = account_of("state:CL", {role});
        return signed_in(write([&](Transaction& t) {
                             return issue_token(portal(), t, nominator_, domain::AccountId(account),
                                                {.label = "t", .scopes = {"accounts", "publish", "read"}});
                         })
                             .value()
                             .secret);
    };
    const auto id = change(puppet("nominator"), {{"four_eyes", false}}).value().id;
    EXPECT_TRUE(refusal(confirm(puppet("approver"), id)).names("", Rule::four_eyes));
    EXPECT_EQ(settings()["four_eyes"], true);
}

TEST_F(StateSettings, OneOfTheTwoIsTheNominatorAndTheOtherAnApprover)
{
    const auto id = change(nominator_, {{"four_eyes", false}}).value().id;
    EXPECT_EQ(refusal(confirm(someone("state:CL", {"nominator"}), id)).code, ErrorCode::not_eligible);
    EXPECT_TRUE(confirm(approver_, id).has_value());
}

TEST_F(StateSettings, OnlyTheNominatorChangesThemAndOnlyTheStateSeesThem)
{
    EXPECT_FALSE(get(someone("state:CL", {"contact"})).value().tag.has_value());
    EXPECT_EQ(refusal(change(someone("state:CL", {"approver"}), {{"require_signature", true}})).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(get(someone("state:PE", {"nominator"}))).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(get(someone("office:secretariat", {"secretariat"}))).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(change(domain::machine_operator(), {{"four_eyes", false}})).code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace cbmx::test
