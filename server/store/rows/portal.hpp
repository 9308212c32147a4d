// What the portal says of itself (table portal), the keys of the log, and the audiences of entry kinds. Reading keys:
// store/log/entries.hpp.
#pragma once
#include "store/log/entries.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct PortalRow {
    std::string record;  // canonical JSON that the last entry about the portal commits to
    std::int64_t version = 0;
};
std::optional<PortalRow> portal_row(Connection& db);
inline constexpr std::int64_t portal_keys = 2;  // of table portal: record, version
std::int64_t portal_values(Connection& db);
void put_portal_row(Connection& db, const PortalRow& row);

void insert_log_key(Connection& db, const ledger::VerifierKey& key);
// Every key but this one, unless it has ended before.
void end_other_log_keys(Connection& db, const base::Ed25519Public& key, domain::Seq last);

// Writes the audiences of domain/event.hpp, so that every query judges by the policy of this release.
void refresh_event_kinds(Connection& db);

}  // namespace cbmx::store
