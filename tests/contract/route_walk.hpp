// Walks THE ROUTE TABLE from outside: a real path for each row, a valid body, and everyone who may come along.
#pragma once
#include "api/route.hpp"
#include "json/schema.hpp"
#include "support/portal.hpp"
#include <algorithm>
#include <ostream>

namespace cbmx::api {
// How a row names itself in a failure.
inline void PrintTo(const Route& route, std::ostream* out) { *out << name_of(route.method) << " " << route.path; }
}  // namespace cbmx::api

namespace cbmx::test {

inline const std::string unknown_id = "7d6f2a41-93c5-4e0b-8a17-5c2be09d4f36";  // of nothing, in any test

inline std::string value_for(const std::string& parameter, std::string_view route_path)
{
    if (parameter == "code")
        return route_path.starts_with("/v1/state")          ? "CL"
               : route_path.starts_with("/v1/measures")     ? "OAS-CBM-1"
               : route_path.starts_with("/v1/periods")      ? "2025-2026"
               : route_path.starts_with("/v1/office-terms") ? "chair"
                                                            : "not-found";
    if (parameter == "seq")
        return "0";
    if (parameter == "revision")
        return "1";
    if (parameter == "name")
        return "report.schema.json";
    if (parameter == "page")
        return "errors";
    if (parameter == "file")
        return "verify_receipt.py";
    if (parameter == "rest*")
        return "0/000.p/1";
    return unknown_id;
}

// The path with its parameters filled: {id} by the one given.
inline std::string filled(const api::Route& route, const std::string& id = unknown_id)
{
    std::string path;
    std::string_view rest = route.path;
    while (!rest.empty()) {
        const auto open = rest.find('{');
        path += rest.substr(0, open);
        if (open == std::string_view::npos)
            break;
        const auto close = rest.find('}', open);
        const std::string parameter(rest.substr(open + 1, close - open - 1));
        path += parameter == "id" ? id : value_for(parameter, route.path);
        rest.remove_prefix(close + 1);
    }
    return path;
}

// What the row's required query parameters ask for, e.g. "?first=1&second=1".
inline std::string required_query(const api::Route& route)
{
    std::string query;
    for (const auto& parameter : route.query)
        if (parameter.required)
            query += (query.empty() ? "?" : "&") + std::string(parameter.name) + "=" +
                     (parameter.name == "from" || parameter.name == "index" ? "0" : "1");
    return query;
}

inline std::string target_of(const api::Route& route, const std::string& id = unknown_id)
{
    return filled(route, id) + required_query(route);
}

inline bool is_read(const api::Route& route) { return route.method == api::Method::get; }
inline std::string method_of(const api::Route& route) { return std::string(api::name_of(route.method)); }
inline std::string with(const std::string& target, const std::string& parameter)
{
    return target + (target.find('?') == std::string::npos ? "?" : "&") + parameter;
}

inline std::string media_type_of(const api::Route& route)
{
    return route.method == api::Method::patch ? "application/merge-patch+json" : "application/json";
}

// The first example of the row's request schema: a valid body.
inline nlohmann::json example_for(const api::Route& route)
{
    return json::SchemaSet::embedded().document(route.request).at("examples").at(0);
}

// Everyone there is: no one, each office, each role of a State, of another, of one that does not participate, of accounts behind
// which their State's word does not stand, and of those that it has suspended.
inline std::vector<Who> everyone_of(const std::string& state)
{
    return {contact_of(state), nominator_of(state), drafter_of(state), approver_of(state)};
}
// A State that does not participate, as the catalogue has it.
inline const std::string state_outside = "CU";
inline std::vector<Who> every_caller()
{
    std::vector<Who> list{anyone(), reviewer(), chair(), vice_chair(), secretariat(), auditor()};
    for (const std::string& state : {std::string("CL"), std::string("PE"), state_outside})
        for (auto& who : everyone_of(state))
            list.push_back(who);
    for (auto& who : everyone_of("CL")) {
        who.without_authority = true;
        list.push_back(who);
    }
    for (auto& who : everyone_of("CL")) {
        who.suspended = true;
        list.push_back(who);
    }
    return list;
}

inline domain::Reach reach_of(domain::Permission permission, const Who& who)
{
    const auto roles = domain::roles_from(who.roles);
    if (who.without_authority)
        return domain::reach_without_authority(permission, roles);
    if (who.suspended)
        return domain::reach_suspended(permission, roles);
    return who.home == "state:" + state_outside ? domain::reach_outside(permission, roles) : domain::reach_of(permission, roles);
}

// Of the route's own permission and, where the request needs one of several besides, the widest of those.
inline domain::Reach reach_of(const api::Route& route, const Who& who, std::string_view body_type = "",
                              const std::map<std::string, std::string, std::less<>>& query = {})
{
    const auto own = reach_of(route.permission.permission, who);
    const auto further = api::further_permissions(route, body_type, query);
    if (further.empty())
        return own;
    auto widest = domain::Reach::none;
    for (const auto permission : further)
        widest = std::max(widest, reach_of(permission, who));
    return std::min(own, widest);
}

// Somebody with an account whose rights reach the route.
inline Who somebody_for(const api::Route& route)
{
    for (const auto& who : every_caller())
        if (!who.home.empty() && reach_of(route, who) != domain::Reach::none)
            return who;
    throw std::logic_error("nobody may use " + std::string(route.operation_id));
}

}  // namespace cbmx::test
