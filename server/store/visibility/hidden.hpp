// Personal data that is going to be erased is hidden from everybody until then (rules.md 38): part of the SQL of every read that is
// made for a caller. Rules, verify and the erasure itself read past it. Aliases: c contact, n nomination, a account, p proposal,
// e ledger_entry.
#pragma once
#include "store/sql.hpp"

namespace cbmx::store {

inline constexpr SqlText contact_hidden =
    "EXISTS (SELECT 1 FROM proposal h WHERE h.subject = c.id AND h.kind = 'contact_erasure' AND h.status = 'scheduled')";

// With its contact, or by itself.
inline constexpr SqlText nomination_hidden = "EXISTS (SELECT 1 FROM proposal h WHERE h.subject IN (n.id, n.contact)"
                                             " AND h.kind IN ('contact_erasure', 'nomination_erasure') AND h.status = 'scheduled')";

inline constexpr SqlText account_hidden =
    "EXISTS (SELECT 1 FROM proposal h WHERE h.subject = a.id AND h.kind = 'account_erasure' AND h.status = 'scheduled')";

// What was proposed for it, for a credential of it, as an enrolment of it, or the founding by which it came. Its erasure itself says
// nothing of it.
inline constexpr auto proposal_hidden =
    "(p.kind <> 'account_erasure' AND (EXISTS (SELECT 1 FROM account a WHERE a.id IN (p.subject,"
    " (SELECT x.account FROM credential x WHERE x.id = p.subject), (SELECT x.account FROM enrolment x WHERE x.id = p.subject)) AND " +
    account_hidden +
    ") OR (p.kind = 'founding' AND EXISTS (SELECT 1 FROM json_each(p.body, '$.officials') o"
    " JOIN account a ON a.id = json_extract(o.value, '$.account') WHERE " +
    account_hidden + "))))";

// Whatever opens to it: an entry about one of these, about a credential or an enrolment of the account, or about what was proposed for it.
inline constexpr auto entry_hidden =
    "CASE e.subject_kind WHEN 'contact' THEN EXISTS (SELECT 1 FROM contact c WHERE c.id = e.subject AND " + contact_hidden +
    ") WHEN 'nomination' THEN EXISTS (SELECT 1 FROM nomination n WHERE n.id = e.subject AND " + nomination_hidden +
    ") WHEN 'account' THEN EXISTS (SELECT 1 FROM account a WHERE a.id = e.subject AND " + account_hidden +
    ") WHEN 'credential' THEN EXISTS (SELECT 1 FROM credential x JOIN account a ON a.id = x.account WHERE x.id = e.subject AND " +
    account_hidden +
    ") WHEN 'enrolment' THEN EXISTS (SELECT 1 FROM enrolment x JOIN account a ON a.id = x.account WHERE x.id = e.subject AND " +
    account_hidden + ") WHEN 'proposal' THEN EXISTS (SELECT 1 FROM proposal p WHERE p.id = e.subject AND " + proposal_hidden +
    ") ELSE 0 END";

}  // namespace cbmx::store
