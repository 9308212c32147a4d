// How a contact comes into the directory and leaves it: nomination by note verbale, acceptance, return; the note on paper
// that the secretariat records, and the State's answer.
#include "i18n/texts.hpp"
#include "integration/proofs.hpp"
#include "verify/verify.hpp"
#include <thread>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

const std::string nobody = "7d6f2a41-93c5-4e0b-8a17-5c2be09d4f36";  // of nothing, in any test

std::string nomination_path(const std::string& id, const std::string& step = "")
{
    return "/v1/nominations/" + id + (step.empty() ? "" : "/" + step);
}
std::string contact_path(const std::string& id, const std::string& step = "")
{
    return "/v1/contacts/" + id + (step.empty() ? "" : "/" + step);
}

class Nominations : public Portal {
protected:
    As clerk() { return as(secretariat()); }
    As authority() { return as(nominator_of("CL")); }
    std::string contact_in(const Reply& nomination) { return nomination.json().at("content").at("contact").get<std::string>(); }
    void expect_verified()
    {
        const auto report = service::verify((portal().directory() / "data/cbmx.sqlite").string(), {log_keys(portal()), {}});
        EXPECT_TRUE(report.ok()) << report.summary();
    }
    Json amendment_of(const std::string& contact, const Json& fields)
    {
        return {{"kind", "amendment"},
                {"contact", contact},
                {"fields", fields},
                {"note", {{"reference", "NV 2/2026"}, {"date", "2026-02-01"}}}};
    }
    Json removal_of(const std::string& contact)
    {
        return {{"kind", "removal"}, {"contact", contact}, {"note", {{"reference", "NV 3/2026"}, {"date", "2026-03-01"}}}};
    }
};

TEST_F(Nominations, AContactIsInTheDirectoryOnceTheSecretariatHasAcceptedItsNomination)
{
    const auto made = authority().post("/v1/nominations", a_nomination());
    const auto id = made.created_id();
    made.has_receipt();
    const auto contact = contact_in(made);
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");
    authority().get(contact_path(contact)).is_problem(404, "not-found");
    EXPECT_EQ(clerk().get(nomination_path(id)).is(200).json()["meta"]["status"], "open");
    const auto accepted = clerk().post(nomination_path(id, "accept")).is(200).has_receipt();
    EXPECT_EQ(accepted.json()["meta"]["status"], "accepted");
    const auto seen = as(contact_of("PE")).get(contact_path(contact)).is(200).json();
    EXPECT_EQ(seen["content"]["emails"], Json({"ciber@mre.example"}));
    EXPECT_EQ(seen["content"]["entered_by"], "state");
    EXPECT_EQ(seen["meta"]["scope"], "full");
    EXPECT_TRUE(seen["meta"]["state_position"].is_null());
    EXPECT_TRUE(seen["meta"]["notice"].is_null());
    clerk().post(nomination_path(id, "accept")).is_problem(409, "conflict").has_error("", "not_now");
    expect_verified();
}

TEST_F(Nominations, TheReceiptOfAContactOpensToTheContentThatOthersRead)
{
    const auto contact = portal().listed("CL");
    const auto seen = as(drafter_of("PE")).get(contact_path(contact)).is(200).json();
    const auto receipt = as(drafter_of("PE")).get("/v1/receipts/" + seen["meta"]["seq"].dump()).is(200).json();
    EXPECT_EQ(receipt["opening"]["content"], seen["content"]);
    EXPECT_EQ(receipt["opening"]["salt"], seen["salt"]);
    EXPECT_EQ(fault_of(portal(), receipt["receipt"], receipt["opening"]), "none");
}

TEST_F(Nominations, OnlyTheNominatingAuthorityAsksAndOnlyTheSecretariatDecides)
{
    for (const auto& who : {contact_of("CL"), drafter_of("CL"), approver_of("CL"), reviewer(), chair()})
        as(who).post("/v1/nominations", a_nomination()).is_problem(403, "forbidden");
    const auto id = authority().post("/v1/nominations", a_nomination()).created_id();
    authority().post(nomination_path(id, "accept")).is_problem(403, "forbidden");
    as(nominator_of("PE")).get(nomination_path(id)).is_problem(404, "not-found");
    as(nominator_of("PE")).post(nomination_path(id, "withdraw")).is_problem(404, "not-found");
    auto for_another = a_nomination();
    for_another["state"] = "PE";
    authority().post("/v1/nominations", for_another).is_problem(422, "validation-failed").has_error("/state", "server_owned");
    clerk().post("/v1/nominations", a_nomination()).is_problem(422, "validation-failed").has_error("/state", "required");
}

