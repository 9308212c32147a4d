// Routes of reports, one or many at once.
#include "api/handlers/reports.hpp"
#include "api/answer.hpp"
#include "api/handlers/batches.hpp"
#include "api/routes/shared.hpp"
#include "service/intake/batches.hpp"

namespace cbmx::api {
namespace {

constexpr std::array report_parameters{
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only reports of this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "measure", .kind = Kind::text, .summary = "Only reports on this measure (OAS-CBM-1)"},
    Parameter{.name = "period", .kind = Kind::text, .summary = "Only reports of this reporting period"},
    Parameter{.name = "status",
              .kind = Kind::choice,
              .summary = "Only this status of implementation",
              .choices = "implemented|in_progress|planned|not_started|nothing_to_declare|nothing_new"},
    Parameter{.name = "workflow_state",
              .kind = Kind::choice,
              .summary = "Only reports in this state; draft and submitted also find revisions in preparation",
              .choices = "draft|submitted|published|withdrawn"},
    Parameter{.name = "label", .kind = Kind::text, .summary = "Only reports with this TLP label"},
    Parameter{.name = "language", .kind = Kind::choice, .summary = "Only reports whose form is in this language", .choices = "en|es|fr|pt"},
    Parameter{.name = "tag", .kind = Kind::text, .summary = "Only reports with this tag"},
    Parameter{.name = "changed_since", .kind = Kind::seq, .summary = "Only reports that changed after this ledger number"},
    Parameter{
        .name = "sort", .kind = Kind::choice, .summary = "Order (default -changed, the newest first)", .choices = "changed|-changed|state"},
    Parameter{.name = "fields", .kind = Kind::text, .summary = "Comma-separated members of content to show (default all)"},
    limit_parameter,
    cursor_parameter,
};
constexpr std::array need_parameters{
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only reports of this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "measure", .kind = Kind::text, .summary = "Only reports on this measure (OAS-CBM-1)"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only needs, or only offers (default both)", .choices = "needed|offered"},
    limit_parameter,
    cursor_parameter,
};
constexpr std::array difference_parameters{
    Parameter{.name = "from", .kind = Kind::integer, .summary = "The earlier revision", .required = true},
    Parameter{.name = "to", .kind = Kind::integer, .summary = "The later revision", .required = true},
};
constexpr std::array view_parameters{
    Parameter{.name = "audience",
              .kind = Kind::text,
              .summary = "public, members, state:PE, office:secretariat, office:chair, office:vice_chair or office:reviewers"},
    Parameter{.name = "of", .kind = Kind::choice, .summary = "Default: the draft where there is one", .choices = "draft|publication"},
};
constexpr std::array carry_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::audience_contradiction,
                                  ErrorCode::reference_conflict};
constexpr std::array view_errors{ErrorCode::not_found, ErrorCode::invalid_parameter, ErrorCode::audience_contradiction};
constexpr std::array report_list_errors{ErrorCode::invalid_parameter, ErrorCode::beyond_published_size};
constexpr std::array report_create_errors{ErrorCode::validation_failed, ErrorCode::audience_contradiction, ErrorCode::reference_conflict};
constexpr std::array report_edit_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::audience_contradiction};
constexpr std::array submit_errors{ErrorCode::conflict, ErrorCode::not_eligible};
constexpr std::array publish_errors{ErrorCode::conflict, ErrorCode::four_eyes, ErrorCode::validation_failed};
constexpr std::array batch_parameters{
    Parameter{.name = "goal",
              .kind = Kind::choice,
              .summary = "How far to take each report (default draft); nominations are always made at once",
              .choices = "draft|submit|publish"},
    Parameter{.name = "mode",
              .kind = Kind::choice,
              .summary = "atomic (default): all items or none; each: every item separately",
              .choices = "atomic|each"},
    Parameter{.name = "items",
              .kind = Kind::choice,
              .summary = "What the rows of a text/csv body are (default reports)",
              .choices = "reports|nominations"},
};
constexpr std::array rights_of_reports{Permission::report_draft};
constexpr std::array rights_of_publishing{Permission::report_publish};
constexpr std::array rights_of_nominations{Permission::nomination_make, Permission::contact_remove};
constexpr std::array rights_of_items{Permission::report_draft,    Permission::report_publish,  Permission::report_return,
                                     Permission::report_withdraw, Permission::nomination_make, Permission::contact_remove};
// The rows of a table are of the kind that items= says, each report needs the right of its goal besides; JSON may hold items of any kind.
constexpr std::array batch_rights{
    OneOf{.body_type = "text/csv", .parameter = "items", .value = "nominations", .permissions = rights_of_nominations},
    OneOf{.body_type = "text/csv", .parameter = "goal", .value = "publish", .permissions = rights_of_publishing},
    OneOf{.body_type = "text/csv", .permissions = rights_of_reports},
    OneOf{.permissions = rights_of_items},
};
constexpr std::array<std::string_view, 3> batch_types{"application/json", "application/x-ndjson", "text/csv"};
constexpr std::array batch_errors{ErrorCode::malformed_json, ErrorCode::validation_failed};

