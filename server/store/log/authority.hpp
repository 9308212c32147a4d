// What stood behind the account of a State that acted, at the moment of its act (rules.md 18a). The entry commits to it, in words
// that say what there is and never what is lacking; whoever may open the entry's content reads them. Nothing personal: never erased.
#pragma once
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "store/connection.hpp"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

// Canonical JSON: {"by": "note_verbale", "date", "number"}, {"by": "nominating_authority"}, {"by": "operator"} or {"by": "demonstration"}.
// note: as AccountRow::authority_note has it. nullopt for an account of an office, for which no State speaks.
std::optional<std::string> authority_text(domain::Authority authority, const std::optional<std::string>& note);
// Of this account now; nullopt also where there is no such account.
std::optional<std::string> authority_of(Connection& connection, const domain::AccountId& account);

// As an account's own entry left it.
struct AuthorityAt {
    domain::Seq seq = 0;
    std::optional<std::string> text;  // of authority_text
};
using AuthorityHistory = std::map<std::string, std::vector<AuthorityAt>, std::less<>>;  // by account; each by number
// What verify compares the entries with: of each account those of its own entries whose content is not erased.
AuthorityHistory authority_history(Connection& connection);

}  // namespace cbmx::store
