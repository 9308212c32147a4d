// What shows that a key for statements is its State's: the key before it, two nominators, or a note verbale. See
// server/service/accounts/signing_keys.hpp.
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"
#include "store/rows/proposals.hpp"
#include "support/foundings.hpp"
#include "support/portal.hpp"
#include "support/service_fixture.hpp"
#include "support/witness.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using nlohmann::json;
using service::BroughtKey;

class StateKeys : public ServiceFixture {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    const base::Ed25519Key first_ = base::Ed25519Key::generate(seeded_random(61)), next_ = base::Ed25519Key::generate(seeded_random(62));

    auto add(const Principal& principal, const BroughtKey& key)
    {
        return write([&](Transaction& t) { return service::register_signing_key(portal(), t, principal, key); });
    }
    auto confirm(const Principal& principal, const std::string& proposal)
    {
        return write([&](Transaction& t) { return service::confirm_proposal(t, principal, domain::ProposalId(proposal), std::nullopt); });
    }
    auto revoke(const std::string& id)
    {
        return write([&](Transaction& t) { return service::revoke_signing_key(t, nominator_, domain::SigningKeyId(id)); });
    }
    auto noted(const json& note)
    {
        return write([&](Transaction& t) { return propose_founding(t, secretariat_, note); });
    }
    auto compared(const std::string& proposal, const json& note, const std::string& fingerprint)
    {
        const auto hash = base::to_hash(base::from_hex(fingerprint).value()).value();
        return write([&](Transaction& t) {
            return service::confirm_key_note(t, domain::machine_operator(), domain::ProposalId(proposal), hash_of(note.at("decision")),
                                             hash);
        });
    }
    void let_a_note_give(const BroughtKey& key, const std::string& number = "NV 50/2026")
    {
        const auto note = a_key_note("CL", key, number);
        compared(noted(note).value().id, note, note.at("fingerprint")).value();
    }
    json public_keys(const Principal& principal = domain::anonymous())
    {
        return read([&](Connection& c) { return service::list_state_keys(c, principal, language, "CL", 100, ""); }).value().items;
    }
};

// THIEF: one nominator's token and a key of one's own.
TEST_F(StateKeys, OneNominatorAloneRegistersNone)
{
    const auto size = ledger_size();
    const auto refused = refusal(add(nominator_, brought(first_)));
    EXPECT_EQ(refused.code, ErrorCode::conflict);
    EXPECT_TRUE(refused.names("/public_key", Rule::key_not_shown));
    EXPECT_EQ(ledger_size(), size);
    someone("state:CL", {"approver"});
    EXPECT_TRUE(refusal(add(nominator_, brought(first_))).names("/public_key", Rule::key_not_shown)) << "an approver confirms none";
}

TEST_F(StateKeys, OfTwoNominatorsTheOtherConfirmsIt)
{
    const auto second = someone("state:CL", {"nominator"});
    const auto size = ledger_size();
    const auto proposed = add(nominator_, brought(first_)).value();
    EXPECT_EQ(proposed.status, 202);
    EXPECT_EQ(kinds_since(size), std::vector<std::string>{"proposal_made"});
    EXPECT_TRUE(public_keys().empty()) << "until it is confirmed it is nobody's to see";
    EXPECT_TRUE(refusal(confirm(nominator_, proposed.id)).names("", Rule::same_person));
    EXPECT_EQ(refusal(confirm(someone("state:CL", {"approver"}), proposed.id)).code, ErrorCode::not_eligible);
    EXPECT_EQ(refusal(confirm(secretariat_, proposed.id)).code, ErrorCode::not_found);
    ASSERT_TRUE(confirm(second, proposed.id).has_value());
    const auto key = public_keys().at(0);
    EXPECT_EQ(key["content"]["by"], "two_nominators");
    EXPECT_EQ(key["content"]["use"], "statements");
    EXPECT_EQ(key["meta"]["registered_seq"], key["meta"]["seq"]);
}

TEST_F(StateKeys, WhoeverHoldsBothNominatorsCredentialsIsOne)
{
    const auto account = account_of("state:CL", {"nominator"});
    const auto equipped = signed_in(
        write([&](Transaction& t) {
            return issue_token(portal(), t, nominator_, domain::AccountId(account), {.label = "t", .scopes = {"accounts", "read"}});
        })
            .value()
            .secret);
    EXPECT_TRUE(refusal(add(nominator_, brought(first_))).names("/public_key", Rule::key_not_shown));
    const auto second = someone("state:CL", {"nominator"});
    const auto proposed = add(nominator_, brought(first_)).value().id;
    EXPECT_TRUE(refusal(confirm(equipped, proposed)).names("", Rule::four_eyes));
    EXPECT_TRUE(confirm(second, proposed).has_value());
}

