// See deciders.hpp.
#include "service/accounts/deciders.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::Role;
using domain::RoleSet;

bool has(const RoleSet& roles, Role role) { return roles.test(static_cast<std::size_t>(role)); }

bool is_person_of_state(Decider decider)
{
    switch (decider) {
    case Decider::nominator:
    case Decider::nominator_and_approver:
    case Decider::another_approver:
    case Decider::another_nominator: return true;
    case Decider::approver:  // an offer of the portal, made after the fact
    case Decider::another:   // only hastens what the portal does by itself
    case Decider::machine:
    case Decider::another_of_secretariat: return false;
    }
    throw std::logic_error("unknown decider");
}

}  // namespace

bool do_roles_suffice(Decider decider, const RoleSet& roles, const RoleSet& proposers)
{
    switch (decider) {
    case Decider::nominator:
    case Decider::another_nominator: return has(roles, Role::nominator);
    case Decider::nominator_and_approver:
        return (has(roles, Role::nominator) && has(proposers, Role::approver)) ||
               (has(roles, Role::approver) && has(proposers, Role::nominator));
    case Decider::another_approver:
    case Decider::approver: return has(roles, Role::approver);
    case Decider::another: return true;
    case Decider::machine: return false;
    case Decider::another_of_secretariat: return has(roles, Role::secretariat);
    }
    throw std::logic_error("unknown decider");
}

bool is_another_person(Decider decider)
{
    switch (decider) {
    case Decider::nominator_and_approver:
    case Decider::another_approver:
    case Decider::another_nominator:
    case Decider::another:
    case Decider::another_of_secretariat: return true;
    case Decider::nominator:
    case Decider::approver:
    case Decider::machine: return false;
    }
    throw std::logic_error("unknown decider");
}

bool asks_again(Decider decider) { return is_another_person(decider) && decider != Decider::another_nominator; }

Result<void> check_somebody_could(Connection& db, domain::Instant now, const Principal& proposer, const domain::Home& home, Decider decider,
                                  const Excepted& is_excepted)
{
    if (!is_person_of_state(decider))
        return {};
    const auto could_decide = [&](const store::CredentialRow& held) {
        if (!do_roles_suffice(decider, store::find_account(db, held.account).value().roles, proposer.roles))
            return false;
        if (is_another_person(decider) && is_same_actor(db, {held.account, held.id}, actor_of(proposer), now, now))
            return false;
        return !is_excepted || !is_excepted(held);
    };
    const auto credentials = store::usable_credentials_of(db, home, domain::to_rfc3339(now));
    if (std::any_of(credentials.begin(), credentials.end(), could_decide))
        return {};
    const bool asked_again = asks_again(decider) && !proposer.is_unattested && acts_alone(db, home);
    if (asked_again && do_roles_suffice(decider, proposer.roles, proposer.roles))
        return {};
    return Error{ErrorCode::conflict, {{"", Rule::nobody_could_confirm}}};
}

}  // namespace cbmx::service