TEST_F(Nominations, EveryBrokenRuleIsToldAtOnce)
{
    auto wrong = a_nomination(a_contact({{"office", nullptr},
                                         {"emails", nullptr},
                                         {"phones", nullptr},
                                         {"csirt", {{"constituency", "all"}}},
                                         {"valid_from", "2026-05-01"},
                                         {"valid_until", "2026-04-01"},
                                         {"account", nobody},
                                         {"keys", {{{"kind", "openpgp"}, {"key", "no key"}}}}}));
    wrong["minimal_for"] = {"state:XX", "state:CL"};
    wrong["note"]["file"] = {{"name", "note.txt"}, {"content", "bm8gbm90ZQ=="}};
    const auto refused = authority().post("/v1/nominations", wrong).is_problem(422, "validation-failed");
    refused.has_error("/fields", "needs_person_or_office")
        .has_error("/fields", "needs_a_way_to_reach")
        .has_error("/fields/csirt", "csirt_only_technical")
        .has_error("/fields/valid_until", "order_of_dates");
    refused.has_error("/fields/account", "contact_account")
        .has_error("/fields/keys/0/key", "key_unreadable")
        .has_error("/minimal_for/0", "unknown_state")
        .has_error("/minimal_for/1", "invalid_value");
    refused.has_error("/note/file/content", "file_type");
    EXPECT_EQ(clerk().get("/v1/nominations").json()["items"].size(), 0U);
    const auto zone = authority().post("/v1/nominations", a_nomination(a_contact({{"time_zone", "America/Atlantis"},
                                                                                  {"phones", {{{"number", "0225550101"}}}},
                                                                                  {"emails", {"no address"}},
                                                                                  {"languages", {"not a language"}}})));
    zone.is_problem(422, "validation-failed")
        .has_error("/fields/time_zone", "format")
        .has_error("/fields/phones/0/number", "format")
        .has_error("/fields/emails/0", "format")
        .has_error("/fields/languages/0", "format");
}

TEST_F(Nominations, AReturnedNominationNamesItsReasonAndItsAge)
{
    const auto id = authority().post("/v1/nominations", a_nomination()).created_id();
    portal().advance(std::chrono::days(3));
    EXPECT_EQ(authority().get(nomination_path(id)).json()["meta"]["age_days"], 3);
    clerk().post(nomination_path(id, "return"), {{"reason", "The note bears no signature."}}).is(200).has_receipt();
    const auto returned = authority().get(nomination_path(id)).is(200).json();
    EXPECT_EQ(returned["meta"]["status"], "returned");
    EXPECT_EQ(returned["meta"]["reason"], "The note bears no signature.");
    clerk().post(nomination_path(id, "accept")).is_problem(409, "conflict");
    EXPECT_EQ(authority().get("/v1/nominations?status=returned").json()["items"].size(), 1U);
    EXPECT_EQ(authority().get("/v1/nominations?status=open").json()["items"].size(), 0U);
}

TEST_F(Nominations, WhatNobodyHasDecidedCanBeTakenBack)
{
    const auto id = authority().post("/v1/nominations", a_nomination()).created_id();
    EXPECT_EQ(authority().post(nomination_path(id, "withdraw")).is(200).json()["meta"]["status"], "withdrawn");
    clerk().post(nomination_path(id, "accept")).is_problem(409, "conflict");
    expect_verified();
}

TEST_F(Nominations, AnAmendmentNamesOnlyWhatChangesAndMakesANewVersion)
{
    const auto contact = portal().listed("CL");
    const auto id =
        authority()
            .post("/v1/nominations", amendment_of(contact, {{"emails", {"nuevo@mre.example"}}, {"phones", nullptr}, {"hours", "24x7"}}))
            .created_id();
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(contact)).json()["content"]["emails"], Json({"ciber@mre.example"}));
    clerk().post(nomination_path(id, "accept")).is(200);
    const auto seen = as(contact_of("PE")).get(contact_path(contact)).json();
    EXPECT_EQ(seen["content"]["emails"], Json({"nuevo@mre.example"}));
    EXPECT_EQ(seen["content"]["office"], "Oficina de Ciberdiplomacia");
    EXPECT_EQ(seen["content"]["content_version"], 2);
    EXPECT_FALSE(seen["content"].contains("phones"));
    EXPECT_EQ(seen["meta"]["reachable_now"], true);
    authority()
        .post("/v1/nominations", amendment_of(contact, {{"emails", nullptr}}))
        .is_problem(422, "validation-failed")
        .has_error("/fields", "needs_a_way_to_reach");
    authority()
        .post("/v1/nominations", amendment_of(contact, {{"institution", 7}}))
        .is_problem(422, "validation-failed")
        .has_error("/fields/institution", "wrong_type");
    authority().post("/v1/nominations", amendment_of(contact, {{"keys", {7}}})).is_problem(422, "validation-failed");
    authority()
        .post("/v1/nominations", amendment_of(nobody, {{"emails", nullptr}}))
        .is_problem(422, "validation-failed")
        .has_error("/contact", "unknown_reference");
    as(nominator_of("PE"))
        .post("/v1/nominations", amendment_of(contact, {{"rank", "alternate"}}))
        .is_problem(422, "validation-failed")
        .has_error("/contact", "unknown_reference");
    expect_verified();
}

