// Accounts of a State or an office, and their roles. Nominators act for their State, the secretariat for its own office,
// the operator at the machine for whom it must; nobody on its own roles, nor by a credential that it issued. Direct writes, confirmed
// proposals (service/proposals/proposals.hpp) and the command line go through the same functions. Who am I: get_me.
#pragma once
#include "service/rights.hpp"

namespace cbmx::service {

Result<Representation> get_me(Connection& connection, const Principal& principal);
Result<Representation> get_account(Connection& connection, const Principal& principal, i18n::Language language,
                                   const domain::AccountId& id);
// In order of id, after the one given; Page::next is the last one's id, plain: api/ makes it opaque. So for all lists here.
Result<Page> list_accounts(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                           const std::string& after);

struct AccountDraft {
    domain::Home home;
    std::string name;
    std::vector<std::string> roles;
    std::optional<nlohmann::json> note = {};  // the note verbale that names its holder: {"number", "date"}
};
struct AccountChange {
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> roles;
    std::optional<domain::AccountStatus> status;  // active or disabled
};
AccountChange account_change_from(const nlohmann::json& body);

// Errors: forbidden (also the operator, for a State: may_equip), token_scope, validation_failed.
Result<Outcome> create_account(Transaction& transaction, const Principal& principal, const AccountDraft& draft);
// Errors: also not_found, precondition_failed, conflict when erased. A change that changes nothing is no entry.
Result<Outcome> change_account(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                               const ExpectedVersion& expected, const AccountChange& change);
// Another nominator confirms an account that was made without the State (Authority::none, ::demonstration). Errors: also not_eligible,
// conflict.
Result<Outcome> confirm_account(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                                const ExpectedVersion& expected);
// Only a disabled account (rules.md 38): its name and labels are hidden at once, and the portal erases them after the delay. Nothing
// personal is left of it then; every proof still holds.
Result<Outcome> schedule_account_erasure(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                                         const ExpectedVersion& expected, std::chrono::seconds delay);
// When it is due, or a second person hastens it; unjudged.
Result<Outcome> apply_account_erasure(Transaction& transaction, const Principal& principal, const std::string& id);
// At once, and what is proposed for it ends. The operator's also while it is scheduled.
Result<Outcome> erase_account(Transaction& transaction, const Principal& principal, const domain::AccountId& id,
                              const ExpectedVersion& expected);

// The effects, for a caller who has already checked the right, under the permission that gives it. carry_out_change takes the
// row as it stands.
Result<Outcome> carry_out_creation(Transaction& transaction, const Principal& principal, const AccountDraft& draft,
                                   domain::Permission permission);
Result<Outcome> carry_out_change(Transaction& transaction, const Principal& principal, store::AccountRow row, const AccountChange& change,
                                 domain::Permission permission);

// Writes the row as the next version of the one that it was read as, and its entry. Error: precondition_failed.
Result<Outcome> settle_account(Transaction& transaction, const Principal& principal, store::AccountRow row, domain::EventKind kind,
                               domain::Permission permission);

// Roles that this home's accounts may not hold, each at pointer/index.
std::vector<Violation> check_roles(const domain::Home& home, const std::vector<std::string>& roles, const std::string& pointer);

// What the last entry about the account commits to. For writes and verify; std::logic_error when there is no such row.
std::string account_record(Connection& connection, const domain::AccountId& id);

}  // namespace cbmx::service
