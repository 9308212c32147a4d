// Delegations: a part of one account's roles, lent to another of the same home, with an end. Rules: service/accounts/delegations.hpp.
#pragma once
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct DelegationRow {
    domain::DelegationId id;
    domain::Home home;
    domain::AccountId giver;
    domain::AccountId delegate;
    domain::RoleSet roles;
    std::string from_at;
    std::string until_at;  // when it was ended early: that moment
    domain::DelegationStatus status = domain::DelegationStatus::given;
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<DelegationRow> find_visible_delegation(Connection& connection, const HomeReach& reach, const domain::DelegationId& id);
std::vector<DelegationRow> visible_delegations_after(Connection& connection, const HomeReach& reach, const std::string& after,
                                                     std::int64_t limit);
std::optional<DelegationRow> find_delegation(Connection& connection, const domain::DelegationId& id);  // without a caller: for rules
void insert_delegation(Connection& connection, const DelegationRow& row);
bool update_delegation(Connection& connection, const DelegationRow& row);  // status and until_at

// What a giver that is still active has lent to this account at this moment.
struct Lent {
    domain::RoleSet roles;
    domain::RoleSet giver_roles;  // held by the giver itself, now
    std::string until_at;
};
std::vector<Lent> lent_to(Connection& connection, const domain::AccountId& account, const std::string& now);

// One of the two has lent something to the other that was in force at or after since ("": at any time), and has begun.
bool has_lent(Connection& connection, const domain::AccountId& first, const domain::AccountId& second, const std::string& since,
              const std::string& now);
// One account has lent something to both, judged in the same way.
bool share_a_giver(Connection& connection, const domain::AccountId& first, const domain::AccountId& second, const std::string& since,
                   const std::string& now);

}  // namespace cbmx::store
