// Accounts, and what the tables of credentials, delegations and proposals share with them: whose rows a caller sees.
// Rules: service/accounts/accounts.hpp.
#pragma once
#include "domain/clock.hpp"
#include "domain/ids.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

// Whose rows a read gives: of one's own home; with offices also of every office; with all every row. Part of the SQL of
// every read made for a caller.
struct HomeReach {
    std::string own;  // "state:CL"; empty: no home
    bool offices = false;
    bool all = false;
};

struct AccountRow {
    std::string id;
    std::string home;
    std::string name;                // empty once erased
    std::vector<std::string> roles;  // sorted
    std::string status;              // active | disabled | erased
    bool confirmed_by_state = true;
    std::optional<std::string> created_by;  // nullopt: the operator at the machine
    std::string created_at;
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<AccountRow> find_account(Connection& connection, const std::string& id);  // without a caller: for rules
std::optional<AccountRow> find_visible_account(Connection& connection, const HomeReach& reach, const std::string& id);
std::vector<AccountRow> visible_accounts_after(Connection& connection, const HomeReach& reach, const std::string& id, std::int64_t limit);
void insert_account(Connection& connection, const AccountRow& row);
// Writes the row where the stored version is row.version - 1; false when it is another. So do all update_x here.
bool update_account(Connection& connection, const AccountRow& row);

// An active account of this home with the nominator's role and an active, unexpired credential.
bool has_usable_nominator(Connection& connection, const std::string& home, const std::string& now);
bool account_is_active(Connection& connection, const std::string& id);
// Active accounts of the State that a JSON list of recipients names; with the approver's role when asked.
std::vector<std::string> active_named_accounts(Connection& connection, const std::string& state, const std::string& recipients,
                                               bool approvers_only);

// Removes what is personal about an account: openings of its own, its credentials' and its proposals' entries, its
// part in other entries, its credentials' labels, the bodies of proposals about it, its safe-retry records.
void erase_traces_of_account(Connection& connection, const std::string& id);

// The salt of entry seq when it commits to exactly this content and has not been erased.
std::optional<base::Hash> salt_of_content(Connection& connection, std::int64_t seq, const std::string& content);

// JSON arrays of words (roles, scopes).
std::string words_to_json(const std::vector<std::string>& words);
std::vector<std::string> words_from_json(std::string_view text);

}  // namespace cbmx::store
