// Room as a script meets it: told in advance, refused clearly when it is used up, raised by the secretariat, and never in the way of
// a decision.
#include "domain/quotas.hpp"
#include "support/portal.hpp"
#include "support/process.hpp"

namespace cbmx::test {
namespace {

using domain::Quota;

class Room : public Portal {
protected:
    void is_used(const std::string& holder, Quota quota, std::int64_t much, const std::string& day = "")
    {
        portal().app().portal().database.writer().run([&](store::Transaction& transaction) {
            transaction.db().run("INSERT INTO quota_use VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET used = excluded.used", holder,
                                 domain::name_of(quota), day, much);
            return true;
        });
    }
    std::string today() { return domain::to_rfc3339(portal().now()).substr(0, 10); }
};

TEST_F(Room, IsToldToTheOwnStateAndToTheSecretariatWithoutItsUse)
{
    const auto own = as(drafter_of("CL")).get("/v1/quotas").is(200).json()["items"];
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0]["id"], "CL");
    EXPECT_EQ(own[0]["limits"].size(), domain::quota_count);
    EXPECT_EQ(own[0]["limits"][0]["used_tenths"], 0);
    const auto all = as(secretariat()).get("/v1/quotas?limit=100").is(200).json()["items"];
    EXPECT_GT(all.size(), 30U);
    for (const auto& state : all)
        for (const auto& limit : state["limits"])
            EXPECT_TRUE(limit["used_tenths"].is_null());
    as(drafter_of("PE")).get("/v1/states/CL/quotas").is_problem(404, "not-found");
    as(anyone()).get("/v1/quotas").is_problem(401, "unauthenticated");
}

TEST_F(Room, TheSecretariatRaisesALimitWithAReceiptAndNobodyLowersOne)
{
    const auto usual = domain::row_of(Quota::drafts).limit;
    is_used("state:CL", Quota::drafts, usual);
    as(drafter_of("CL")).post("/v1/reports", a_report()).is_problem(409, "quota-exceeded").has_error("", "quota_drafts");
    as(secretariat()).patch("/v1/states/CL/quotas", {{"drafts", usual + 1}}).is(200).has_receipt();
    as(drafter_of("CL")).post("/v1/reports", a_report()).is(201);
    as(drafter_of("CL")).post("/v1/reports", a_report()).is_problem(409, "quota-exceeded");
    as(secretariat())
        .patch("/v1/states/CL/quotas", {{"drafts", 1}})
        .is_problem(422, "validation-failed")
        .has_error("/drafts", "below_minimum");
    as(nominator_of("CL")).patch("/v1/states/CL/quotas", {{"drafts", usual + 2}}).is_problem(403, "forbidden");
    const auto told = as(drafter_of("CL")).get("/v1/states/CL/quotas").is(200).json();
    EXPECT_EQ(told["content"]["raised"]["drafts"], usual + 1);
    EXPECT_EQ(told["limits"][0]["used_tenths"], 10);
}

TEST_F(Room, OfTheDaysEntriesIsNeverInTheWayOfADecision)
{
    const auto submitted = portal().submitted("CL"), published = portal().published("CL"), draft = portal().draft("CL");
    is_used("state:CL", Quota::entries, domain::row_of(Quota::entries).limit, today());
    const auto full = as(drafter_of("CL")).post("/v1/reports", a_report());
    full.is_problem(409, "quota-exceeded").has_error("", "quota_entries");
    const auto wait = std::stoll("0" + full.field("Retry-After"));
    EXPECT_TRUE(wait > 0 && wait <= 24 * 3600) << wait;
    as(drafter_of("CL")).post(path_of(draft, "submit")).is_problem(409, "quota-exceeded");
    as(drafter_of("CL")).post("/v1/batches", nlohmann::json::array({{{"report", a_report()}}})).is_problem(409, "quota-exceeded");
    as(approver_of("CL")).post(path_of(submitted, "publish")).is(200);
    as(approver_of("CL")).post(path_of(published, "withdraw")).is(200);
    const auto mine = as(nominator_of("CL")).get("/v1/accounts/" + as(drafter_of("CL")).account() + "/credentials").is(200).json();
    as(nominator_of("CL")).post("/v1/credentials/" + mine["items"][0]["id"].get<std::string>() + "/revoke").is(200);
    as(drafter_of("PE")).post("/v1/reports", a_report()).is(201);
    portal().advance(std::chrono::hours(24));
    as(drafter_of("CL", "second")).post("/v1/reports", a_report()).is(201);
}

