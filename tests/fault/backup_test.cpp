// Backup while 50 writes a second go on, restore in a new place, and what an old copy may and may not do.
// The loop that an operator keeps running, with its drill: drill.sh.
#include "fault/machine.hpp"
#include "store/log/entries.hpp"
#include "verify/verify.hpp"
#include <atomic>
#include <thread>

namespace cbmx::test {
namespace {

constexpr int clerk_count = 5;
constexpr std::chrono::milliseconds between_writes{100};  // of each clerk: 50 writes a second in all
constexpr std::chrono::milliseconds hang{5'000};

class Backup : public Machine {
protected:
    // Writes at an even pace until it is stopped; notes the last entry acknowledged and the longest wait.
    void keep_writing(Clerk& clerk)
    {
        for (auto next = std::chrono::steady_clock::now(); !stop_; next += between_writes) {
            std::this_thread::sleep_until(next);
            const auto begun = std::chrono::steady_clock::now();
            EXPECT_TRUE(clerk.write_once() && clerk.last_status() / 100 == 2) << clerk.last_answer().body;
            const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
            raise(longest_wait_ms_, waited);
            raise(acknowledged_seq_, clerk.history().back().seq);
            ++written_;
        }
    }
    static void raise(std::atomic<std::int64_t>& most, std::int64_t value)
    {
        for (auto known = most.load(); known < value && !most.compare_exchange_weak(known, value);) {
        }
    }
    std::filesystem::path backup_file(int number) const { return directory / ("backup-" + std::to_string(number) + ".sqlite"); }
    static std::int64_t last_entry_of(const std::filesystem::path& file)
    {
        store::Connection db(file.string(), store::OpenMode::read_only);
        return static_cast<std::int64_t>(store::ledger_size(db)) - 1;
    }

    std::atomic<bool> stop_{false};
    std::atomic<int> written_{0};
    std::atomic<std::int64_t> longest_wait_ms_{0}, acknowledged_seq_{0};
};

TEST_F(Backup, UnderFiftyWritesASecondHoldsAllThatWasAcknowledgedBefore)
{
    const int backups = is_long() ? 40 : 5;
    Process process(directory);
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    std::vector<std::unique_ptr<Clerk>> clerks;
    std::vector<std::thread> threads;
    for (int i = 0; i < clerk_count; ++i) {
        clerks.push_back(std::make_unique<Clerk>(tokens, "c" + std::to_string(i)));
        clerks.back()->connect(process);
        threads.emplace_back([this, &clerk = *clerks.back()] { keep_writing(clerk); });
    }
    for (int i = 0; i < backups; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        const auto before = acknowledged_seq_.load();
        const auto run = process.command({"backup", backup_file(i).string()});
        EXPECT_EQ(run.status, 0) << run.output;
        EXPECT_GE(last_entry_of(backup_file(i)), before) << "the backup lacks what was acknowledged before it began";
        const auto verified = service::verify(backup_file(i).string(), {keys(), std::nullopt});
        EXPECT_TRUE(verified.ok()) << verified.summary();
    }
    stop_ = true;
    for (auto& thread : threads)
        thread.join();
    EXPECT_GT(written_, 20 * backups / 2);
    EXPECT_LT(longest_wait_ms_, hang.count()) << "a writer waited for a backup";

    // At rest, a last one; restored in a new place it holds everything, and the log goes on.
    EXPECT_EQ(process.command({"backup", backup_file(backups).string()}).status, 0);
    EXPECT_EQ(process.terminate(), 0);
    std::filesystem::rename(directory / "data", directory / "lost");
    EXPECT_NE(process.command({"restore", backup_file(backups).string(), "--new-epoch"}).status, 0) << "a new epoch without need";
    const auto restored = process.command({"restore", backup_file(backups).string()});
    EXPECT_EQ(restored.status, 0) << restored.output;
    auto judgement = judge_copy(together(clerks));
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    ASSERT_TRUE(process.start()) << process.log();
    clerks.front()->connect(process);
    EXPECT_TRUE(clerks.front()->write_once());
    EXPECT_EQ(clerks.front()->last_status() / 100, 2);
    EXPECT_EQ(process.terminate(), 0);
    write_row({"`cbmx backup` under 50 writes a second, `cbmx restore` in a new place", std::to_string(backups + 1) + " backups",
               judgement.acknowledged, judgement.lost.size(), "each verified, each with all that was acknowledged before it began"});
}

TEST_F(Backup, ThatIsBehindIsRefusedOrOpensANewEpoch)
{
    Process process(directory);
    const auto tokens = found(process);
    ASSERT_TRUE(process.start());
    Clerk clerk(tokens, "c");
    clerk.connect(process);
    ASSERT_TRUE(clerk.write_once());
    EXPECT_EQ(process.command({"backup", backup_file(1).string()}).status, 0);
    const auto in_backup = clerk.history().front().subject;
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(clerk.write_once());
    EXPECT_EQ(process.terminate(), 0);
    // By the settings' own place, or by a checkpoint that somebody has kept.
    for (const auto& outside : {directory / "outside", directory / "outside" / "checkpoint"}) {
        const auto told = process.command({"verify", backup_file(1).string(), "--outside", outside.string()});
        EXPECT_EQ(told.status, 3) << told.output;
        EXPECT_NE(told.output.find("an intact older copy: "), std::string::npos) << told.output;
    }
    EXPECT_EQ(process.command({"verify", backup_file(1).string(), "--outside", (directory / "nowhere").string()}).status, 2);
    std::filesystem::rename(directory / "data", directory / "lost");
    const auto refused = process.command({"restore", backup_file(1).string()});
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.output.find("the database is behind"), std::string::npos) << refused.output;
    const auto restored = process.command({"restore", backup_file(1).string(), "--new-epoch"});
    EXPECT_EQ(restored.status, 0) << restored.output;
    EXPECT_EQ(process.command({"verify"}).status, 0) << process.command({"verify"}).output;
    ASSERT_TRUE(process.start()) << process.log();
    EXPECT_EQ(ask(*process.connect(), "GET", "/v1/periods/" + in_backup, tokens.secretariat)->status, 200);
    EXPECT_EQ(ask(*process.connect(), "POST", "/v1/periods", tokens.secretariat, period("2032"))->status, 201);
    write_row({"an old copy put in place, an old backup restored", "once each", 0, 0,
               "noticed: read-only, or refused; `--new-epoch` goes on under a new log that quotes the old one"});
}

TEST_F(Backup, AnOldCopyIsNoticedAndStartsReadOnly)
{
    Process process(directory);
    const auto secretariat_token = process.init().at("token").get<std::string>();
    std::filesystem::copy(directory / "data", directory / "old", std::filesystem::copy_options::recursive);
    ASSERT_TRUE(process.start());
    const auto client = process.connect();
    EXPECT_EQ(ask(*client, "POST", "/v1/periods", secretariat_token, period("2030"))->status, 201);
    EXPECT_EQ(process.terminate(), 0);
    std::filesystem::remove_all(directory / "data");
    std::filesystem::rename(directory / "old", directory / "data");
    ASSERT_TRUE(process.start()) << process.log();
    const auto reader = process.connect();
    EXPECT_EQ(ask(*reader, "GET", "/v1/periods", secretariat_token)->status, 200);
    EXPECT_EQ(ask(*reader, "GET", "/readyz", "")->status, 503);
    EXPECT_EQ(ask(*reader, "POST", "/v1/periods", secretariat_token, period("2031"))->status, 503);
}

}  // namespace
}  // namespace cbmx::test
