// A State's public keys. See server/service/accounts/signing_keys.hpp.
#include "service/accounts/signing_keys.hpp"
#include "support/portal.hpp"
#include "support/service_fixture.hpp"
#include "support/witness.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;

const std::string public_key = "-----BEGIN PUBLIC KEY-----\n"
                               "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                               "-----END PUBLIC KEY-----\n";

class SigningKeys : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});

    auto add(const Principal& principal, const std::string& pem = public_key)
    {
        return write([&](Transaction& t) { return service::register_signing_key(t, principal, pem, "Ministry"); });
    }
    auto add_witness(const Principal& principal, const Witness& witness)
    {
        return write(
            [&](Transaction& t) { return service::register_witness(t, principal, witness.pem(), "Ministry", witness.verifier().name); });
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
    const auto size = ledger_size();
    const auto id = add(nominator_).value().id;
    EXPECT_EQ(get(nominator_, id).value().body["content"]["status"], "active");
    EXPECT_TRUE(revoke(nominator_, id).has_value());
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"signing_key_registered", "signing_key_revoked"}));
    EXPECT_EQ(refusal(revoke(nominator_, id)).code, ErrorCode::conflict);
}

TEST_F(SigningKeys, AKeyIsRegisteredOnceByAState)
{
    add(nominator_);
    EXPECT_TRUE(refusal(add(nominator_)).names("/public_key", Rule::already_exists));
    EXPECT_TRUE(add(someone("state:PE", {"nominator"})).has_value());
}

TEST_F(SigningKeys, WhatIsNoPublicKeyIsRefused)
{
    EXPECT_TRUE(refusal(add(nominator_, "nonsense")).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(add(nominator_, public_key + "-----BEGIN PRIVATE KEY-----\n")).names("/public_key", Rule::invalid_value));
}

TEST_F(SigningKeys, OthersOfTheStateReadThemAndOthersDoNot)
{
    const auto id = add(nominator_).value().id;
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
    EXPECT_FALSE(get(nominator_, add(nominator_).value().id).value().body["content"].contains("use"));
    advance(std::chrono::hours(1));
    EXPECT_TRUE(revoke(nominator_, id).has_value());
    content = get(nominator_, id).value().body["content"];
    EXPECT_EQ(content["revoked_at"], domain::to_rfc3339(now()));
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"signing_key_registered", "signing_key_registered", "signing_key_revoked"}));
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
    EXPECT_TRUE(refusal(add(nominator_, one.pem())).names("/public_key", Rule::already_exists));
    const auto taken =
        refusal(write([&](Transaction& t) { return service::register_witness(t, pe, one.pem(), "x", "witness.example/cl"); }));
    EXPECT_TRUE(taken.names("/public_key", Rule::already_exists));
    EXPECT_TRUE(taken.names("/name", Rule::already_exists));  // both at once
    revoke(nominator_, id);
    EXPECT_TRUE(refusal(write([&](Transaction& t) {
                    return service::register_witness(t, pe, one.pem(), "x", "witness.example/pe");
                })).names("/public_key", Rule::already_exists));
    add(pe);
    EXPECT_TRUE(refusal(write([&](Transaction& t) {
                    return service::register_witness(t, pe, public_key, "x", "witness.example/pe");
                })).names("/public_key", Rule::already_exists));
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
    const std::string p256 = "-----BEGIN PUBLIC KEY-----\n"
                             "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeWwIooKxY80EgPSgnFPvjd8rxW/T\n"
                             "M8g8M7l3AchF5a/BhSQuVuXprKnkIkcTEEsjKGwgKr7Tqh/kdAaA6HId0A==\n"
                             "-----END PUBLIC KEY-----\n";
    const auto with = [&](const Principal& principal, const std::string& pem) {
        return write([&](Transaction& t) { return service::register_witness(t, principal, pem, "x", "witness.example/cl"); });
    };
    EXPECT_TRUE(add(nominator_, p256).has_value());
    EXPECT_TRUE(refusal(with(nominator_, p256)).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(with(nominator_, "nonsense")).names("/public_key", Rule::invalid_value));
    EXPECT_TRUE(refusal(with(nominator_, public_key + "-----BEGIN PRIVATE KEY-----\n")).names("/public_key", Rule::invalid_value));
    EXPECT_EQ(refusal(with(someone("state:CL", {"drafter"}), public_key)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(with(someone("office:secretariat", {"secretariat"}), public_key)).code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace cbmx::test
