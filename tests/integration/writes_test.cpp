// Safe retries, rehearsals and races: what may be sent twice happens once, and what is rehearsed leaves nothing.
#include "integration/proofs.hpp"
#include "support/brought_key.hpp"
#include <thread>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Writes : public Portal {
protected:
    // Everything that a write could have changed, as those who could see it see it.
    std::string everything()
    {
        std::string text = std::to_string(portal().ledger_size());
        for (const auto& who : {drafter_of("CL"), approver_of("CL"), nominator_of("CL"), secretariat()})
            for (const auto* path :
                 {"/v1/reports", "/v1/accounts?limit=100", "/v1/proposals", "/v1/delegations", "/v1/signing-keys", "/v1/periods",
                  "/v1/measures", "/v1/states?limit=100", "/v1/documents?limit=100", "/v1/states/CL/settings", "/v1/changes?limit=1000"}) {
                const auto reply = as(who).get(path);
                text += reply.status() == 200 ? reply.body() : std::to_string(reply.status());  // a problem names its request
            }
        return text;
    }
    std::string raw_request(const std::string& path, const std::string& token, const std::string& if_match)
    {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\nIf-Match: " + if_match +
               "\r\nContent-Length: 0\r\n\r\n";
    }
    RawOptions connection() { return {.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"}; }
};

TEST_F(Writes, TheSameRequestUnderTheSameKeyIsAnsweredAgainAndDoneOnce)
{
    const auto id = portal().submitted("CL");
    const auto tag = as(approver_of("CL")).get(path_of(id, "draft")).field("ETag");
    const Fields fields{{"Idempotency-Key", "\"publish-1\""}, {"If-Match", tag}};
    const auto first = as(approver_of("CL")).post(path_of(id, "publish"), nullptr, fields).is(200);
    const auto size = portal().ledger_size();
    const auto again = as(approver_of("CL")).post(path_of(id, "publish"), nullptr, fields).is(200);
    EXPECT_TRUE(first.field("Idempotency-Replayed").empty());
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.json()["receipt"], first.json()["receipt"]);
    EXPECT_EQ(portal().ledger_size(), size);
    // Another body, another If-Match or another path under that key is another request.
    as(approver_of("CL")).post(path_of(id, "publish"), Json::object(), fields).is_problem(422, "idempotency-key-reused");
    as(approver_of("CL"))
        .post(path_of(id, "withdraw"), nullptr, {{"Idempotency-Key", "publish-1"}, {"If-Match", "\"1-\""}})
        .is_problem(422, "idempotency-key-reused");
    as(approver_of("CL", "second"))
        .post(path_of(id, "withdraw"), nullptr, {{"Idempotency-Key", "publish-1"}, {"If-Match", "\"1-\""}})
        .is(200);
}

TEST_F(Writes, AKeyWorksOnDraftsAndRefusalsAreNotRemembered)
{
    const auto drafter = as(drafter_of("CL"));
    const Fields key{{"Idempotency-Key", "draft-1"}};
    drafter.post("/v1/reports", a_report({{"measure", "OAS-CBM-99"}}), key).is_problem(422, "validation-failed");
    const auto id = drafter.post("/v1/reports", a_report(), key).created_id();
    const auto again = drafter.post("/v1/reports", a_report(), key);
    EXPECT_EQ(again.created_id(), id);
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(drafter.get("/v1/reports").json()["items"].size(), 1U);
    // The status is the original one, the representation the present one.
    drafter.patch(path_of(id), {{"narrative", "since then"}}).is(200);
    EXPECT_EQ(drafter.post("/v1/reports", a_report(), key).is(201).json()["content"]["narrative"], "since then");
    EXPECT_NE(as(drafter_of("CL", "other")).post("/v1/reports", a_report(), key).created_id(), id);
    drafter.post("/v1/reports", a_report(), {{"Idempotency-Key", ""}}).is(201);
    drafter.post("/v1/reports", a_report(), {{"Idempotency-Key", "two words"}})
        .is_problem(400, "bad-request")
        .has_error("header:Idempotency-Key", "format");
}

