// What verify must find: each way of changing a database behind the portal's back, on a copy of a small one.
#include "service/accounts/accounts.hpp"
#include "service/log/outside.hpp"
#include "service/log/receipts.hpp"
#include "service/reports/reports.hpp"
#include "unit/verify/tampering.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

class Verify : public Tampering {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"}),
              nominator = someone("state:CL", {"nominator"});
    Principal contact = someone("state:CL", {"contact"}, "Juana");

    // A published report in two revisions, a narrowed one, a withdrawn one, an erased one, a submission, an erased account.
    void populate()
    {
        without_four_eyes("CL");
        report_ = new_report(drafter, approver, {{"tags", {"strategy"}}});
        write([&](Transaction& transaction) { return service::start_revision(transaction, drafter, report_, std::nullopt); });
        submitted(drafter, report_);
        publication_ = published(approver, report_);
        narrowed_ = new_report(drafter, approver, {{"recipients", {"state:PE"}}});
        change_ = write([&](Transaction& transaction) {
                      return service::change_audience(transaction, approver, narrowed_, {{"recipients", {"state:CL"}}},
                                                      domain::Transition::recipients, std::nullopt);
                  })
                      .value()
                      .seq.value();
        withdrawn_ = new_report(drafter, approver);
        withdraw(withdrawn_);
        erased_ = new_report(drafter, approver);
        withdraw(erased_);
        erase(approver, erased_);
        submitted(drafter, drafted(drafter, a_report()));
        write([&](Transaction& transaction) {
            return service::change_account(transaction, nominator, contact.account, std::nullopt,
                                           {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
        });
        write([&](Transaction& transaction) { return service::erase_account(transaction, nominator, contact.account, std::nullopt); });
    }
    void withdraw(const std::string& id)
    {
        EXPECT_TRUE(
            write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); }).has_value());
    }

    std::string report_, narrowed_, withdrawn_, erased_;
    Seq publication_ = 0, change_ = 0;
};

TEST_F(Verify, AWholeDatabaseVerifies)
{
    populate();
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_EQ(report.entries, static_cast<std::uint64_t>(size()));
    EXPECT_GT(report.checkpoints, 10u);
    EXPECT_TRUE(report.remarks.empty()) << report.summary();
    const auto untouched = directory() / "copy.sqlite";
    store::copy_database(database_file().string(), untouched.string());
    EXPECT_TRUE(verified(untouched).ok());
}

TEST_F(Verify, ChangedEntriesAreNamed)
{
    populate();
    finds("UPDATE ledger_entry SET body = CAST(replace(CAST(body AS TEXT), '\"version\":1', '\"version\":2') AS BLOB)" + at(5), "entry 5",
          5);
    finds("UPDATE ledger_entry SET body = CAST(body || ' ' AS BLOB)" + at(6), "not a canonical entry", 6);
    finds("UPDATE ledger_entry SET body = (SELECT body FROM ledger_entry WHERE seq = 8)" + at(7), "carries the number 8", 7);
    finds("UPDATE ledger_entry SET kind = 'measure_changed'" + at(publication_), "column kind", publication_);
    finds("UPDATE ledger_entry SET at = '2020-01-01T00:00:00.000Z'" + at(9), "column at", 9);
    finds("UPDATE ledger_entry SET actor_role = 'secretariat'" + at(publication_), "column actor_role", publication_);
    finds("UPDATE ledger_entry SET home = 'state:PE'" + at(publication_), "column home", publication_);
    finds("UPDATE ledger_entry SET subject = 'PE'" + at(10), "column subject", 10);
    finds("UPDATE ledger_entry SET version = 9" + at(11), "column version", 11);
    finds("UPDATE ledger_entry SET revision = 1" + at(publication_), "column revision", publication_);
    finds("DELETE FROM ledger_opening" + at(12) + "; DELETE FROM ledger_entry" + at(12), "the entry is missing", 12);
    finds("INSERT INTO ledger_entry SELECT seq + 1, kind, at, actor_role, home, subject_kind, subject, version, revision, body FROM "
          "ledger_entry" +
              at(last()),
          "carries the number", last() + 1);
}

