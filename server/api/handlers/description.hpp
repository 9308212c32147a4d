// What the portal says about itself: index, OpenAPI, problem pages, JSON Schemas, security.txt. No database.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::description {

Result<Answer> index(const Call& call);
Result<Answer> openapi(const Call& call);
Result<Answer> list_problems(const Call& call);
Result<Answer> get_problem(const Call& call);  // JSON, or an HTML page for who asks for text/html
Result<Answer> list_schemas(const Call& call);
Result<Answer> get_schema(const Call& call);    // {name} is "state.schema.json" or "state"
Result<Answer> security_txt(const Call& call);  // RFC 9116; not_found when no contact is configured

}  // namespace cbmx::api::description
