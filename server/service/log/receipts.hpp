// Receipts (byte-identical for ever, the same for all who see the entry) and openings (what the entry commits to, for
// those who may read it now, until erased).
#pragma once
#include "service/portal.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {

// Not filtered by visibility: for the answer to the write itself. not_found when there is no sealed entry of that number.
Result<nlohmann::json> receipt_json(Connection& db, Seq seq);
Result<std::string> receipt_text(Connection& db, Seq seq);  // the same as JSON text

// {"salt", "content"} of a submission or publication, {"salt", "record"} of any other entry; where an account of a State acted also
// {"authority", "authority_salt"} (store/log/authority.hpp); for the author's own State also "recipients": {"salt", "list"} and
// "actor": {"salt", "account"}. null: not the caller's to read, or erased.
// As JSON text, what is stored spliced in.
std::string opening_text(Connection& db, const Principal& principal, Seq seq);
// The same for an entry that the caller was found to see.
nlohmann::json opening_of(Connection& db, const Principal& principal, const store::EntryRow& entry);
// {"salt", "account", "credential"}: for the own State and the auditor. null otherwise.
nlohmann::json actor_of(Connection& db, const Principal& principal, const store::EntryRow& entry);
// Whose hands were in it (store/log/hands.hpp), to the same callers; null where there are none, and once erased.
nlohmann::json hands_of(Connection& db, const Principal& principal, const store::EntryRow& entry);

// {"receipt", "opening"}; a change of audience also gives {"publication": {"receipt", "opening"}} of the present
// revision, for a reader who gained access there. not_found when not visible, or beyond the published size (anonymous).
Result<nlohmann::json> get_receipt(const Portal& portal, Connection& db, const Principal& principal, Seq seq);
// [{"receipt", "opening"}, ...] of every entry about the subject that the caller, who is of its State, may open.
nlohmann::json openings_about(const Portal& portal, Connection& db, const Principal& principal, const std::string& subject);
// The C2SP tlog-proof text of the same receipt.
Result<std::string> get_tlog_proof(const Portal& portal, Connection& db, const Principal& principal, Seq seq);

}  // namespace cbmx::service