TEST_F(Verify, TheLogAloneNamesAChangedEntryAndSaysThatRowsWereNotLookedAt)
{
    populate();
    const auto entry = tampered("UPDATE ledger_entry SET body = CAST(body || ' ' AS BLOB)" + at(publication_));
    const auto row = tampered("UPDATE report SET label = 'TLP:GREEN'" + of(report_));
    const auto judged = [this](const std::filesystem::path& file) { return service::verify(file.string(), {keys(), {}, true}); };
    EXPECT_FALSE(judged(entry).ok());
    EXPECT_EQ(judged(entry).first_wrong_entry()->seq, publication_);
    EXPECT_TRUE(judged(row).ok());
    EXPECT_FALSE(verified(row).ok());
    EXPECT_NE(judged(row).summary().find("the log alone"), std::string::npos);
    EXPECT_EQ(verified(database_file()).summary().find("the log alone"), std::string::npos);
}

TEST_F(Verify, AChangedTreeIsNamed)
{
    populate();
    finds("UPDATE ledger_node SET hash = zeroblob(32) WHERE level = 0 AND position = 4", "does not hash to the leaf", 4);
    finds("DELETE FROM ledger_node WHERE level = 0 AND position = 4", "leaf hash is missing", 4);
    finds("UPDATE ledger_node SET hash = zeroblob(32) WHERE level = 2 AND position = 3", "node at level 2, position 3", 15);
    finds("DELETE FROM ledger_node WHERE level = 1 AND position = 5", "is missing", 11);
    finds("INSERT INTO ledger_node VALUES (9, 0, zeroblob(32))", "nodes instead of");
    finds("UPDATE ledger_checkpoint SET note = replace(note, char(10) || size || char(10), char(10) || (size + 1) || char(10)) WHERE size "
          "= " +
              std::to_string(size()),
          "no valid signature", last());
    finds("UPDATE ledger_checkpoint SET note = (SELECT note FROM ledger_checkpoint ORDER BY size LIMIT 1) WHERE size = " +
              std::to_string(size()),
          "says size", last());
    finds("UPDATE ledger_checkpoint SET at = '2020-01-01T00:00:00.000Z' WHERE size = " + std::to_string(size()), "another time", last());
    finds("DELETE FROM ledger_checkpoint WHERE size = " + std::to_string(size()), "no checkpoint covers");
    finds("DELETE FROM ledger_loss" + at(last()) + "; DELETE FROM ledger_opening" + at(last()) + "; DELETE FROM ledger_entry" + at(last()),
          "entries end here");
}

TEST_F(Verify, AForgedHistoryIsNamedByItsSignature)
{
    populate();
    const auto stranger = base::Ed25519Key::generate(random());
    // The whole log signed again by another key that stands in the database.
    const auto file = tampered("UPDATE log_key SET public_key = x'" + base::hex(base::as_chars(stranger.public_key())) + "'");
    {
        store::Connection db(file.string(), store::OpenMode::read_write);
        EXPECT_FALSE(verified(file).ok());
    }
    const std::string words = "table log_key does not name the keys that the entries name";
    EXPECT_NE(verified(file).summary().find(words), std::string::npos);
    EXPECT_NE(service::verify(file.string(), {}).summary().find(words), std::string::npos);
    EXPECT_NE(service::verify(database_file().string(), {{{signer().name, stranger.public_key()}}, {}})
                  .summary()
                  .find("is not one of the trusted keys"),
              std::string::npos);
}

TEST_F(Verify, AnotherRootUnderARightSizeIsNamed)
{
    populate();
    // Signed with the log's own key, over another tree: what a stolen key would do.
    const auto note = ledger::sign_checkpoint({signer().name, static_cast<std::uint64_t>(size()), base::sha256("another")}, signer());
    finds("UPDATE ledger_checkpoint SET note = '" + note + "' WHERE size = " + std::to_string(size()), "signs another tree");
}