TEST_F(Room, InABatchEachItemIsToldWhichLimitIsReached)
{
    is_used("state:CL", Quota::drafts, domain::row_of(Quota::drafts).limit - 1);
    const auto two = nlohmann::json::array({{{"report", a_report()}}, {{"report", a_report({{"measure", "OAS-CBM-2"}})}}});
    as(drafter_of("CL")).post("/v1/batches", two).is(422);
    const auto each = as(drafter_of("CL")).post("/v1/batches?mode=each", two).is(201).json()["content"];
    EXPECT_EQ(each["accepted"], 1);
    EXPECT_EQ(each["refused"], 1);
    EXPECT_EQ(each["items"][1]["errors"][0]["code"], "quota_drafts");
}

TEST_F(Room, IsAskedForOnceForABatchThatGoesThroughTheWriterInParts)
{
    constexpr std::int64_t item_count = 300;
    std::string items;
    for (std::int64_t i = 0; i < item_count; ++i)
        items += nlohmann::json{{"report", a_report({{"narrative", "Item " + std::to_string(i)}})}}.dump() + "\n";
    const auto parts = [this] {
        auto snapshot = portal().app().portal().database.read();
        auto rows = snapshot.db().query("SELECT count(*) FROM batch_part");
        return rows.next() ? rows.integer(0) : 0;
    };
    const Fields plain{{"Content-Type", "application/x-ndjson"}},
        keyed{{"Content-Type", "application/x-ndjson"}, {"Idempotency-Key", "night"}};
    as(drafter_of("CL")).get("/v1/me").is(200);
    for (const auto& fields : {plain, keyed}) {
        const auto before = parts();
        is_used("state:CL", Quota::entries, domain::row_of(Quota::entries).limit - 1, today());
        RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = 120'000});
        const auto sent = ask(client, "POST", "/v1/batches?mode=each&goal=submit", as(drafter_of("CL")).token(), items, fields);
        ASSERT_TRUE(sent && sent->status == 201) << (sent ? sent->body : "no answer");
        EXPECT_EQ(nlohmann::json::parse(sent->body)["content"]["accepted"], item_count) << "it began below the limit";
        EXPECT_GT(parts() - before, 1);
        as(drafter_of("CL")).post("/v1/reports", a_report()).is_problem(409, "quota-exceeded").has_error("", "quota_entries");
    }
}

TEST_F(Room, ARepeatedRequestIsAnsweredFromItsRecordAlsoWhenAllIsUsed)
{
    const Fields keyed{{"Idempotency-Key", "once"}};
    const auto first = as(drafter_of("CL")).post("/v1/reports", a_report(), keyed).created_id();
    is_used(as(drafter_of("CL")).account(), Quota::retries, domain::row_of(Quota::retries).limit);
    EXPECT_EQ(as(drafter_of("CL")).post("/v1/reports", a_report(), keyed).created_id(), first);
    as(drafter_of("CL")).post("/v1/reports", a_report(), {{"Idempotency-Key", "twice"}}).is_problem(409, "quota-exceeded");
    as(drafter_of("CL")).post("/v1/reports", a_report()).is(201);
    const auto draft = portal().draft("CL");
    as(drafter_of("CL")).remove(path_of(draft), {{"Idempotency-Key", "discarded"}}).is(204);
}

}  // namespace
}  // namespace cbmx::test
