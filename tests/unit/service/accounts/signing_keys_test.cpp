// A State's public keys, and who holds them. What shows that one is its State's: state_keys_test.cpp. See
// server/service/accounts/signing_keys.hpp.
#include "json/schema.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/proposals/proposals.hpp"
#include "support/certificates.hpp"
#include "support/portal.hpp"
#include "support/service_fixture.hpp"
#include "support/witness.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using service::BroughtKey;

// A key of any kind, with a proof over this text.
BroughtKey proven_by(const PrivateKey& key, const std::string& text)
{
    return {.public_key = key.public_pem(), .label = "Ministry", .proof = base::base64(key.sign(text))};
}

BroughtKey with_pem(BroughtKey key, const std::string& pem)
{
    key.public_key = pem;
    return key;
}

BroughtKey with_proof(BroughtKey key, const std::string& proof)
{
    key.proof = proof;
    return key;
}

class SigningKeys : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});

    const base::Ed25519Key key_ = base::Ed25519Key::generate(seeded_random(39));

    auto add(const Principal& principal, const BroughtKey& key)
    {
        return write([&](Transaction& t) { return service::register_signing_key(portal(), t, principal, key); });
    }
    auto add(const Principal& principal) { return add(principal, brought(key_, principal.home.text())); }
    std::string registered(const Principal& principal) { return state_key(principal, brought(key_, principal.home.text())); }
    auto add_witness(const Principal& principal, const BroughtKey& key, const std::string& name)
    {
        return write([&](Transaction& t) { return service::register_witness(portal(), t, principal, key, name); });
    }
    auto add_witness(const Principal& principal, const Witness& witness)
    {
        return add_witness(principal, brought(witness.key(), principal.home.text()), witness.verifier().name);
    }
    Witness witness(const std::string& name) { return Witness(seeded_random(++seed_), name); }
    std::uint64_t seed_ = 40;
    auto revoke(const Principal& principal, const std::string& id)
    {
        return write([&](Transaction& t) { return service::revoke_signing_key(t, principal, domain::SigningKeyId(id)); });
    }
    auto get(const Principal& principal, const std::string& id)
    {
        return read([&](Connection& c) { return service::get_signing_key(c, principal, language, domain::SigningKeyId(id)); });
    }
};

TEST_F(SigningKeys, TheNominatorRegistersAndRevokes)
{
    const auto id = registered(nominator_);
    const auto size = ledger_size();
    EXPECT_EQ(get(nominator_, id).value().body["content"]["status"], "active");
    advance(std::chrono::hours(1));
    EXPECT_TRUE(revoke(nominator_, id).has_value());
    EXPECT_EQ(get(nominator_, id).value().body["content"]["revoked_at"], domain::to_rfc3339(now()));
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"signing_key_revoked"}));
    EXPECT_EQ(refusal(revoke(nominator_, id)).code, ErrorCode::conflict);
}

TEST_F(SigningKeys, AKeyIsRegisteredOnceByAState)
{
    registered(nominator_);
    EXPECT_TRUE(refusal(add(nominator_)).names("/public_key", Rule::already_exists));
    EXPECT_FALSE(registered(someone("state:PE", {"nominator"})).empty());
}

TEST_F(SigningKeys, WhatIsNoPublicKeyIsRefused)
{
    const auto key = brought(key_);
    EXPECT_TRUE(refusal(add(nominator_, with_pem(key, "nonsense"))).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(add(nominator_, with_pem(key, key.public_key + "-----BEGIN PRIVATE KEY-----\n")))
                    .names("/public_key", Rule::invalid_value));
}

TEST_F(SigningKeys, OfEveryAcceptedKindAreRegisteredByWhoHoldsThem)
{
    someone("state:CL", {"nominator"});  // who could confirm it
    for (const auto kind : {KeyKind::ed25519, KeyKind::p256, KeyKind::p384}) {
        const PrivateKey key(kind);
        EXPECT_TRUE(add(nominator_, proven_by(key, registration_text(key.public_pem(), "state:CL"))).has_value()) << static_cast<int>(kind);
    }
}