TEST_F(Nominations, OthersAreNotShownWhatAContactSaidBefore)
{
    const auto contact = portal().listed("CL");
    const auto first = as(contact_of("PE")).get(contact_path(contact)).json()["meta"]["seq"].dump();
    clerk()
        .post(nomination_path(authority().post("/v1/nominations", amendment_of(contact, {{"emails", {"nuevo@mre.example"}}})).created_id(),
                              "accept"))
        .is(200);
    EXPECT_TRUE(as(contact_of("PE")).get("/v1/receipts/" + first).is(200).json()["opening"].is_null());
    EXPECT_EQ(authority().get("/v1/receipts/" + first).is(200).json()["opening"]["content"]["emails"], Json({"ciber@mre.example"}));
}

TEST_F(Nominations, ARemovedContactIsGoneForOthersAndLeavesATombstoneInTheirFeed)
{
    const auto contact = portal().listed("CL");
    const auto id = authority().post("/v1/nominations", removal_of(contact)).created_id();
    clerk().post(nomination_path(id, "accept")).is(200);
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");
    EXPECT_EQ(as(contact_of("PE")).get("/v1/contacts").json()["items"].size(), 0U);
    EXPECT_EQ(authority().get(contact_path(contact)).is(200).json()["meta"]["status"], "removed");
    const auto feed = as(contact_of("PE")).get("/v1/changes?limit=1000").json()["items"];
    std::size_t tombstones = 0;
    for (const auto& item : feed)
        if (item.value("tombstone", false)) {
            ++tombstones;
            EXPECT_EQ(item["subject"]["id"], contact);
        }
    EXPECT_EQ(tombstones, 1U);
    authority().post("/v1/nominations", amendment_of(contact, {{"rank", "alternate"}})).is_problem(409, "conflict");
    expect_verified();
}

TEST_F(Nominations, ANoteOnPaperTakesEffectAtOnceAndStaysMarked)
{
    const auto contact = portal().recorded("CL");
    const auto seen = as(contact_of("PE")).get(contact_path(contact), {{"Accept-Language", "es"}}).is(200).json();
    EXPECT_EQ(seen["content"]["entered_by"], "secretariat");
    EXPECT_EQ(seen["meta"]["entered_by"], "secretariat");
    EXPECT_EQ(seen["meta"]["state_position"], "unanswered");
    EXPECT_EQ(seen["meta"]["confirmed_at"], "2026-01-15T00:00:00.000Z");  // what came on paper was said on the day of the note
    EXPECT_EQ(seen["meta"]["notice"], i18n::text(i18n::Language::es, "contact.notice.unanswered"));
    const auto nomination = authority().get("/v1/nominations?state_position=unanswered").json()["items"][0];
    const auto id = nomination["id"].get<std::string>();
    authority().post(nomination_path(id, "confirm")).is(200).has_receipt();
    const auto now = as(contact_of("PE")).get(contact_path(contact)).json();
    EXPECT_EQ(now["meta"]["state_position"], "confirmed");
    EXPECT_EQ(now["meta"]["entered_by"], "secretariat");
    EXPECT_EQ(now["meta"]["freshness"], "current");
    authority().post(nomination_path(id, "object"), {{"reason", "too late"}}).is_problem(409, "conflict");
    expect_verified();
}

