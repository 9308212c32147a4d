// Delegations: a part of one account's roles, lent to another of the same home, with an end. Rules: service/accounts/delegations.hpp.
#pragma once
#include "store/rows/accounts.hpp"

namespace cbmx::store {

struct DelegationRow {
    std::string id;
    std::string home;
    std::string giver;
    std::string delegate;
    std::vector<std::string> roles;
    std::string from_at;
    std::string until_at;  // when it was ended early: that moment
    std::string status;    // given | ended
    std::int64_t version = 0;
    std::int64_t seq = 0;
};

std::optional<DelegationRow> find_visible_delegation(Connection& connection, const HomeReach& reach, const std::string& id);
std::vector<DelegationRow> visible_delegations_after(Connection& connection, const HomeReach& reach, const std::string& id,
                                                     std::int64_t limit);
std::optional<DelegationRow> find_delegation(Connection& connection, const std::string& id);  // without a caller: for rules
void insert_delegation(Connection& connection, const DelegationRow& row);
bool update_delegation(Connection& connection, const DelegationRow& row);  // status and until_at

// What a giver that is still active has lent to this account at this moment.
struct Lent {
    std::vector<std::string> roles;
    std::vector<std::string> giver_roles;  // held by the giver itself, now
    std::string until_at;
};
std::vector<Lent> lent_to(Connection& connection, const std::string& account, const std::string& now);

// One of the two has lent something to the other that was in force at or after since ("": at any time), and has begun.
bool has_lent(Connection& connection, const std::string& first, const std::string& second, const std::string& since,
              const std::string& now);
// One account has lent something to both, judged in the same way.
bool share_a_giver(Connection& connection, const std::string& first, const std::string& second, const std::string& since,
                   const std::string& now);

}  // namespace cbmx::store
