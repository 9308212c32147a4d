// Who did what: entries of the own State with the account and credential that made them; for the auditor every entry,
// with the actor, without contents. As JSON text.
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

struct AuditPage {
    std::string text;         // {"items": [{"seq", "entry", "leaf_hash", "actor", "hands", "opening"}], "next": last number or null}
    std::optional<Seq> next;  // where the next page begins; nullopt: there is none
};
// A few statements, however long the page is.
AuditPage list_audit(Connection& db, const Principal& principal, store::AuditFilter filter);

}  // namespace cbmx::service
