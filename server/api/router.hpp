// From a decoded path and a method to a row of the route table.
#pragma once
#include "api/route.hpp"

namespace cbmx::api {

struct Match {
    const Route* route = nullptr;  // null: no such path, or not this method on it
    std::map<std::string, std::string, std::less<>> path_parameters;
    std::string allow;  // the methods of this path; empty: no such path
};

// method "HEAD" finds the GET route. segments as in http::Head::path.
Match find_route(std::string_view method, const std::vector<std::string>& segments);

}  // namespace cbmx::api
