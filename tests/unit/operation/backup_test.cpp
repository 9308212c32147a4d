// Backup while others write, restore, erasures that must not come back, and a new epoch.
#include "operation/backup.hpp"
#include "service/accounts/accounts.hpp"
#include "service/log/changes.hpp"
#include "service/log/outside.hpp"
#include "service/reports/reports.hpp"
#include "store/log/entries.hpp"
#include "store/rows/new_epoch.hpp"
#include "support/ledger_fixture.hpp"
#include <fstream>
#include <thread>

namespace cbmx::test {
namespace {

class Backup : public LedgerFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"}),
              nominator = someone("state:CL", {"nominator"});
    std::filesystem::path outside = directory() / "outside";

    void SetUp() override { std::filesystem::create_directories(outside); }
    void keep_outside()
    {
        const auto note = read([](Connection& db) { return store::last_checkpoint(db); }).value().note;
        const auto list = read([](Connection& db) { return store::erasures(db); });
        service::write_durably(outside / service::outside_checkpoint_file, note);
        service::write_durably(outside / service::outside_erasures_file, service::erasures_text(list));
    }
    std::filesystem::path backed_up(const std::string& name = "backup.sqlite")
    {
        service::backup(database_file(), directory() / name, {keys(), {}});
        return directory() / name;
    }
    service::RestoreOptions options(const std::filesystem::path& backup, bool new_epoch = false)
    {
        std::filesystem::create_directories(directory() / "restored");
        return {backup, directory() / "restored" / "cbmx.sqlite", outside, keys(), new_epoch, signer(), clock(), random()};
    }
    std::string refusal_of(const service::RestoreOptions& restore)
    {
        try {
            service::restore(restore);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }
    static bool holds(const std::filesystem::path& file, const std::string& words)
    {
        return service::read_whole(file).value_or("").find(words) != std::string::npos;
    }
    std::string erased_report(const std::string& narrative)
    {
        const auto id = new_report(drafter, approver, {{"narrative", narrative}});
        EXPECT_TRUE(
            write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); }).has_value());
        return id;
    }
    void erase(const std::string& id) { LedgerFixture::erase(approver, id); }
};

TEST_F(Backup, CountsWhileWritingGoesOn)
{
    std::atomic<bool> done = false;
    std::thread writer([&] {
        while (!done)
            new_report(drafter, approver);
    });
    for (int i = 0; i < 5; ++i) {
        const auto file = backed_up("backup-" + std::to_string(i) + ".sqlite");
        EXPECT_TRUE(service::verify(file.string(), {keys(), {}}).ok());
        EXPECT_FALSE(std::filesystem::exists(file.string() + ".partial"));
        EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));
    }
    done = true;
    writer.join();
}

TEST_F(Backup, OverwritesNothing)
{
    backed_up();
    EXPECT_THROW(backed_up(), std::runtime_error);
}

TEST_F(Backup, ThatDoesNotVerifyDoesNotCount)
{
    {
        store::Connection db(database_file().string(), store::OpenMode::read_write);
        db.run("UPDATE ledger_opening SET salt = zeroblob(32) WHERE seq = 3");
    }
    EXPECT_THROW(backed_up(), std::runtime_error);
    EXPECT_FALSE(std::filesystem::exists(directory() / "backup.sqlite"));
    EXPECT_FALSE(std::filesystem::exists(directory() / "backup.sqlite.partial"));
}

TEST_F(Backup, IsRestoredWhereNoDatabaseIs)
{
    new_report(drafter, approver);
    keep_outside();
    const auto restore = options(backed_up());
    const auto report = service::restore(restore);
    EXPECT_EQ(report.entries, static_cast<std::uint64_t>(size()));
    EXPECT_EQ(report.origin, signer().name);
    EXPECT_TRUE(service::verify(restore.database.string(), {keys(), (outside / "checkpoint").string()}).ok());
    EXPECT_NE(refusal_of(restore).find("exists already"), std::string::npos);
}