TEST_F(Writes, AReplayIsForWhoMayStillDoIt)
{
    const auto id = portal().draft("CL");
    const Fields fields{{"Idempotency-Key", "s1"}, {"If-Match", "*"}};
    as(drafter_of("CL")).post(path_of(id, "submit"), nullptr, fields).is(200);
    as(nominator_of("CL")).patch("/v1/accounts/" + as(drafter_of("CL")).account(), {{"roles", {"contact"}}}).is(200);
    as(drafter_of("CL")).post(path_of(id, "submit"), nullptr, fields).is_problem(403, "forbidden");
    const auto credential = as(drafter_of("CL")).get("/v1/me").json()["credential"]["id"].get<std::string>();
    as(nominator_of("CL")).post("/v1/credentials/" + credential + "/revoke").is(200);
    as(drafter_of("CL")).post(path_of(id, "submit"), nullptr, fields).is_problem(401, "invalid-credential");
}

TEST_F(Writes, ARehearsalLeavesNothing)
{
    as(drafter_of("CL")).get("/v1/me").is(200);
    portal().advance(std::chrono::hours(61 * 24));  // when it may renew its token
    const auto draft = portal().draft("CL");
    const auto submitted = portal().submitted("CL");
    const auto published = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    const auto withdrawn = portal().published("CL");
    as(approver_of("CL")).post(path_of(withdrawn, "withdraw")).is(200);
    const auto drafter = drafter_of("CL"), approver = approver_of("CL"), nominator = nominator_of("CL");
    const auto account = "/v1/accounts/" + as(drafter).account();
    const auto credential = as(drafter).get("/v1/me").json()["credential"]["id"].get<std::string>();
    for (const auto& who : {nominator, approver_of("CL", "second")})
        as(who).get("/v1/me").is(200);
    const auto proposal = as(approver).post(path_of(published, "label"), {{"label", "TLP:CLEAR"}}).is(202).json()["id"].get<std::string>();
    const auto enrolment = as(nominator).post(account + "/credentials", an_enrolment()).created_id();
    const auto hash = base::hex(base::sha256(portal().new_token()));
    const auto first = base::Ed25519Key::generate(seeded_random(8)), next = base::Ed25519Key::generate(seeded_random(9));
    portal().state_key("CL", body_of(brought(first)));
    struct Rehearsal {
        Who who;
        std::string method, path;
        Json body;
        int status;
    };
    const std::vector<Rehearsal> rehearsals{
        {drafter, "POST", "/v1/reports", a_report({{"client_ref", "dry"}}), 201},
        {drafter, "PATCH", path_of(draft), {{"narrative", "dry"}}, 200},
        {drafter, "DELETE", path_of(draft), nullptr, 204},
        {drafter, "POST", path_of(draft, "submit"), nullptr, 200},
        {approver, "POST", path_of(submitted, "return"), {{"reason", "dry"}}, 200},
        {approver, "POST", path_of(submitted, "publish"), nullptr, 200},
        {drafter, "POST", path_of(published, "revise"), nullptr, 201},
        {approver, "POST", path_of(published, "label"), {{"label", "TLP:AMBER"}}, 200},
        {approver,
         "POST",
         path_of(published, "recipients"),
         {{"recipients",
           {"state:PE", "members", "office:chair", "office:reviewers", "office:secretariat", "account:" + as(approver).account()}}},
         202},
        {approver, "POST", path_of(published, "withdraw"), nullptr, 200},
        {approver, "POST", path_of(withdrawn, "erase"), nullptr, 202},
        {nominator, "POST", "/v1/accounts", {{"name", "Dry"}, {"roles", {"contact"}}}, 201},
        {nominator, "PATCH", account, {{"name", "Dry"}}, 200},
        {nominator, "POST", account + "/credentials", an_enrolment(), 201},
        {nominator, "POST", "/v1/enrolments/" + enrolment + "/end", nullptr, 200},
        {anyone(), "POST", "/v1/enrolments/" + enrolment + "/use", {{"code", enrolment_code}, {"token_sha256", hash}}, 201},
        {drafter, "POST", "/v1/credentials/renew", {{"token_sha256", hash}}, 201},
        {drafter, "POST", "/v1/credentials/" + credential + "/revoke", nullptr, 200},
        {drafter,
         "POST",
         "/v1/delegations",
         {{"delegate", as(approver).account()},
          {"roles", {"drafter"}},
          {"until", domain::to_rfc3339(portal().now() + std::chrono::hours(48))}},
         201},
        {nominator, "POST", "/v1/signing-keys", body_of(brought(next)), 202},
        {nominator, "POST", "/v1/signing-keys", body_of(following(brought(next), first)), 201},
        {nominator, "PATCH", "/v1/states/CL/settings", {{"require_signature", true}, {"one_holder", true}}, 200},
        {nominator, "PATCH", "/v1/states/CL/settings", {{"four_eyes", false}}, 202},
        {approver_of("CL", "second"), "POST", "/v1/proposals/" + proposal + "/confirm", nullptr, 200},
        {approver, "POST", "/v1/proposals/" + proposal + "/decline", nullptr, 200},
        {secretariat(),
         "POST",
         "/v1/proposals",
         {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Dry"}, {"roles", {"contact"}}},
         201},
        {secretariat(),
         "POST",
         "/v1/periods",
         {{"code", "dry"},
          {"label", {{"en", "Dry"}, {"es", "Dry"}, {"fr", "Dry"}, {"pt", "Dry"}}},
          {"from", "2030-01-01"},
          {"until", "2030-12-31"}},
         201},
        {secretariat(), "PATCH", "/v1/periods/2025-2026", {{"due", "2026-12-31"}}, 200},
    };
    const auto before = everything();
    for (const auto& r : rehearsals) {
        const auto path = r.path + "?dry_run=true";
        const Fields key{{"Idempotency-Key", "dry-run"}};
        const auto reply = r.method == "POST"    ? as(r.who).post(path, r.body, key)
                           : r.method == "PATCH" ? as(r.who).patch(path, r.body, key)
                                                 : as(r.who).remove(path, key);
        EXPECT_EQ(reply.is(200).json(), (Json{{"dry_run", true}, {"status", r.status}})) << r.method << " " << r.path;
    }
    EXPECT_EQ(everything(), before);
    as(drafter).get(path_of(draft)).is(200);
    as(drafter)
        .post("/v1/reports", a_report({{"client_ref", "dry"}, {"narrative", "The reference is still free, and so is the key."}}),
              {{"Idempotency-Key", "dry-run"}})
        .is(201);
}

TEST_F(Writes, ARehearsalNamesEveryErrorAtOnce)
{
    const auto reply = as(drafter_of("CL"))
                           .post("/v1/reports?dry_run=true", a_report({{"measure", "OAS-CBM-99"},
                                                                       {"period", "1999"},
                                                                       {"recipients", {"state:ZZ", "state:PE"}},
                                                                       {"last_declared_year", 2020}}));
    reply.is_problem(422, "validation-failed")
        .has_error("/measure", "unknown_measure")
        .has_error("/period", "unknown_period")
        .has_error("/recipients/0", "unknown_state")
        .has_error("/last_declared_year", "invalid_value");
    as(approver_of("CL")).post("/v1/reports?dry_run=true", a_report()).is_problem(403, "forbidden");
    as(drafter_of("CL")).get("/v1/reports?dry_run=true").is_problem(400, "unknown-parameter");
    as(drafter_of("CL")).post("/v1/reports?dry_run=maybe", a_report()).is_problem(400, "invalid-parameter");
}

TEST_F(Writes, AClientReferenceIsOneReportPerAccount)
{
    const auto body = a_report({{"client_ref", "ministry-17"}});
    const auto id = as(drafter_of("CL")).post("/v1/reports", body).created_id();
    EXPECT_EQ(as(drafter_of("CL")).post("/v1/reports", body).json()["id"], id);
    as(drafter_of("CL"))
        .post("/v1/reports", a_report({{"client_ref", "ministry-17"}, {"narrative", "other"}}))
        .is_problem(409, "reference-conflict")
        .has_error("/client_ref", "already_exists");
    EXPECT_NE(as(drafter_of("CL", "other")).post("/v1/reports", body).created_id(), id);
    EXPECT_NE(as(drafter_of("PE")).post("/v1/reports", body).created_id(), id);
}

TEST_F(Writes, OfTwoApprovalsAtOnceOneWinsAndOneEntryIsMade)
{
    const std::string tokens[]{as(approver_of("CL", "one")).token(), as(approver_of("CL", "two")).token()};
    for (int round = 0; round < 5; ++round) {
        const auto id = portal().submitted("CL");
        const auto tag = as(approver_of("CL", "one")).get(path_of(id, "draft")).field("ETag");
        const auto size = portal().ledger_size();
        int statuses[2]{};
        std::vector<std::thread> threads;
        for (int i = 0; i < 2; ++i)
            threads.emplace_back([this, i, &statuses, &tokens, &id, &tag, options = connection()] {
                RawClient client(options);
                const auto response = client.exchange(raw_request(path_of(id, "publish"), tokens[i], tag));
                statuses[i] = response ? response->status : 0;
            });
        for (auto& thread : threads)
            thread.join();
        const int lost = statuses[0] == 200 ? statuses[1] : statuses[0];
        EXPECT_TRUE((statuses[0] == 200) != (statuses[1] == 200)) << statuses[0] << " " << statuses[1];
        EXPECT_TRUE(lost == 409 || lost == 412) << lost;
        EXPECT_EQ(portal().ledger_size(), size + 1);
    }
}

TEST_F(Writes, AReceiptIsTheSameBytesForEverAndVerifiesWithTheLogsKey)
{
    const auto id = portal().submitted("CL");
    const auto written = as(approver_of("CL")).post(path_of(id, "publish")).is(200).json();
    const auto path = "/v1/receipts/" + std::to_string(written["receipt"]["index"].get<std::int64_t>());
    EXPECT_EQ(fault_of(portal(), written["receipt"], written["opening"]), "none");
    EXPECT_EQ(written["opening"]["content"], written["content"]);
    EXPECT_EQ(written["opening"]["salt"], written["salt"]);
    const auto first = as(anyone()).get(path).is(200);
    portal().published("PE");
    const auto second = as(anyone()).get(path).is(200);
    EXPECT_EQ(first.body(), second.body());
    EXPECT_EQ(first.json()["receipt"], written["receipt"]);
    EXPECT_EQ(as(drafter_of("PE")).get(path).json()["receipt"], written["receipt"]);
    EXPECT_EQ(fault_of(portal(), first.json()["receipt"], first.json()["opening"]), "none");
    const auto proof = as(anyone()).get(path, {{"Accept", "text/plain"}}).is(200);
    EXPECT_EQ(proof.body().rfind("c2sp.org/tlog-proof@v1\n", 0), 0U);
    // One changed letter in what it opens is noticed.
    auto opening = first.json()["opening"];
    opening["content"]["narrative"] = "A test report!";
    EXPECT_EQ(fault_of(portal(), first.json()["receipt"], opening), "wrong_opening");
    auto receipt = first.json()["receipt"];
    receipt["entry"]["at"] = "2027-01-15T08:00:00.000Z";
    EXPECT_NE(fault_of(portal(), receipt, nullptr), "none");
    as(anyone()).get("/v1/receipts/007").is_problem(404, "not-found");
    as(anyone()).get("/v1/receipts/99999999").is_problem(404, "not-found");
}

}  // namespace
}  // namespace cbmx::test
