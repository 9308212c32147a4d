// Who may do what. policy.cpp holds THE ROLE TABLE; this header is how the rest asks it.
// Rights are the union over an account's roles. What a right reaches (own State, every office, all) is a Reach.
// The last three columns say what is left of these to a State that does not participate, to an account without its State's authority, and
// to one that its State has suspended. Whether a single record exists for a caller is decided by its audience (audience.hpp), in the SQL of
// every read.
#pragma once
#include "domain/ids.hpp"
#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::domain {

enum class Role { everyone, contact, nominator, drafter, approver, reviewer, chair, secretariat, auditor };
inline constexpr std::size_t role_count = 9;  // everyone: any caller, signed in or not

// clang-format off
enum class Permission {
    portal_read,       // description, problems, schemas, health
    registry_read,     // States, measures, periods, reference documents
    registry_write,
    decision_read,     // the documents that changes of the registry cite
    report_read,
    report_draft,      // create, edit, submit, start a revision
    report_discard,    // a draft
    report_return,
    report_publish,
    report_withdraw,
    report_audience,   // change label or recipients
    report_erase,
    changes_read,
    log_read,          // leaves, checkpoint, tiles, proofs
    audit_read,        // who did what
    account_read,
    account_write,     // accounts, their roles and credentials
    enrolment_attest,  // that the holder himself came in by it
    state_access_read, // which States have an attested nominator, and what waits there
    enrol,             // come in by an enrolment: its code is asked for
    suspension_object, // to what a note verbale says of one's own account
    own_credential,    // renew, list and revoke one's own; who am I, what awaits me
    delegation_write,
    signing_key_read,
    signing_key_write,
    state_settings_read,
    state_settings_write,
    quota_read,        // how much room a State has
    quota_raise,
    proposal_read,
    proposal_make,
    proposal_decide,
    contact_read,
    contact_confirm,
    contact_reduce,    // show others the reduced scope
    contact_erase,
    nomination_read,
    nomination_make,   // ask that a contact be listed or amended; for another State: record a note that came on paper
    contact_remove,    // ask that one be taken off the list; otherwise as above
    nomination_decide, // accept or return, for a reason of form
    nomination_answer, // withdraw; confirm or object to what was recorded on paper; erase
    batch_send,        // many reports, nominations or decisions at once: each item asks for its own permission besides
    export_read,
    log_cosign,        // submit what one's own State's witness has signed
};
// clang-format on
inline constexpr std::size_t permission_count = static_cast<std::size_t>(Permission::log_cosign) + 1;

enum class Reach {
    none,
    own,      // records of the caller's own State or office
    offices,  // records of every office; what is done for a State is only a proposal (rules.md 18a)
    all,
};

// What an API token may be limited to.
enum class TokenScope { read, draft, publish, accounts, registry, directory };
inline constexpr std::size_t token_scope_count = 6;

using RoleSet = std::bitset<role_count>;
using TokenScopeSet = std::bitset<token_scope_count>;

std::string_view name_of(Role role);
std::optional<Role> role_from(std::string_view name);
std::string_view name_of(Permission permission);
std::string_view name_of(Reach reach);
std::string_view name_of(TokenScope scope);
std::optional<TokenScope> token_scope_from(std::string_view name);

Reach reach_of(Permission permission, const RoleSet& roles);  // the widest over the roles
// The same for accounts of a State that does not participate: of others what everyone has, of its own what the column leaves.
Reach reach_outside(Permission permission, const RoleSet& roles);
// The same for an account that neither a note verbale nor a nominator of its State stands behind: it reads, and it drafts.
Reach reach_without_authority(Permission permission, const RoleSet& roles);
Reach reach_suspended(Permission permission, const RoleSet& roles);
bool is_left_outside(Permission permission);  // to a State that does not participate, as far as roles have it
TokenScope scope_of(Permission permission);

// Roles that an account of a State, or of the named office, may hold.
bool may_hold(const Home& home, Role role);
bool is_delegable(Role role);  // rules.md 18: never approver or nominator

RoleSet roles_from(const std::vector<std::string>& names);               // unknown names are left out: validate first
std::vector<std::string> names_of(const RoleSet& roles);                 // sorted by name, without "everyone"
TokenScopeSet token_scopes_from(const std::vector<std::string>& names);  // as roles_from
std::vector<std::string> names_of(const TokenScopeSet& scopes);

std::string policy_table_as_markdown();  // tests/golden/policy.md; its SHA-256 is in the ledger

}  // namespace cbmx::domain
