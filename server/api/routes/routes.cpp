// THE ROUTE TABLE: nothing is reachable that is not listed here. How to read a row: api/route.hpp. Who may: domain/policy.cpp.
// Its parts are the files beside this one.
#include "api/routes/shared.hpp"
#include <algorithm>
#include <vector>

namespace cbmx::api {

std::span<const Route> routes()
{
    static const std::vector<Route> table = [] {
        std::vector<Route> all;
        for (const auto part : {report_routes(), log_routes(), registry_routes(), directory_routes(), account_routes(), portal_routes()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return table;
}

std::span<const Permission> further_permissions(const Route& route, std::string_view body_type,
                                                const std::map<std::string, std::string, std::less<>>& query)
{
    const auto value_of = [&](std::string_view name) -> std::string_view {
        if (const auto given = query.find(name); given != query.end())
            return given->second;
        const auto declared =
            std::find_if(route.query.begin(), route.query.end(), [name](const Parameter& parameter) { return parameter.name == name; });
        return declared == route.query.end() ? std::string_view() : declared->choices.substr(0, declared->choices.find('|'));
    };
    const auto applies = [&](const OneOf& row) {
        return (row.body_type.empty() || row.body_type == body_type) && (row.parameter.empty() || value_of(row.parameter) == row.value);
    };
    const auto row = std::find_if(route.one_of.begin(), route.one_of.end(), applies);
    return row == route.one_of.end() ? std::span<const Permission>() : row->permissions;
}

}  // namespace cbmx::api
