// A consistent copy of a database while others go on writing to it (SQLite's online backup), and the SQL of a new epoch:
// the rows of an old database taken over into a fresh one, to be entered into a new ledger (operation/new_epoch.cpp).
#pragma once
#include "domain/event.hpp"
#include "store/sqlite/sqlite.hpp"
#include <string>

namespace cbmx::store {

// to is created, as one file without a WAL beside it; durable when this returns. Throws SqliteError.
void copy_database(const std::string& from, const std::string& to);

// Copies all of the WAL into the database, durably: closing would do so too, but without a word when it fails. Start-up and
// command line. Throws std::runtime_error when somebody else has the database open, SqliteError when the disk fails.
void checkpoint_wal(Connection& db);

// Outside a transaction: attaches the old database as old, for copy_rows() of store/subjects.hpp. Cosignatures are not copied: their
// witnesses have seen nothing of the new ledger.
void attach_old(Connection& fresh, const std::string& old_path);
void detach_old(Connection& fresh);

void set_revision_seq(Connection& connection, const std::string& report, std::int64_t revision, std::int64_t seq);
void forget_revisions(Connection& connection, const std::string& report);
void set_changed_seq(Connection& connection, const std::string& report, std::int64_t seq);
void insert_checkpoint(Connection& connection, std::uint64_t size, const std::string& at, const std::string& note);

struct SubmittedDraft {
    std::string report, state, content, label, recipients;
    std::int64_t version = 0, revision = 0;
};
std::vector<SubmittedDraft> submitted_drafts(Connection& connection);
std::vector<std::string> published_reports(Connection& connection);  // in order of their last change

}  // namespace cbmx::store
