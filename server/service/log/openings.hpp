// Openings: what entries commit to, for those who may read it now, until erased; and for the own State and the auditor who acted and
// whose hands were in it. JSON text, members in the order of their names: what is stored as canonical JSON goes in as it is. Whatever
// the number of entries, a few statements.
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

using Entries = std::vector<store::EntryRow>;

// {"salt", "content"} of a submission or publication, {"salt", "record"} of any other entry; where an account of a State acted also
// {"authority", "authority_salt"} (store/log/authority.hpp); where the State signed "statement": {"salt", "signature", "statement"}; for
// the author's own State also "recipients": {"salt", "list"} and "actor": {"salt", "account"}. null: not the caller's to read, or erased.
// In the order of the entries, which the caller was found to see.
std::vector<std::string> opening_texts(Connection& db, const Principal& principal, const Entries& entries);
std::string opening_text(Connection& db, const Principal& principal, Seq seq);  // of one, if the caller sees it

// For the own State and the auditor, null to others: actor {"salt", "account", "credential"}; hands (store/log/hands.hpp), null also
// where there are none, and once erased.
struct AuditTexts {
    std::string actor, hands, opening;
};
std::vector<AuditTexts> audit_texts(Connection& db, const Principal& principal, const Entries& entries);

std::string json_string(std::string_view text);  // a JSON string

}  // namespace cbmx::service