TEST_F(Backup, OfADamagedFileIsNotRestored)
{
    const auto file = backed_up();
    {
        store::Connection db(file.string(), store::OpenMode::read_write);
        db.run("UPDATE ledger_opening SET salt = zeroblob(32) WHERE seq = 3");
    }
    EXPECT_NE(refusal_of(options(file)).find("does not verify"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(directory() / "restored" / "cbmx.sqlite"));
}

TEST_F(Backup, BehindTheOutsideCheckpointIsRefusedWithoutANewEpoch)
{
    const auto file = backed_up();
    new_report(drafter, approver);
    keep_outside();
    const auto reason = refusal_of(options(file));
    EXPECT_NE(reason.find("is behind"), std::string::npos);
    EXPECT_NE(reason.find("--new-epoch"), std::string::npos);
    EXPECT_TRUE(std::filesystem::is_empty(directory() / "restored"));
}

TEST_F(Backup, ANewEpochIsOpenedOnlyWhenTheOldLogCannotGoOn)
{
    keep_outside();
    EXPECT_NE(refusal_of(options(backed_up(), true)).find("needs no new epoch"), std::string::npos);
}

TEST_F(Backup, ANewEpochVerifiesByItselfAndQuotesTheOld)
{
    without_four_eyes("CL");
    const auto id = new_report(drafter, approver, {{"narrative", "first words"}});
    write([&](Transaction& transaction) { return service::start_revision(transaction, drafter, id, std::nullopt); });
    submitted(drafter, id);
    published(approver, id);
    write([&](Transaction& transaction) {
        return service::change_audience(transaction, approver, id, {{"recipients", {"state:PE"}}}, domain::Transition::recipients,
                                        std::nullopt);
    });
    erased_report("withdrawn words");
    erase(erased_report("erased words"));
    submitted(drafter, drafted(drafter, a_report()));
    const auto before = read([&](Connection& db) { return service::get_report(db, drafter, i18n::Language::en, id); })->body;
    const auto file = backed_up();
    new_report(drafter, approver);
    keep_outside();
    const auto old_note = service::read_whole(outside / "checkpoint").value();

    const auto restore = options(file, true);
    const auto report = service::restore(restore);
    EXPECT_EQ(report.origin, "test.example/log/epoch-2");
    const std::vector<ledger::VerifierKey> new_keys{{report.origin, signer().public_key}};
    const auto verified = service::verify(restore.database.string(), {new_keys, (outside / "checkpoint").string()});
    EXPECT_TRUE(verified.ok()) << verified.summary();
    EXPECT_EQ(verified.entries, report.entries);
    EXPECT_EQ(*report.old_epoch, restore.database.parent_path() / "epoch-1.sqlite");
    EXPECT_TRUE(service::verify(report.old_epoch->string(), {keys(), {}}).ok());
    EXPECT_EQ(service::read_whole(outside / "checkpoint.epoch-1"), old_note);

    store::Connection db(restore.database.string(), store::OpenMode::read_only);
    EXPECT_EQ(nlohmann::json::parse(store::opening(db, 0)->content.value()).at("previous").at("checkpoint"), old_note);
    auto after = service::get_report(db, drafter, i18n::Language::en, id)->body;
    EXPECT_EQ(after.at("content"), before.at("content"));
    EXPECT_EQ(after.at("meta").at("version"), before.at("meta").at("version"));
    EXPECT_EQ(after.at("meta").at("recipients"), before.at("meta").at("recipients"));
    EXPECT_EQ(service::list_revisions(db, drafter, i18n::Language::en, id, 100, 0)->items.size(), 2u);
    EXPECT_EQ(service::compare_with_outside(db, outside, new_keys).state, service::OutsideState::ok);

    // The new log is backed up and restored with the same key, although its name is another now.
    service::backup(restore.database, directory() / "backup-2.sqlite", {new_keys, {}});
    auto again = options(directory() / "backup-2.sqlite");
    again.database = directory() / "again.sqlite";
    EXPECT_EQ(service::restore(again).origin, report.origin);
    again.database = directory() / "never.sqlite";
    again.trusted_keys = {{signer().name, base::Ed25519Key::generate(random()).public_key()}};
    EXPECT_NE(refusal_of(again).find("not one of the trusted keys"), std::string::npos);
}

TEST_F(Backup, WhatWasErasedDoesNotComeBackWithARestore)
{
    const auto contact = someone("state:CL", {"contact"}, "Juana Perez");
    const auto id = erased_report("a name that must go");
    const auto file = backed_up();
    ASSERT_TRUE(holds(file, "a name that must go"));
    ASSERT_TRUE(holds(file, "Juana Perez"));
    erase(id);
    write([&](Transaction& transaction) {
        return service::change_account(transaction, nominator, contact.account, std::nullopt,
                                       {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
    });
    write([&](Transaction& transaction) { return service::erase_account(transaction, nominator, contact.account, std::nullopt); });
    keep_outside();

    const auto report = service::restore(options(file, true));
    const auto restored = directory() / "restored" / "cbmx.sqlite";
    const auto verified = service::verify(restored.string(), {{{report.origin, signer().public_key}}, {}});
    EXPECT_TRUE(verified.ok()) << verified.summary();
    for (const auto& found : std::filesystem::directory_iterator(directory() / "restored")) {
        EXPECT_FALSE(holds(found.path(), "a name that must go")) << found.path();
        EXPECT_FALSE(holds(found.path(), "Juana Perez")) << found.path();
    }
    store::Connection db(restored.string(), store::OpenMode::read_only);
    EXPECT_EQ(store::erasures(db).size(), 2u);
}

TEST_F(Backup, AnErasureLeavesNoOldPageBehind)
{
    const auto id = erased_report("words in the write-ahead log");
    ASSERT_TRUE(holds(database_file(), "words in the write") || holds(database_file().string() + "-wal", "words in the write"));
    erase(id);
    EXPECT_FALSE(holds(database_file(), "words in the write"));
    EXPECT_FALSE(holds(database_file().string() + "-wal", "words in the write"));
}

TEST_F(Backup, AnErasedAccountLeavesNoOldPageBehind)
{
    const auto contact = someone("state:CL", {"contact"}, "Juana Perez");
    write([&](Transaction& transaction) {
        return service::change_account(transaction, nominator, contact.account, std::nullopt,
                                       {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
    });
    ASSERT_TRUE(holds(database_file(), "Juana Perez") || holds(database_file().string() + "-wal", "Juana Perez"));
    write([&](Transaction& transaction) { return service::erase_account(transaction, nominator, contact.account, std::nullopt); });
    EXPECT_FALSE(holds(database_file(), "Juana Perez"));
    EXPECT_FALSE(holds(database_file().string() + "-wal", "Juana Perez"));
}

TEST_F(Backup, EpochsAreCounted)
{
    EXPECT_EQ(service::next_epoch("cbm.example/log"), "cbm.example/log/epoch-2");
    EXPECT_EQ(service::next_epoch("cbm.example/log/epoch-2"), "cbm.example/log/epoch-3");
    EXPECT_EQ(service::next_epoch("cbm.example/epoch-x"), "cbm.example/epoch-x/epoch-2");
}

}  // namespace
}  // namespace cbmx::test
