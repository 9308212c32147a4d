// Eight batches of 15 MiB that are sent all but their last byte: they wait on the disk, and the memory hardly grows.
#include "fault/machine.hpp"

namespace cbmx::test {
namespace {

class UnfinishedBodies : public Machine {};

constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t body_bytes = 15 * mib;
constexpr int senders = 8;
constexpr std::size_t may_grow_bytes = 24 * mib;  // what was measured before: 153 MiB

TEST_F(UnfinishedBodies, WaitOnTheDisk)
{
    Process process(directory);
    auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    std::vector<std::string> of_each;  // one large body at a time for each account
    for (int i = 0; i < senders; ++i)
        of_each.push_back(token(process, account(process, i % 2 == 0 ? "state:CL" : "state:PE", "drafter")));
    begun_at = entries_so_far();  // what comes from now on is the clerk's
    Clerk clerk(tokens, "quick");
    clerk.connect(process);
    ASSERT_TRUE(clerk.write_once());
    const auto before = resident_bytes(process.pid());
    std::vector<std::unique_ptr<RawClient>> clients;
    const std::string almost(body_bytes - 1, ' ');
    for (const auto& of_one : of_each) {
        clients.push_back(process.connect());
        ASSERT_TRUE(clients.back()->connected());
        clients.back()->send("POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + of_one +
                             "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n");
        ASSERT_TRUE(clients.back()->send(almost));
    }
    ASSERT_TRUE(clerk.write_once());
    EXPECT_EQ(clerk.last_status() / 100, 2);
    const auto after = resident_bytes(process.pid());
    EXPECT_LT(after, before + may_grow_bytes) << "before: " << before;
    for (auto& client : clients) {
        client->send("]");
        const auto answer = client->read();
        EXPECT_TRUE(answer && answer->status == 400) << "each is read when its turn comes, and is no JSON";
    }
    EXPECT_EQ(clerk.unexpected, "");
    EXPECT_EQ(process.terminate(), 0) << process.log();
    const auto judgement = judge_copy(clerk.history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    write_row({"batches of 15 MiB, sent all but the last byte", std::to_string(senders) + " at once", judgement.acknowledged,
               judgement.lost.size(),
               "they wait on the disk; memory grew by " + std::to_string(after > before ? (after - before) / 1024 : 0) + " KiB"});
}

}  // namespace
}  // namespace cbmx::test
