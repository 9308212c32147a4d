// A State's witness signs what it has seen of the log, and the checkpoint carries it for everyone. Each way in which somebody
// could make a witness say what it has not said, or say it for another State, is refused.
#include "integration/proofs.hpp"
#include "operation/data_directory.hpp"
#include "service/log/outside.hpp"
#include "support/witness.hpp"
#include "verify/verify.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Cosigning : public Portal {
protected:
    ~Cosigning() override
    {
        const auto report = service::verify(database_path(portal().config()), {});
        EXPECT_TRUE(report.ok()) << report.summary();
    }
    Witness cl{seeded_random(21), "witness.example/cl"}, pe{seeded_random(22), "witness.example/pe"};

    // An account that is made later would be an entry, and so another size.
    void everyone_is_there()
    {
        for (const auto& who : {contact_of("CL"), drafter_of("CL"), approver_of("CL"), nominator_of("CL"), nominator_of("PE"),
                                drafter_of("PE"), approver_of("PE"), reviewer(), chair(), auditor()})
            portal().token_of(who);
    }
    Reply enter(const Who& who, const Witness& witness, const Json& changes = Json::object())
    {
        everyone_is_there();
        auto body = body_of(brought(witness.key(), who.home));
        body.update({{"use", "witness"}, {"name", witness.verifier().name}});
        body.merge_patch(changes);
        return as(who).post("/v1/signing-keys", body);
    }
    std::string checkpoint(const Who& who = anyone()) { return as(who).get("/v1/log/checkpoint").is(200).body(); }
    std::uint64_t seconds()
    {
        return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(portal().now()).time_since_epoch().count());
    }
    Reply hand_in(const Who& who, const std::string& note, const Fields& fields = {})
    {
        return as(who).post("/v1/log/cosignatures", {{"checkpoint", note}}, fields);
    }
    void refused(const Who& who, const std::string& note, const std::string& rule, const std::string& slug = "validation-failed")
    {
        hand_in(who, note).is_problem(422, slug).has_error("/checkpoint", rule);
    }
    static std::string log_line(const std::string& note) { return note.substr(note.rfind("\n\n") + 2); }
};

TEST_F(Cosigning, TheCheckpointOfThatSizeCarriesTheLineForEveryone)
{
    enter(nominator_of("CL"), cl).is(201).has_receipt();
    const auto note = checkpoint();
    const auto signed_note = cl.cosigned(note, seconds());
    const auto handed_in = hand_in(contact_of("CL"), signed_note).is(201);
    EXPECT_EQ(handed_in.field("Location"), "/v1/log/checkpoint");
    const auto answer = handed_in.json();
    EXPECT_EQ(answer["content"]["checkpoint"], signed_note);
    EXPECT_EQ(answer["content"]["cosignatures"].size(), 1u);
    EXPECT_EQ(answer["content"]["cosignatures"][0]["witness"], "witness.example/cl");
    EXPECT_EQ(answer["content"]["cosignatures"][0]["state"], "CL");
    EXPECT_TRUE(answer["receipt"].is_null());
    for (const auto& who : {anyone(), drafter_of("PE"), reviewer(), auditor()})
        EXPECT_EQ(checkpoint(who), signed_note);
    EXPECT_TRUE(ledger::open_checkpoint(checkpoint(), log_keys(portal())));  // a reader who knows only the log's key opens it as before

    portal().published("PE");
    EXPECT_EQ(checkpoint().find("witness.example"), std::string::npos);  // a later tree is another statement
}

TEST_F(Cosigning, IsNoEntryOfTheLedger)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto size = portal().ledger_size();
    const auto note = cl.cosigned(checkpoint(), seconds());
    hand_in(drafter_of("CL"), note).is(201);
    EXPECT_EQ(portal().ledger_size(), size);
}

TEST_F(Cosigning, WhatAWitnessSaidFirstOfASizeStays)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto plain = checkpoint();
    const auto first = cl.cosigned(plain, seconds());
    hand_in(nominator_of("CL"), first).is(201);
    hand_in(nominator_of("CL"), first).is(200);
    EXPECT_EQ(hand_in(nominator_of("CL"), cl.cosigned(plain, seconds() + 60)).is(200).json()["content"]["checkpoint"], first);
    EXPECT_EQ(hand_in(nominator_of("CL"), cl.cosigned(first, seconds() + 60)).is(200).json()["content"]["checkpoint"], first);
    EXPECT_EQ(checkpoint(), first);
}