TEST_F(Verify, ChangedOpeningsAreNamed)
{
    populate();
    finds("UPDATE ledger_opening SET content = replace(content, 'strategy', 'strategies')" + at(publication_), "do not give its commitment",
          publication_);
    finds("UPDATE ledger_opening SET salt = zeroblob(32)" + at(3), "do not give its commitment", 3);
    finds("UPDATE ledger_opening SET salt = NULL, content = NULL" + at(3), "without an entry that says it was erased", 3);
    finds("UPDATE ledger_opening SET salt = NULL" + at(3), "do not give its commitment", 3);
    finds("UPDATE ledger_opening SET actor = '" + drafter.account.value + "'" + at(publication_), "the actor's handle", publication_);
    finds("UPDATE ledger_opening SET actor = '" + drafter.account.value + "'" + at(2), "without an actor's handle", 2);
    finds("UPDATE ledger_opening SET actor = NULL, actor_salt = NULL" + at(last()), "actor is gone", last());
    finds("UPDATE ledger_opening SET recipients = '[\"public\"]'" + at(publication_), "hash of the recipients", publication_);
    finds("UPDATE ledger_opening SET recipients = NULL, recipients_salt = NULL" + at(publication_), "recipients are gone", publication_);
    finds("UPDATE ledger_opening SET recipients = '[]'" + at(2), "without an audience", 2);
    finds("DELETE FROM ledger_opening" + at(2), "opening is missing", 2);
    const std::string authority = "do not give the hash of its authority";
    finds("UPDATE ledger_opening SET authority = '{\"by\":\"nominating_authority\"}'" + at(publication_), authority, publication_);
    finds("UPDATE ledger_opening SET authority_salt = salt" + at(publication_), authority, publication_);
    finds("UPDATE ledger_opening SET authority = NULL, authority_salt = NULL" + at(publication_), authority, publication_);
    finds("UPDATE ledger_opening SET authority = '{\"by\":\"demonstration\"}', authority_salt = salt" + at(2), "commits to none", 2);
}

// As a portal would enter it that says something else than what stands behind the account: every hash is right.
TEST_F(Verify, AnAuthorityThatItsAccountDidNotHaveIsNamed)
{
    populate();
    const auto id = drafted(drafter, a_report());
    const auto is_said_to_be = [&](const std::string& authority) {
        write([&](Transaction& transaction) {
            transaction.db().run("UPDATE account SET authority = ?2 WHERE id = ?1", drafter.account, authority);
            return domain::Result<bool>(true);
        }).value();
    };
    is_said_to_be("nominator");
    const auto submission = submitted(drafter, id);
    is_said_to_be("demonstration");
    const auto report = verified(database_file());
    ASSERT_EQ(report.faults.size(), 1U) << report.summary();
    EXPECT_EQ(report.faults.front().seq, submission);
    EXPECT_NE(report.summary().find("what stood behind its account was something else"), std::string::npos) << report.summary();
}

TEST_F(Verify, AnAccountOfADemonstrationIsNamedElsewhereAlsoOnceItWasConfirmed)
{
    const auto created = read([&](Connection& db) {
        auto rows = db.query("SELECT seq FROM ledger_entry WHERE subject_kind = 'account' AND subject = ?1", drafter.account);
        rows.next();
        return domain::Result<Seq>(rows.integer(0));
    });
    write([&](Transaction& transaction) {
        return service::confirm_account(transaction, nominator, drafter.account, std::nullopt);
    }).value();
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    const auto report =
        verified(tampered("UPDATE portal SET value = replace(value, '\"demo\":true', '\"demo\":false') WHERE key = 'record'"));
    const auto names_its_beginning = [&](const service::Fault& fault) {
        return fault.seq == *created && fault.what.find("which this portal is not") != std::string::npos;
    };
    EXPECT_EQ(std::count_if(report.faults.begin(), report.faults.end(), names_its_beginning), 1) << report.summary();
}

TEST_F(Verify, AnErasedAccountsActsStillSayWhatStoodBehindThem)
{
    const auto leaving = someone("state:CL", {"approver"});
    const auto id = new_report(drafter, leaving);
    const auto publication = last();
    write([&](Transaction& transaction) {
        return service::change_account(transaction, nominator, leaving.account, std::nullopt,
                                       {.name = {}, .roles = {}, .status = domain::AccountStatus::disabled});
    }).value();
    write([&](Transaction& transaction) { return service::erase_account(transaction, nominator, leaving.account, std::nullopt); }).value();
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    const auto opening = read([&](Connection& db) { return Json::parse(service::opening_text(db, drafter, publication)); });
    EXPECT_FALSE(opening.contains("actor"));
    EXPECT_EQ(opening.at("authority"), (Json{{"by", "demonstration"}}));
    finds("UPDATE ledger_opening SET authority = '{\"by\":\"operator\"}'" + at(publication), "hash of its authority", publication);
}

