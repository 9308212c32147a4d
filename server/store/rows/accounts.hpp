// Accounts, and what the tables of credentials, delegations and proposals share with them: whose rows a caller sees.
// Rules: service/accounts/accounts.hpp.
#pragma once
#include "domain/clock.hpp"
#include "domain/ids.hpp"
#include "domain/policy.hpp"
#include "domain/status.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

// Whose rows a read gives: of one's own home; with offices also of every office; with all every row. Part of the SQL of
// every read made for a caller.
struct HomeReach {
    domain::Home own;  // empty: none
    bool offices = false;
    bool all = false;
};

struct AccountRow {
    domain::AccountId id;
    domain::Home home;
    std::string name;  // empty once erased
    domain::RoleSet roles;
    domain::AccountStatus status = domain::AccountStatus::active;
    domain::Authority authority = domain::Authority::none;
    std::optional<std::string> authority_note;    // canonical JSON {"number", "date"}: of the note verbale, with Authority::note alone
    std::optional<std::string> suspended_by;      // canonical JSON {"number", "date", "in_person"}: of the note, while it is suspended
    std::optional<std::string> objected_at;       // its holder, once
    std::optional<std::string> acts_from;         // until then it reads and drafts
    std::optional<domain::AccountId> created_by;  // nullopt: the operator at the machine
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
    bool hidden = false;  // of a visible one: its erasure is scheduled, and the name is not shown
};

std::optional<AccountRow> find_account(Connection& connection, const domain::AccountId& id);  // without a caller: for rules
std::optional<AccountRow> find_visible_account(Connection& connection, const HomeReach& reach, const domain::AccountId& id);
std::vector<AccountRow> visible_accounts_after(Connection& connection, const HomeReach& reach, const std::string& after,
                                               std::int64_t limit);
// Whether somebody of this home is suspended whose mission has not confirmed its note in person; whether he has objected.
struct Suspended {
    bool any = false;
    bool objects = false;
};
Suspended suspended_of(Connection& connection, const domain::Home& home);
bool has_suspended(Connection& connection, const domain::Home& home);  // in person or not
bool is_hidden(Connection& connection, const domain::AccountId& account);
void insert_account(Connection& connection, const AccountRow& row);
// Writes the row where the stored version is row.version - 1; false when it is another. So do all update_x here.
bool update_account(Connection& connection, const AccountRow& row);

// An active account of this home with the nominator's role, its State's authority and an active, unexpired credential.
bool has_usable_nominator(Connection& connection, const domain::Home& home, const std::string& now);
// Whether a report of this home may name the account. How an account of another home stands is not for the caller to learn, not by
// a refusal either: any that there is may be named.
bool may_name_account(Connection& connection, const domain::Home& own, const std::string& id);
// Active accounts of the State that a JSON list of recipients names; with the approver's role when asked.
std::vector<std::string> active_named_accounts(Connection& connection, const std::string& state, const std::string& recipients,
                                               bool approvers_only);

// Removes what is personal about an account: openings of its own, its credentials' and its proposals' entries, its
// part in other entries, its credentials' labels, the notes that attest its enrolments, the bodies of proposals about it or by which it
// was founded, with the documents that these alone cite, its safe-retry records.
void erase_traces_of_account(Connection& connection, const domain::AccountId& id);

// The salt of entry seq when it commits to exactly this content and has not been erased.
std::optional<base::Hash> salt_of_content(Connection& connection, std::int64_t seq, const std::string& content);

// Sets as JSON arrays of names in order. Reading throws on what no portal writes: an unknown name, or another order.
std::string roles_to_json(const domain::RoleSet& roles);
domain::RoleSet roles_from_json(std::string_view text);
std::string scopes_to_json(const domain::TokenScopeSet& scopes);
domain::TokenScopeSet scopes_from_json(std::string_view text);

}  // namespace cbmx::store
