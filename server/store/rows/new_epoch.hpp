// The SQL of a new epoch: the rows of an old database taken over into a fresh one, to be entered into a new ledger
// (operation/new_epoch.cpp).
#pragma once
#include "domain/event.hpp"
#include "store/connection.hpp"
#include <string>

namespace cbmx::store {

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
