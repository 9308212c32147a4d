// A State's keys over the wire: proposed, confirmed, noted on paper, read by everyone. Rules: server/service/accounts/signing_keys.hpp.
#include "integration/proofs.hpp"
#include "support/brought_key.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class StateKeysOverTls : public Portal {
protected:
    const base::Ed25519Key first = base::Ed25519Key::generate(seeded_random(81)), next = base::Ed25519Key::generate(seeded_random(82));

    Json keys(const Who& who = anyone()) { return as(who).get("/v1/states/CL/keys").is(200).json()["items"]; }
    Reply enter(const Json& body) { return as(nominator_of("CL")).post("/v1/signing-keys", body); }
};

TEST_F(StateKeysOverTls, OneNominatorProposesAnotherConfirmsAndEveryoneReadsIt)
{
    enter(body_of(brought(first))).is_problem(409, "conflict").has_error("/public_key", "key_not_shown");
    const auto id = portal().state_key("CL", body_of(brought(first)));
    const auto key = keys().at(0);
    EXPECT_EQ(key["id"], id);
    EXPECT_EQ(key["content"]["by"], "two_nominators");
    EXPECT_FALSE(key["meta"].contains("label"));
    EXPECT_EQ(keys(nominator_of("CL")).at(0)["meta"]["label"], "Ministry");
    as(anyone()).get("/v1/signing-keys/" + id).is_problem(401, "unauthenticated");
    as(anyone()).get("/v1/states/XX/keys").is_problem(404, "not-found");
    portal().advance(std::chrono::hours(1));
    const auto receipt = as(anyone()).get("/v1/receipts/" + std::to_string(key["meta"]["registered_seq"].get<int>())).is(200).json();
    EXPECT_EQ(fault_of(portal(), receipt["receipt"], receipt["opening"]), "none");
    EXPECT_EQ(receipt["opening"]["record"], key["content"]);
    EXPECT_FALSE(receipt["opening"].contains("actor"));
}

TEST_F(StateKeysOverTls, TheKeyBeforeSignsTheNextAndNoWitness)
{
    portal().state_key("CL", body_of(brought(first)));
    auto witness = body_of(following(brought(next), first));
    witness.update({{"use", "witness"}, {"name", "witness.example/cl"}});
    enter(witness).is_problem(422, "validation-failed").has_error("/previous", "unknown_member");
    const auto entered = enter(body_of(following(brought(next), first))).is(201).has_receipt().json();
    EXPECT_EQ(entered["content"]["by"], "previous_key");
    EXPECT_EQ(keys().size(), 2U);
}

TEST_F(StateKeysOverTls, ByNoteTheOperatorComparesDocumentAndFingerprint)
{
    const auto note = a_key_note("CL", brought(first));
    const auto proposal = as(secretariat()).post("/v1/proposals", note).created_id();
    EXPECT_EQ(as(secretariat()).get("/v1/proposals/" + proposal).is(200).json()["meta"]["needs"], "machine");
    Json command{{"command", "signing-key confirm"},
                 {"proposal", proposal},
                 {"sha256", hash_of(note["decision"])},
                 {"fingerprint", a_key_note("CL", brought(next))["fingerprint"]}};
    EXPECT_THROW(portal().operate(command), std::runtime_error);
    command["fingerprint"] = note["fingerprint"];
    EXPECT_EQ(portal().operate(command).at("id"), proposal);
    EXPECT_TRUE(keys().empty());
    EXPECT_EQ(enter(body_of(brought(first))).is(201).json()["content"]["note_verbale"]["number"], "NV 50/2026");
    as(secretariat())
        .post("/v1/proposals", a_key_note("CL", brought(first)))
        .is_problem(409, "conflict")
        .has_error("/fingerprint", "already_exists");
}

TEST_F(StateKeysOverTls, WhoeverWouldRequireSignaturesWithOneKeySaysThatTheyKnow)
{
    const auto change = [&](const Json& body) { return as(nominator_of("CL")).patch("/v1/states/CL/settings", body); };
    change({{"require_signature", true}}).is_problem(409, "conflict").has_error("/require_signature", "no_key");
    portal().state_key("CL", body_of(brought(first)));
    const auto refused = change({{"require_signature", true}}).is_problem(409, "conflict").has_error("/require_signature", "one_holder");
    EXPECT_NE(refused.body().find("Whoever loses the key stops every word of this State"), std::string::npos);
    change({{"require_signature", true}, {"one_holder", false}}).is_problem(422, "validation-failed");
    EXPECT_EQ(change({{"require_signature", true}, {"one_holder", true}}).is(200).json()["content"]["require_signature"], true);
}

}  // namespace
}  // namespace cbmx::test