TEST_F(Cosigning, TwoStatesSignTheSameCheckpointEachForItself)
{
    enter(nominator_of("CL"), cl).is(201), enter(nominator_of("PE"), pe).is(201);
    const auto plain = checkpoint();
    hand_in(nominator_of("PE"), pe.cosigned(plain, seconds())).is(201);
    const auto with_pe = checkpoint();
    const auto both = hand_in(nominator_of("CL"), cl.cosigned(with_pe, seconds())).is(201).json()["content"];
    EXPECT_EQ(both["cosignatures"].size(), 2u);
    const auto note = checkpoint();
    EXPECT_EQ(note, both["checkpoint"]);
    for (const auto* witness : {&cl, &pe})
        EXPECT_TRUE(ledger::witnessed_by(note, witness->verifier()).by);
}

TEST_F(Cosigning, AStatesWitnessDoesNotSpeakForAnother)
{
    enter(nominator_of("CL"), cl).is(201), enter(nominator_of("PE"), pe).is(201);
    const auto note = checkpoint();
    refused(nominator_of("PE"), cl.cosigned(note, seconds()), "unknown_reference");  // not even when another State submits it
    const auto pe_says = ledger::cosignature_line("witness.example/pe", cl.bytes(Witness::body_of(note), seconds()));
    refused(nominator_of("PE"), note + pe_says, "unknown_reference");  // CL's signature under PE's name has CL's key ID
    // PE's own line is taken, the other one is not.
    EXPECT_EQ(
        hand_in(nominator_of("PE"), pe.cosigned(cl.cosigned(note, seconds()), seconds())).is(201).json()["content"]["cosignatures"].size(),
        1u);
    EXPECT_EQ(checkpoint().find("witness.example/cl"), std::string::npos);
}

TEST_F(Cosigning, AForgedLineIsRefusedAndNothingOfTheNoteIsKept)
{
    const Witness second(seeded_random(23), "witness.example/cl-2");
    enter(nominator_of("CL"), cl).is(201), enter(nominator_of("CL"), second).is(201);
    const auto note = checkpoint();
    const auto forged = cl.line("another/log\n1\nAAAA\n\n", seconds());
    refused(nominator_of("CL"), note + forged, "invalid_value", "signature-invalid");
    refused(nominator_of("CL"), second.cosigned(note, seconds()) + forged, "invalid_value", "signature-invalid");
    refused(nominator_of("CL"),
            note + ledger::cosignature_line("witness.example/cl", cl.bytes(Witness::body_of(note), seconds()).substr(0, 40)),
            "invalid_value", "signature-invalid");
    EXPECT_EQ(checkpoint(), note);
}

TEST_F(Cosigning, ARevokedKeySignsNoMoreAndWhatItSaidStays)
{
    const auto id = enter(nominator_of("CL"), cl).created_id();
    const auto early = cl.cosigned(checkpoint(), seconds());
    hand_in(nominator_of("CL"), early).is(201);
    EXPECT_EQ(checkpoint(), early);
    as(nominator_of("CL")).post("/v1/signing-keys/" + id + "/revoke").is(200).has_receipt();
    const auto note = checkpoint();
    refused(nominator_of("CL"), cl.cosigned(note, seconds()), "not_active");
    // Its successor has the same name; the line of the revoked key below an older checkpoint is in nobody's way.
    const Witness successor(seeded_random(24), "witness.example/cl");
    enter(nominator_of("CL"), successor).is(201);
    EXPECT_EQ(hand_in(nominator_of("CL"), successor.cosigned(early, seconds())).is(201).json()["content"]["cosignatures"].size(), 2u);
    hand_in(nominator_of("CL"), successor.cosigned(cl.cosigned(note, seconds()), seconds())).is(201);
    EXPECT_EQ(checkpoint().find("witness.example/cl"), std::string::npos);  // registering was an entry: a new size
    const auto listed = as(anyone()).get("/v1/log/witnesses").is(200).json()["items"];
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_NE(listed[0]["status"], listed[1]["status"]);
}

