// A batch of mode=each is killed, and ended by SIGTERM, between two of its parts: sent again under its Idempotency-Key it goes on, and no
// item is lost or done twice, although none has a client_ref.
#include "fault/machine.hpp"
#include "store/log/entries.hpp"
#include "support/paths.hpp"
#include "support/waiting.hpp"
#include <future>
#include <set>

namespace cbmx::test {
namespace {

constexpr int item_count = 800;
constexpr int slowest_answer_ms = 120'000;
constexpr std::uint64_t entries_before_the_end = 30;

class BatchUnderWay : public Machine {
protected:
    std::uint64_t entries() const
    {
        store::Connection db(database().string(), store::OpenMode::read_only);
        return store::ledger_size(db);
    }
    std::optional<RawResponse> send(const Process& process) const
    {
        RawClient client({.port = process.port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = slowest_answer_ms});
        return ask(client, "POST", "/v1/batches?mode=each&goal=submit", tokens_.drafter, body_,
                   {{"Content-Type", "application/x-ndjson"}, {"Idempotency-Key", "night"}});
    }
    // The answer, if any, of a portal that is ended once so many more entries are there.
    std::optional<RawResponse> send_and_end(Process& process, const std::function<void()>& end)
    {
        EXPECT_TRUE(process.start()) << process.log();
        const auto before = entries();
        auto answer = std::async(std::launch::async, [this, &process] { return send(process); });
        const auto is_answered = [&answer] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
        EXPECT_TRUE(comes_true([&] { return entries() >= before + entries_before_the_end || is_answered(); })) << process.log();
        end();
        return answer.get();
    }
    // What the answer says of each item, as the judge wants it.
    History expect_each_once(const RawResponse& answer)
    {
        EXPECT_EQ(answer.status, 201) << answer.body;
        const auto content = nlohmann::json::parse(answer.body).at("content");
        EXPECT_EQ(content.at("accepted"), item_count);
        EXPECT_EQ(content.at("waiting"), 0);
        std::set<std::string> reports, narratives;
        History history;
        for (const auto& item : content.at("items")) {
            const auto& receipt = item.at("receipts").at(0);
            const auto id = item.at("subject").at("id").get<std::string>();
            reports.insert(id);
            narratives.insert(receipt.at("opening").at("content").at("narrative").get<std::string>());
            history.push_back({.kind = "report_submitted",
                               .subject = id,
                               .answer = Answer::acknowledged,
                               .id = id,
                               .seq = receipt.at("receipt").at("index").get<std::int64_t>(),
                               .receipt = receipt.at("receipt"),
                               .opening = receipt.at("opening")});
        }
        EXPECT_EQ(reports.size(), static_cast<std::size_t>(item_count));
        EXPECT_EQ(narratives.size(), static_cast<std::size_t>(item_count));
        store::Connection db(database().string(), store::OpenMode::read_only);
        auto rows = db.query("SELECT count(*) FROM report");
        EXPECT_TRUE(rows.next() && rows.integer(0) == item_count) << "nothing was done twice";
        return history;
    }
    void prepare(Process& process)
    {
        tokens_ = found(process);
        for (int i = 0; i < item_count; ++i)
            body_ += nlohmann::json{{"report", a_report({{"narrative", "Item " + std::to_string(i)}})}}.dump() + "\n";
    }

    Tokens tokens_;
    std::string body_;
};

TEST_F(BatchUnderWay, GoesOnWhereItWasKilled)
{
    constexpr int rounds = 3;
    Process process(directory);
    prepare(process);
    int cut = 0;
    for (int round = 0; round < rounds; ++round)
        cut += send_and_end(process, [&process] { process.kill_hard(); }) ? 0 : 1;
    EXPECT_GT(cut, 0) << "the kill came after the end each time";
    ASSERT_TRUE(process.start()) << process.log();
    const auto answer = send(process);
    ASSERT_TRUE(answer.has_value());
    const auto history = expect_each_once(*answer);
    const auto again = send(process);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->field("Idempotency-Replayed"), "true");
    EXPECT_EQ(again->body, answer->body);
    EXPECT_EQ(process.terminate(), 0);
    const auto judgement = judge_copy(history);
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    write_row({"kill -9 between two parts of a batch of " + std::to_string(item_count) + " items that have no client_ref",
               std::to_string(rounds) + " times", judgement.acknowledged, judgement.lost.size(),
               "sent again under its Idempotency-Key it goes on; each item once"});
}

TEST_F(BatchUnderWay, SigtermEndsItBetweenTwoPartsAndTheSameRequestGoesOn)
{
    Process process(directory);
    prepare(process);
    int status = -1;
    const auto ended = send_and_end(process, [&] { status = process.terminate(); });
    EXPECT_EQ(status, 0) << process.log();
    ASSERT_TRUE(ended.has_value()) << "what is in flight is answered";
    EXPECT_EQ(ended->status, 503) << ended->body;
    EXPECT_FALSE(ended->field("Retry-After").empty());
    ASSERT_TRUE(process.start()) << process.log();
    const auto answer = send(process);
    ASSERT_TRUE(answer.has_value());
    expect_each_once(*answer);
    EXPECT_EQ(process.terminate(), 0);
}

}  // namespace
}  // namespace cbmx::test
