// The largest bodies that can be sent, each as costly to judge as its bytes allow: another State reads and writes meanwhile, and the
// memory that they took comes back.
#include "fault/machine.hpp"
#include "store/log/entries.hpp"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t attackers = 6;
constexpr auto health_answers_within = 200ms, write_answers_within = 500ms;  // the median of them: one may meet a loaded machine
constexpr auto memory_is_back_within = 10s;
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t may_keep_bytes = 448 * mib;  // freed blocks wait in a quarantine
#else
constexpr std::size_t may_keep_bytes = 64 * mib;  // caches of pages among them
#endif

std::string list_of(const std::string& item, std::size_t bytes)
{
    std::string text = item;
    while (text.size() + item.size() < bytes)
        text.append(",").append(item);
    return "[" + text + "]";
}

std::string repeated(const std::string& piece, std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes)
        text += piece;
    return text;
}

std::string unknown_members(std::size_t count, std::size_t bytes_of_name)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text.append(i == 0 ? "\"" : ",\"").append(std::string(bytes_of_name, 'u')).append(std::to_string(i)).append("\":1");
    return text;
}

std::string report_with(const std::string& members)
{
    return R"({"measure":"OAS-CBM-1","period":"2025-2026","status":"planned",)" + members + "}";
}

std::string nomination_with(const std::string& fields)
{
    return R"({"kind":"nomination","note":{"reference":"1","date":"2026-01-01"},"fields":{)" + fields + "}}";
}

// Some hundred bytes for each mistake, and letters that have to be composed.
std::vector<std::string> worst_reports()
{
    const auto almost = mib - 1024;
    return {report_with("\"evidence\":" + list_of("{}", almost)), report_with("\"evidence\":" + list_of(R"({"a":1,"b":2,"c":3})", almost)),
            report_with("\"tags\":" + list_of("\"e\xCC\x81\xCC\xA7 a\xCC\x88\"", almost)), report_with(unknown_members(990, 1000))};
}

std::vector<std::string> worst_nominations()
{
    const auto almost = 4 * mib - 1024;
    return {nomination_with("\"emails\":" + list_of("{}", almost)),
            nomination_with("\"emails\":" + list_of("\"" + std::string(60, 'x') + "\"", almost)),
            nomination_with(unknown_members(990, 4000))};
}