TEST_F(Verify, ChangedRowsAreNamed)
{
    populate();
    const auto account = " WHERE id = '" + drafter.account.value + "'";
    finds("UPDATE state SET record = replace(record, 'Chile', 'Chili') WHERE code = 'CL'", "the state CL is not what");
    finds("UPDATE measure SET number = 99 WHERE code = 'OAS-CBM-1'", "column number of the measure");
    finds("UPDATE measure SET version = 7 WHERE code = 'OAS-CBM-2'", "has version 7");
    finds("UPDATE period SET seq = 1 WHERE code = '2025-2026'", "names another entry as its last");
    finds("UPDATE state_settings SET four_eyes = 1 WHERE state = 'CL'", "the state_settings CL is not what");
    finds("UPDATE quota_use SET used = used + 100 WHERE quota = 'accounts' AND holder = 'state:CL'", "table quota_use says what is not so");
    finds("DELETE FROM quota_use WHERE quota = 'entries' AND holder = 'state:CL'", "table quota_use does not say of state:CL: entries");
    finds("UPDATE account SET roles = '[\"approver\",\"drafter\"]'" + account, "is not what its last entry commits to");
    finds("UPDATE account SET home = 'state:PE'" + account, "is not what its last entry commits to");
    finds("UPDATE credential SET status = 'revoked' WHERE account = '" + drafter.account.value + "'",
          "is not what its last entry commits to");
    finds("UPDATE credential SET fingerprint = zeroblob(32) WHERE account = '" + drafter.account.value + "'",
          "is not what its last entry commits to");
    finds("INSERT INTO account SELECT 'aaaaaaaa-0000-4000-8000-000000000000', home, name, roles, status, authority, authority_note, "
          "suspended_by, objected_at, acts_from, created_by, created_at, "
          "version, seq FROM account" +
              account,
          "has no entry");
    finds("DELETE FROM document WHERE id = (SELECT MIN(id) FROM document)", "has no row");
    finds("UPDATE document SET year = 1999 WHERE id = (SELECT MIN(id) FROM document)", "column year");
    finds("UPDATE event_kind SET audience = 'everyone' WHERE kind = 'report_submitted'",
          "shows entries of kind report_submitted to everyone");
    finds("UPDATE portal SET value = '{}' WHERE key = 'record'", "what the portal says of itself", 0);
}

TEST_F(Verify, ChangedReportsAreNamed)
{
    populate();
    finds("UPDATE report SET record_state = 'published'" + of(withdrawn_), "its row says published, its entries withdrawn");
    finds("UPDATE report SET label = 'TLP:CLEAR'" + of(report_), "its row says TLP:CLEAR", publication_);
    finds("UPDATE report SET version = version + 1" + of(report_), "its row has version", publication_);
    finds("UPDATE report SET revision = 1" + of(report_), "its row has revision 1", publication_);
    finds("UPDATE report SET changed_seq = 1" + of(report_), "names another entry as the last", publication_);
    finds("UPDATE report SET erased = 1" + of(withdrawn_), "whether it was erased");
    finds("UPDATE report SET status = 'planned'" + of(report_), "column status", publication_);
    finds("UPDATE report SET state = 'PE'" + of(report_), "its row says State PE", publication_);
    finds("INSERT INTO report_recipient SELECT id, 'public', 1, state, changed_seq, 0 FROM report" + of(report_),
          "recipients are not those of its last entry", publication_);
    finds("DELETE FROM report_recipient WHERE report = '" + report_ + "'", "recipients are not those of its last entry", publication_);
    finds("UPDATE report_recipient SET from_revision = 99 WHERE report = '" + report_ + "'", "a revision that does not exist",
          publication_);
    finds("DELETE FROM report_revision" + at(publication_), "revision 2 is missing", publication_);
    finds("UPDATE report_revision SET revision = 9" + at(publication_), "does not belong to this entry", publication_);
    finds("INSERT INTO report_tag VALUES ('" + report_ + "', 'other', NULL, NULL)", "tags are not those", publication_);
    const auto of_report = " WHERE report = '" + report_ + "'";
    finds("UPDATE report_recipient SET changed_seq = 1" + of_report, "show it elsewhere than its row says", publication_);
    finds("UPDATE report_recipient SET withdrawn = 1" + of_report, "show it elsewhere than its row says", publication_);
    finds("UPDATE report_recipient SET state = 'BR'" + of_report, "show it elsewhere than its row says", publication_);
    finds("UPDATE report_tag SET reach = 'public'" + of_report, "lists by the tag", publication_);
    finds("UPDATE report SET drafted = 1 - drafted" + of(report_), "lists show its working copy to others", publication_);
    finds("INSERT INTO ledger_loss VALUES (3, 'public')", "nobody can lose sight", 3);
    finds("DELETE FROM ledger_loss" + at(change_), "not those who did", change_);
    finds("UPDATE ledger_loss SET recipient = 'state:BR'" + at(change_), "not those who did", change_);
    finds("PRAGMA foreign_keys = OFF; DELETE FROM report_recipient WHERE report = '" + report_ +
              "'; DELETE FROM report_tag WHERE report = '" + report_ +
              "';"
              " DELETE FROM report_revision WHERE report = '" +
              report_ + "'; DELETE FROM report" + of(report_),
          "has no row");
}