TEST_F(SigningKeys, AreRegisteredByNobodyElse)
{
    const auto size = ledger_size();
    for (const auto kind : {KeyKind::ed25519, KeyKind::p256, KeyKind::p384}) {
        const PrivateKey key(kind), other(kind);
        const auto pem = key.public_pem();
        const auto right = registration_text(pem, "state:CL");
        const auto proof = base::base64(key.sign(right));
        const std::vector<BroughtKey> wrong{
            with_pem(proven_by(other, right), pem),
            with_pem(proven_by(other, registration_text(other.public_pem(), "state:CL")), pem),
            proven_by(key, registration_text(pem, "state:PE")),
            proven_by(key, registration_text(pem, "state:CL", "other.example/log")),
            proven_by(key, registration_text(other.public_pem(), "state:CL")),
            proven_by(key, right + "\n"),
            proven_by(key, ""),
            with_proof(proven_by(key, right), ""),
            with_proof(proven_by(key, right), "no base64"),
            with_proof(proven_by(key, right), proof.substr(0, proof.size() - 4)),
        };
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            const auto refused = refusal(add(nominator_, wrong[i]));
            EXPECT_EQ(refused.code, ErrorCode::validation_failed) << i;
            EXPECT_TRUE(refused.names("/proof", Rule::no_possession)) << i;
            if (kind == KeyKind::ed25519) {
                EXPECT_TRUE(refusal(add_witness(nominator_, wrong[i], "witness.example/cl")).names("/proof", Rule::no_possession)) << i;
            }
        }
    }
    EXPECT_EQ(ledger_size(), size);
}

// Whether it is registered, by whom and for what is said to nobody who has not shown that he holds it; not even to its State.
TEST_F(SigningKeys, WithoutPossessionNoAnswerSaysWhetherAKeyIsRegistered)
{
    const auto one = witness("witness.example/cl");
    registered(nominator_), add_witness(nominator_, one);
    const auto unknown = base::Ed25519Key::generate(seeded_random(38));
    const auto pe = someone("state:PE", {"nominator"});
    for (const auto* principal : {&nominator_, &pe})
        for (const auto* key : {&key_, &one.key(), &unknown}) {
            const auto replayed = brought(*key, principal == &pe ? "state:CL" : "state:PE");
            for (const auto& refused :
                 {refusal(add(*principal, replayed)), refusal(add_witness(*principal, replayed, "witness.example/cl"))}) {
                EXPECT_EQ(refused.code, ErrorCode::validation_failed);
                EXPECT_EQ(refused.violations.size(), 1U);
                EXPECT_TRUE(refused.names("/proof", Rule::no_possession));
            }
        }
    // With it: one key is one witness, and signs for as many States as hold it.
    EXPECT_TRUE(refusal(add_witness(pe, brought(one.key(), "state:PE"), "witness.example/pe")).names("/public_key", Rule::already_exists));
    EXPECT_FALSE(registered(pe).empty());
}

// So that whoever writes a client can compare.
TEST_F(SigningKeys, TheProofsOfTheExamplesHold)
{
    auto example_log = portal();
    example_log.origin = "cbm.example/log";
    const auto second = someone("state:CL", {"nominator"});
    for (const auto& example : json::SchemaSet::embedded().document("signing-key-register").at("examples")) {
        BroughtKey key{.public_key = example.at("public_key"), .label = example.at("label"), .proof = example.at("proof")};
        if (example.contains("previous"))
            key.previous = {example["previous"]["key"], example["previous"]["signature"]};
        const auto outcome = write([&](Transaction& t) {
            return example.contains("name") ? service::register_witness(example_log, t, nominator_, key, example["name"])
                                            : service::register_signing_key(example_log, t, nominator_, key);
        });
        ASSERT_TRUE(outcome.has_value());
        if (outcome->status == 202)
            write([&](Transaction& t) {
                return service::confirm_proposal(t, second, domain::ProposalId(outcome->id), std::nullopt);
            }).value();
    }
}

