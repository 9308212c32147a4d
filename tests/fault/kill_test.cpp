// kill -9 while 200 clerks write, round after round. machine.hpp holds the clerks, history.hpp the judge.
#include "fault/machine.hpp"
#include "ledger/receipt.hpp"
#include <atomic>
#include <thread>

namespace cbmx::test {
namespace {

constexpr int clerk_count = 200;
constexpr std::size_t writes_before_the_kill = 700;
constexpr std::chrono::seconds restart_limit{5};

class Kill : public Machine {
protected:
    // All write until they are cut off. What the last round left unknown is sent again first, with its key.
    void write_until_killed(Process& process)
    {
        std::atomic<std::size_t> written{0};
        std::vector<std::thread> threads;
        for (auto& clerk : clerks_)
            threads.emplace_back([&process, &written, &clerk = *clerk] {
                clerk.connect(process);
                for (bool answered = clerk.retry_unknown(); answered && clerk.unexpected.empty(); answered = clerk.write_once())
                    ++written;
            });
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (written < clerk_count + writes_before_the_kill && std::chrono::steady_clock::now() < patience)
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
        process.kill_hard();
        for (auto& thread : threads)
            thread.join();
        EXPECT_GE(written, writes_before_the_kill);
    }

    std::vector<std::unique_ptr<Clerk>> clerks_;
};

TEST_F(Kill, LosesNothingThatWasAcknowledgedToTwoHundredWriters)
{
    const int rounds = is_long() ? 20 : 4;
    Process process(directory);
    const auto tokens = found(process);
    for (int i = 0; i < clerk_count; ++i)
        clerks_.push_back(std::make_unique<Clerk>(tokens, "c" + std::to_string(i)));
    Judgement last;
    for (int round = 0; round <= rounds && !HasFailure(); ++round) {
        const auto begun = std::chrono::steady_clock::now();
        ASSERT_TRUE(process.start()) << process.log();
        EXPECT_LT(std::chrono::steady_clock::now() - begun, restart_limit);
        if (round < rounds) {
            write_until_killed(process);
        } else {  // the end: a client without an answer asks again, and a client with one gets the same again
            for (auto& clerk : clerks_) {
                clerk->connect(process);
                EXPECT_TRUE(clerk->retry_unknown());
                EXPECT_TRUE(clerk->replay_last()) << clerk->last_answer().body;
            }
            EXPECT_EQ(process.terminate(), 0);
        }
        last = judge_copy(together(clerks_));
        EXPECT_TRUE(last.lost.empty() && last.wrong.empty()) << "round " << round << ": " << last.text();
    }
    for (const auto& clerk : clerks_)
        EXPECT_EQ(clerk->unexpected, "");
    EXPECT_EQ(last.unknown, 0u);
    for (const auto& operation : together(clerks_)) {
        if (operation.receipt.is_object()) {
            EXPECT_EQ(ledger::verify_receipt(operation.receipt, operation.opening, keys()), ledger::ReceiptFault::none)
                << operation.kind << " " << operation.subject;
        }
    }
    write_row({"kill -9 while 200 clients write (periods, drafts, edits, submissions, publications)", std::to_string(rounds) + " rounds",
               last.acknowledged, last.lost.size(),
               "receipts valid and the same byte for byte; who got no answer and asked again with the same Idempotency-Key has written "
               "once; restart under 5 s"});
}

}  // namespace
}  // namespace cbmx::test