TEST_F(Verify, AMissingTriggerIsNamed)
{
    const auto file = directory() / "untriggered.sqlite";
    store::copy_database(database_file().string(), file.string());
    {
        store::Connection db(file.string(), store::OpenMode::read_write);
        db.run_script("DROP TRIGGER ledger_entry_stays");
    }
    EXPECT_NE(verified(file).summary().find("ledger_entry_stays"), std::string::npos);
}

TEST_F(Verify, ErasedContentIsNoFaultOnlyUnderItsEntry)
{
    populate();
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
    finds("UPDATE ledger_opening SET salt = NULL, content = NULL, recipients = NULL, recipients_salt = NULL WHERE seq IN (SELECT seq FROM "
          "report_revision WHERE report = '" +
              withdrawn_ + "')",
          "its content is gone");
}

TEST_F(Verify, ATimeThatRunsBackwardsIsNoted)
{
    advance(-std::chrono::hours(1));
    new_report(drafter, approver);
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
    ASSERT_EQ(report.remarks.size(), 1u);
    EXPECT_NE(report.remarks.front().what.find("runs backwards"), std::string::npos);
}

TEST_F(Verify, AnOlderCopyShowsAgainstTheCheckpointKeptOutside)
{
    const auto older = directory() / "older.sqlite";
    store::copy_database(database_file().string(), older.string());
    EXPECT_TRUE(verified(older).ok());
    new_report(drafter, approver);
    const auto note = read([](Connection& db) { return store::last_checkpoint(db); }).value().note;
    service::write_durably(directory() / "checkpoint", note);
    EXPECT_TRUE(verified(database_file(), (directory() / "checkpoint").string()).ok());
    const auto behind = verified(older, (directory() / "checkpoint").string());
    EXPECT_TRUE(behind.ok()) << "nobody has changed it";
    ASSERT_TRUE(behind.older.has_value());
    const auto lacks = std::to_string(behind.older->outside_size - behind.older->size), of = std::to_string(size());
    EXPECT_TRUE(
        behind.summary().starts_with("an intact older copy: " + lacks + " entries behind the checkpoint kept outside of " + of + "\n"))
        << behind.summary();
    EXPECT_FALSE(verified(database_file(), (directory() / "nothing").string()).ok());
}

// Its tables are others: one sentence says so, and not a fault for each of them.
TEST_F(Verify, OfADatabaseOfAnotherReleaseItSaysThatAndNoMore)
{
    const auto said = [&](const std::string& change, const std::string& sentence) {
        EXPECT_EQ(verified(tampered(change)).summary(), "NOT verified.\ntable schema_migration: " + sentence + "\n");
    };
    const std::string last = " WHERE number = (SELECT MAX(number) FROM schema_migration)";
    said("ALTER TABLE ledger_opening DROP COLUMN statement_salt; DELETE FROM schema_migration" + last,
         "the database is of an older release: start the portal once to bring it up to date");
    said("ALTER TABLE ledger_opening ADD COLUMN mood TEXT; INSERT INTO schema_migration VALUES (9999, '9999_mood.sql', 'x')",
         "the database has migration 9999, which this release does not know: it was written by a newer release");
}

// Older and changed is changed.
TEST_F(Verify, AnOlderCopyThatWasChangedIsNotIntact)
{
    const auto older = tampered("UPDATE account SET home = 'state:PE' WHERE name = 'Juana'");
    new_report(drafter, approver);
    service::write_durably(directory() / "checkpoint", read([](Connection& db) { return store::last_checkpoint(db); }).value().note);
    const auto report = verified(older, (directory() / "checkpoint").string());
    EXPECT_FALSE(report.ok());
    EXPECT_TRUE(report.summary().starts_with("NOT verified")) << report.summary();
    EXPECT_NE(report.summary().find("note: it is "), std::string::npos) << report.summary();
}

TEST_F(Verify, AFileThatIsNoDatabaseIsAnError)
{
    service::write_durably(directory() / "noise", std::string(8192, 'x'));
    EXPECT_THROW(verified(directory() / "noise"), store::StoreError);
    EXPECT_THROW(verified(directory() / "absent"), store::StoreError);
}

}  // namespace
}  // namespace cbmx::test