TEST_F(Cosigning, AStateHasTwoLinesOfASizeAtMost)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto note = checkpoint();
    hand_in(nominator_of("CL"), cl.cosigned(note, seconds())).is(201);
    for (int i = 0; i < 2; ++i) {
        const auto keys = as(nominator_of("CL")).get("/v1/signing-keys").is(200).json()["items"];
        for (const auto& key : keys)
            if (key["content"]["status"] == "active")
                as(nominator_of("CL")).post("/v1/signing-keys/" + key["id"].get<std::string>() + "/revoke").is(200);
        const Witness next(seeded_random(static_cast<std::uint64_t>(30 + i)), "witness.example/cl");
        enter(nominator_of("CL"), next).is(201);
        if (i == 0)
            hand_in(nominator_of("CL"), next.cosigned(note, seconds())).is(201);
        else
            refused(nominator_of("CL"), next.cosigned(note, seconds()), "too_many_items");
    }
}

TEST_F(Cosigning, WhatIsNotThisLogsCheckpointIsRefused)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto note = checkpoint();
    const auto who = nominator_of("CL");
    const auto refuse = [&](const std::string& other) { refused(who, cl.cosigned(other, seconds()), "not_this_log"); };
    const auto body = Witness::body_of(note);
    const auto opened = ledger::parse_checkpoint_text(body).value();
    const auto stranger = std::make_shared<base::Ed25519Key>(base::Ed25519Key::generate(seeded_random(25)));
    const ledger::Signer forger{opened.origin, stranger->public_key(),
                                [stranger](std::string_view message) { return stranger->sign(message); }};
    refuse(body + "\n" + pe.line(note, seconds()));  // without the log's line
    refuse(ledger::sign_note(body, forger));         // signed by another key of the same name
    refuse(ledger::checkpoint_text({opened.origin, opened.size, base::sha256("another")}) + "\n" + log_line(note));  // another tree
    refuse(ledger::checkpoint_text({opened.origin, opened.size - 1, opened.root}) + "\n" + log_line(note));
    // Signed with the log's own key, over another tree: what a stolen key would do.
    const auto key =
        std::make_shared<base::Ed25519Key>(base::Ed25519Key::from_pem(service::read_whole(portal().config().log_key).value()).value());
    const ledger::Signer log{opened.origin, key->public_key(), [key](std::string_view message) { return key->sign(message); }};
    EXPECT_EQ(ledger::sign_checkpoint(opened, log), note);
    refuse(ledger::sign_checkpoint({opened.origin, opened.size, base::sha256("another")}, log));
    refuse(ledger::sign_note(body + "an extension line\n", log));
    refuse(ledger::sign_checkpoint({opened.origin, opened.size + 1, opened.root}, log));
    refuse(body + "an extension line\n\n" + log_line(note));
    refuse(body + "\n\n" + log_line(note));
    refuse("x" + note);
    refused(who, "no note at all", "not_this_log");
    refused(who, note.substr(0, note.size() - 1), "not_this_log");
    std::string many = note;
    while (std::count(many.begin(), many.end(), '\n') < 105)
        many += pe.line(note, seconds());
    refuse(many);  // more lines than a reader of notes takes
    as(who).post("/v1/log/cosignatures", Json::object()).is_problem(422, "validation-failed").has_error("/checkpoint", "required");
    as(who)
        .post("/v1/log/cosignatures", {{"checkpoint", std::string(70'000, 'x')}})
        .is_problem(422, "validation-failed")
        .has_error("/checkpoint", "too_long");
    EXPECT_EQ(checkpoint(), note);
}

TEST_F(Cosigning, ItsTimeIsNeitherAheadNorBeforeTheCheckpoint)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto who = nominator_of("CL");
    as(who).get("/v1/me").is(200);
    const auto note = checkpoint();
    const auto made = seconds();
    refused(who, cl.cosigned(note, seconds() + 310), "above_maximum");
    refused(who, cl.cosigned(note, made - 330), "below_minimum");
    refused(who, cl.cosigned(note, 0), "below_minimum");
    refused(who, cl.cosigned(note, ledger::max_cosignature_time), "above_maximum");
    portal().advance(std::chrono::hours(30));
    refused(who, cl.cosigned(note, made - 330), "below_minimum");
    hand_in(who, cl.cosigned(note, made + 7200)).is(201);  // hours after the checkpoint, hours ago: a witness may have been cut off
    const Witness second(seeded_random(26), "witness.example/cl-2");
    enter(who, second).is(201);
    hand_in(who, second.cosigned(checkpoint(), seconds() + 290)).is(201);
}

TEST_F(Cosigning, RightsKeysForStatementsAndTokens)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto note = cl.cosigned(checkpoint(), seconds());
    hand_in(anyone(), note).is_problem(401, "unauthenticated");
    for (const auto& who : {secretariat(), reviewer(), chair(), auditor()})
        hand_in(who, note).is_problem(403, "forbidden");
    refused(nominator_of("PE"), note, "unknown_reference");
    // A key for statements says nothing about the log.
    portal().state_key("PE", body_of(brought(pe.key(), "state:PE")));
    refused(nominator_of("PE"), pe.cosigned(checkpoint(), seconds()), "unknown_reference");
    // A token that may only read is enough: what counts is the signature.
    const auto token = portal()
                           .operate({{"command", "credential token"},
                                     {"account", as(contact_of("CL")).account()},
                                     {"label", "witness"},
                                     {"scopes", {"read"}},
                                     {"days", 7}})
                           .at("token")
                           .get<std::string>();
    as(anyone()).post("/v1/log/cosignatures", {{"checkpoint", cl.cosigned(checkpoint(), seconds())}}, bearing(token)).is(201);
}

TEST_F(Cosigning, ADryRunKeepsNothingAndALostAnswerIsGivenAgain)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto plain = checkpoint();
    const auto note = cl.cosigned(plain, seconds());
    const auto who = nominator_of("CL");
    const auto dry = as(who).post("/v1/log/cosignatures?dry_run=true", {{"checkpoint", note}}).is(200).json();
    EXPECT_EQ(dry["status"], 201);
    EXPECT_EQ(checkpoint(), plain);
    const auto answer = hand_in(who, note, {{"Idempotency-Key", "k1"}}).is(201);
    const auto again = hand_in(who, note, {{"Idempotency-Key", "k1"}}).is(201);
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.json()["content"], answer.json()["content"]);
    hand_in(who, plain, {{"Idempotency-Key", "k1"}}).is_problem(422, "idempotency-key-reused");
}

