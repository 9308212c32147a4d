// The callers that have no account, and the role under which the others act.
#include "domain/principal.hpp"

namespace cbmx::domain {

ActingRole Principal::acting_role(Permission permission) const
{
    if (is_operator)
        return ActingRole::of_operator();
    if (is_portal)
        return ActingRole::of_portal();
    for (std::size_t i = 1; i < role_count; ++i) {
        RoleSet one;
        one.set(i);
        if (roles.test(i) && reach_with(permission, one) == reach(permission))
            return static_cast<Role>(i);
    }
    return Role::everyone;
}

Principal anonymous()
{
    Principal principal;
    principal.scopes.set();
    principal.visibility.tokens = R"(["public"])";
    return principal;
}

Principal machine_operator()
{
    Principal principal = anonymous();
    principal.is_operator = true;
    return principal;
}

Principal the_portal()
{
    Principal principal = anonymous();
    principal.is_portal = true;
    return principal;
}

}  // namespace cbmx::domain