TEST_F(Nominations, AnObjectionTakesWhatWasRecordedOutOfOthersSight)
{
    const auto contact = portal().recorded("CL");
    const auto id = authority().get("/v1/nominations").json()["items"][0]["id"].get<std::string>();
    clerk().post(nomination_path(id, "object"), {{"reason", "x"}}).is_problem(403, "forbidden");
    authority().post(nomination_path(id, "object"), {{"reason", "Not ours."}}).is(200).has_receipt();
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");
    EXPECT_EQ(authority().get(contact_path(contact)).json()["meta"]["status"], "objected");
    EXPECT_EQ(clerk().get(nomination_path(id)).json()["meta"]["reason"], "Not ours.");
    authority().post(contact_path(contact, "confirm"), Json::object()).is_problem(409, "conflict");
    auto corrected = amendment_of(contact, {{"emails", {"right@mre.example"}}});
    corrected["state"] = "CL";
    const auto correction = clerk().post("/v1/nominations", corrected).created_id();
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");  // the State has the last word
    authority().post(nomination_path(correction, "confirm")).is(200);
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(contact)).is(200).json()["meta"]["state_position"], "confirmed");
    authority().post(nomination_path(id, "confirm")).is_problem(409, "conflict");
    expect_verified();
}

Json recorded_for(const std::string& state, Json body)
{
    body["state"] = state;
    return body;
}

TEST_F(Nominations, ANoteOnPaperAboutWhatTheStateItselfEnteredWaitsForTheState)
{
    const auto contact = portal().listed("CL");
    const auto amendment = clerk().post("/v1/nominations", recorded_for("CL", amendment_of(contact, {{"emails", {"forged@mre.example"}}})));
    const auto id = amendment.created_id();
    EXPECT_EQ(amendment.json()["meta"]["status"], "open");
    EXPECT_EQ(amendment.json()["meta"]["state_position"], "unanswered");
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(contact)).json()["content"]["emails"], Json({"ciber@mre.example"}));
    clerk().post(nomination_path(id, "accept")).is_problem(409, "conflict");
    authority().post(nomination_path(id, "withdraw")).is_problem(409, "conflict");
    EXPECT_EQ(authority().post(nomination_path(id, "object"), {{"reason", "We sent no such note."}}).is(200).json()["meta"]["status"],
              "returned");
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(contact)).is(200).json()["content"]["emails"], Json({"ciber@mre.example"}));
    const auto meant =
        clerk().post("/v1/nominations", recorded_for("CL", amendment_of(contact, {{"emails", {"nuevo@mre.example"}}}))).created_id();
    EXPECT_EQ(authority().post(nomination_path(meant, "confirm")).is(200).json()["meta"]["status"], "accepted");
    const auto seen = as(contact_of("PE")).get(contact_path(contact)).json();
    EXPECT_EQ(seen["content"]["emails"], Json({"nuevo@mre.example"}));
    EXPECT_EQ(seen["meta"]["state_position"], "confirmed");
    const auto removal = clerk().post("/v1/nominations", recorded_for("CL", removal_of(contact))).created_id();
    as(contact_of("PE")).get(contact_path(contact)).is(200);
    clerk().post(contact_path(contact, "erase")).is_problem(403, "forbidden");
    authority().post(nomination_path(removal, "confirm")).is(200);
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");
    expect_verified();
}

TEST_F(Nominations, AnObjectionToARecordedRemovalBringsTheContactBackAsItStood)
{
    const auto contact = portal().recorded("CL");
    const auto before = as(contact_of("PE")).get(contact_path(contact)).json()["meta"];
    auto removal = clerk().post("/v1/nominations", recorded_for("CL", removal_of(contact))).created_id();
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");
    authority().post(nomination_path(removal, "object"), {{"reason", "We sent no such note."}}).is(200);
    const auto after = as(contact_of("PE")).get(contact_path(contact)).is(200).json()["meta"];
    for (const char* member : {"status", "state_position", "confirmed_at"})
        EXPECT_EQ(after[member], before[member]) << member;
    // What the State objects to while it is removed does not come back into sight.
    const auto listing = clerk().get("/v1/nominations?kind=nomination").json()["items"][0]["id"].get<std::string>();
    removal = clerk().post("/v1/nominations", recorded_for("CL", removal_of(contact))).created_id();
    authority().post(nomination_path(listing, "object"), {{"reason", "Not ours."}}).is(200);
    authority().post(nomination_path(removal, "object"), {{"reason", "Nor this."}}).is(200);
    as(contact_of("PE")).get(contact_path(contact)).is_problem(404, "not-found");
    EXPECT_EQ(authority().get(contact_path(contact)).json()["meta"]["status"], "objected");
    expect_verified();
}

