// The log's key changes: as an entry that everyone sees, log_key_changed, whose record is the portal's own with "key" (the
// new one), "key_before" and "overlap". ledger/key_history.hpp has the rule; the command line around it, and why no moment
// of it is unsafe, is server/operation/key_commands.hpp.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// The key signs from this entry on, its checkpoint included: with an overlap beside the present one, else alone. Its private half
// must be at hand to the writer (portal.keys). Errors: conflict, for an overlap within another, or a key that the log has had.
Result<Outcome> begin_log_key(Transaction& transaction, const ledger::VerifierKey& key, bool overlap);
// From this entry on the present key signs alone. Error: conflict when it does already.
Result<Outcome> end_log_key_overlap(Transaction& transaction);

bool is_log_key_overlap(const std::vector<ledger::VerifierKey>& keys);  // more than one has not ended

}  // namespace cbmx::service
