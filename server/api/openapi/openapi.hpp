// The OpenAPI 3.1 description, made from THE ROUTE TABLE and schema/json alone, so that it cannot say something else
// than what is served. schema/openapi.json is its dump(2) and a newline. Pure, deterministic, any thread.
#pragma once
#include "api/route.hpp"
#include <nlohmann/json.hpp>
#include <span>

namespace cbmx::api {

inline constexpr std::string_view portal_title = "CBM Exchange";  // a name: the same in every language

nlohmann::json openapi_document();  // of routes()
nlohmann::json openapi_document(std::span<const Route> table);
// Every error that a caller of the route can get, in the table's order, each once.
std::vector<ErrorCode> errors_of(const Route& route);

}  // namespace cbmx::api