TEST_F(Cosigning, TheTagOfTheCheckpointFollowsItsLines)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto before = as(anyone()).get("/v1/log/checkpoint").is(200);
    as(anyone()).get("/v1/log/checkpoint", {{"If-None-Match", before.field("ETag")}}).is(304);
    hand_in(nominator_of("CL"), cl.cosigned(before.body(), seconds())).is(201);
    const auto after = as(anyone()).get("/v1/log/checkpoint", {{"If-None-Match", before.field("ETag")}}).is(200);
    EXPECT_NE(after.field("ETag"), before.field("ETag"));
}

TEST_F(Cosigning, WitnessesAreAPublicListPageByPage)
{
    const Witness second(seeded_random(27), "witness.example/cl-2");
    enter(nominator_of("CL"), second).is(201), enter(nominator_of("PE"), pe).is(201), enter(nominator_of("CL"), cl).is(201);
    const auto for_statements = base::Ed25519Key::generate(seeded_random(28));
    portal().state_key("PE", body_of(brought(for_statements, "state:PE")));
    std::vector<std::string> names;
    for (std::string path = "/v1/log/witnesses?limit=1"; !path.empty();) {
        const auto page = as(anyone()).get(path).is(200).json();
        for (const auto& item : page["items"]) {
            names.push_back(item["name"]);
            const auto key = ledger::parse_cosigner_key(item["verifier_key"].get<std::string>());
            ASSERT_TRUE(key);
            EXPECT_EQ(key->name, item["name"]);
        }
        path = page["next"].is_null() ? "" : "/v1/log/witnesses?limit=1&cursor=" + page["next"].get<std::string>();
    }
    EXPECT_EQ(names, (std::vector<std::string>{"witness.example/cl", "witness.example/cl-2", "witness.example/pe"}));
}

