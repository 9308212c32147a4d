// Disks that are full, cannot be written, or give back something else than was written: a damaged page, half a WAL.
// Each is noticed and said in one sentence, nothing that is still readable is lost, and a backup brings back the rest.
#include "fault/machine.hpp"
#include "store/log/entries.hpp"
#include "support/waiting.hpp"
#include <fstream>
#include <functional>
#include <random>
#include <sys/mount.h>
#include <thread>

namespace cbmx::test {
namespace {

constexpr std::size_t page_bytes = 4096;

class FullDisk : public Machine {};

TEST_F(FullDisk, GivesRetryAfterWhileReadsGoOnAndRecovers)
{
    const SmallDisk disk(directory / "data", "2m");
    Process process(directory, {{"CBMX_LEAST_FREE_PERCENT", "0"}});  // to the last byte
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    Clerk clerk(tokens, "c");
    clerk.connect(process);
    const int times = is_long() ? 20 : 3;
    for (int i = 0; i < times; ++i) {
        disk.fill();
        for (int writes = 0; writes < 500 && clerk.write_once() && clerk.last_status() != 503; ++writes) {
        }
        ASSERT_EQ(clerk.last_status(), 503) << clerk.last_answer().body;
        EXPECT_EQ(ask(*process.connect(), "GET", "/v1/periods/2025-2026", tokens.secretariat)->status, 200);
        EXPECT_EQ(ask(*process.connect(), "GET", "/readyz", "")->status, 503);
        disk.free();
        EXPECT_TRUE(clerk.write_once());
        EXPECT_EQ(clerk.last_status() / 100, 2) << clerk.last_answer().body;
        EXPECT_EQ(ask(*process.connect(), "GET", "/readyz", "")->status, 200);
    }
    process.kill_hard();
    const auto judgement = judge_copy(clerk.history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    EXPECT_EQ(clerk.unexpected, "");
    write_row({"a disk of 2 MiB filled to the last byte", std::to_string(times) + " times", judgement.acknowledged, judgement.lost.size(),
               std::to_string(judgement.refused) +
                   " refused with 503 and Retry-After, and absent; reads go on; writes again as soon as there is room"});
}

class DamagedDisk : public Machine {
protected:
    // A portal with some writes, ended in an orderly way; a backup of it; and how it lay there.
    void SetUp() override
    {
        tokens_ = found(process_);
        clerk_ = std::make_unique<Clerk>(tokens_, "c");
        ASSERT_TRUE(process_.start()) << process_.log();
        write(60);
        EXPECT_EQ(process_.command({"backup", (directory / "backup.sqlite").string()}).status, 0);
    }
    void write(int times)
    {
        clerk_->connect(process_);
        for (int i = 0; i < times; ++i)
            ASSERT_TRUE(clerk_->write_once() && clerk_->last_status() / 100 == 2) << clerk_->last_answer().body;
    }
    void keep() { std::filesystem::copy(directory / "data", directory / "kept", std::filesystem::copy_options::recursive); }
    void put_back()
    {
        std::filesystem::remove_all(directory / "data");
        std::filesystem::copy(directory / "kept", directory / "data", std::filesystem::copy_options::recursive);
    }
    // The checkpoint reaches the place outside within a second, on a machine that has one to spare.
    bool outside_knows_all()
    {
        store::Connection db(database().string(), store::OpenMode::read_only);
        auto rows = db.query("SELECT count(*) FROM ledger_entry");
        EXPECT_TRUE(rows.next());
        const auto entries = rows.integer(0);
        return comes_true([&] {
            std::ifstream checkpoint(directory / "outside" / "checkpoint");
            std::string origin, size;
            return std::getline(checkpoint, origin) && std::getline(checkpoint, size) && std::stoll(size) >= entries;
        });
    }
    std::int64_t leaf_of(const std::string& tree)
    {
        store::Connection db(database().string(), store::OpenMode::read_only);
        auto rows = db.query("SELECT pageno FROM dbstat WHERE name = ?1 ORDER BY pagetype = 'leaf' DESC, pageno", tree);
        EXPECT_TRUE(rows.next()) << tree;
        return rows.integer(0);
    }
    static void overwrite(const std::filesystem::path& file, std::uintmax_t at, std::size_t bytes)
    {
        std::mt19937_64 random(at);
        std::string garbage(bytes, '\0');
        for (auto& byte : garbage)
            byte = static_cast<char>(random());
        std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
        stream.seekp(static_cast<std::streamoff>(at)).write(garbage.data(), static_cast<std::streamsize>(bytes));
        EXPECT_TRUE(stream.good());
    }
    int status_of(const std::string& path) { return ask(*process_.connect(), "GET", path, tokens_.secretariat)->status; }
    int status_of_a_write(const std::string& code)
    {
        return ask(*process_.connect(), "POST", "/v1/periods", tokens_.secretariat, period(code))->status;
    }
    std::size_t acknowledged() const { return clerk_->acknowledged(); }

    Process process_{directory};
    Tokens tokens_;
    std::unique_ptr<Clerk> clerk_;
};

TEST_F(DamagedDisk, ADamagedPageIsNamedAndNothingMoreIsWritten)
{
    ASSERT_EQ(process_.terminate(), 0);
    keep();
    const std::vector<std::string> trees{"period", "sqlite_autoindex_period_1"};  // a table, and an index
    for (const auto& tree : trees) {
        put_back();
        overwrite(database(), static_cast<std::uintmax_t>(leaf_of(tree) - 1) * page_bytes, page_bytes);
        const auto checked = process_.command({"verify"});
        EXPECT_NE(checked.status, 0) << tree;
        EXPECT_NE(checked.output.find("malformed"), std::string::npos) << checked.output;
        EXPECT_NE(process_.command({"backup", (directory / "bad.sqlite").string()}).status, 0) << "a backup of a damaged database counted";
        ASSERT_TRUE(process_.start()) << process_.log();
        EXPECT_EQ(status_of("/v1/periods?limit=100"), 500) << tree;
        EXPECT_EQ(status_of("/v1/measures"), 200) << tree;
        EXPECT_EQ(status_of("/readyz"), 503) << tree;
        EXPECT_EQ(status_of_a_write("after"), 503) << tree;
        EXPECT_NE(process_.log().find("\"read_only\""), std::string::npos);
        EXPECT_EQ(process_.terminate(), 0);
        // The next start looks first, and needs no reader to come upon the page.
        ASSERT_TRUE(process_.start()) << process_.log();
        EXPECT_EQ(status_of("/readyz"), 503) << tree;
        EXPECT_EQ(status_of_a_write("again"), 503) << tree;
        EXPECT_EQ(process_.terminate(), 0);
        // The file is whole again: it verifies, and that is all that was wanted.
        ASSERT_TRUE(std::filesystem::exists(directory / "data/disk-failed"));
        for (const char* beside : {"-wal", "-shm"})
            std::filesystem::remove(database().string() + beside);
        std::filesystem::copy_file(directory / "kept/cbmx.sqlite", database(), std::filesystem::copy_options::overwrite_existing);
        {
            store::Connection reader(database().string(), store::OpenMode::read_only);
            EXPECT_GT(store::ledger_size(reader), 0u);
            const auto refused = process_.command({"serve"});
            EXPECT_EQ(refused.status, 2) << "somebody has the database open, and SQLite would not copy all of the WAL again";
            EXPECT_NE(refused.output.find("nobody else may have"), std::string::npos) << refused.output;
        }
        ASSERT_TRUE(process_.start()) << process_.log();
        EXPECT_EQ(status_of("/readyz"), 200) << tree;
        for (const char* place : {"data", "outside"})
            EXPECT_FALSE(std::filesystem::exists(directory / place / "disk-failed")) << place;
        EXPECT_EQ(process_.terminate(), 0);
    }
    std::filesystem::remove_all(directory / "data");
    const auto restored = process_.command({"restore", (directory / "backup.sqlite").string()});
    EXPECT_EQ(restored.status, 0) << restored.output;
    const auto judgement = judge_copy(clerk_->history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    write_row({"a page of a table, of an index, overwritten with noise", "once each", judgement.acknowledged, judgement.lost.size(),
               "`verify` and `backup` refuse; the portal writes nothing more, reads what is whole; the backup brings all back"});
}

TEST_F(DamagedDisk, AWalThatLostItsEndIsNoticedAtTheStart)
{
    ASSERT_EQ(process_.terminate(), 0);
    ASSERT_TRUE(process_.start());
    write(30);
    ASSERT_TRUE(outside_knows_all());
    process_.kill_hard();
    std::filesystem::remove(directory / "data" / "operator.sock");
    keep();
    const auto wal = directory / "data" / "cbmx.sqlite-wal";
    const auto size = std::filesystem::file_size(wal);
    const std::vector<std::function<void()>> damages{[&] { std::filesystem::resize_file(wal, size / 2); },
                                                     [&] { overwrite(wal, size / 2, 100); }, [&] { std::filesystem::remove(wal); }};
    for (const auto& damage : damages) {
        put_back();
        damage();
        const auto checked = process_.command({"verify"});
        EXPECT_EQ(checked.status, 3);
        EXPECT_NE(checked.output.find("an intact older copy: "), std::string::npos) << checked.output;
        ASSERT_TRUE(process_.start()) << process_.log();
        EXPECT_EQ(status_of("/v1/periods?limit=100"), 200);
        EXPECT_EQ(status_of("/readyz"), 503);
        EXPECT_EQ(status_of_a_write("after"), 503);
        EXPECT_EQ(process_.terminate(), 0);
    }
    put_back();  // undamaged, it is whole
    const auto judgement = judge_copy(clerk_->history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    write_row({"the WAL cut in half, overwritten in the middle, removed", "once each", 0, 0,
               "what stood there is gone from that disk, as it is with the disk: noticed at the start by the checkpoint kept outside, "
               "read-only, and said by how many entries"});
}

TEST_F(DamagedDisk, AFileOrDirectoryThatCannotBeWrittenIsSaidAtTheStart)
{
    ASSERT_EQ(process_.terminate(), 0);
    const auto refused_while_read_only = [this](const std::filesystem::path& place, const std::string& words) {
        ASSERT_EQ(mount(place.c_str(), place.c_str(), nullptr, MS_BIND, nullptr), 0)
            << "this test mounts: it must run as root, where mounting is allowed";
        ASSERT_EQ(mount(nullptr, place.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);
        const auto run = process_.command({"serve"});
        umount2(place.c_str(), MNT_DETACH);
        EXPECT_EQ(run.status, 2) << run.output;
        EXPECT_NE(run.output.find(words), std::string::npos) << run.output;
    };
    refused_while_read_only(database(), "attempt to write a readonly database. Look at the disk, and at mount, owner and mode");
    refused_while_read_only(directory / "data", "Read-only file system");
    const auto judgement = judge_copy(clerk_->history());
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    ASSERT_TRUE(process_.start()) << process_.log();
    write_row({"database file, data directory not writable", "once each", judgement.acknowledged, judgement.lost.size(),
               "refuses to start with one sentence and exit status 2"});
}

TEST_F(DamagedDisk, ADatabaseOfANewerReleaseIsRefusedWithOneClearSentence)
{
    ASSERT_EQ(process_.terminate(), 0);
    {
        store::Connection connection(database().string(), store::OpenMode::read_write);
        connection.run("INSERT INTO schema_migration (number, name, hash) VALUES (9999, '9999_future.sql', 'x')");
    }
    const auto run = process_.command({"serve"});
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.output.find("newer release"), std::string::npos) << run.output;
}

}  // namespace
}  // namespace cbmx::test
