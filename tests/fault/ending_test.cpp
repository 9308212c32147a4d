// SIGTERM while everything is in hand at once: the process ends with 0 within drain_seconds, and what it acknowledged is there.
#include "fault/machine.hpp"
#include <chrono>
#include <thread>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Ending : public Machine {
protected:
    static constexpr auto drain_time = 2s;
    static constexpr auto beyond = 500ms;  // for the system to end a process
    static constexpr int reports_of_batch = 500;

    static std::string batch()
    {
        auto items = nlohmann::json::array();
        for (int i = 0; i < reports_of_batch; ++i)
            items.push_back({{"report", a_report({{"narrative", std::string(2000, 'x') + std::to_string(i)}})}});
        return items.dump();
    }
    static std::string request(const std::string& method, const std::string& path, const std::string& token, const std::string& body = "")
    {
        auto text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n";
        if (!body.empty())
            text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        return text + "\r\n" + body;
    }
    void expect_nothing_lost(const Clerk& clerk)
    {
        const auto judgement = judge_copy(clerk.history());
        EXPECT_TRUE(judgement.lost.empty()) << judgement.text();
        EXPECT_GT(judgement.acknowledged, 0U);
    }
    void expect_end_in_time(Process& process)
    {
        const auto begun = Clock::now();
        EXPECT_EQ(process.terminate(), 0) << process.log();
        EXPECT_LT(Clock::now() - begun, drain_time + beyond);
    }
};

TEST_F(Ending, WithBatchesDryRunsExportsLongPollsAndIdleReadersInHand)
{
    Process process(directory, {{"CBMX_DRAIN_SECONDS", std::to_string(drain_time.count())}});
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    Clerk clerk(tokens, "quick");
    clerk.connect(process);
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(clerk.write_once()) << clerk.last_status();

    std::vector<std::unique_ptr<RawClient>> clients;
    const auto asks = [&](const std::string& bytes) {
        clients.push_back(process.connect());
        ASSERT_TRUE(clients.back()->connected());
        clients.back()->send(bytes);
    };
    const auto many = batch();
    asks(request("POST", "/v1/batches?goal=submit&mode=each", tokens.drafter, many));
    asks(request("POST", "/v1/batches?goal=submit&mode=each&dry_run=true", tokens.approver, many));
    asks(request("GET", "/v1/export", tokens.drafter));
    asks(request("GET", "/v1/export", tokens.approver));
    std::string wishes;
    for (int i = 0; i < 40; ++i)
        wishes += request("GET", "/openapi.json", tokens.drafter);
    for (int i = 0; i < 10; ++i) {
        asks(request("GET", "/v1/changes?wait=25&after=100000", tokens.drafter));
        asks(wishes);
        asks("POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n");
    }
    ASSERT_TRUE(clerk.write_once()) << clerk.last_status();
    expect_end_in_time(process);
    expect_nothing_lost(clerk);
    ASSERT_TRUE(process.start()) << process.log();
    EXPECT_EQ(process.command({"verify"}).status, 0);
}

// More than can be written in the time: the rest is refused, or not answered.
TEST_F(Ending, WithThousandsOfWritesWaiting)
{
    Process process(directory, {{"CBMX_DRAIN_SECONDS", std::to_string(drain_time.count())}, {"CBMX_WRITES_PER_COMMIT", "1"}});
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    Clerk clerk(tokens, "quick");
    clerk.connect(process);
    ASSERT_TRUE(clerk.write_once()) << clerk.last_status();
    std::vector<std::unique_ptr<RawClient>> clients;
    const auto body = a_report().dump();
    for (int i = 0; i < 400; ++i) {
        clients.push_back(process.connect());
        clients.back()->send(request("POST", "/v1/reports", tokens.drafter, body));
    }
    expect_end_in_time(process);
    expect_nothing_lost(clerk);
}

}  // namespace
}  // namespace cbmx::test