// Peru knows the public key of Chile's witness, and a proof that Chile made. Registered by Peru it would be no witness of Chile's.
TEST_F(Cosigning, AKeyIsRegisteredByNobodyButItsHolder)
{
    const Json as_witness{{"use", "witness"}, {"name", "witness.example/pe"}};
    const auto tried_by_peru = [&](const Json& use) {
        auto body = body_of(brought(cl.key(), "state:CL"));
        body.update(use);
        const auto said = as(nominator_of("PE")).post("/v1/signing-keys", body);
        body.erase("proof");
        as(nominator_of("PE")).post("/v1/signing-keys", body).is_problem(422, "validation-failed").has_error("/proof", "required");
        return said.is_problem(422, "validation-failed").has_error("/proof", "no_possession").json().at("errors");
    };
    const auto before = tried_by_peru(as_witness);
    EXPECT_EQ(before.size(), 1U);
    enter(nominator_of("CL"), cl).is(201);
    EXPECT_EQ(tried_by_peru(as_witness), before);
    EXPECT_EQ(tried_by_peru(Json::object()), before);
    // Who holds the key is told.
    enter(nominator_of("PE"), Witness(seeded_random(21), "witness.example/pe"))
        .is_problem(409, "conflict")
        .has_error("/public_key", "already_exists");
    enter(nominator_of("CL"), cl).is_problem(409, "conflict").has_error("/public_key", "already_exists");
}

TEST_F(Cosigning, AWitnessNeedsANameOfItsOwn)
{
    const auto who = nominator_of("CL");
    enter(who, cl, {{"name", nullptr}}).is_problem(422, "validation-failed").has_error("/name", "required");
    enter(who, cl, {{"use", "statements"}}).is_problem(422, "validation-failed").has_error("/name", "unknown_member");
    enter(who, cl, {{"use", nullptr}}).is_problem(422, "validation-failed").has_error("/name", "unknown_member");
    enter(who, cl, {{"use", "both"}}).is_problem(422, "validation-failed").has_error("/use", "not_allowed_value");
    for (const char* name : {"two words", "a+b", "l\u00ednea", "a\u2003b", "\n"})
        enter(who, cl, {{"name", name}}).is_problem(422, "validation-failed").has_error("/name", "pattern");
    enter(who, cl, {{"name", std::string(256, 'a')}}).is_problem(422, "validation-failed").has_error("/name", "too_long");
    enter(who, cl, {{"name", ""}}).is_problem(422, "validation-failed").has_error("/name", "too_short");
    // Under the log's own name a key ID made to fit would make every reader refuse the log's line.
    for (const char* name : {"test.example/log", "test.example/log/epoch-2"})
        enter(who, cl, {{"name", name}}).is_problem(409, "conflict").has_error("/name", "already_exists");
    enter(who, cl, {{"name", std::string(255, 'a')}}).is(201);
}

TEST_F(Cosigning, AWitnessesKeySignsNoSubmission)
{
    enter(nominator_of("CL"), cl).is(201);
    const auto report = portal().submitted("CL");
    const auto pem = pem_of(cl.key().public_key());
    const auto salt = [](const std::string& name) { return base::base64(base::sha256("salt", name)); };
    const Json statement{{"key", base::hex(base::public_key_fingerprint(pem).value())},
                         {"time", domain::to_rfc3339(portal().now()).substr(0, 19) + "Z"},
                         {"content_salt", salt("content")},
                         {"recipients_salt", salt("recipients")}};
    as(approver_of("CL"))
        .post(path_of(report, "publish?dry_run=true"), {{"statement", statement}})
        .is_problem(422, "validation-failed")
        .has_error("/statement/key", "statement_key");
}

TEST_F(Cosigning, OfWhatHasNotBeenPublishedYetIsRefusedUntilItIs)
{
    options.log_at_once = false;  // accounts see the log move every five minutes, the public every hour
    const auto who = nominator_of("CL");
    enter(who, cl).is(201);
    const auto published = as(approver_of("CL")).post(path_of(portal().submitted("CL"), "publish")).is(200).json();
    const auto ahead = published["receipt"]["checkpoint"].get<std::string>();
    ASSERT_NE(Witness::body_of(ahead), Witness::body_of(checkpoint(who)));
    refused(who, cl.cosigned(ahead, seconds()), "not_this_log");
    portal().advance(std::chrono::minutes(6));
    hand_in(who, cl.cosigned(ahead, seconds())).is(201);
    EXPECT_EQ(checkpoint(anyone()).find("witness.example"), std::string::npos);  // the public sees an earlier size still
    portal().advance(std::chrono::minutes(61));
    EXPECT_NE(checkpoint(anyone()).find("witness.example/cl"), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
