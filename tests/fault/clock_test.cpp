// The machine's clock jumps while the portal runs: back by two hours, forward by 400 days. Order is the ledger's, not the
// clock's; what expires stays expired as long as the clock says so.
#include "fault/fake_clock.hpp"
#include "verify/verify.hpp"
#include <thread>

namespace cbmx::test {
namespace {

class JumpingClock : public FakeClock {};

TEST_F(JumpingClock, ChangesNeitherOrderNorWhatWasAccepted)
{
    set_clock("+3h");  // so that two hours back is not before the certificates were made
    Process process(directory, fake());
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    Clerk clerk(tokens, "c");
    clerk.connect(process);
    const auto write_some = [&clerk] {
        for (int i = 0; i < 10; ++i)
            EXPECT_TRUE(clerk.write_once() && clerk.last_status() / 100 == 2) << clerk.last_answer().body;
    };
    write_some();
    set_clock("+1h");
    write_some();

    set_clock("+400d");
    const auto expired = ask(*process.connect(), "POST", "/v1/periods", tokens.secretariat, period("late"));
    ASSERT_TRUE(expired);
    EXPECT_EQ(expired->status, 401) << "a token outlived its end";
    EXPECT_EQ(ask(*process.connect(), "GET", "/readyz", "")->status, 200);
    const auto fresh = operate(process, {"credential", "token", "--account", account(process, "office:secretariat", "secretariat")})
                           .at("token")
                           .get<std::string>();
    EXPECT_EQ(ask(*process.connect(), "POST", "/v1/periods", fresh, period("in400days"))->status, 201);
    set_clock("+3h");
    write_some();
    EXPECT_EQ(process.terminate(), 0);

    store::Connection db(database().string(), store::OpenMode::read_only);
    const auto verified = service::verify(database().string(), {keys(), std::nullopt});
    EXPECT_TRUE(verified.ok()) << verified.summary();
    EXPECT_FALSE(verified.remarks.empty()) << "that the clock ran backwards is worth a remark";
    // In the order in which they were answered, whatever the clock said.
    std::int64_t before = -1;
    for (const auto& operation : clerk.history())
        if (operation.seq >= 0) {
            EXPECT_GT(operation.seq, before);
            before = operation.seq;
        }
    auto judgement = judge(clerk.history(), db, begun_at);
    EXPECT_TRUE(judgement.lost.empty()) << judgement.text();
    EXPECT_EQ(clerk.unexpected, "");
    write_row({"clock set back two hours and forward 400 days while it runs (libfaketime)", "3 jumps", judgement.acknowledged,
               judgement.lost.size(), "order stays; tokens expire closed; `verify` makes a remark"});
}

}  // namespace
}  // namespace cbmx::test
