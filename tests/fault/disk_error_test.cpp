// The disk fails: the n-th fsync fails with EIO, the n-th write with ENOSPC, in the running program (injection.hpp).
// What was acknowledged is there after a restart on a healthy disk; what was refused is not.
#include "fault/injection.hpp"
#include "fault/machine.hpp"
#include <atomic>
#include <thread>

namespace cbmx::test {
namespace {

constexpr int clerk_count = 4;
constexpr std::chrono::seconds patience{30};

class DiskError : public Machine {
protected:
    void SetUp() override
    {
        tokens_ = found(process_);
        for (int i = 0; i < clerk_count; ++i)
            clerks_.push_back(std::make_unique<Clerk>(tokens_, "c" + std::to_string(i)));
    }

    // All write until one of them is refused, and each once more after that.
    void write_until_refused()
    {
        std::atomic<bool> refused{false};
        const auto until = std::chrono::steady_clock::now() + patience;
        std::vector<std::thread> threads;
        for (auto& clerk : clerks_)
            threads.emplace_back([&, &clerk = *clerk] {
                while (!refused && std::chrono::steady_clock::now() < until && clerk.write_once())
                    refused = refused || clerk.last_status() / 100 != 2;
            });
        for (auto& thread : threads)
            thread.join();
    }

    // Begins with an empty WAL, so that the call that fails is one of a commit and not of copying the WAL back.
    void start_anew()
    {
        ASSERT_TRUE(process_.start()) << process_.log();
        ASSERT_EQ(process_.terminate(), 0);
        ASSERT_TRUE(process_.start()) << process_.log();
        for (auto& clerk : clerks_)
            clerk->connect(process_);
    }

    int status_of(const std::string& path) { return ask(*process_.connect(), "GET", path, tokens_.secretariat)->status; }

    void judge_after(const std::string& what)
    {
        last_ = judge_copy(together(clerks_));
        EXPECT_TRUE(last_.lost.empty() && last_.wrong.empty()) << what << ": " << last_.text();
        for (const auto& clerk : clerks_)
            EXPECT_EQ(clerk->unexpected, "") << what;
    }

    std::vector<int> struck_calls(int furthest, std::vector<int> some) const
    {
        if (is_long())
            for (some.clear(); static_cast<int>(some.size()) < furthest;)
                some.push_back(static_cast<int>(some.size()) + 1);
        return some;
    }

    Process process_{directory};
    Tokens tokens_;
    std::vector<std::unique_ptr<Clerk>> clerks_;
    Judgement last_;
};

TEST_F(DiskError, AfterAFailedSyncNothingIsWrittenAnyMore)
{
    const auto calls = struck_calls(24, {1, 2, 5, 11});
    for (const int n : calls) {
        const auto what = "sync " + std::to_string(n);
        start_anew();
        Injection injection(process_.pid(), directory / "data", "fsync,fdatasync", "EIO", std::to_string(n));
        write_until_refused();
        // The disk is healthy again after that one call. The portal does not believe it.
        for (auto& clerk : clerks_) {
            EXPECT_TRUE(clerk->write_once());
            EXPECT_EQ(clerk->last_status(), 503) << what;
        }
        EXPECT_EQ(status_of("/v1/periods?limit=5"), 200) << what;
        EXPECT_EQ(status_of("/readyz"), 503) << what;
        EXPECT_TRUE(injection.end()) << what << " never happened";
        process_.kill_hard();
        judge_after(what);
        if (HasFailure())
            break;
    }
    start_anew();
    EXPECT_TRUE(clerks_.front()->write_once());
    EXPECT_EQ(clerks_.front()->last_answer().status / 100, 2);
    write_row({"`fsync` fails with EIO at the n-th call (strace), then kill -9",
               std::to_string(calls.size()) + " times, n up to " + std::to_string(calls.back()), last_.acknowledged, last_.lost.size(),
               std::to_string(last_.refused) + " refused with 503, and absent; read-only until restarted, reads go on, `/readyz` red"});
}

TEST_F(DiskError, AWriteThatFindsNoRoomIsRefusedAndTheNextIsTaken)
{
    const auto calls = struck_calls(120, {1, 2, 7, 30, 61});
    for (const int n : calls) {
        const auto what = "write " + std::to_string(n);
        start_anew();
        Injection injection(process_.pid(), directory / "data", "pwrite64", "ENOSPC", std::to_string(n));
        write_until_refused();
        EXPECT_TRUE(injection.end()) << what << " never happened";
        for (auto& clerk : clerks_) {
            EXPECT_TRUE(clerk->write_once());
            EXPECT_EQ(clerk->last_status() / 100, 2) << what << ": " << clerk->last_answer().body;
        }
        EXPECT_EQ(status_of("/readyz"), 200) << what;
        process_.kill_hard();
        judge_after(what);
        if (HasFailure())
            break;
    }
    write_row({"`pwrite` fails with ENOSPC at the n-th call (strace), then kill -9",
               std::to_string(calls.size()) + " times, n up to " + std::to_string(calls.back()), last_.acknowledged, last_.lost.size(),
               std::to_string(last_.refused) + " refused with 503 and Retry-After, and absent; the next write is taken"});
}

}  // namespace
}  // namespace cbmx::test