// Who acts alone is asked again elsewhere; here the entry would say that it was two.
TEST_F(StateKeys, WhoActsAloneIsNotTwoNominators)
{
    const auto official = someone("state:PE", {"approver", "nominator"});
    const auto note = a_decision("NV 7/2026");
    const auto proposal = write([&](Transaction& t) {
                              const json body{{"kind", "acting_alone"}, {"state", "PE"}, {"acts_alone", true}, {"decision", note}};
                              return propose_founding(t, secretariat_, body);
                          })
                              .value()
                              .id;
    write([&](Transaction& t) {
        return service::confirm_by_document(t, domain::machine_operator(), domain::ProposalKind::acting_alone, domain::ProposalId(proposal),
                                            hash_of(note));
    }).value();
    EXPECT_TRUE(refusal(add(official, brought(first_, "state:PE"))).names("/public_key", Rule::key_not_shown));
}

TEST_F(StateKeys, TheKeyBeforeSignsTheNextAtOnce)
{
    state_key(nominator_, brought(first_));
    const auto outcome = add(nominator_, following(brought(next_), first_)).value();
    EXPECT_EQ(outcome.status, 201);
    const auto before = base::hex(base::public_key_fingerprint(pem_of(first_.public_key())).value());
    for (const auto& key : public_keys())
        if (key["id"] == outcome.id) {
            EXPECT_EQ(key["content"]["by"], "previous_key");
            EXPECT_EQ(key["content"]["previous_key"]["key"], before);
            const auto signature = base::from_base64(key["content"]["previous_key"]["signature"].get<std::string>()).value();
            EXPECT_TRUE(
                base::verify_detached(pem_of(first_.public_key()), registration_text(pem_of(next_.public_key()), "state:CL"), signature));
        }
}

TEST_F(StateKeys, AnotherSignatureThanTheKeyBeforesOverTheNewOneIsRefused)
{
    const auto id = state_key(nominator_, brought(first_));
    const auto stranger = base::Ed25519Key::generate(seeded_random(63));
    const auto refused = [&](const BroughtKey& key, const char* pointer, Rule rule) {
        const auto size = ledger_size();
        const auto said = refusal(add(nominator_, key));
        EXPECT_EQ(said.code, ErrorCode::validation_failed);
        EXPECT_TRUE(said.names(pointer, rule)) << pointer;
        EXPECT_EQ(ledger_size(), size);
    };
    refused(following(brought(next_), stranger), "/previous/key", Rule::unknown_reference);
    refused(following(brought(next_), next_), "/previous/key", Rule::unknown_reference);
    refused(following(brought(next_), first_, "state:PE"), "/previous/signature", Rule::no_possession);
    refused(following(brought(next_), first_, "state:CL", "other.example/log"), "/previous/signature", Rule::no_possession);
    auto of_another = brought(next_);
    of_another.previous = following(brought(stranger), first_).previous;
    refused(of_another, "/previous/signature", Rule::no_possession);
    auto by_another = following(brought(next_), first_);
    by_another.previous->signature = brought(next_).proof;
    refused(by_another, "/previous/signature", Rule::no_possession);
    const Witness witness(seeded_random(64), "witness.example/cl");
    write([&](Transaction& t) {
        return service::register_witness(portal(), t, nominator_, brought(witness.key()), witness.verifier().name);
    }).value();
    refused(following(brought(next_), witness.key()), "/previous/key", Rule::unknown_reference);
    revoke(id).value();
    refused(following(brought(next_), first_), "/previous/key", Rule::unknown_reference);
}

TEST_F(StateKeys, WhereTheStateHasOneNominatorANoteVerbaleGivesTheFingerprint)
{
    const auto size = ledger_size();
    let_a_note_give(brought(first_));
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"proposal_made", "proposal_confirmed"}));
    EXPECT_TRUE(public_keys().empty()) << "the key is still to come";
    EXPECT_TRUE(refusal(add(nominator_, brought(next_))).names("/public_key", Rule::key_not_shown)) << "the note gives another";
    EXPECT_EQ(add(nominator_, brought(first_)).value().status, 201);
    const auto content = public_keys().at(0)["content"];
    EXPECT_EQ(content["by"], "note_verbale");
    EXPECT_EQ(content["note_verbale"], (json{{"number", "NV 50/2026"}, {"date", "2026-01-02"}}));
}

