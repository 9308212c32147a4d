// The portal ends within drain_seconds, whatever is in hand, and loses nothing that it has acknowledged (rules.md 25).
#include "integration/certificates.hpp"
#include "support/held_writer.hpp"
#include <atomic>
#include <thread>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class EndingPortal : public Portal {
protected:
    static constexpr auto drain_time = 2s;    // as the settings of tests have it
    static constexpr auto closing_time = 3s;  // what a debug build on a busy machine may take beside

    EndingPortal() { options.settings["drain_seconds"] = std::to_string(drain_time.count()); }
    store::Writer& writer() { return portal().app().portal().database.writer(); }
    std::unique_ptr<RawClient> client()
    {
        auto connected =
            std::make_unique<RawClient>(RawOptions{.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"});
        EXPECT_TRUE(connected->connected());
        return connected;
    }
    void expect_end_in_time()
    {
        const auto begun = Clock::now();
        portal().app().drain();
        EXPECT_LT(Clock::now() - begun, drain_time + closing_time);
    }
};

TEST_F(EndingPortal, AnswersThousandsOfJobsOfTheWriterOneWayOrTheOther)
{
    constexpr int homes = 4, jobs = 600;  // which would take 24 seconds
    std::atomic<int> kept{0}, refused{0}, others{0};
    for (int i = 0; i < homes * jobs; ++i)
        writer().submit(
            {.home = "state:" + std::to_string(i % homes),
             .work =
                 [i](store::Transaction& transaction) {
                     std::this_thread::sleep_for(10ms);
                     transaction.db().run("INSERT INTO portal (key, value) VALUES (?1, 'x')", "job " + std::to_string(i));
                     return true;
                 },
             .done =
                 [&](store::WriteEnd end) {
                     auto& count = end == store::WriteEnd::decided ? kept : end == store::WriteEnd::unavailable ? refused : others;
                     ++count;
                 }});
    expect_end_in_time();
    EXPECT_GT(kept, 0);
    EXPECT_GT(refused, 0);
    EXPECT_EQ(others, 0);
    EXPECT_EQ(kept + refused, homes * jobs);
    portal().restart();
    auto snapshot = portal().app().portal().database.read();
    auto rows = snapshot.db().query("SELECT COUNT(*) FROM portal WHERE key LIKE 'job %'");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), kept) << "what was acknowledged is there, and nothing else";
}

TEST_F(EndingPortal, WaitsForNoReaderWhoTakesNothingAndForNoneWhoWaits)
{
    const auto token = portal().token_of(drafter_of("CL"));
    as(drafter_of("CL")).get("/v1/me").is(200);
    std::vector<std::unique_ptr<RawClient>> readers, waiting;
    std::string wishes;  // more than fits into all buffers on the way
    for (int i = 0; i < 40; ++i)
        wishes += get_request("/openapi.json", token);
    const auto poll = get_request("/v1/changes?wait=25&after=" + std::to_string(portal().ledger_size()), token);
    for (int i = 0; i < 8; ++i) {
        readers.push_back(client());
        readers.back()->send(wishes);
        waiting.push_back(client());
        waiting.back()->send(poll);
    }
    std::this_thread::sleep_for(200ms);
    expect_end_in_time();
}

TEST_F(EndingPortal, WaitsForNoWriteAndNoDryRunBehindAWriterWhoIsHeld)
{
    const auto token = portal().token_of(drafter_of("CL"));
    as(drafter_of("CL")).get("/v1/me").is(200);
    const auto body = a_report().dump();
    const auto post = [&](const std::string& query) {
        return "POST /v1/reports" + query + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
               "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    std::optional<HeldWriter> held(writer());
    auto writing = client(), trying = client();
    writing->send(post(""));
    EXPECT_EQ(trying->exchange(post("?dry_run=true"))->status, 200);
    std::thread later([&held] {
        std::this_thread::sleep_for(drain_time);
        held.reset();  // the writer's present transaction is always finished
    });
    expect_end_in_time();
    later.join();
    EXPECT_FALSE(writing->read()) << "nothing was acknowledged";
    portal().restart();
    EXPECT_TRUE(as(drafter_of("CL")).get("/v1/reports?workflow_state=draft").is(200).json()["items"].empty());
}

}  // namespace
}  // namespace cbmx::test
