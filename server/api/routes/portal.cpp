// Routes of the portal itself.
#include "api/handlers/description.hpp"
#include "api/handlers/docs.hpp"
#include "api/handlers/health.hpp"
#include "api/handlers/programs.hpp"
#include "api/routes/shared.hpp"

namespace cbmx::api {
namespace {

constexpr std::array ready_errors{ErrorCode::storage_low, ErrorCode::unavailable, ErrorCode::read_only};
constexpr std::array<std::string_view, 1> html{"text/html"};
constexpr std::array<std::string_view, 1> markdown{"text/markdown"};

// clang-format off
const std::array table{
    Route{.method = Method::get, .path = "/", .operation_id = "getIndex", .tag = "portal",
          .summary = "Links to the parts of the portal",
          .permission = Permission::portal_read, .response = "index", .handler = &description::index},
    Route{.method = Method::get, .path = "/docs", .operation_id = "getDocsIndex", .tag = "portal",
          .summary = "Documentation for authors of scripts: introduction and list of pages",
          .permission = Permission::portal_read, .response = "", .handler = &docs::index, .media_type = "text/html",
          .alternative_media_types = markdown, .embedded = true},
    Route{.method = Method::get, .path = "/docs/{page}", .operation_id = "getDocsPage", .tag = "portal",
          .summary = "One page of the documentation for authors of scripts; Markdown on request",
          .permission = Permission::portal_read, .response = "", .fails_with = missing_errors, .handler = &docs::get,
          .media_type = "text/html", .alternative_media_types = markdown, .embedded = true},
    Route{.method = Method::get, .path = "/docs/style.css", .operation_id = "getDocsStyle", .tag = "portal",
          .summary = "The style sheet of the portal's pages",
          .permission = Permission::portal_read, .response = "", .handler = &docs::style, .media_type = "text/css", .embedded = true},
    Route{.method = Method::get, .path = "/programs/{file}", .operation_id = "getProgram", .tag = "portal",
          .summary = "A program that checks receipts or exports without the portal",
          .permission = Permission::portal_read, .response = "", .fails_with = missing_errors, .handler = &programs::get,
          .media_type = "text/x-python", .embedded = true},
    Route{.method = Method::get, .path = "/openapi.json", .operation_id = "getOpenapi", .tag = "portal",
          .summary = "This description",
          .permission = Permission::portal_read, .response = "", .handler = &description::openapi, .embedded = true},
    Route{.method = Method::get, .path = "/problems", .operation_id = "listProblems", .tag = "portal",
          .summary = "List all problem types",
          .permission = Permission::portal_read, .response = "problem-page", .list = true,
          .handler = &description::list_problems, .embedded = true},
    Route{.method = Method::get, .path = "/problems/{code}", .operation_id = "getProblem", .tag = "portal",
          .summary = "What a problem means and what to do; HTML on request",
          .permission = Permission::portal_read, .response = "problem-page", .fails_with = missing_errors,
          .handler = &description::get_problem, .alternative_media_types = html, .embedded = true},
    Route{.method = Method::get, .path = "/schemas", .operation_id = "listSchemas", .tag = "portal",
          .summary = "List the JSON Schemas",
          .permission = Permission::portal_read, .response = "schema-name", .list = true,
          .handler = &description::list_schemas, .embedded = true},
    Route{.method = Method::get, .path = "/schemas/{name}", .operation_id = "getSchema", .tag = "portal",
          .summary = "Get one JSON Schema",
          .permission = Permission::portal_read, .response = "", .fails_with = missing_errors, .handler = &description::get_schema,
          .media_type = "application/schema+json", .embedded = true},
    Route{.method = Method::get, .path = "/.well-known/security.txt", .operation_id = "getSecurityTxt", .tag = "portal",
          .summary = "Where to report a vulnerability (RFC 9116)",
          .permission = Permission::portal_read, .response = "", .fails_with = missing_errors, .handler = &description::security_txt,
          .media_type = "text/plain"},
    Route{.method = Method::get, .path = "/healthz", .operation_id = "getHealth", .tag = "portal",
          .summary = "Liveness: whether the process answers",
          .permission = Permission::portal_read, .response = "health", .handler = &health::alive},
    Route{.method = Method::get, .path = "/readyz", .operation_id = "getReadiness", .tag = "portal",
          .summary = "Readiness: whether the portal accepts writes",
          .permission = Permission::portal_read, .response = "health", .fails_with = ready_errors, .handler = &health::ready},
};
// clang-format on

}  // namespace

std::span<const Route> portal_routes() { return table; }

}  // namespace cbmx::api
