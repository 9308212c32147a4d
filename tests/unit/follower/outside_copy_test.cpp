// The copy of checkpoint and erasures in a separate place, and what a comparison with it says.
#include "follower/outside_copy.hpp"
#include "service/reports/reports.hpp"
#include "store/engine.hpp"
#include "support/ledger_fixture.hpp"
#include <thread>

namespace cbmx::test {
namespace {

using service::OutsideState;

class OutsideCopies : public LedgerFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"});
    std::filesystem::path outside = directory() / "outside";

    bool arrives_within_a_second(const std::function<bool()>& condition)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        while (std::chrono::steady_clock::now() < end) {
            if (condition())
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return condition();
    }
    service::OutsideComparison compared(const std::vector<ledger::VerifierKey>& with)
    {
        return read([&](Connection& db) { return service::compare_with_outside(db, outside, with); });
    }
};

TEST_F(OutsideCopies, FollowEachCommitWithinASecond)
{
    follower::OutsideCopy copy(database(), outside);
    set_on_commit([&copy] { copy.notify(); });
    new_report(drafter, approver);
    EXPECT_TRUE(arrives_within_a_second([&] {
        const auto note = service::read_whole(outside / "checkpoint");
        const auto kept = note ? ledger::open_checkpoint(*note, keys()) : std::nullopt;
        return kept && kept->size == static_cast<std::uint64_t>(size());
    }));
    set_on_commit({});
}

TEST_F(OutsideCopies, ListEveryErasure)
{
    follower::OutsideCopy copy(database(), outside);
    set_on_commit([&copy] { copy.notify(); });
    const auto id = new_report(drafter, approver);
    write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); });
    erase(approver, id);
    EXPECT_TRUE(arrives_within_a_second(
        [&] { return service::parse_erasures(service::read_whole(outside / "erasures.jsonl").value_or("")).size() == 1; }));
    const auto list = service::parse_erasures(*service::read_whole(outside / "erasures.jsonl"));
    EXPECT_EQ(list.front().seq, last() - 1);  // and then the proposal's own
    EXPECT_EQ(list.front().kind, "report_erased");
    EXPECT_EQ(list.front().subject, id);
    set_on_commit({});
}

TEST_F(OutsideCopies, SayThatADatabaseIsWholeBehindOrForked)
{
    EXPECT_EQ(compared(keys()).state, OutsideState::absent);
    const auto older = directory() / "older.sqlite";
    store::copy_database(database_file().string(), older.string());
    new_report(drafter, approver);
    {
        follower::OutsideCopy copy(database(), outside);
    }
    EXPECT_EQ(compared(keys()).state, OutsideState::ok);

    store::Connection old(older.string(), store::OpenMode::read_only);
    const auto behind = service::compare_with_outside(old, outside, keys());
    EXPECT_EQ(behind.state, OutsideState::behind);
    EXPECT_NE(behind.reason.find("the database is behind"), std::string::npos);

    const auto forked = ledger::sign_checkpoint({signer().name, 5, base::sha256("another history")}, signer());
    service::write_durably(outside / "checkpoint", forked);
    EXPECT_NE(compared(keys()).reason.find("different histories"), std::string::npos);

    const auto stranger = base::Ed25519Key::generate(random());
    EXPECT_EQ(compared({{signer().name, stranger.public_key()}}).state, OutsideState::behind);
    service::write_durably(outside / "checkpoint", "noise");
    EXPECT_EQ(compared(keys()).state, OutsideState::behind);
}

TEST_F(OutsideCopies, ThatCannotBeWrittenAreReportedAndTriedAgain)
{
    follower::OutsideCopy copy(database(), outside);
    EXPECT_TRUE(arrives_within_a_second([&] { return copy.written_size() == static_cast<std::uint64_t>(size()); }));
    std::filesystem::remove_all(outside);
    new_report(drafter, approver);
    copy.notify();
    EXPECT_TRUE(arrives_within_a_second([&] { return copy.is_failing(); }));
    std::filesystem::create_directories(outside);
}

}  // namespace
}  // namespace cbmx::test