TEST_F(Nominations, ANoteOnPaperShowsNobodyMoreThanTheStateHasChosen)
{
    const auto contact = portal().recorded("CL");
    authority().post(contact_path(contact, "audience"), {{"minimal_for", {"state:PE"}}}).is(200);
    auto wider = recorded_for("CL", amendment_of(contact, {{"rank", "alternate"}}));
    wider["minimal_for"] = Json::array();
    clerk().post("/v1/nominations", wider).is_problem(422, "validation-failed").has_error("/minimal_for", "wider_on_paper");
    wider["minimal_for"] = {"state:BR", "state:PE"};
    clerk().post("/v1/nominations", wider).is(201);
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(contact)).json()["meta"]["scope"], "minimal");
}

TEST_F(Nominations, AnAmendmentOfWhatHasChangedSinceIsAskedAnew)
{
    const auto contact = portal().listed("CL");
    const auto first = authority().post("/v1/nominations", amendment_of(contact, {{"emails", {"one@mre.example"}}})).created_id();
    const auto second = authority().post("/v1/nominations", amendment_of(contact, {{"emails", {"two@mre.example"}}})).created_id();
    clerk().post(nomination_path(first, "accept")).is(200);
    clerk().post(nomination_path(second, "accept")).is_problem(409, "conflict").has_error("", "not_now");
    auto widening = amendment_of(contact, {{"rank", "alternate"}});
    widening["minimal_for"] = Json::array();
    const auto third = authority().post("/v1/nominations", widening).created_id();
    authority().post(contact_path(contact, "audience"), {{"minimal_for", {"state:PE"}}}).is(200);
    clerk().post(nomination_path(third, "accept")).is_problem(409, "conflict");
    EXPECT_EQ(as(contact_of("PE")).get(contact_path(contact)).json()["meta"]["scope"], "minimal");
}

TEST_F(Nominations, WhatIsNotRightAnyMoreWhenItIsAcceptedIsAConflict)
{
    const Who person{"state:CL", {"contact"}, "leaves"};
    const auto id = authority().post("/v1/nominations", a_nomination(a_contact({{"account", as(person).account()}}))).created_id();
    portal().operate({{"command", "account status"}, {"id", as(person).account()}, {"status", "disabled"}});
    clerk().post(nomination_path(id, "accept")).is_problem(409, "conflict").has_error("/fields/account", "contact_account");
}

TEST_F(Nominations, ANoteIsNotOfTheFuture)
{
    auto body = a_nomination();
    body["note"]["date"] = "9999-12-31";
    authority().post("/v1/nominations", body).is_problem(422, "validation-failed").has_error("/note/date", "note_in_future");
}

TEST_F(Nominations, WhatARemovalCarriesBesidesItsNoteIsRefused)
{
    auto body = removal_of(portal().listed("CL"));
    body["fields"] = {{"keys", {1, "x"}}};
    authority().post("/v1/nominations", body).is_problem(422, "validation-failed").has_error("/fields", "unknown_member");
}

TEST_F(Nominations, TheSignedNoteIsKeptCommittedToAndServedAsAFile)
{
    const std::string pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    auto body = a_nomination();
    body["note"]["file"] = {{"name", "Nota \"1\" año.pdf"}, {"content", base::base64(pdf)}};
    const auto made = authority().post("/v1/nominations", body);
    const auto id = made.created_id();
    EXPECT_EQ(made.json()["content"]["note"]["file"]["sha256"], base::hex(base::sha256(pdf)));
    EXPECT_EQ(made.json()["opening"]["content"]["note"], made.json()["content"]["note"]);
    const auto file = clerk().get(nomination_path(id, "note")).is(200);
    EXPECT_EQ(file.body(), pdf);
    EXPECT_EQ(file.field("Content-Type"), "application/pdf");
    EXPECT_EQ(file.field("Content-Disposition"), "attachment; filename*=UTF-8''Nota%20%221%22%20a%C3%B1o.pdf");
    EXPECT_EQ(file.field("X-Content-Type-Options"), "nosniff");
    EXPECT_NE(file.field("Content-Security-Policy").find("sandbox"), std::string::npos);
    as(nominator_of("PE")).get(nomination_path(id, "note")).is_problem(404, "not-found");
    authority().get(nomination_path(authority().post("/v1/nominations", a_nomination()).created_id(), "note")).is_problem(404, "not-found");
    expect_verified();
}

