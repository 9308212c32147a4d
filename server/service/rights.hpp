// What the services of accounts, credentials, delegations, proposals, keys and settings share: the check of a right,
// whose rows a caller sees, and the shape in which a record is given.
#pragma once
#include "service/portal.hpp"
#include "store/rows/accounts.hpp"
#include <algorithm>

namespace cbmx::service {

// The operator at the machine may all. Otherwise token_scope or forbidden unless the permission reaches this home.
Result<void> require(const Principal& principal, domain::Permission permission, const domain::Home& home);
store::HomeReach reach_of_reader(const Principal& principal);
// The operator equips nobody who acts for a State (rules.md 18a): forbidden, but in a portal that is marked as a demonstration.
Result<void> may_equip(Connection& connection, const Principal& principal, const domain::Home& home);
bool is_demo(Connection& connection);  // how the portal is marked, since it was made
bool is_self(const Principal& principal, const domain::AccountId& account);
// conflict: the record is in a state that does not allow this.
Error not_now(std::string_view state);
template <domain::Named Status>
Error not_now(Status status)
{
    return not_now(domain::name_of(status));
}

// {"id", "content", "salt", "meta"}: content is the change record that entry seq commits to.
nlohmann::json represent(Connection& connection, const std::string& id, const std::string& record, std::int64_t version,
                         const std::optional<std::int64_t>& seq, nlohmann::json meta = nlohmann::json::object());

inline const std::string& text_of(const std::string& id) { return id; }
template <class Tag>
const std::string& text_of(const domain::Id<Tag>& id)
{
    return id.value;
}

// A page of the rows asked for with one more than limit: that one shows whether there is a next page.
template <class Row, class Show>
Page page_of(const std::vector<Row>& rows, std::int64_t limit, const Show& show)
{
    Page page;
    const auto count = std::min(rows.size(), static_cast<std::size_t>(limit));
    for (std::size_t i = 0; i < count; ++i)
        page.items.push_back(show(rows[i]));
    if (rows.size() > count)
        page.next = text_of(rows[count - 1].id);
    return page;
}

std::optional<std::string> optional_member(const nlohmann::json& body, const char* name);
nlohmann::json or_null(const std::optional<std::string>& text);
template <class Tag>
nlohmann::json or_null(const std::optional<domain::Id<Tag>>& id)
{
    return id ? nlohmann::json(id->value) : nlohmann::json();
}
// nullopt when there is none: the operator has neither account nor credential.
template <class Tag>
std::optional<domain::Id<Tag>> unless_empty(const domain::Id<Tag>& id)
{
    return id.empty() ? std::nullopt : std::optional(id);
}

}  // namespace cbmx::service
