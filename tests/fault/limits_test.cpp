// Not enough of what a process needs: descriptors, and a second one where only one may be.
#include "fault/machine.hpp"
#include <algorithm>
#include <sys/resource.h>
#include <thread>

namespace cbmx::test {
namespace {

class Limits : public Machine {};

TEST_F(Limits, WithoutDescriptorsThePortalWaitsAndGoesOnWhenConnectionsClose)
{
    constexpr rlim_t spare = 12;
    Process process(directory);
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    Clerk clerk(tokens, "c");
    clerk.connect(process);
    ASSERT_TRUE(clerk.write_once());
    const auto descriptors = std::filesystem::directory_iterator("/proc/" + std::to_string(process.pid()) + "/fd");
    const rlimit limit{static_cast<rlim_t>(std::distance(begin(descriptors), end(descriptors))) + spare, 4096};
    ASSERT_EQ(prlimit(process.pid(), RLIMIT_NOFILE, &limit, nullptr), 0);

    std::vector<std::unique_ptr<RawClient>> crowd;
    for (rlim_t i = 0; i < 2 * spare; ++i) {
        crowd.push_back(std::make_unique<RawClient>(
            RawOptions{.port = process.port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = 300}));
        if (!crowd.back()->connected())
            break;
    }
    EXPECT_FALSE(crowd.back()->connected()) << "the portal had descriptors left";
    for (int i = 0; i < 20; ++i)  // who is connected is served, also now
        EXPECT_TRUE(clerk.write_once());
    crowd.clear();
    std::unique_ptr<RawClient> newcomer;
    for (int i = 0; i < 100 && (newcomer == nullptr || !newcomer->connected()); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        newcomer = process.connect();
    }
    ASSERT_TRUE(newcomer->connected()) << "the portal takes no more connections";
    EXPECT_EQ(ask(*newcomer, "GET", "/readyz", "")->status, 200);
    EXPECT_TRUE(clerk.write_once());
    EXPECT_EQ(clerk.last_status() / 100, 2);
    process.kill_hard();
    const auto judgement = judge_copy(clerk.history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    EXPECT_EQ(clerk.unexpected, "");
    write_row({"descriptors exhausted by connections (RLIMIT_NOFILE)", "once, " + std::to_string(spare) + " left", judgement.acknowledged,
               judgement.lost.size(), "who is connected is served; newcomers are, once others close"});
}

TEST_F(Limits, TooFewDescriptorsForTheSettingsAreSaidAtTheStart)
{
    Process process(directory);
    process.init();
    const auto run = process.command_under({"/usr/bin/prlimit", "--nofile=256:256"}, {"serve"});
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.output.find("file descriptors"), std::string::npos) << run.output;
}

TEST_F(Limits, ASecondServerOnTheSameDataIsRefused)
{
    Process first(directory);
    first.init();
    ASSERT_TRUE(first.start());
    Process second(directory);
    const auto run = second.command({"serve"});
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.output.find("in use by another process"), std::string::npos) << run.output;
}

}  // namespace
}  // namespace cbmx::test
