// Long logs and many reports are verified in ranges, on several threads: what is wrong at their edges is named like any other, and
// reported in the same order however many threads there are.
#include "service/log/outside.hpp"
#include "service/reports/reports.hpp"
#include "store/engine.hpp"
#include "unit/verify/tampering.hpp"
#include <fstream>

namespace cbmx::test {
namespace {

class VerifyRanges : public Tampering {
protected:
    // Entries in batches of their own time; nothing stands beside them in the rows.
    void append(Seq count)
    {
        constexpr Seq per_batch = 700;
        for (Seq from = 0; from < count; from += per_batch) {
            advance(std::chrono::seconds(1));
            write([&](Transaction& transaction) -> std::optional<bool> {
                for (auto i = from; i < std::min(count, from + per_batch); ++i)
                    transaction.append(domain::machine_operator(), {.kind = domain::EventKind::measure_changed,
                                                                    .subject = "M-" + std::to_string(i),
                                                                    .acting_role = domain::ActingRole::of_operator(),
                                                                    .version = 1,
                                                                    .content = "{}"});
                return true;
            });
        }
    }
    service::VerifyReport of_log(const std::filesystem::path& file, bool low_priority = false)
    {
        return service::verify(file.string(), {keys(), {}, true, low_priority});
    }
    static std::string between(Seq first, Seq last)
    {
        return " WHERE seq >= " + std::to_string(first) + " AND seq <= " + std::to_string(last);
    }
    static std::string without(Seq first, Seq last)
    {
        return "DELETE FROM ledger_opening" + between(first, last) + "; DELETE FROM ledger_entry" + between(first, last);
    }
    static bool is_said(const service::VerifyReport& report, const std::string& words)
    {
        return report.summary().find(words) != std::string::npos;
    }
};

TEST_F(VerifyRanges, ALongLogVerifiesToItsEnd)
{
    append(7'000);
    const auto report = of_log(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_EQ(report.entries, static_cast<std::uint64_t>(size()));
    const auto checkpoints = read([](Connection& db) {
        auto rows = db.query("SELECT COUNT(*) FROM ledger_checkpoint");
        rows.next();
        return rows.integer(0);
    });
    EXPECT_EQ(report.checkpoints, static_cast<std::uint64_t>(checkpoints));
}

TEST_F(VerifyRanges, AChangedEntryIsNamedWhereverItStands)
{
    append(7'000);
    for (const Seq seq : {Seq{0}, Seq{2'047}, Seq{2'048}, Seq{4'095}, Seq{4'096}, Seq{5'000}, last()}) {
        const auto report = of_log(tampered("UPDATE ledger_entry SET body = CAST(body || ' ' AS BLOB)" + at(seq)));
        ASSERT_TRUE(report.first_wrong_entry().has_value()) << seq;
        EXPECT_EQ(report.first_wrong_entry()->seq, seq);
        EXPECT_TRUE(is_said(report, "not a canonical entry")) << report.summary();
        EXPECT_FALSE(is_said(report, "signs another tree")) << report.summary();
    }
}

TEST_F(VerifyRanges, EntriesThatAreMissingAcrossRangesAreNamedAndTheTreeGoesOn)
{
    append(7'000);
    const auto report = of_log(tampered(without(1'900, 6'300)));
    ASSERT_EQ(report.faults.size(), service::VerifyReport::max_faults);
    EXPECT_EQ(report.faults.front().seq, 1'900);
    EXPECT_EQ(report.faults.back().seq, 1'999);
    const auto ends = read([](Connection& db) {  // of batches: their times stood in entries
        auto rows = db.query("SELECT COUNT(*) FROM ledger_checkpoint WHERE size > 1900 AND size <= 6301");
        rows.next();
        return rows.integer(0);
    });
    EXPECT_EQ(report.faults.size() + report.further_faults, 4'401U + static_cast<std::uint64_t>(ends)) << "nothing else is wrong";
    EXPECT_EQ(report.entries, static_cast<std::uint64_t>(size()) - 4'401U);
    EXPECT_TRUE(of_log(database_file()).ok());
    const auto few = of_log(tampered(without(2'040, 2'060)));
    EXPECT_EQ(few.faults.size(), 21U) << few.summary();
}

TEST_F(VerifyRanges, WithoutEntriesAndLeavesTheTreeEnds)
{
    append(7'000);
    const auto report =
        of_log(tampered(without(3'000, 3'010) + "; DELETE FROM ledger_node WHERE level = 0 AND position >= 3000 AND position <= 3010"));
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.first_wrong_entry()->seq, 3'000);
    EXPECT_EQ(report.faults.size(), 1U) << report.summary();
}

TEST_F(VerifyRanges, AnEntryWithAnUnheardOfNumberIsNamedInNoTime)
{
    append(10);
    const std::string copy = "INSERT INTO ledger_entry SELECT %, kind, at, actor_role, home, subject_kind, subject, version, revision, "
                             "body FROM ledger_entry WHERE seq = 5";
    for (const char* number : {"9223372036854775807", "4611686018427387904", "-3", "(-9223372036854775807 - 1)"}) {
        auto script = copy;
        script.replace(script.find('%'), 1, number);
        EXPECT_TRUE(is_said(of_log(tampered(script)), "its body carries the number 5")) << number;
    }
}

// sqlite.org/fileformat2.html: the root of a table's tree lists pages, each with the greatest number that it holds, as a varint.
// With one bit of the last of them the search for the next range is led back to where it came from.
TEST_F(VerifyRanges, ALogWhoseTreeLeadsInACircleIsVerifiedToAnEnd)
{
    constexpr std::size_t page_bytes = 4096, cell_count_at = 3, cell_pointers_at = 12, child_bytes = 4;
    constexpr char interior_table = 5, bit = 0x40;
    append(400);
    const auto file = directory() / "bent.sqlite";
    store::copy_database(database_file().string(), file.string());
    std::string bytes = service::read_whole(file).value();
    const auto root = read([](Connection& db) {
        auto rows = db.query("SELECT rootpage FROM sqlite_schema WHERE name = 'ledger_entry'");
        rows.next();
        return static_cast<std::size_t>(rows.integer(0) - 1) * page_bytes;
    });
    ASSERT_EQ(bytes[root], interior_table);
    const auto number = [&bytes](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
    };
    const auto cells = number(root + cell_count_at);
    const auto last = root + number(root + cell_pointers_at + 2 * (cells - 1)) + child_bytes;
    ASSERT_NE(bytes[last] & 0x80, 0) << "a number of two bytes";
    bytes[last] = static_cast<char>(bytes[last] | bit);
    std::ofstream(file, std::ios::binary) << bytes;
    EXPECT_TRUE(is_said(of_log(file), "cannot be read in order")) << of_log(file).summary();
}

TEST_F(VerifyRanges, AForkIsFoundInALaterRange)
{
    append(7'000);
    const auto note = ledger::sign_checkpoint({signer().name, static_cast<std::uint64_t>(size()), base::sha256("another")}, signer());
    const auto report = of_log(tampered("UPDATE ledger_checkpoint SET note = '" + note + "' WHERE size = " + std::to_string(size())));
    EXPECT_EQ(report.faults.size(), 1U);
    EXPECT_TRUE(is_said(report, "signs another tree")) << report.summary();
}

TEST_F(VerifyRanges, ManyFaultsAreToldInTheirOrderHoweverManyThreadsThereAre)
{
    append(7'000);
    const auto file = tampered("UPDATE ledger_opening SET content = content || ' ' WHERE seq % 7 = 3; UPDATE ledger_entry SET actor_role = "
                               "'secretariat' WHERE seq % 11 = 4");
    const auto report = of_log(file);
    ASSERT_EQ(report.faults.size(), service::VerifyReport::max_faults);
    EXPECT_TRUE(std::is_sorted(report.faults.begin(), report.faults.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; }));
    EXPECT_GT(report.further_faults, 1'000U);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(of_log(file).summary(), report.summary());
    EXPECT_EQ(of_log(file, true).summary(), report.summary());
}

TEST_F(VerifyRanges, AReportIsLookedAtWhereverItsIdStands)
{
    const auto drafter = someone("state:CL", {"drafter"});
    write([&](Transaction& transaction) -> std::optional<bool> {
        for (int i = 0; i < 2'100; ++i)
            EXPECT_TRUE(service::create_report(transaction, drafter, a_report()).has_value());
        return true;
    });
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    for (const char* place : {"0", "1999", "2000", "2001", "2099"})
        finds(std::string("UPDATE report SET record_state = 'published' WHERE id = (SELECT id FROM report ORDER BY id LIMIT 1 OFFSET ") +
                  place + ")",
              "its row says published, its entries none");
}

}  // namespace
}  // namespace cbmx::test
