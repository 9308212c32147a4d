// Three hundred clients that take their time: heads and bodies a byte at a time, answers that nobody reads. Who is quick
// is served meanwhile, and the portal's memory does not grow. The TSan build runs this too.
#include "fault/machine.hpp"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class SlowClients : public Machine {};

constexpr std::size_t of_each_kind = 100;
constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t may_grow_bytes = 16 * mib;
constexpr std::size_t page_caches_bytes =
    4 * 8 * mib;                               // the writer's, the copier's, a reader's for each thread: a minute of writing fills them
constexpr auto health_answers_within = 200ms;  // the median of them: one may meet a loaded machine

TEST_F(SlowClients, HoldUpNobodyAndDoNotFillTheMemory)
{
    Process process(directory, {{"CBMX_MAX_CONNECTIONS_PER_PEER", "900"},
                                {"CBMX_PEER_REQUESTS_PER_MINUTE", "100000"},
                                {"CBMX_ACCOUNT_REQUESTS_PER_MINUTE", "100000"},
                                {"CBMX_THREADS", "2"}});
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();

    const std::string head =
        "GET /v1/reports HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nX-Padding: " + std::string(4000, 'x');
    const std::string authorised = "Host: localhost\r\nAuthorization: Bearer " + tokens.drafter + "\r\n";
    const std::string body_head =
        "POST /v1/reports HTTP/1.1\r\n" + authorised + "Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n{";
    std::string wishes;  // more than fits into all buffers on the way, and nobody reads the answers
    for (int i = 0; i < 40; ++i)
        wishes += "GET /openapi.json HTTP/1.1\r\n" + authorised + "\r\n";
    std::vector<std::unique_ptr<RawClient>> senders, bodies, readers;
    for (std::size_t i = 0; i < of_each_kind; ++i) {
        for (auto* kind : {&senders, &bodies, &readers})
            kind->push_back(process.connect());
        ASSERT_TRUE(senders.back()->connected() && bodies.back()->connected() && readers.back()->connected());
        senders.back()->send(head.substr(0, 1));
        bodies.back()->send(body_head);
        readers.back()->send(wishes);
    }
    std::this_thread::sleep_for(1s);
    const auto before = resident_bytes(process.pid());

    std::atomic<bool> over{false};
    std::thread trickle([&] {
        for (std::size_t sent = 1; !over; ++sent) {
            for (auto& client : senders)
                client->send(head.substr(sent, 1));
            for (auto& client : bodies)
                client->send(" ");
            std::this_thread::sleep_for(20ms);
        }
    });
    Clerk clerk(tokens, "quick");
    clerk.connect(process);
    auto healthy = process.connect();
    std::vector<Clock::duration> took;
    const auto end = Clock::now() + (is_long() ? 60s : 4s);
    std::size_t writes = 0;
    while (Clock::now() < end) {
        const auto begun = Clock::now();
        const auto answer = ask(*healthy, "GET", "/healthz", "");
        took.push_back(Clock::now() - begun);
        ASSERT_TRUE(answer && answer->status == 200);
        ASSERT_TRUE(clerk.write_once());
        ++writes;
    }
    const auto after = resident_bytes(process.pid());
    over = true;
    trickle.join();
    std::sort(took.begin(), took.end());
    EXPECT_LT(took[took.size() / 2], health_answers_within);
    EXPECT_LT(after, before + may_grow_bytes + (is_long() ? page_caches_bytes : 0)) << "before: " << before;
    EXPECT_EQ(clerk.unexpected, "");
    senders.clear(), bodies.clear(), readers.clear();
    EXPECT_EQ(process.terminate(), 0) << process.log();
    const auto judgement = judge_copy(clerk.history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    const auto milliseconds = [](Clock::duration time) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
    };
    write_row({"slow senders, slow bodies, clients that do not read their answers", std::to_string(3 * of_each_kind) + " at once",
               judgement.acknowledged, judgement.lost.size(),
               "health answered within " + milliseconds(took.back()) + " ms, memory grew by " +
                   std::to_string(after > before ? (after - before) / 1024 : 0) + " KiB"});
}

}  // namespace
}  // namespace cbmx::test
