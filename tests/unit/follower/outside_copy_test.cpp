// The copy of checkpoint and erasures in a separate place, and what a comparison with it says.
#include "follower/outside_copy.hpp"
#include "service/reports/reports.hpp"
#include "store/engine.hpp"
#include "support/ledger_fixture.hpp"
#include "support/statements.hpp"
#include <fstream>
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
    void arrives(const follower::OutsideCopy& copy)
    {
        EXPECT_TRUE(arrives_within_a_second([&] { return copy.written_size() == static_cast<std::uint64_t>(size()); }));
    }
    void append(std::int64_t entries)  // in one commit, of no State
    {
        write([entries](Transaction& transaction) {
            for (std::int64_t i = 0; i < entries; ++i)
                transaction.append(domain::machine_operator(), {.kind = domain::EventKind::portal_changed,
                                                                .subject = "portal",
                                                                .home = {},
                                                                .acting_role = domain::ActingRole::of_operator(),
                                                                .version = 2 + i,
                                                                .revision = {},
                                                                .audience = {},
                                                                .content = "{}",
                                                                .lost = {}});
            return domain::Result<bool>(true);
        }).value();
    }
    std::string withdrawn()
    {
        const auto id = new_report(drafter, approver);
        write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); }).value();
        return id;
    }
    std::vector<store::ErasureRow> listed()
    {
        return service::parse_erasures(service::read_whole(outside / service::outside_erasures_file).value_or(""));
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

TEST_F(OutsideCopies, OfOneCommitVisitNoMoreRowsWhenTheLedgerIsLong)
{
    std::optional<Statements> counted;
    {
        auto snapshot = database().read();  // the only reader there is: the copy is given it from now on
        counted.emplace(snapshot.db());
    }
    follower::OutsideCopy copy(database(), outside);
    arrives(copy);
    const auto steps_of_a_commit = [&] {
        append(1);
        const auto before = counted->steps();
        copy.notify();
        arrives(copy);
        return counted->steps() - before;
    };
    const auto first = steps_of_a_commit();
    EXPECT_GT(first, 0U);
    append(5000);
    copy.notify();
    arrives(copy);
    EXPECT_LE(steps_of_a_commit(), first + 10);
}

TEST_F(OutsideCopies, ThatLostTheirPlaceAreMadeWholeFromTheLedger)
{
    std::vector<std::string> erased;
    {
        follower::OutsideCopy copy(database(), outside);
        erased.push_back(withdrawn());
        erase(approver, erased.back());
        copy.notify();
    }
    ASSERT_EQ(listed().size(), 1U);
    erased.push_back(withdrawn());  // while the copy was killed in the middle of a write
    erase(approver, erased.back());
    std::ofstream(outside / "erasures.jsonl.new") << R"({"seq": 1)";
    std::ofstream(outside / "erasures.jsonl", std::ios::trunc) << "noise";
    {
        follower::OutsideCopy copy(database(), outside);
        arrives(copy);
        erased.push_back(withdrawn());
        erase(approver, erased.back());
        copy.notify();
        arrives(copy);
    }
    std::vector<std::string> subjects;
    for (const auto& each : listed())
        subjects.push_back(each.subject);
    EXPECT_EQ(subjects, erased);
    EXPECT_EQ(compared(keys()).state, OutsideState::ok);
}

TEST_F(OutsideCopies, ThatSomebodyTookAwayComeBackWithTheNextCommit)
{
    follower::OutsideCopy copy(database(), outside);
    const auto id = withdrawn();
    erase(approver, id);
    copy.notify();
    arrives(copy);
    for (const char* file : {service::outside_erasures_file, service::outside_checkpoint_file}) {
        std::filesystem::remove(outside / file);
        append(1);
        copy.notify();
        arrives(copy);
        EXPECT_EQ(listed().size(), 1U) << file;
        EXPECT_EQ(compared(keys()).state, OutsideState::ok) << file;
    }
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
