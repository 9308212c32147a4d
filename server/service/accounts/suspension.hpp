// SUSPENSION (rules.md 34): a note verbale of a State's mission, or of its national contact, that an official no longer acts prevails over
// his accounts. The secretariat records it, the operator confirms it with the note in hand. Suspended is not revoked: he reads what
// everyone reads, and may object once; nothing that he did before changes. Another nominator of the State, whom nobody else could be,
// decides (accounts.hpp, change_account); if there is none, the State can be founded anew (proposals/founding.hpp), and whoever comes in
// begins to act after waiting_time, or once the mission has confirmed its note in person. While he objects, nobody new acts before that.
#pragma once
#include "service/portal.hpp"
#include "store/rows/proposals.hpp"

namespace cbmx::service {

inline constexpr std::chrono::days waiting_time{3};

// body: valid by proposal-create. Error: conflict (two_claimants: he has objected, and this note was not confirmed in person).
Result<void> check_suspension(Connection& connection, const domain::Home& state, const nlohmann::json& body);
// body: also "accounts", which the operator has named. Those already suspended only become so in person. Errors: conflict as above;
// validation_failed (unknown_account, not_active, at /accounts/N).
Result<Outcome> carry_out_suspension(Transaction& transaction, const Principal& machine_operator, store::ProposalRow& proposal,
                                     const nlohmann::json& body);

// By its holder. Errors: not_found, conflict (not suspended, or he has objected).
Result<Outcome> object_to_suspension(Transaction& transaction, const Principal& principal, const domain::AccountId& account);

// Of an account that comes of a note verbale now: until when it reads and drafts alone.
std::optional<std::string> acts_from(Transaction& transaction, const domain::Home& home);

}  // namespace cbmx::service
