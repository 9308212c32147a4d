// Who sees a contact, and how much of it: the one place that says so, part of the SQL of every read (rules.md 32). Parameters: ?1 the
// caller's recipient words (JSON array), ?2 the caller's own State ('' : none), ?3 whether the caller is the secretariat. Alias: c contact.
#pragma once
#include "store/sql.hpp"

namespace cbmx::store {

// Accounts of participating States, and who holds chair, vice-chair or review: those who read what is listed. Uses ?1 alone.
inline constexpr SqlText directory_reader =
    "EXISTS (SELECT 1 FROM json_each(?1) WHERE value IN ('members', 'office:chair', 'office:vice_chair', 'office:reviewers'))";

// Its own State and the secretariat, whatever became of it.
inline constexpr SqlText contact_own = "(c.state = ?2 OR ?3)";

inline constexpr auto contact_visible = "(" + contact_own + " OR (c.status = 'listed' AND " + directory_reader + "))";

// The whole of it rather than the reduced scope: participating States, unless the contact's State left them out.
inline constexpr auto contact_full =
    "(" + contact_own +
    " OR ('members' IN (SELECT value FROM json_each(?1))"
    " AND NOT EXISTS (SELECT 1 FROM contact_reduction x WHERE x.contact = c.id AND x.recipient IN (SELECT value FROM json_each(?1)))))";

}  // namespace cbmx::store