TEST_F(Nominations, TheSameReferenceWithTheSameContentAnswersAsBefore)
{
    auto body = a_nomination();
    body["client_ref"] = "n-1";
    const auto first = authority().post("/v1/nominations", body);
    const auto id = first.created_id();
    const auto again = authority().post("/v1/nominations", body).is(200);
    EXPECT_EQ(again.json()["id"], id);
    EXPECT_EQ(again.json()["receipt"], first.json()["receipt"]);
    body["note"]["reference"] = "NV 9/2026";
    authority().post("/v1/nominations", body).is_problem(409, "reference-conflict");
    const auto size = portal().ledger_size();
    authority().post("/v1/nominations?dry_run=true", a_nomination()).is(200);
    EXPECT_EQ(portal().ledger_size(), size);
}

TEST_F(Nominations, ARetriedRequestMakesOneNomination)
{
    const Fields key{{"Idempotency-Key", "k1"}};
    const auto first = authority().post("/v1/nominations", a_nomination(), key).created_id();
    const auto again = authority().post("/v1/nominations", a_nomination(), key);
    EXPECT_EQ(again.created_id(), first);
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(authority().get("/v1/nominations").json()["items"].size(), 1U);
}

constexpr const char* planted = "planted-quetzal-51c8";

TEST_F(Nominations, ErasureLeavesNothingPersonalInAnyFileAndEveryProofHolds)
{
    const std::string text = planted;
    const std::string pdf = "%PDF-1.4\n%" + text + "\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    auto body = a_nomination(a_contact({{"person", text}, {"address", text}, {"emails", {text + "@mre.example"}}}));
    body["note"]["file"] = {{"name", text + ".pdf"}, {"content", base::base64(pdf)}};
    body["client_ref"] = "r1";
    const auto made = authority().post("/v1/nominations", body, {{"Idempotency-Key", "k1"}});
    const auto contact = contact_in(made);
    const auto accepted = clerk().post(nomination_path(made.created_id(), "accept")).is(200);
    const auto returned = authority().post("/v1/nominations", amendment_of(contact, {{"position", text}})).created_id();
    clerk().post(nomination_path(returned, "return"), {{"reason", text}}).is(200);
    authority().post(contact_path(contact, "confirm"), Json::object()).is(200);
    clerk().post(nomination_path(authority().post("/v1/nominations", removal_of(contact)).created_id(), "accept")).is(200);
    EXPECT_NE(bytes_under(portal().directory()).find(text), std::string::npos);
    clerk().post(contact_path(contact, "erase")).is_problem(403, "forbidden");
    as(contact_of("CL")).post(contact_path(contact, "erase")).is_problem(403, "forbidden");
    const auto erased = authority().post(contact_path(contact, "erase")).is(200).has_receipt();
    EXPECT_TRUE(erased.json()["content"].is_null());
    for (const auto* path : {"/v1/nominations", "/v1/contacts", "/v1/changes?limit=1000", "/v1/audit?limit=1000"})
        EXPECT_EQ(authority().get(path).is(200).body().find(text), std::string::npos) << path;
    authority().get(nomination_path(made.created_id(), "note")).is_problem(404, "not-found");
    EXPECT_EQ(fault_of(portal(), made.json()["receipt"], made.json()["opening"]), "none");
    for (const auto& reply : {made, accepted, erased}) {
        const auto receipt =
            authority().get("/v1/receipts/" + std::to_string(reply.json()["receipt"]["index"].get<std::int64_t>())).is(200).json();
        EXPECT_EQ(receipt["receipt"], reply.json()["receipt"]);
        EXPECT_EQ(fault_of(portal(), receipt["receipt"], receipt["opening"]), "none");
    }
    authority().post("/v1/nominations", body).is_problem(409, "reference-conflict");
    authority().post(contact_path(contact, "erase")).is_problem(409, "conflict");
    expect_verified();
    EXPECT_TRUE(leaves_every_file_under(portal().directory(), text));
}

TEST_F(Nominations, AReturnedNominationCanBeErased)
{
    const auto id = authority().post("/v1/nominations", a_nomination(a_contact({{"person", "Somebody"}}))).created_id();
    authority().post(nomination_path(id, "erase")).is_problem(409, "conflict");
    clerk().post(nomination_path(id, "return"), {{"reason", "No signature."}}).is(200);
    const auto erased = authority().post(nomination_path(id, "erase")).is(200).json();
    EXPECT_TRUE(erased["content"].is_null());
    EXPECT_TRUE(erased["meta"]["reason"].is_null());
    expect_verified();
}

}  // namespace
}  // namespace cbmx::test