class LargeBodies : public Machine {
protected:
    LargeBodies()
        : process_(directory, {{"CBMX_MAX_CONNECTIONS_PER_PEER", "100"},
                               {"CBMX_PEER_REQUESTS_PER_MINUTE", "100000"},
                               {"CBMX_ACCOUNT_REQUESTS_PER_MINUTE", "100000"},
                               {"CBMX_THREADS", "2"}})
    {
    }
    // The tokens of so many accounts of Chile. The process runs.
    std::vector<std::string> tokens_of(const std::string& role, std::size_t count)
    {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < count; ++i)
            tokens.push_back(token(process_, account(process_, "state:CL", role)));
        store::Connection db(database().string(), store::OpenMode::read_only);
        begun_at = static_cast<std::int64_t>(store::ledger_size(db));  // what comes from now on is the clerk's
        return tokens;
    }
    std::unique_ptr<RawClient> patient_client() const
    {
        return std::make_unique<RawClient>(
            RawOptions{.port = process_.port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = 60'000});
    }
    // false: no answer, or another than a refusal.
    static bool is_refused(RawClient& client, const std::string& path, const std::string& token, const std::string& body)
    {
        const auto answer = ask(client, "POST", path, token, body, {{"Content-Type", "application/json"}});
        return answer && answer->status >= 400 && answer->status < 500;
    }
    // Item by item, or as a whole where it cannot be separated into items.
    static bool is_judged(RawClient& client, const std::string& token, const std::string& batch, const std::string& type)
    {
        const auto answer = ask(client, "POST", "/v1/batches?mode=each", token, batch, {{"Content-Type", type}});
        return answer && (answer->status == 201 || answer->status == 422);
    }
    void expect_memory_to_come_back(std::size_t before)
    {
        const auto end = Clock::now() + memory_is_back_within;
        while (Clock::now() < end && resident_bytes(process_.pid()) > before + may_keep_bytes)
            std::this_thread::sleep_for(200ms);
        EXPECT_LE(resident_bytes(process_.pid()), before + may_keep_bytes) << "before: " << before;
    }

    Process process_;
};

TEST_F(LargeBodies, HoldUpNeitherHealthNorTheWriteOfAnother)
{
    const auto tokens = found(process_);
    ASSERT_TRUE(process_.start()) << process_.log();
    const auto drafters = tokens_of("drafter", attackers - 2), nominators = tokens_of("nominator", 2);
    const auto reports = worst_reports(), nominations = worst_nominations();
    Clerk clerk(tokens, "quick");
    clerk.connect(process_);
    auto healthy = process_.connect();
    ASSERT_TRUE(clerk.write_once());
    const auto before = resident_bytes(process_.pid());

    std::atomic<bool> over{false};
    std::atomic<std::size_t> refused{0}, unexpected{0};
    std::vector<std::thread> senders;
    const auto attack = [&](const std::string& path, const std::string& token, const std::vector<std::string>& bodies) {
        const auto client = patient_client();
        for (std::size_t i = 0; !over; ++i)
            ++(is_refused(*client, path, token, bodies[i % bodies.size()]) ? refused : unexpected);
    };
    for (const auto& token : drafters)
        senders.emplace_back(attack, "/v1/reports", token, std::cref(reports));
    for (const auto& token : nominators)
        senders.emplace_back(attack, "/v1/nominations", token, std::cref(nominations));

    std::vector<Clock::duration> of_health, of_writes;
    const auto took = [](std::vector<Clock::duration>& times, const std::function<bool()>& work) {
        const auto begun = Clock::now();
        const bool answered = work();
        times.push_back(Clock::now() - begun);
        return answered;
    };
    const auto end = Clock::now() + (is_long() ? 30s : 4s);
    while (Clock::now() < end) {
        EXPECT_TRUE(took(of_health, [&] {
            const auto answer = ask(*healthy, "GET", "/healthz", "");
            return answer && answer->status == 200;
        }));
        EXPECT_TRUE(took(of_writes, [&] { return clerk.write_once(); }));
    }
    over = true;
    for (auto& sender : senders)
        sender.join();
    EXPECT_EQ(unexpected, 0U);
    EXPECT_GE(refused, attackers);
    for (auto* times : {&of_health, &of_writes})
        std::sort(times->begin(), times->end());
    EXPECT_LT(of_health[of_health.size() / 2], health_answers_within);
    EXPECT_LT(of_writes[of_writes.size() / 2], write_answers_within);
    EXPECT_EQ(clerk.unexpected, "");
    expect_memory_to_come_back(before);
    EXPECT_EQ(process_.terminate(), 0) << process_.log();
    const auto judgement = judge_copy(clerk.history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    const auto milliseconds = [](Clock::duration time) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
    };
    write_row({"bodies of 1 to 4 MiB, as costly to judge as they can be", std::to_string(attackers) + " at once", judgement.acknowledged,
               judgement.lost.size(),
               "health answered within " + milliseconds(of_health.back()) + " ms, another's write within " +
                   milliseconds(of_writes.back()) + " ms"});
}

// A thousand items with nine hundred unknown members each, and the like as a table: they took 600 MB, for good.
TEST_F(LargeBodies, GiveBackTheMemoryOfTheWorstBatches)
{
    const auto tokens = found(process_);
    ASSERT_TRUE(process_.start()) << process_.log();
    const auto client = patient_client();
    ASSERT_TRUE(is_judged(*client, tokens.drafter, "[1]", "application/json"));
    const auto before = resident_bytes(process_.pid());
    std::string items = "[";
    for (int i = 0; i < 1000; ++i)
        items.append(i == 0 ? "" : ",").append("{\"report\":{").append(unknown_members(900, 4)).append("}}");
    const std::vector<std::string> batches{items + "]", "[{\"report\":" + list_of("[]", 15 * mib) + "}]", list_of("1", 15 * mib),
                                           "[{\"report\":" + report_with("\"evidence\":" + list_of("{}", 180 * 1024)) + "}]"};
    for (const auto& batch : batches)
        EXPECT_TRUE(is_judged(*client, tokens.drafter, batch, "application/json")) << batch.substr(0, 60);
    for (const auto& table : {"measure,status\r\n" + repeated("x\n", 15 * mib), repeated(";", 15 * mib),
                              "measure,tags\r\nOAS-CBM-1,\"" + repeated("a;", 15 * mib) + "\""})
        EXPECT_TRUE(is_judged(*client, tokens.drafter, table, "text/csv")) << table.substr(0, 60);
    expect_memory_to_come_back(before);
    EXPECT_EQ(process_.terminate(), 0) << process_.log();
}

}  // namespace
}  // namespace cbmx::test