TEST_F(SigningKeys, OthersOfTheStateReadThemAndOthersDoNot)
{
    const auto id = registered(nominator_);
    const auto drafter = someone("state:CL", {"drafter"});
    EXPECT_TRUE(get(drafter, id).has_value());
    EXPECT_EQ(refusal(revoke(drafter, id)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(get(someone("state:PE", {"nominator"}), id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(get(someone("office:secretariat", {"secretariat"}), id)).code, ErrorCode::not_found);
    EXPECT_EQ(refusal(add(someone("office:secretariat", {"secretariat"}))).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(add(drafter)).code, ErrorCode::forbidden);
}

TEST_F(SigningKeys, OfAWitnessHasANameAndAVerifierKey)
{
    const auto size = ledger_size();
    const auto one = witness("witness.example/cl");
    const auto id = add_witness(nominator_, one).value().id;
    auto content = get(nominator_, id).value().body["content"];
    EXPECT_EQ(content["use"], "witness");
    EXPECT_EQ(content["name"], "witness.example/cl");
    EXPECT_EQ(content["verifier_key"], ledger::cosigner_key_text(one.verifier()));
    EXPECT_TRUE(content["revoked_at"].is_null());
    EXPECT_FALSE(content.contains("by"));
    advance(std::chrono::hours(1));
    EXPECT_TRUE(revoke(nominator_, id).has_value());
    content = get(nominator_, id).value().body["content"];
    EXPECT_EQ(content["revoked_at"], domain::to_rfc3339(now()));
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"signing_key_registered", "signing_key_revoked"}));
}

TEST_F(SigningKeys, ANameOfAWitnessIsOneStatesAndOneActiveKeys)
{
    const auto pe = someone("state:PE", {"nominator"});
    const auto first = add_witness(nominator_, witness("witness.example/cl")).value().id;
    EXPECT_TRUE(refusal(add_witness(nominator_, witness("witness.example/cl"))).names("/name", Rule::already_exists));
    EXPECT_TRUE(refusal(add_witness(pe, witness("witness.example/cl"))).names("/name", Rule::already_exists));
    revoke(nominator_, first);
    EXPECT_TRUE(refusal(add_witness(pe, witness("witness.example/cl"))).names("/name", Rule::already_exists));
    EXPECT_TRUE(add_witness(nominator_, witness("witness.example/cl")).has_value());
}

TEST_F(SigningKeys, OneKeyIsOneWitnessAndNothingElse)
{
    const auto pe = someone("state:PE", {"nominator"});
    const auto one = witness("witness.example/cl");
    const auto id = add_witness(nominator_, one).value().id;
    EXPECT_TRUE(refusal(add(nominator_, brought(one.key()))).names("/public_key", Rule::already_exists));
    const auto pes = brought(one.key(), "state:PE");
    const auto taken = refusal(add_witness(pe, pes, "witness.example/cl"));
    EXPECT_TRUE(taken.names("/public_key", Rule::already_exists));
    EXPECT_TRUE(taken.names("/name", Rule::already_exists));  // both at once
    revoke(nominator_, id);
    EXPECT_TRUE(refusal(add_witness(pe, pes, "witness.example/pe")).names("/public_key", Rule::already_exists));
    registered(pe);
    EXPECT_TRUE(refusal(add_witness(pe, brought(key_, "state:PE"), "witness.example/pe")).names("/public_key", Rule::already_exists));
}

TEST_F(SigningKeys, AStateHasTwoWitnessesAtMostAtOneTime)
{
    const auto first = add_witness(nominator_, witness("witness.example/1")).value().id;
    add_witness(nominator_, witness("witness.example/2"));
    EXPECT_TRUE(refusal(add_witness(nominator_, witness("witness.example/3"))).names("/use", Rule::too_many_items));
    EXPECT_TRUE(add_witness(someone("state:PE", {"nominator"}), witness("witness.example/pe")).has_value());
    revoke(nominator_, first);
    EXPECT_TRUE(add_witness(nominator_, witness("witness.example/3")).has_value());
}

TEST_F(SigningKeys, AWitnessIsEd25519AloneAndTheNominatorsToRegister)
{
    const PrivateKey p256(KeyKind::p256);
    const auto ecdsa = proven_by(p256, registration_text(p256.public_pem(), "state:CL")), key = brought(key_);
    const auto with = [&](const Principal& principal, const BroughtKey& each) {
        return add_witness(principal, each, "witness.example/cl");
    };
    EXPECT_TRUE(refusal(with(nominator_, ecdsa)).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(with(nominator_, with_pem(key, "nonsense"))).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(with(nominator_, with_pem(key, key.public_key + "-----BEGIN PRIVATE KEY-----\n")))
                    .names("/public_key", Rule::invalid_value));
    EXPECT_EQ(refusal(with(someone("state:CL", {"drafter"}), key)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(with(someone("office:secretariat", {"secretariat"}), key)).code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace cbmx::test
