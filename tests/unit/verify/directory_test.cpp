// What verify must find in the directory's rows, and that a new epoch and a restore carry the directory over.
#include "operation/backup.hpp"
#include "service/log/outside.hpp"
#include "store/log/entries.hpp"
#include "unit/service/directory/directory_fixture.hpp"
#include <fstream>

namespace cbmx::test {
namespace {

using VerifyDirectory = DirectoryFixture;

TEST_F(VerifyDirectory, AWholeDirectoryVerifies)
{
    populate_directory();
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
}

TEST_F(VerifyDirectory, ChangedContactsAreNamed)
{
    populate_directory();
    finds("UPDATE contact SET status = 'listed'" + of(removed_), "its row is not what its last entry commits to");
    finds("UPDATE contact SET position = NULL" + of(confirmed_), "its row is not what its last entry commits to");
    finds("UPDATE contact SET confirmed_at = '2030-01-01T00:00:00.000Z'" + of(amended_), "its row is not what its last entry commits to");
    finds("UPDATE contact SET reachable_at = '2030-01-01T00:00:00.000Z'" + of(confirmed_), "its row is not what its last entry commits to");
    finds("UPDATE contact SET nomination = '" + open_ + "'" + of(amended_), "its row is not what its last entry commits to");
    finds("UPDATE contact SET version = version + 1" + of(amended_), "its row has version");
    finds("UPDATE contact SET seq = 1" + of(amended_), "another entry as its last");
    finds("UPDATE contact SET content_seq = content_seq - 1" + of(amended_), "the one with its content");
    finds("UPDATE contact SET state = 'PE'" + of(amended_), "its row says State PE");
    finds("UPDATE contact SET erased = 1" + of(removed_), "whether it was erased");
    for (const char* column : {"time_zone = 'UTC'", "full_text = 'x'", "minimal_text = 'x'", "category = 'policy'", "account = 'x'",
                               "valid_until = '2020-01-01'", "key_expires_at = 'x'"})
        finds("UPDATE contact SET " + std::string(column) + of(amended_), "do not repeat what its content says");
    finds("UPDATE contact SET sort_key = 'A'" + of(amended_), "key by which it is sorted");
    finds("DELETE FROM contact_hours WHERE contact = '" + amended_ + "'", "do not repeat what its content says");
    finds("INSERT INTO contact_language VALUES ('" + amended_ + "', 'fr')", "do not repeat what its content says");
    finds("INSERT INTO contact_reduction VALUES ('" + amended_ + "', 'members')", "who reads it is not what its last entry commits to");
    finds("DELETE FROM contact_reduction WHERE contact = '" + confirmed_ + "'", "who reads it is not what its last entry commits to");
    finds("DELETE FROM ledger_loss" + at(removal_), "not those who did", removal_);
    finds("PRAGMA foreign_keys = OFF; DELETE FROM contact_hours WHERE contact = '" + amended_ +
              "'; DELETE FROM contact_language WHERE contact = '" + amended_ + "'; DELETE FROM contact" + of(amended_),
          "it has no row");
    finds("UPDATE event_kind SET audience = 'everyone' WHERE kind = 'contact_listed'", "shows entries of kind contact_listed to everyone");
}

TEST_F(VerifyDirectory, WhatIsLeftOfAnErasedContactIsNamed)
{
    populate_directory();
    for (const char* column :
         {"full_text = 'Planted Person'", "account = 'x'", "time_zone = 'UTC'", "valid_until = '2027-01-01'", "sort_key = 'x'"})
        finds("UPDATE contact SET " + std::string(column) + of(erased_), "something of it is still there");
    finds("INSERT INTO contact_language VALUES ('" + erased_ + "', 'es')", "something of it is still there");
}

TEST_F(VerifyDirectory, AContactThatNoStateAskedForIsNamed)
{
    populate_directory();
    finds("UPDATE nomination SET contact = '" + removed_ + "' WHERE contact = '" + amended_ + "' AND kind = 'amendment'",
          "rests on no accepted nomination");
    finds("UPDATE nomination SET status = 'open' WHERE contact = '" + confirmed_ + "'", "rests on no accepted nomination");
    finds("UPDATE nomination_file SET media_type = 'image/png' WHERE nomination = '" + noted_ + "'", "file of its note is not the one");
}

TEST_F(VerifyDirectory, OneMalformedRecordHidesNoOther)
{
    populate_directory();
    const auto report = verified(tampered("UPDATE ledger_opening SET content = '{}' WHERE seq = (SELECT content_seq FROM contact" +
                                          of(amended_) + "); UPDATE contact SET status = 'listed'" + of(removed_)));
    EXPECT_NE(report.summary().find("holds what no portal writes"), std::string::npos) << report.summary();
    EXPECT_NE(report.summary().find(removed_ + ": its row is not what its last entry commits to"), std::string::npos) << report.summary();
}

TEST_F(VerifyDirectory, ChangedNominationsAreNamed)
{
    populate_directory();
    finds("UPDATE nomination SET status = 'accepted'" + of(open_), "its row is not what its last entry commits to");
    finds("UPDATE nomination SET reason = 'Other.'" + of(returned_), "its row is not what its last entry commits to");
    finds("UPDATE nomination SET position = 'confirmed'" + of(noted_), "its row is not what its last entry commits to");
    finds("UPDATE nomination SET contact = '" + amended_ + "'" + of(open_), "its row is not what its last entry commits to");
    finds("UPDATE nomination SET created_at = '2020-01-01T00:00:00.000Z'" + of(open_), "came at another time");
    finds("UPDATE nomination_file SET bytes = x'00' WHERE nomination = '" + noted_ + "'", "file of its note is not the one");
    finds("DELETE FROM nomination_file WHERE nomination = '" + noted_ + "'", "file of its note is not the one");
    finds("UPDATE nomination SET version = 9" + of(open_), "its row has version 9");
    finds("UPDATE ledger_opening SET salt = NULL, content = NULL WHERE seq = (SELECT content_seq FROM nomination" + of(open_) + ")",
          "its content is gone");
}

TEST_F(VerifyDirectory, ANewEpochCarriesItOverAndWhatWasErasedDoesNotComeBack)
{
    populate_directory();
    const auto gone = listed("Planted Person");
    const auto before =
        read([&](Connection& db) { return service::get_contact(db, reader, i18n::Language::en, confirmed_, clock()()); })->body;
    const auto outside = directory() / "outside", restored = directory() / "restored";
    std::filesystem::create_directories(outside);
    std::filesystem::create_directories(restored);
    const auto file = directory() / "backup.sqlite";
    service::backup(database_file(), file, {keys(), {}});
    removed(gone);
    erased(gone);
    auto snapshot = read([](Connection& db) { return std::pair(store::last_checkpoint(db).value().note, store::erasures(db)); });
    service::write_durably(outside / service::outside_checkpoint_file, snapshot.first);
    service::write_durably(outside / service::outside_erasures_file, service::erasures_text(snapshot.second));
    const auto report = service::restore({file, restored / "cbmx.sqlite", outside, keys(), true, signer(), clock(), random()});
    const auto checked = service::verify((restored / "cbmx.sqlite").string(), {{{report.origin, signer().public_key}}, {}});
    EXPECT_TRUE(checked.ok()) << checked.summary();
    store::Connection db((restored / "cbmx.sqlite").string(), store::OpenMode::read_only);
    auto after = service::get_contact(db, reader, i18n::Language::en, confirmed_, clock()())->body;
    EXPECT_EQ(after.at("content"), before.at("content"));
    EXPECT_EQ(after.at("meta").at("confirmed_at"), before.at("meta").at("confirmed_at"));
    EXPECT_EQ(after.at("meta").at("state_position"), "confirmed");
    EXPECT_FALSE(service::get_contact(db, reader, i18n::Language::en, objected_, clock()()));
    EXPECT_TRUE(service::get_contact(db, nominator, i18n::Language::en, gone, clock()())->body.at("content").is_null());
    for (const auto& found : std::filesystem::directory_iterator(restored)) {
        std::ifstream stream(found.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
        EXPECT_EQ(bytes.find("Planted Person"), std::string::npos) << found.path();
    }
}

}  // namespace
}  // namespace cbmx::test
