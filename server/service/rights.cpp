// See rights.hpp.
#include "service/rights.hpp"
#include "json/parse.hpp"
#include "service/guard.hpp"
#include "store/rows/portal.hpp"

namespace cbmx::service {

Result<void> require(const Principal& principal, domain::Permission permission, const domain::Home& home)
{
    if (principal.is_operator)
        return {};
    if (!principal.reaches(permission, home))
        return forbidden(principal, permission);
    // A route may ask for a narrower scope than the change at hand: revoking is open to every token, of oneself.
    if (!principal.scopes.test(static_cast<std::size_t>(domain::scope_of(permission))))
        return Error{ErrorCode::token_scope};
    return {};
}

store::HomeReach reach_of_reader(const Principal& principal)
{
    const auto reach = principal.reach(domain::Permission::account_read);
    const bool all = principal.is_operator || reach == domain::Reach::all;
    return {.own = principal.home, .offices = reach == domain::Reach::offices, .all = all};
}

Result<void> may_equip(Connection& connection, const Principal& principal, const domain::Home& home)
{
    if (principal.is_operator && home.is_state() && !is_demo(connection))
        return Error{ErrorCode::forbidden, {{"", Rule::founded_by_note}}};
    return {};
}

bool is_demo(Connection& connection)
{
    const auto row = store::portal_row(connection);
    const auto record = row ? json::parse(row->record) : Result<nlohmann::json>(Error{ErrorCode::internal});
    return record && record->is_object() && record->value("demo", false);
}

bool is_self(const Principal& principal, const domain::AccountId& account)
{
    return !principal.account.empty() && principal.account == account;
}

Error not_now(std::string_view state)
{
    return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", std::string(state)}}}}};
}

nlohmann::json represent(Connection& connection, const std::string& id, const std::string& record, std::int64_t version,
                         const std::optional<std::int64_t>& seq, nlohmann::json meta)
{
    const auto salt = seq ? store::salt_of_content(connection, *seq, record) : std::nullopt;
    meta["version"] = version;
    meta["seq"] = seq ? nlohmann::json(*seq) : nlohmann::json();
    return {{"id", id},
            {"content", nlohmann::json::parse(record)},
            {"salt", salt ? nlohmann::json(base::base64(*salt)) : nlohmann::json()},
            {"meta", std::move(meta)}};
}

std::optional<std::string> optional_member(const nlohmann::json& body, const char* name)
{
    const auto member = body.find(name);
    return member == body.end() ? std::nullopt : std::optional(member->get<std::string>());
}

nlohmann::json or_null(const std::optional<std::string>& text) { return text ? nlohmann::json(*text) : nlohmann::json(); }

}  // namespace cbmx::service
