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

std::unique_ptr<RawClient> patient_client(const Process& process)
{
    return std::make_unique<RawClient>(
        RawOptions{.port = process.port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = 60'000});
}

// Accounts that send the same bodies again and again, each on a connection of its own, until it is over.
class Attack {
public:
    ~Attack() { end(); }
    void begin(const Process& process, const std::string& path, const std::string& token, const std::vector<std::string>& bodies)
    {
        senders_.emplace_back([this, &process, path, token, &bodies] {
            const auto client = patient_client(process);
            for (std::size_t i = 0; !over_; ++i) {
                const auto answer = ask(*client, "POST", path, token, bodies[i % bodies.size()]);
                const bool is_refused = answer && answer->status >= 400 && answer->status < 500;
                ++(is_refused ? refused : unexpected);
            }
        });
    }
    void end()
    {
        over_ = true;
        for (auto& sender : senders_)
            sender.join();
        senders_.clear();
    }
    std::atomic<std::size_t> refused{0}, unexpected{0};

private:
    std::atomic<bool> over_{false};
    std::vector<std::thread> senders_;
};

// How long something took, each time.
class Times {
public:
    bool take(const std::function<bool()>& work)
    {
        const auto begun = Clock::now();
        const bool done = work();
        times_.push_back(Clock::now() - begun);
        std::sort(times_.begin(), times_.end());
        return done;
    }
    Clock::duration median() const { return times_.at(times_.size() / 2); }
    std::string longest() const { return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(times_.back()).count()); }

private:
    std::vector<Clock::duration> times_;
};

class LargeBodies : public Machine {
protected:
    LargeBodies()
        : process_(directory, {{"CBMX_MAX_CONNECTIONS_PER_PEER", "100"},
                               {"CBMX_PEER_REQUESTS_PER_MINUTE", "100000"},
                               {"CBMX_ACCOUNT_REQUESTS_PER_MINUTE", "100000"},
                               {"CBMX_THREADS", "2"}})
    {
    }
    // The tokens of so many accounts of Peru. The process runs.
    std::vector<std::string> tokens_of(const std::string& role, std::size_t count)
    {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < count; ++i)
            tokens.push_back(token(process_, account(process_, "state:PE", role)));
        begun_at = entries_so_far();  // what comes from now on is the clerk's
        return tokens;
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

    Attack attack;
    for (const auto& token : drafters)
        attack.begin(process_, "/v1/reports", token, reports);
    for (const auto& token : nominators)
        attack.begin(process_, "/v1/nominations", token, nominations);
    Times of_health, of_writes;
    const auto end = Clock::now() + (is_long() ? 30s : 4s);
    while (Clock::now() < end) {
        EXPECT_TRUE(of_health.take([&healthy] {
            const auto answer = ask(*healthy, "GET", "/healthz", "");
            return answer && answer->status == 200;
        }));
        EXPECT_TRUE(of_writes.take([&clerk] { return clerk.write_once(); }));
    }
    attack.end();
    EXPECT_EQ(attack.unexpected, 0U);
    EXPECT_GE(attack.refused, attackers);
    EXPECT_LT(of_health.median(), health_answers_within);
    EXPECT_LT(of_writes.median(), write_answers_within);
    EXPECT_EQ(clerk.unexpected, "");
    expect_memory_to_come_back(before);
    EXPECT_EQ(process_.terminate(), 0) << process_.log();
    const auto judgement = judge_copy(clerk.history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    write_row({"bodies of 1 to 4 MiB, as costly to judge as they can be", std::to_string(attackers) + " at once", judgement.acknowledged,
               judgement.lost.size(),
               "health answered within " + of_health.longest() + " ms, another's write within " + of_writes.longest() + " ms"});
}

// A thousand items with nine hundred unknown members each, and the like as a table: they took 600 MB, for good.
TEST_F(LargeBodies, GiveBackTheMemoryOfTheWorstBatches)
{
    const auto tokens = found(process_);
    ASSERT_TRUE(process_.start()) << process_.log();
    const auto client = patient_client(process_);
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
