// Copies of a whole database: a consistent one while others go on writing to it (SQLite's online backup), and another database
// beside this one, to take rows over from it (store/rows/new_epoch.hpp).
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <string>

namespace cbmx::store {

// to is made from nothing, as one file without a WAL beside it; durable when this returns. Throws StoreError.
void copy_database(const std::string& from, const std::string& to);

// Copies all that the file itself lacks (the WAL) into it, durably: closing would do so too, but without a word when it fails.
// Start-up and command line. Throws std::runtime_error when somebody else has the database open, StoreError when the disk fails.
void merge_pending_pages(Connection& db);

// Outside a transaction: the tables of the old database can be read as old.<table>.
void attach_old(Connection& fresh, const std::string& old_path);
void detach_old(Connection& fresh);

}  // namespace cbmx::store
