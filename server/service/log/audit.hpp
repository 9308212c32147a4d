// Who did what: entries of the own State with the account and credential that made them; for the auditor every entry,
// with the actor, without contents.
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

// {"items": [{"seq", "entry", "leaf_hash", "actor", "opening"}], "next": last number or null}
nlohmann::json list_audit(Connection& db, const Principal& principal, store::AuditFilter filter);

}  // namespace cbmx::service
