// THE ROLE TABLE. Access is refused unless a cell grants it; a cell that is not written does not compile.
#include "domain/policy.hpp"
#include <algorithm>
#include <array>
#include <stdexcept>

namespace cbmx::domain {
namespace {

// No default constructor: a forgotten cell is an error, not "none".
struct Cell {
    Reach reach;
    constexpr Cell(Reach value) : reach(value) {}
};

struct Row {
    Permission permission;
    TokenScope scope;  // the token scope that this permission falls under
    Cell everyone, contact, nominator, drafter, approver, reviewer, chair, secretariat, auditor;
    Cell outside;            // the most that accounts of a State that does not participate have
    Cell without_authority;  // the most that an account without its State's authority has
    Cell suspended;          // and one that is suspended
    constexpr Reach of(Role role) const
    {
        const std::array cells{everyone, contact, nominator, drafter, approver, reviewer, chair, secretariat, auditor};
        return cells[static_cast<std::size_t>(role)].reach;
    }
};

constexpr Reach none = Reach::none;
constexpr Reach own = Reach::own;
constexpr Reach offices = Reach::offices;
constexpr Reach all = Reach::all;
using enum Permission;
using S = TokenScope;

// clang-format off
constexpr std::array table{
    // permission         token scope       everyone    nominator   approver    chair          auditor     without authority
    //                                            contact     drafter     reviewer    secretariat    outside     suspended
    Row{portal_read,          S::read,      all,  all,  all,  all,  all,  all,  all,  all,     all,  all,  all,  all},
    Row{registry_read,        S::read,      all,  all,  all,  all,  all,  all,  all,  all,     all,  all,  all,  all},
    Row{registry_write,       S::registry,  none, none, none, none, none, none, none, all,     none, none, none, none},
    Row{decision_read,        S::read,      none, none, none, none, none, none, none, all,     none, none, none, none},
    Row{report_read,          S::read,      all,  all,  all,  all,  all,  all,  all,  all,     all,  own,  all,  all},
    Row{report_draft,         S::draft,     none, none, none, own,  none, none, none, none,    none, none, own,  none},
    Row{report_discard,       S::draft,     none, none, none, own,  none, none, none, none,    none, own,  own,  none},
    Row{report_return,        S::publish,   none, none, none, none, own,  none, none, none,    none, none, none, none},
    Row{report_publish,       S::publish,   none, none, none, none, own,  none, none, none,    none, none, none, none},
    Row{report_withdraw,      S::publish,   none, none, none, none, own,  none, none, none,    none, own,  none, none},
    Row{report_audience,      S::publish,   none, none, own,  none, own,  none, none, none,    none, none, none, none},
    Row{report_erase,         S::publish,   none, none, none, none, own,  none, none, none,    none, own,  none, none},
    Row{changes_read,         S::read,      all,  all,  all,  all,  all,  all,  all,  all,     all,  own,  all,  all},
    Row{log_read,             S::read,      all,  all,  all,  all,  all,  all,  all,  all,     all,  all,  all,  all},
    Row{audit_read,           S::read,      none, none, own,  own,  own,  none, none, none,    all,  own,  own,  none},
    Row{account_read,         S::read,      none, own,  own,  own,  own,  own,  own,  offices, own,  own,  own,  none},
    Row{account_write,        S::accounts,  none, none, own,  none, none, none, none, own,     none, own,  none, none},
    Row{enrolment_attest,     S::accounts,  none, own,  own,  own,  own,  own,  own,  all,     own,  own,  none, none},
    Row{state_access_read,    S::read,      none, none, none, none, none, none, none, all,     none, none, none, none},
    Row{enrol,                S::read,      all,  all,  all,  all,  all,  all,  all,  all,     all,  all,  all,  all},
    Row{suspension_object,    S::read,      none, own,  own,  own,  own,  none, none, none,    none, own,  own,  own},
    Row{own_credential,       S::read,      none, own,  own,  own,  own,  own,  own,  own,     own,  own,  own,  own},
    Row{delegation_write,     S::accounts,  none, own,  own,  own,  own,  own,  own,  own,     none, own,  none, none},
    Row{signing_key_read,     S::read,      none, own,  own,  own,  own,  none, none, none,    none, own,  own,  none},
    Row{signing_key_write,    S::accounts,  none, none, own,  none, none, none, none, none,    none, own,  none, none},
    Row{state_settings_read,  S::read,      none, own,  own,  own,  own,  none, none, none,    none, own,  own,  none},
    Row{state_settings_write, S::accounts,  none, none, own,  none, none, none, none, none,    none, none, none, none},
    Row{quota_read,           S::read,      none, none, own,  own,  own,  none, none, all,     none, own,  own,  none},
    Row{quota_raise,          S::registry,  none, none, none, none, none, none, none, all,     none, none, none, none},
    Row{proposal_read,        S::read,      none, none, own,  own,  own,  none, none, all,     none, own,  own,  none},
    Row{proposal_make,        S::accounts,  none, none, own,  none, none, none, none, all,     none, none, none, none},
    Row{proposal_decide,      S::accounts,  none, none, own,  none, own,  none, none, own,     none, own,  none, none},
    Row{contact_read,         S::read,      none, all,  all,  all,  all,  all,  all,  all,     none, own,  all,  none},
    Row{contact_confirm,      S::directory, none, own,  own,  none, none, none, none, none,    none, own,  none, none},
    Row{contact_reduce,       S::directory, none, none, own,  none, none, none, none, none,    none, own,  none, none},
    Row{contact_erase,        S::directory, none, none, own,  none, none, none, none, all,     none, own,  none, none},
    Row{nomination_read,      S::read,      none, own,  own,  own,  own,  none, none, all,     none, own,  own,  none},
    Row{nomination_make,      S::directory, none, none, own,  none, none, none, none, all,     none, none, none, none},
    Row{contact_remove,       S::directory, none, none, own,  none, none, none, none, all,     none, own,  none, none},
    Row{nomination_decide,    S::directory, none, none, none, none, none, none, none, all,     none, none, none, none},
    Row{nomination_answer,    S::directory, none, none, own,  none, none, none, none, none,    none, own,  none, none},
    Row{batch_send,           S::read,      none, none, own,  own,  own,  none, none, none,    none, own,  own,  none},
    Row{export_read,          S::read,      none, all,  all,  all,  all,  all,  all,  all,     all,  own,  all,  none},
    Row{log_cosign,           S::read,      none, own,  own,  own,  own,  none, none, none,    none, none, none, none},
};
// clang-format on

static_assert(
    [] {
        for (std::size_t i = 0; i < table.size(); ++i)
            if (static_cast<std::size_t>(table[i].permission) != i)
                return false;
        return table.size() == permission_count;
    }(),
    "one row per permission, in the enum's order");
static_assert(
    [] {
        for (const auto& row : table)
            if (row.outside.reach == all ? row.everyone.reach != all : row.outside.reach != own && row.outside.reach != none)
                return false;
        return true;
    }(),
    "a State that does not participate has what everyone has, and of its own what is left to it");
static_assert(
    [] {
        for (const auto& row : table)
            if (row.everyone.reach == all && (row.without_authority.reach != all || row.suspended.reach != all))
                return false;
        return true;
    }(),
    "an account without its State's authority, and a suspended one, has what everyone has");

constexpr std::array<std::string_view, role_count> role_names{"everyone", "contact", "nominator",   "drafter", "approver",
                                                              "reviewer", "chair",   "secretariat", "auditor"};
// clang-format off
constexpr std::array<std::string_view, permission_count> permission_names{
    "portal_read", "registry_read", "registry_write", "decision_read", "report_read", "report_draft", "report_discard",
    "report_return", "report_publish", "report_withdraw", "report_audience", "report_erase", "changes_read", "log_read", "audit_read",
    "account_read",
    "account_write", "enrolment_attest", "state_access_read", "enrol", "suspension_object", "own_credential", "delegation_write",
    "signing_key_read", "signing_key_write", "state_settings_read", "state_settings_write", "quota_read", "quota_raise", "proposal_read",
    "proposal_make",
    "proposal_decide",
    "contact_read", "contact_confirm", "contact_reduce", "contact_erase", "nomination_read", "nomination_make", "contact_remove",
    "nomination_decide", "nomination_answer", "batch_send", "export_read", "log_cosign"};
// clang-format on
constexpr std::array<std::string_view, 4> reach_names{"none", "own", "offices", "all"};
constexpr std::array<std::string_view, token_scope_count> scope_names{"read", "draft", "publish", "accounts", "registry", "directory"};

constexpr std::array state_roles{Role::contact, Role::nominator, Role::drafter, Role::approver};

// The one that an office's accounts may hold.
Role role_in(Office office)
{
    switch (office) {
    case Office::secretariat: return Role::secretariat;
    case Office::chair:
    case Office::vice_chair: return Role::chair;
    case Office::reviewers: return Role::reviewer;
    case Office::audit: return Role::auditor;
    }
    throw std::logic_error("unknown office");
}

template <class Value, std::size_t N>
std::optional<Value> find(const std::array<std::string_view, N>& names, std::string_view name)
{
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name)
            return static_cast<Value>(i);
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Role role) { return role_names[static_cast<std::size_t>(role)]; }
std::string_view name_of(Permission permission) { return permission_names[static_cast<std::size_t>(permission)]; }
std::string_view name_of(Reach reach) { return reach_names[static_cast<std::size_t>(reach)]; }
std::string_view name_of(TokenScope scope) { return scope_names[static_cast<std::size_t>(scope)]; }
std::optional<TokenScope> token_scope_from(std::string_view name) { return find<TokenScope>(scope_names, name); }

std::optional<Role> role_from(std::string_view name)
{
    const auto role = find<Role>(role_names, name);
    if (role == Role::everyone)
        return std::nullopt;
    return role;
}

Reach reach_of(Permission permission, const RoleSet& roles)
{
    const Row& row = table[static_cast<std::size_t>(permission)];
    Reach widest = row.of(Role::everyone);
    for (std::size_t i = 0; i < role_count; ++i)
        if (roles.test(i))
            widest = std::max(widest, row.of(static_cast<Role>(i)));
    return widest;
}

Reach reach_outside(Permission permission, const RoleSet& roles)
{
    const Row& row = table[static_cast<std::size_t>(permission)];
    return std::max(row.everyone.reach, std::min(reach_of(permission, roles), row.outside.reach));
}

Reach reach_without_authority(Permission permission, const RoleSet& roles)
{
    const Row& row = table[static_cast<std::size_t>(permission)];
    return std::max(row.everyone.reach, std::min(reach_of(permission, roles), row.without_authority.reach));
}

Reach reach_suspended(Permission permission, const RoleSet& roles)
{
    const Row& row = table[static_cast<std::size_t>(permission)];
    return std::max(row.everyone.reach, std::min(reach_of(permission, roles), row.suspended.reach));
}

bool is_left_outside(Permission permission) { return table[static_cast<std::size_t>(permission)].outside.reach != Reach::none; }

TokenScope scope_of(Permission permission) { return table[static_cast<std::size_t>(permission)].scope; }

bool may_hold(const Home& home, Role role)
{
    if (home.is_state())
        return std::find(state_roles.begin(), state_roles.end(), role) != state_roles.end();
    const auto office = home.office();
    return office && role_in(*office) == role;
}

bool is_delegable(Role role)
{
    return role == Role::drafter || role == Role::contact || role == Role::reviewer || role == Role::chair || role == Role::secretariat;
}

RoleSet roles_from(const std::vector<std::string>& names)
{
    RoleSet roles;
    for (const auto& name : names)
        if (const auto role = role_from(name))
            roles.set(static_cast<std::size_t>(*role));
    return roles;
}

std::vector<std::string> names_of(const RoleSet& roles)
{
    std::vector<std::string> names;
    for (std::size_t i = 1; i < role_count; ++i)
        if (roles.test(i))
            names.emplace_back(role_names[i]);
    std::sort(names.begin(), names.end());
    return names;
}

TokenScopeSet token_scopes_from(const std::vector<std::string>& names)
{
    TokenScopeSet scopes;
    for (const auto& name : names)
        if (const auto scope = token_scope_from(name))
            scopes.set(static_cast<std::size_t>(*scope));
    return scopes;
}

std::vector<std::string> names_of(const TokenScopeSet& scopes)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < token_scope_count; ++i)
        if (scopes.test(i))
            names.emplace_back(scope_names[i]);
    std::sort(names.begin(), names.end());
    return names;
}

std::string policy_table_as_markdown()
{
    std::string text = "| permission | token scope |";
    for (const auto name : role_names)
        text += " " + std::string(name) + " |";
    text += " not participating | without authority | suspended |\n|---|---|";
    for (std::size_t i = 0; i < role_count + 3; ++i)
        text += "---|";
    text += "\n";
    for (const auto& row : table) {
        text += "| " + std::string(name_of(row.permission)) + " | " + std::string(name_of(row.scope)) + " |";
        for (std::size_t i = 0; i < role_count; ++i)
            text += " " + std::string(name_of(row.of(static_cast<Role>(i)))) + " |";
        text += " " + std::string(name_of(row.outside.reach)) + " | " + std::string(name_of(row.without_authority.reach)) + " | " +
                std::string(name_of(row.suspended.reach)) + " |\n";
    }
    return text;
}

}  // namespace cbmx::domain
