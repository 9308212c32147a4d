// Who is asking: the account behind a credential, its rights at this moment, and what it may see.
#pragma once
#include "domain/audience.hpp"
#include "domain/policy.hpp"
#include <algorithm>
#include <optional>
#include <vector>

namespace cbmx::domain {

// In what capacity an entry was made: by a role's right, as the operator at the machine, or by the portal itself at a time that
// was set. Without a default, so that no entry leaves it out.
class ActingRole {
public:
    ActingRole(Role role) : name_(name_of(role)) {}
    static ActingRole of_operator() { return ActingRole("operator"); }
    static ActingRole of_portal() { return ActingRole("portal"); }
    std::string_view name() const { return name_; }

private:
    explicit ActingRole(std::string_view name) : name_(name) {}
    std::string_view name_;
};

struct Principal {
    AccountId account;  // empty: no one (anonymous), the operator at the machine, or the portal
    CredentialId credential;
    Home home;
    RoleSet own_roles;     // given to the account
    RoleSet roles;         // own roles and those delegated to it now
    TokenScopeSet scopes;  // all set for a certificate
    Visibility visibility;
    bool is_operator = false;           // the command line on the server's machine
    bool is_portal = false;             // what is due (domain/due.hpp): it asks for nothing and has no rights
    bool is_outside = false;            // of a State that does not participate
    bool is_without_authority = false;  // neither a note verbale nor a nominator of its State stands behind the account (rules.md 18a)
    bool is_suspended = false;          // by a note verbale of its State: it reads what everyone does, and may object
    bool is_unattested = false;         // somebody else could hold this credential: nothing that names the account is read with it
                                        // (rules.md 18)
    bool is_unproven = false;           // with a token of which only the hash has come so far: this request proves it (rules.md 17)

    bool is_anonymous() const { return account.empty() && !is_operator && !is_portal; }
    bool has(Role role) const { return roles.test(static_cast<std::size_t>(role)); }
    Reach reach(Permission permission) const { return reach_with(permission, roles); }
    // The caller's rights reach a record of this State or office.
    bool reaches(Permission permission, const Home& of) const
    {
        switch (reach(permission)) {
        case Reach::none: return false;
        case Reach::own: return home == of;
        case Reach::offices: return of.is_office() || home == of;
        case Reach::all: return true;
        }
        return false;
    }
    // That the caller's State does not participate is the only reason.
    bool is_refused_as_outside(Permission permission) const
    {
        return is_outside && reach_outside(permission, roles) == Reach::none && reach_of(permission, roles) != Reach::none;
    }
    // That nobody's word stands behind the account is a reason, perhaps beside that one.
    bool is_refused_without_authority(Permission permission) const
    {
        return is_without_authority && reach_without_authority(permission, roles) == Reach::none &&
               reach_of(permission, roles) != Reach::none;
    }
    bool is_refused_as_suspended(Permission permission) const
    {
        return is_suspended && reach_suspended(permission, roles) == Reach::none && reach_of(permission, roles) != Reach::none;
    }
    // The role that the ledger names as acting: the one that grants the permission.
    ActingRole acting_role(Permission permission) const;

private:
    Reach reach_with(Permission permission, const RoleSet& some) const
    {
        auto most = reach_of(permission, some);
        if (is_outside)
            most = std::min(most, reach_outside(permission, some));
        if (is_without_authority)
            most = std::min(most, reach_without_authority(permission, some));
        if (is_suspended)
            most = std::min(most, reach_suspended(permission, some));
        return most;
    }
};

Principal anonymous();
Principal machine_operator();
Principal the_portal();

}  // namespace cbmx::domain
