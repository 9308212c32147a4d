// A disk that is nearly full, and many bodies at once: nothing new is taken, what was accepted is decided to the last, and one
// State's senders take nothing from another's.
#include "support/portal.hpp"
#include "support/waiting.hpp"

namespace cbmx::test {
namespace {

constexpr std::size_t mebi = 1024 * 1024;

class NearlyFullDisk : public Portal {};

TEST_F(NearlyFullDisk, TakesDecisionsAndNothingNew)
{
    const auto published = portal().published("CL");
    const auto other = portal().published("CL");
    const auto submitted = portal().submitted("CL");
    as(anyone()).get("/readyz").is(200);
    portal().has_free_space(TestPortal::disk_bytes / 100);
    const auto is_full = [](const Reply& reply) {
        reply.is_problem(503, "storage-low");
        EXPECT_EQ(reply.field("Retry-After"), "60");
    };
    is_full(as(drafter_of("CL")).post("/v1/reports", a_report()));
    is_full(as(drafter_of("CL")).post("/v1/batches", nlohmann::json::array({{{"report", a_report()}}})));
    is_full(as(drafter_of("CL")).post(path_of(published, "revise")));
    is_full(as(nominator_of("CL")).post("/v1/nominations", a_nomination()));
    is_full(as(nominator_of("CL")).post("/v1/accounts", {{"name", "One more"}, {"roles", {"drafter"}}}));
    EXPECT_EQ(as(anyone()).get("/readyz").status(), 503);
    as(anyone()).get("/v1/reports").is(200);

    as(approver_of("CL")).post(path_of(submitted, "publish")).is(200);
    as(approver_of("CL")).post(path_of(published, "withdraw")).is(200);
    as(approver_of("CL")).post(path_of(other, "label"), {{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}}).is(200);
    const auto credentials =
        as(nominator_of("CL")).get("/v1/accounts/" + portal().account_of(drafter_of("CL")) + "/credentials").is(200).json();
    as(nominator_of("CL")).post("/v1/credentials/" + credentials["items"][0]["id"].get<std::string>() + "/revoke").is(200);

    portal().has_free_space(TestPortal::disk_bytes / 2);
    as(drafter_of("CL", "third")).post("/v1/reports", a_report()).is(201);
    as(anyone()).get("/readyz").is(200);
}

class ManyBodies : public Portal {
protected:
    ManyBodies() { options.settings = {{"body_memory_mib", "16"}}; }
    std::unique_ptr<RawClient> connected(std::string source = {})
    {
        return std::make_unique<RawClient>(RawOptions{
            .port = portal().app().port(), .ca_file = development_certificates() / "ca.crt", .source_address = std::move(source)});
    }
    // The head of a report of 1 MiB whose body never ends. With the answer, if there is one before the body.
    static std::string head(const std::string& token)
    {
        return "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
               "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(mebi) + "\r\n\r\n";
    }
    // 100 when the body may come.
    static int asked(RawClient& client, const std::string& token)
    {
        client.send(head(token));
        const auto answer = client.read_head();
        return answer ? answer->status : 0;
    }
};

TEST_F(ManyBodies, OfOneStateTakeItsShareAndNotThatOfAnother)
{
    std::vector<std::unique_ptr<RawClient>> unfinished;
    for (int i = 0; i < 4; ++i) {
        unfinished.push_back(connected());
        ASSERT_EQ(asked(*unfinished.back(), as(drafter_of("CL")).token()), 100) << i;
    }
    EXPECT_EQ(asked(*connected(), as(drafter_of("CL")).token()), 429);
    EXPECT_EQ(asked(*connected(), as(drafter_of("CL", "second")).token()), 429) << "the share is the State's";
    EXPECT_EQ(asked(*connected(), as(drafter_of("PE")).token()), 100);
    as(drafter_of("PE")).post("/v1/reports", a_report()).is(201);
    unfinished.clear();
    EXPECT_TRUE(comes_true([&] { return asked(*connected(), as(drafter_of("CL")).token()) == 100; })) << "who is gone holds nothing";
}

TEST_F(ManyBodies, OfAllTogetherAreRefusedBeforeTheyAreRead)
{
    std::vector<std::unique_ptr<RawClient>> unfinished;
    for (const auto* state : {"CL", "PE", "UY", "AR"})
        for (int i = 0; i < 4; ++i) {
            unfinished.push_back(connected());
            ASSERT_EQ(asked(*unfinished.back(), as(drafter_of(state)).token()), 100) << state;
        }
    auto late = connected();
    late->send(head(as(drafter_of("BR")).token()));
    const auto answer = late->read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_FALSE(answer->field("Retry-After").empty());
    as(approver_of("BR")).get("/v1/reports").is(200);
    as(drafter_of("BR")).post("/v1/reports", a_report()).is(201);  // a short body asks for nothing
}

TEST_F(ManyBodies, OfStrangersTakeOneShareTogetherWhateverTheirAddresses)
{
    std::vector<std::unique_ptr<RawClient>> unfinished;
    std::string anyones =
        "POST /v1/enrolments/" + std::string(36, '0') + "/use HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    anyones.append("Expect: 100-continue\r\nContent-Length: ").append(std::to_string(mebi)).append("\r\n\r\n");
    int taken = 0;
    for (int i = 0; i < 20; ++i) {  // a whole share from each of five addresses
        unfinished.push_back(connected("127.0.0." + std::to_string(1 + i / 4)));
        unfinished.back()->send(anyones);
        const auto answer = unfinished.back()->read_head();
        taken += answer && answer->status == 100 ? 1 : 0;
    }
    EXPECT_EQ(taken, 4);
    EXPECT_EQ(asked(*connected(), as(drafter_of("BR")).token()), 100);
}

TEST_F(ManyBodies, ALongOneIsTheSameBatch)
{
    auto items = nlohmann::json::array();
    for (int i = 0; i < 100; ++i)
        items.push_back({{"report", a_report({{"narrative", std::string(19'000, 'n')}})}});
    const auto text = items.dump();
    ASSERT_GT(text.size(), mebi);
    const Fields keyed{{"Content-Type", "application/json"}, {"Idempotency-Key", "long"}};
    const auto first = as(drafter_of("CL")).send("POST", "/v1/batches?mode=each", text, keyed).is(201).json();
    EXPECT_EQ(first["content"]["accepted"], 100);
    EXPECT_EQ(as(drafter_of("CL")).send("POST", "/v1/batches?mode=each", text, keyed).is(201).json(), first);
    auto another = text;
    another[another.find("nnnn")] = 'm';
    as(drafter_of("CL")).send("POST", "/v1/batches?mode=each", another, keyed).is_problem(422, "idempotency-key-reused");
}

}  // namespace
}  // namespace cbmx::test