TEST_F(StateKeys, TheOperatorComparesTheNoteAndTheFingerprint)
{
    const auto note = a_key_note("CL", brought(first_));
    const auto proposal = noted(note).value().id;
    EXPECT_FALSE(confirm(nominator_, proposal).has_value()) << "what the note decides no account of the State confirms";
    EXPECT_FALSE(confirm(someone("office:secretariat", {"secretariat"}), proposal).has_value());
    auto other = a_key_note("CL", brought(next_), "NV 51/2026");
    EXPECT_EQ(refusal(compared(proposal, other, note["fingerprint"])).code, ErrorCode::validation_failed) << "another document";
    EXPECT_TRUE(refusal(compared(proposal, note, other["fingerprint"])).names("/fingerprint", Rule::invalid_value));
    EXPECT_TRUE(refusal(add(nominator_, brought(first_))).names("/public_key", Rule::key_not_shown)) << "nobody has confirmed it";
    EXPECT_TRUE(compared(proposal, note, note["fingerprint"]).has_value());
    EXPECT_TRUE(add(nominator_, brought(first_)).has_value());
}

TEST_F(StateKeys, OfTheNotesTheLastCounts)
{
    let_a_note_give(brought(first_));
    advance(std::chrono::hours(1));
    let_a_note_give(brought(next_), "NV 51/2026");
    EXPECT_TRUE(refusal(add(nominator_, brought(first_))).names("/public_key", Rule::key_not_shown));
    EXPECT_TRUE(add(nominator_, brought(next_)).has_value());
}

TEST_F(StateKeys, ANoteIsRefusedWhereTwoNominatorsCanDoIt)
{
    const auto note = a_key_note("CL", brought(first_));
    const auto proposal = noted(note).value().id;
    someone("state:CL", {"nominator"});
    EXPECT_TRUE(refusal(noted(note)).names("/state", Rule::two_nominators));
    EXPECT_TRUE(refusal(compared(proposal, note, note["fingerprint"])).names("/state", Rule::two_nominators));
    EXPECT_EQ(add(nominator_, brought(first_)).value().status, 202);
}

TEST_F(StateKeys, EveryoneReadsThemAndTheStateAloneItsLabel)
{
    const auto id = state_key(nominator_, brought(first_));
    const auto pe = someone("state:PE", {"nominator"});
    for (const auto& reader : {domain::anonymous(), pe, secretariat_}) {
        const auto key = public_keys(reader).at(0);
        EXPECT_EQ(key["id"], id);
        EXPECT_EQ(key.dump().find("Ministry"), std::string::npos);
        EXPECT_EQ(key.dump().find(nominator_.account.value), std::string::npos);
        const auto receipt = read([&](Connection& c) { return service::opening_text(c, reader, key["meta"]["seq"].get<std::int64_t>()); });
        EXPECT_EQ(json::parse(receipt).at("record"), key["content"]);
        EXPECT_FALSE(json::parse(receipt).contains("actor"));
    }
    EXPECT_EQ(public_keys(nominator_).at(0)["meta"]["label"], "Ministry");
    advance(std::chrono::hours(1));
    revoke(id).value();
    const auto revoked = public_keys().at(0);
    EXPECT_EQ(revoked["content"]["status"], "revoked");
    EXPECT_EQ(revoked["content"]["revoked_at"], domain::to_rfc3339(now()));
    EXPECT_LT(revoked["meta"]["registered_seq"], revoked["meta"]["seq"]);
    EXPECT_EQ(refusal(read([&](Connection& c) { return service::list_state_keys(c, pe, language, "XX", 10, ""); })).code,
              ErrorCode::not_found);
}

// What stands in a public entry stands there for good.
TEST_F(StateKeys, TextAroundTheKeyIsNotPublished)
{
    auto key = brought(first_);
    key.public_key = "A word before the key.\n" + key.public_key + "And one behind it.\n";
    state_key(nominator_, key);
    EXPECT_EQ(public_keys().at(0)["content"]["public_key"], pem_of(first_.public_key()));
}

TEST_F(StateKeys, OneThatIsRegisteredEndsOtherWishesForIt)
{
    state_key(nominator_, brought(first_));
    const auto waiting = add(nominator_, brought(next_)).value().id;
    add(nominator_, following(brought(next_), first_)).value();
    EXPECT_EQ(read([&](Connection& c) { return store::find_proposal(c, domain::ProposalId(waiting)); })->status,
              domain::ProposalStatus::ended);
}

}  // namespace
}  // namespace cbmx::test
