// Routes of the registry.
#include "api/handlers/registry.hpp"
#include "api/answer.hpp"
#include "api/handlers/documents.hpp"
#include "api/routes/shared.hpp"

namespace cbmx::api {
namespace {

constexpr std::array document_parameters{
    limit_parameter,
    cursor_parameter,
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only documents about this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "year", .kind = Kind::integer, .summary = "Only documents of this year"},
    Parameter{.name = "language", .kind = Kind::text, .summary = "Only documents in this language (BCP 47 tag)"},
    Parameter{.name = "kind",
              .kind = Kind::choice,
              .summary = "Only documents of this kind",
              .choices = "strategy|policy|law|decree|plan|framework|position|other"},
    Parameter{.name = "changed_since", .kind = Kind::seq, .summary = "Only documents changed after this ledger number"},
};
constexpr std::array decided_members{Elsewhere{"membership", Rule::by_decision}, Elsewhere{"participation", Rule::by_decision}};
constexpr std::array registry_change_errors{ErrorCode::not_found, ErrorCode::precondition_failed};

// clang-format off
const std::array table{
    Route{.method = Method::get, .path = "/v1/states", .operation_id = "listStates", .tag = "registry",
          .summary = "List the member States",
          .permission = Permission::registry_read, .response = "state", .list = true, .query = page_parameters,
          .handler = &registry::list_states},
    Route{.method = Method::get, .path = "/v1/states/{code}", .operation_id = "getState", .tag = "registry",
          .summary = "Get one State",
          .permission = Permission::registry_read, .response = "state", .fails_with = missing_errors, .handler = &registry::get_state},
    Route{.method = Method::patch, .path = "/v1/states/{code}", .operation_id = "changeState", .tag = "registry",
          .summary = "Change a State's names, languages, time zone or calling codes; membership and participation: POST /v1/proposals",
          .permission = Permission::registry_write, .request = "state-change", .elsewhere = decided_members, .response = "state",
          .condition = Condition::if_match,
          .fails_with = registry_change_errors, .handler = &registry::change_state},
    Route{.method = Method::get, .path = "/v1/measures", .operation_id = "listMeasures", .tag = "registry",
          .summary = "List the confidence-building measures",
          .permission = Permission::registry_read, .response = "measure", .list = true, .query = page_parameters,
          .handler = &registry::list_measures},
    Route{.method = Method::get, .path = "/v1/measures/{code}", .operation_id = "getMeasure", .tag = "registry",
          .summary = "Get one measure",
          .permission = Permission::registry_read, .response = "measure", .fails_with = missing_errors, .handler = &registry::get_measure},
    Route{.method = Method::post, .path = "/v1/measures", .operation_id = "createMeasure", .tag = "registry",
          .summary = "Add a measure to the catalogue",
          .permission = Permission::registry_write, .request = "measure-create", .response = "measure", .success = 201,
          .handler = &registry::create_measure},
    Route{.method = Method::patch, .path = "/v1/measures/{code}", .operation_id = "changeMeasure", .tag = "registry",
          .summary = "Change a measure",
          .permission = Permission::registry_write, .request = "measure-change", .response = "measure", .condition = Condition::if_match,
          .fails_with = registry_change_errors, .handler = &registry::change_measure},
    Route{.method = Method::get, .path = "/v1/periods", .operation_id = "listPeriods", .tag = "registry",
          .summary = "List the reporting periods",
          .permission = Permission::registry_read, .response = "period", .list = true, .query = page_parameters,
          .handler = &registry::list_periods},
    Route{.method = Method::get, .path = "/v1/periods/{code}", .operation_id = "getPeriod", .tag = "registry",
          .summary = "Get one reporting period",
          .permission = Permission::registry_read, .response = "period", .fails_with = missing_errors, .handler = &registry::get_period},
    Route{.method = Method::post, .path = "/v1/periods", .operation_id = "createPeriod", .tag = "registry",
          .summary = "Add a reporting period",
          .permission = Permission::registry_write, .request = "period-create", .response = "period", .success = 201,
          .handler = &registry::create_period},
    Route{.method = Method::patch, .path = "/v1/periods/{code}", .operation_id = "changePeriod", .tag = "registry",
          .summary = "Change a reporting period",
          .permission = Permission::registry_write, .request = "period-change", .response = "period", .condition = Condition::if_match,
          .fails_with = registry_change_errors, .handler = &registry::change_period},
    Route{.method = Method::get, .path = "/v1/office-terms", .operation_id = "listOfficeTerms", .tag = "registry",
          .summary = "List who holds the offices of the group, term by term",
          .permission = Permission::registry_read, .response = "office-term", .list = true, .query = page_parameters,
          .handler = &registry::list_office_terms},
    Route{.method = Method::get, .path = "/v1/office-terms/{code}", .operation_id = "getOfficeTerm", .tag = "registry",
          .summary = "Get one term of office",
          .permission = Permission::registry_read, .response = "office-term", .fails_with = missing_errors,
          .handler = &registry::get_office_term},
    Route{.method = Method::post, .path = "/v1/office-terms", .operation_id = "createOfficeTerm", .tag = "registry",
          .summary = "Enter a State's term of office",
          .permission = Permission::registry_write, .request = "office-term-create", .response = "office-term", .success = 201,
          .handler = &registry::create_office_term},
    Route{.method = Method::patch, .path = "/v1/office-terms/{code}", .operation_id = "changeOfficeTerm", .tag = "registry",
          .summary = "Change a term of office",
          .permission = Permission::registry_write, .request = "office-term-change", .response = "office-term",
          .condition = Condition::if_match, .fails_with = registry_change_errors, .handler = &registry::change_office_term},
    Route{.method = Method::get, .path = "/v1/documents", .operation_id = "listDocuments", .tag = "documents",
          .summary = "List reference documents",
          .permission = Permission::registry_read, .response = "document", .list = true, .query = document_parameters,
          .handler = &documents::list},
    Route{.method = Method::get, .path = "/v1/documents/{id}", .operation_id = "getDocument", .tag = "documents",
          .summary = "Get one reference document",
          .permission = Permission::registry_read, .response = "document", .fails_with = missing_errors, .handler = &documents::get},
    Route{.method = Method::post, .path = "/v1/documents", .operation_id = "createDocument", .tag = "documents",
          .summary = "Add a reference document",
          .permission = Permission::registry_write, .request = "document-create", .response = "document", .success = 201,
          .handler = &documents::create},
    Route{.method = Method::patch, .path = "/v1/documents/{id}", .operation_id = "changeDocument", .tag = "documents",
          .summary = "Change a reference document, or record that its State verified it",
          .permission = Permission::registry_write, .request = "document-change", .response = "document", .condition = Condition::if_match,
          .fails_with = registry_change_errors, .handler = &documents::change},
    Route{.method = Method::get, .path = "/v1/decisions/{sha256}", .operation_id = "getDecision", .tag = "registry",
          .summary = "The document of a decision that a change of the registry cites, for the secretariat, which compares it",
          .permission = Permission::decision_read, .response = "", .fails_with = missing_errors, .handler = &registry::decision,
          .media_type = "application/pdf", .alternative_media_types = registry::decision_formats},
};
// clang-format on

}  // namespace

std::span<const Route> registry_routes() { return table; }

}  // namespace cbmx::api