// clang-format off
const std::array table{
    Route{.method = Method::get, .path = "/v1/reports", .operation_id = "listReports", .tag = "reports",
          .summary = "List the reports that the caller may read",
          .permission = Permission::report_read, .response = "report", .list = true, .query = report_parameters,
          .fails_with = report_list_errors, .handler = &reports::list, .kept_until_reports_change = true},
    Route{.method = Method::post, .path = "/v1/reports", .operation_id = "createReport", .tag = "reports",
          .summary = "Create a report of one's own State, as a draft",
          .permission = Permission::report_draft, .request = "report-create", .response = "report", .success = 201,
          .growth = Growth::new_material, .fails_with = report_create_errors, .handler = &reports::create},
    Route{.method = Method::get, .path = "/v1/reports/{id}", .operation_id = "getReport", .tag = "reports",
          .summary = "One report: its current publication, or its draft before the first one",
          .permission = Permission::report_read, .response = "report", .fails_with = missing_errors, .handler = &reports::get,
          .kept_until_reports_change = true},
    Route{.method = Method::patch, .path = "/v1/reports/{id}", .operation_id = "editReport", .tag = "reports",
          .summary = "Change the draft (JSON Merge Patch)",
          .permission = Permission::report_draft, .request = "report-change", .response = "report", .condition = Condition::if_match,
          .growth = Growth::new_material, .fails_with = report_edit_errors, .handler = &reports::edit},
    Route{.method = Method::remove, .path = "/v1/reports/{id}", .operation_id = "discardReport", .tag = "reports",
          .summary = "Discard a draft that was never submitted",
          .permission = Permission::report_discard, .response = "", .success = 204, .condition = Condition::if_match,
          .fails_with = conflict_errors, .handler = &reports::discard},
    Route{.method = Method::get, .path = "/v1/reports/{id}/draft", .operation_id = "getReportDraft", .tag = "reports",
          .summary = "The working copy, visible to the own State's drafters and approvers",
          .permission = Permission::report_read, .response = "report", .fails_with = missing_errors, .handler = &reports::get_draft},
    Route{.method = Method::patch, .path = "/v1/reports/{id}/draft", .operation_id = "editReportDraft", .tag = "reports",
          .summary = "Change the working copy (JSON Merge Patch)",
          .permission = Permission::report_draft, .request = "report-change", .response = "report", .condition = Condition::if_match,
          .growth = Growth::new_material, .fails_with = report_edit_errors, .handler = &reports::edit},
    Route{.method = Method::remove, .path = "/v1/reports/{id}/draft", .operation_id = "discardReportDraft", .tag = "reports",
          .summary = "Discard a working copy that was never submitted",
          .permission = Permission::report_discard, .response = "", .success = 204, .condition = Condition::if_match,
          .fails_with = conflict_errors, .handler = &reports::discard},
    Route{.method = Method::get, .path = "/v1/reports/{id}/revisions", .operation_id = "listReportRevisions", .tag = "reports",
          .summary = "The publications of a report that the caller may read, oldest first",
          .permission = Permission::report_read, .response = "report", .list = true, .query = page_parameters, .fails_with = missing_errors,
          .handler = &reports::revisions},
    Route{.method = Method::get, .path = "/v1/reports/{id}/revisions/{revision}", .operation_id = "getReportRevision", .tag = "reports",
          .summary = "One publication of a report",
          .permission = Permission::report_read, .response = "report", .fails_with = missing_errors, .handler = &reports::revision},
    Route{.method = Method::get, .path = "/v1/reports/{id}/difference", .operation_id = "compareReportRevisions", .tag = "reports",
          .summary = "What changed between two publications",
          .permission = Permission::report_read, .response = "report-difference", .query = difference_parameters,
          .fails_with = missing_errors, .handler = &reports::difference},
    Route{.method = Method::post, .path = "/v1/reports/{id}/carry-forward", .operation_id = "carryReportForward", .tag = "reports",
          .summary = "A new draft from one's own publication, in another period or for other recipients",
          .permission = Permission::report_draft, .request = "report-carry-forward", .response = "report", .success = 201,
          .growth = Growth::new_material, .fails_with = carry_errors, .handler = &reports::carry_forward},
    Route{.method = Method::get, .path = "/v1/reports/{id}/view", .operation_id = "viewReport", .tag = "reports",
          .summary = "One's own draft or publication exactly as an audience would get it; without audience= who would get which fields",
          .permission = Permission::report_read, .response = "report-view", .query = view_parameters, .fails_with = view_errors,
          .handler = &reports::view},
    Route{.method = Method::get, .path = "/v1/reports/{id}/approvers", .operation_id = "listReportApprovers", .tag = "reports",
          .summary = "Who may approve one's own draft now, and of each who may not why",
          .permission = Permission::report_read, .response = "report-approvers", .fails_with = missing_errors,
          .handler = &reports::approvers},
    Route{.method = Method::post, .path = "/v1/reports/{id}/submit", .operation_id = "submitReport", .tag = "reports",
          .summary = "Submit the draft for national approval; this freezes its content",
          .permission = Permission::report_draft, .response = "report", .condition = Condition::if_match,
          .growth = Growth::new_material, .fails_with = submit_errors, .handler = &reports::submit},
    Route{.method = Method::post, .path = "/v1/reports/{id}/return", .operation_id = "returnReport", .tag = "reports",
          .summary = "Return a submitted report to its drafters, with a reason",
          .permission = Permission::report_return, .request = "report-return", .response = "report", .condition = Condition::if_match,
          .fails_with = conflict_errors, .handler = &reports::send_back},
    Route{.method = Method::post, .path = "/v1/reports/{id}/take-back", .operation_id = "takeBackReport", .tag = "reports",
          .summary = "Take back a submitted report that nobody has decided on: it is a draft again",
          .permission = Permission::report_draft, .response = "report", .condition = Condition::if_match, .fails_with = conflict_errors,
          .handler = &reports::take_back},
    Route{.method = Method::post, .path = "/v1/reports/{id}/publish", .operation_id = "publishReport", .tag = "reports",
          .summary = "Publish a submitted report of one's own State",
          .permission = Permission::report_publish, .request = "word", .response = "report", .condition = Condition::one_tag,
          .fails_with = publish_errors, .handler = &reports::publish},
    Route{.method = Method::post, .path = "/v1/reports/{id}/revise", .operation_id = "reviseReport", .tag = "reports",
          .summary = "Start a revision of a published report, as a draft",
          .permission = Permission::report_draft, .response = "report", .success = 201, .condition = Condition::if_match,
          .growth = Growth::new_material, .fails_with = conflict_errors, .handler = &reports::revise},
    Route{.method = Method::post, .path = "/v1/reports/{id}/label", .operation_id = "changeReportLabel", .tag = "reports",
          .summary = "Change the label; a wider audience counts as publishing and may become a proposal (202)",
          .permission = Permission::report_audience, .request = "report-label", .response = "report-audience-outcome",
          .condition = Condition::one_tag, .fails_with = report_edit_errors, .handler = &reports::change_label},
    Route{.method = Method::post, .path = "/v1/reports/{id}/recipients", .operation_id = "changeReportRecipients", .tag = "reports",
          .summary = "Change the recipients; a wider audience counts as publishing and may become a proposal (202)",
          .permission = Permission::report_audience, .request = "report-recipients", .response = "report-audience-outcome",
          .condition = Condition::one_tag, .fails_with = report_edit_errors, .handler = &reports::change_recipients},
    Route{.method = Method::post, .path = "/v1/reports/{id}/withdraw", .operation_id = "withdrawReport", .tag = "reports",
          .summary = "Withdraw a published report; its former audience sees a marker",
          .permission = Permission::report_withdraw, .request = "word", .response = "report", .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &reports::withdraw},
    Route{.method = Method::post, .path = "/v1/reports/{id}/erase", .operation_id = "eraseReport", .tag = "reports",
          .summary = "Propose to erase the contents of a withdrawn report: another approver confirms, the portal carries it out later",
          .permission = Permission::report_erase, .response = "proposal", .success = 202, .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &reports::erase},
    Route{.method = Method::get, .path = "/v1/needs", .operation_id = "listNeeds", .tag = "reports",
          .summary = "Needs and offers of assistance, from the published reports that the caller reads; without an account offers alone",
          .permission = Permission::report_read, .response = "need", .list = true, .query = need_parameters,
          .fails_with = page_errors, .handler = &reports::needs},

    // MANY AT ONCE
    Route{.method = Method::post, .path = "/v1/batches", .operation_id = "sendBatch", .tag = "batches",
          .summary = "Send many reports, nominations and decisions of one's own State at once: JSON array, NDJSON or CSV",
          .permission = Permission::batch_send, .one_of = batch_rights, .request = "batch-create", .raw_body_types = batch_types,
          .response = "batch", .success = 201, .growth = Growth::new_material, .query = batch_parameters, .fails_with = batch_errors,
          .handler = &batches::create, .body_limit = service::max_batch_bytes, .preparation = &batches::read, .queue = WorkQueue::batches,
          .is_tried_first = &batches::is_tried_first, .is_unfinished = &batches::is_unfinished},
    Route{.method = Method::get, .path = "/v1/batches/{id}", .operation_id = "getBatch", .tag = "batches",
          .summary = "Result of each item of a batch that this account sent",
          .permission = Permission::batch_send, .response = "batch", .fails_with = missing_errors, .handler = &batches::get},
};
// clang-format on

}  // namespace

std::span<const Route> report_routes() { return table; }

}  // namespace cbmx::api
