// The SQL of a new epoch: the rows of an old database taken over into a fresh one, to be entered into a new ledger
// (operation/new_epoch.cpp).
#pragma once
#include "domain/event.hpp"
#include "store/connection.hpp"
#include <string>

namespace cbmx::store {

// Inside a transaction, with the old database attached (store/sqlite/backup.hpp): copies every row that is neither the ledger's
// nor the portal's. Cosignatures are the old ledger's: its witnesses have seen nothing of the new one.
void copy_rows(Connection& fresh);  // references to ledger numbers are checked at the commit

void set_seq(Connection& connection, domain::Subject subject, const std::string& id, std::int64_t seq);
void set_revision_seq(Connection& connection, const std::string& report, std::int64_t revision, std::int64_t seq);
void forget_revisions(Connection& connection, const std::string& report);
void set_changed_seq(Connection& connection, const std::string& report, std::int64_t seq);
void insert_checkpoint(Connection& connection, std::uint64_t size, const std::string& at, const std::string& note);

// What an erasure takes out of the rows; the openings are erase_openings() in store/log/entries.hpp.
void blank(Connection& connection, domain::Subject subject, const std::string& id);      // account, report, nomination or contact
bool is_erased(Connection& connection, domain::Subject subject, const std::string& id);  // likewise

// Nominations and contacts, whose content stands under an entry of its own.
std::vector<std::string> directory_ids(Connection& connection, domain::Subject subject);  // rows, and subjects of entries without a row
void set_content_seq(Connection& connection, domain::Subject subject, const std::string& id, std::int64_t seq);  // and seq

struct SubmittedDraft {
    std::string report, state, content, label, recipients;
    std::int64_t version = 0, revision = 0;
};
std::vector<SubmittedDraft> submitted_drafts(Connection& connection);
std::vector<std::string> published_reports(Connection& connection);  // in order of their last change

}  // namespace cbmx::store
