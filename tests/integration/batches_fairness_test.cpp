// Nobody waits for another's batch (rules.md 27a): what is refused or only tried never enters the writer, and what enters it lets others
// in between.
#include "support/held_writer.hpp"
#include "support/portal.hpp"
#include "support/waiting.hpp"
#include <future>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

Json report_item(const Json& changes = Json::object()) { return {{"report", a_report(changes)}}; }

class FairBatches : public Portal {
protected:
    static std::string lines(const std::vector<Json>& items)
    {
        std::string text;
        for (const auto& item : items)
            text += item.dump() + "\n";
        return text;
    }
    Reply send(const Who& who, const std::string& query, const std::string& body)
    {
        return as(who).send("POST", "/v1/batches" + query, body, {{"Content-Type", "application/json"}});
    }
};

TEST_F(FairBatches, WhatIsRefusedAndADryRunNeverEnterTheWriter)
{
    auto evidence = Json::array();
    while (evidence.size() < 45'000)  // some 180 KB
        evidence.push_back(Json::object());
    const auto full_of_mistakes = Json::array({report_item({{"evidence", evidence}})}).dump();
    const auto unknown_code = Json::array({report_item(), report_item({{"measure", "OAS-CBM-99"}})}).dump();
    as(drafter_of("CL")).get("/v1/me").is(200);
    const HeldWriter held(portal().app().portal().database.writer());
    send(drafter_of("CL"), "", full_of_mistakes).is_problem(422, "validation-failed");
    send(drafter_of("CL"), "?goal=submit", unknown_code).is_problem(422, "validation-failed");
    send(drafter_of("CL"), "?goal=submit&dry_run=true", Json::array({report_item()}).dump()).is(200);
    send(drafter_of("CL"), "?mode=each&dry_run=true", unknown_code).is(200);
}

// A batch of mode=each that goes through the writer while the test does something else.
class BatchUnderWay : public FairBatches {
protected:
    static constexpr int item_count = 1000;

    void begin(const Who& who, const Fields& fields = {})
    {
        std::vector<Json> items;
        for (int i = 0; i < item_count; ++i)
            items.push_back(report_item({{"narrative", "Item " + std::to_string(i)}}));
        std::string head = "POST /v1/batches?mode=each&goal=submit HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                           as(who).token() + "\r\nContent-Type: application/x-ndjson\r\n";
        for (const auto& [name, value] : fields)
            head += name + ": " + value + "\r\n";
        const auto body = lines(items);
        const auto before = portal().ledger_size();
        answer_ = std::async(std::launch::async, [port = portal().app().port(),
                                                  request = head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body] {
            RawClient client({.port = port, .ca_file = development_certificates() / "ca.crt", .timeout_ms = 120'000});
            return client.exchange(request).value_or(RawResponse{});
        });
        ASSERT_TRUE(comes_true([&] { return portal().ledger_size() > before; }));
    }
    // The ledger's numbers of its items.
    std::vector<std::int64_t> numbers(const Json& content)
    {
        std::vector<std::int64_t> all;
        for (const auto& item : content.at("items"))
            all.push_back(item.at("receipts").at(0).at("receipt").at("index").get<std::int64_t>());
        return all;
    }
    std::string credential_of(const Who& who)
    {
        return as(who).get("/v1/accounts/" + as(who).account() + "/credentials").is(200).json()["items"][0]["id"].get<std::string>();
    }

    std::future<RawResponse> answer_;
};

TEST_F(BatchUnderWay, AnotherStatesWriteAndARevocationComeBetweenItsItems)
{
    const auto draft = portal().draft("PE");
    const auto credential = credential_of(contact_of("PE"));
    as(nominator_of("PE")).get("/v1/me").is(200);
    begin(drafter_of("CL"));
    const auto theirs = as(drafter_of("PE")).post(path_of(draft, "submit")).is(200).json()["receipt"]["index"].get<std::int64_t>();
    const auto revoked =
        as(nominator_of("PE")).post("/v1/credentials/" + credential + "/revoke").is(200).json()["receipt"]["index"].get<std::int64_t>();
    const auto answer = answer_.get();
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto own = numbers(Json::parse(answer.body).at("content"));
    ASSERT_EQ(own.size(), static_cast<std::size_t>(item_count));
    EXPECT_GT(theirs, own.front());
    EXPECT_LT(theirs, own.back()) << "whoever comes after a batch has begun does not wait for its end";
    EXPECT_LT(revoked, own.back());
}

TEST_F(BatchUnderWay, WhoLosesTheRightMeanwhileSendsNoFurtherItem)
{
    const auto credential = credential_of(drafter_of("CL"));
    begin(drafter_of("CL"));
    as(drafter_of("CL")).post("/v1/credentials/" + credential + "/revoke");
    EXPECT_EQ(answer_.get().status, 401);
    const auto left = [this] {
        auto snapshot = portal().app().portal().database.read();
        auto rows = snapshot.db().query("SELECT b.items - (SELECT sum(p.items) FROM batch_part p WHERE p.batch = b.id) FROM batch b");
        return rows.next() ? rows.integer(0) : 0;
    }();
    EXPECT_GT(left, 0);
}

TEST_F(BatchUnderWay, TheSameAccountsNextOneWaits)
{
    begin(drafter_of("CL"), {{"Idempotency-Key", "night"}});
    send(drafter_of("CL"), "", "[]").is_problem(429, "too-many-requests");
    EXPECT_EQ(answer_.get().status, 201);
}

}  // namespace
}  // namespace cbmx::test
