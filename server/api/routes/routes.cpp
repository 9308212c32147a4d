// THE ROUTE TABLE: nothing is reachable that is not listed here. How to read a row: api/route.hpp. Who may: domain/policy.cpp.
// Its parts are the files beside this one.
#include "api/routes/shared.hpp"
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

}  // namespace cbmx::api
