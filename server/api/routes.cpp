// THE ROUTE TABLE: nothing is reachable that is not listed here. How to read a row: route.hpp. Who may: domain/policy.cpp.
#include "api/accounts.hpp"
#include "api/answer.hpp"
#include "api/audit.hpp"
#include "api/batches.hpp"
#include "api/changes.hpp"
#include "api/contacts.hpp"
#include "api/credentials.hpp"
#include "api/delegations.hpp"
#include "api/description.hpp"
#include "api/docs.hpp"
#include "api/documents.hpp"
#include "api/health.hpp"
#include "api/log.hpp"
#include "api/nominations.hpp"
#include "api/proposals.hpp"
#include "api/receipts.hpp"
#include "api/registry.hpp"
#include "api/reports.hpp"
#include "api/signing_keys.hpp"
#include "api/state_settings.hpp"
#include "service/batches.hpp"
#include "service/changes.hpp"
#include <array>

namespace cbmx::api {
namespace {

constexpr std::array report_parameters{
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only reports of this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "measure", .kind = Kind::text, .summary = "Only reports on this measure (OAS-CBM-1)"},
    Parameter{.name = "period", .kind = Kind::text, .summary = "Only reports of this reporting period"},
    Parameter{.name = "status", .kind = Kind::choice, .summary = "Only this status of implementation",
              .choices = "implemented|in_progress|planned|not_started|nothing_to_declare|nothing_new"},
    Parameter{.name = "workflow_state", .kind = Kind::choice, .summary = "Only reports in this state; draft and submitted also find revisions in preparation",
              .choices = "draft|submitted|published|withdrawn"},
    Parameter{.name = "label", .kind = Kind::text, .summary = "Only reports with this TLP label"},
    Parameter{.name = "language", .kind = Kind::choice, .summary = "Only reports whose form is in this language", .choices = "en|es|fr|pt"},
    Parameter{.name = "tag", .kind = Kind::text, .summary = "Only reports with this tag"},
    Parameter{.name = "changed_since", .kind = Kind::seq, .summary = "Only reports that changed after this ledger number"},
    Parameter{.name = "sort", .kind = Kind::choice, .summary = "Order (default -changed, the newest first)", .choices = "changed|-changed|state"},
    Parameter{.name = "fields", .kind = Kind::text, .summary = "Comma-separated members of content to show (default all)"},
    limit_parameter,
    cursor_parameter,
};
constexpr std::array difference_parameters{
    Parameter{.name = "from", .kind = Kind::integer, .summary = "The earlier revision", .required = true},
    Parameter{.name = "to", .kind = Kind::integer, .summary = "The later revision", .required = true},
};
constexpr std::array report_list_errors{ErrorCode::invalid_parameter, ErrorCode::beyond_published_size};
constexpr std::array report_create_errors{ErrorCode::validation_failed, ErrorCode::audience_contradiction, ErrorCode::reference_conflict};
constexpr std::array report_edit_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::audience_contradiction};
constexpr std::array transition_errors{ErrorCode::conflict};
constexpr std::array submit_errors{ErrorCode::conflict, ErrorCode::not_eligible};
constexpr std::array publish_errors{ErrorCode::conflict, ErrorCode::four_eyes, ErrorCode::validation_failed, ErrorCode::signature_invalid, ErrorCode::signature_required};
constexpr std::array audience_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::audience_contradiction};
constexpr std::array cosign_errors{ErrorCode::validation_failed, ErrorCode::signature_invalid};
constexpr std::array ready_errors{ErrorCode::read_only};
constexpr std::array page_parameters{limit_parameter, cursor_parameter};
constexpr std::array proposal_parameters{
    Parameter{"status", Kind::choice, "Only proposals in this state", "waiting|confirmed|declined"},
    limit_parameter, cursor_parameter};
constexpr std::array page_errors{ErrorCode::invalid_parameter};
constexpr std::array account_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};
constexpr std::array conflict_errors{ErrorCode::conflict};
constexpr std::array decision_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};
constexpr std::array batch_parameters{
    Parameter{.name = "goal", .kind = Kind::choice, .summary = "How far each report is to come (default draft); a nomination is made at once", .choices = "draft|submit|publish"},
    Parameter{.name = "mode", .kind = Kind::choice, .summary = "All items or none (default atomic), or each item by itself", .choices = "atomic|each"},
    Parameter{.name = "items", .kind = Kind::choice, .summary = "What the rows of a text/csv body are (default reports)", .choices = "reports|nominations"},
};
constexpr std::array<std::string_view, 3> batch_types{"application/json", "application/x-ndjson", "text/csv"};
constexpr std::array batch_errors{ErrorCode::malformed_json, ErrorCode::validation_failed};
constexpr std::array changes_query{
    Parameter{.name = "after", .kind = Kind::seq, .summary = "The last number dealt with; without it the feed begins at entry 0"},
    Parameter{.name = "limit", .kind = Kind::integer, .summary = "Entries per answer, 1 to 1000 (default 100)", .maximum = service::max_changes},
    Parameter{.name = "wait", .kind = Kind::integer, .summary = "How many seconds to wait, 0 to 25, when there is nothing new yet (long polling)", .minimum = 0, .maximum = changes::longest_wait_seconds},
};
constexpr std::array<std::string_view, 1> events{changes::event_stream_type};
constexpr std::array leaves_query{
    Parameter{.name = "from", .kind = Kind::seq, .summary = "First position", .required = true},
    Parameter{.name = "to", .kind = Kind::seq, .summary = "Last position, included; at most 1000 positions"},
};
constexpr std::array inclusion_query{
    Parameter{.name = "index", .kind = Kind::seq, .summary = "Position of the leaf", .required = true},
    Parameter{.name = "size", .kind = Kind::seq, .summary = "Size of the tree", .required = true},
};
constexpr std::array consistency_query{
    Parameter{.name = "first", .kind = Kind::seq, .summary = "Size of the earlier tree, at least 1", .required = true},
    Parameter{.name = "second", .kind = Kind::seq, .summary = "Size of the later tree", .required = true},
};
constexpr std::array audit_query{
    Parameter{.name = "subject", .kind = Kind::text, .summary = "Only entries about the record of this id or code"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only entries of this kind",
              .choices = "genesis|portal_changed|state_changed|state_settings_changed|measure_changed|period_changed|document_changed|account_created|account_changed|account_erased|"
                         "credential_registered|credential_revoked|signing_key_registered|signing_key_revoked|delegation_given|delegation_ended|proposal_made|proposal_declined|proposal_confirmed|"
                         "report_submitted|report_returned|report_published|report_label_changed|report_recipients_changed|report_withdrawn|report_erased|"
                         "nomination_made|nomination_recorded|nomination_accepted|nomination_returned|nomination_withdrawn|nomination_confirmed|nomination_objected|nomination_erased|"
                         "contact_listed|contact_amended|contact_confirmed|contact_reduced|contact_objected|contact_removed|contact_relisted|contact_erased"},
    Parameter{.name = "after", .kind = Kind::seq, .summary = "The last number of the page before"},
    Parameter{.name = "limit", .kind = Kind::integer, .summary = "Entries per answer, 1 to 1000 (default 100)", .maximum = service::max_changes},
};
constexpr std::array beyond_errors{ErrorCode::beyond_published_size};
constexpr std::array beyond_or_missing_errors{ErrorCode::beyond_published_size, ErrorCode::not_found};
constexpr std::array missing_errors{ErrorCode::not_found};
constexpr std::array document_parameters{
    limit_parameter, cursor_parameter,
    Parameter{"state", Kind::text, "Only documents about this State (ISO 3166-1 alpha-2)"},
    Parameter{"year", Kind::integer, "Only documents of this year"},
    Parameter{"language", Kind::text, "Only documents in this language (BCP 47 tag)"},
    Parameter{"kind", Kind::choice, "Only documents of this kind", "strategy|policy|law|decree|plan|framework|position|other"},
    Parameter{"changed_since", Kind::seq, "Only documents changed after this ledger number"},
};
constexpr std::array found_errors{ErrorCode::not_found};
constexpr std::array<std::string_view, 1> plain_text{"text/plain"};
constexpr std::array<std::string_view, 1> html{"text/html"};
constexpr std::array<std::string_view, 1> markdown{"text/markdown"};
constexpr Parameter scope_parameter{.name = "scope", .kind = Kind::choice, .summary = "minimal: ask for the reduced scope (State, category, office, institution, languages, freshness)", .choices = "full|minimal"};
constexpr Parameter contact_state{.name = "state", .kind = Kind::text, .summary = "Only contacts of this State (ISO 3166-1 alpha-2)"};
constexpr Parameter contact_category{.name = "category", .kind = Kind::choice, .summary = "Only this category", .choices = "policy|foreign_affairs|technical"};
constexpr std::array contact_parameters{
    contact_state,
    contact_category,
    Parameter{.name = "status", .kind = Kind::choice, .summary = "Default listed; what was objected to or removed only its own State and the secretariat find", .choices = "listed|objected|removed"},
    Parameter{.name = "language", .kind = Kind::text, .summary = "Only contacts that work in this language (BCP 47; es finds es-419)"},
    Parameter{.name = "reachable_now", .kind = Kind::choice, .summary = "Only contacts within their hours at this moment", .choices = "true"},
    Parameter{.name = "confirmation_due", .kind = Kind::choice, .summary = "Only contacts whose yearly confirmation is due within 30 days, or has lapsed", .choices = "true"},
    Parameter{.name = "key_expiring", .kind = Kind::choice, .summary = "Only contacts with a key that ends within 60 days, or has ended", .choices = "true"},
    Parameter{.name = "text", .kind = Kind::text, .summary = "Only contacts in which all these words occur, whatever their case and accents"},
    scope_parameter,
    limit_parameter,
    cursor_parameter,
};
constexpr std::array calendar_parameters{contact_state, contact_category};
constexpr std::array one_contact_parameters{scope_parameter};
constexpr std::array nomination_parameters{
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only nominations by this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only this kind", .choices = "nomination|amendment|removal"},
    Parameter{.name = "status", .kind = Kind::choice, .summary = "Only nominations in this state", .choices = "open|accepted|returned|withdrawn"},
    Parameter{.name = "state_position", .kind = Kind::choice, .summary = "Only what the secretariat recorded and the State has answered so", .choices = "unanswered|confirmed|objected"},
    Parameter{.name = "contact", .kind = Kind::text, .summary = "Only nominations about this contact"},
    limit_parameter,
    cursor_parameter,
};
constexpr std::array contact_step_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};
constexpr std::array contact_get_errors{ErrorCode::not_found, ErrorCode::not_acceptable};
constexpr std::array nomination_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::reference_conflict, ErrorCode::unavailable};
constexpr std::array registry_change_errors{ErrorCode::not_found, ErrorCode::precondition_failed};

const std::array table{
    // REPORTS
    Route{.method = Method::get, .path = "/v1/reports", .operation_id = "listReports", .tag = "reports",
          .summary = "List the reports that the caller may read",
          .permission = Permission::report_read, .response = "report", .list = true, .query = report_parameters, .fails_with = report_list_errors, .handler = &reports::list},
    Route{.method = Method::post, .path = "/v1/reports", .operation_id = "createReport", .tag = "reports",
          .summary = "Begin a report of one's own State, as a draft",
          .permission = Permission::report_draft, .request = "report-create", .response = "report", .success = 201, .fails_with = report_create_errors, .handler = &reports::create},
    Route{.method = Method::get, .path = "/v1/reports/{id}", .operation_id = "getReport", .tag = "reports",
          .summary = "One report: its present publication, or its draft before there is one",
          .permission = Permission::report_read, .response = "report", .fails_with = missing_errors, .handler = &reports::get},
    Route{.method = Method::patch, .path = "/v1/reports/{id}", .operation_id = "editReport", .tag = "reports",
          .summary = "Change the draft (JSON Merge Patch)",
          .permission = Permission::report_draft, .request = "report-change", .response = "report", .condition = Condition::if_match, .fails_with = report_edit_errors, .handler = &reports::edit},
    Route{.method = Method::remove, .path = "/v1/reports/{id}", .operation_id = "discardReport", .tag = "reports",
          .summary = "Discard a draft that was never submitted",
          .permission = Permission::report_draft, .response = "", .success = 204, .condition = Condition::if_match, .fails_with = transition_errors, .handler = &reports::discard},
    Route{.method = Method::get, .path = "/v1/reports/{id}/draft", .operation_id = "getReportDraft", .tag = "reports",
          .summary = "The working copy, for the own State's drafters and approvers",
          .permission = Permission::report_read, .response = "report", .fails_with = missing_errors, .handler = &reports::get_draft},
    Route{.method = Method::patch, .path = "/v1/reports/{id}/draft", .operation_id = "editReportDraft", .tag = "reports",
          .summary = "Change the working copy (JSON Merge Patch)",
          .permission = Permission::report_draft, .request = "report-change", .response = "report", .condition = Condition::if_match, .fails_with = report_edit_errors, .handler = &reports::edit},
    Route{.method = Method::remove, .path = "/v1/reports/{id}/draft", .operation_id = "discardReportDraft", .tag = "reports",
          .summary = "Discard a working copy that was never submitted",
          .permission = Permission::report_draft, .response = "", .success = 204, .condition = Condition::if_match, .fails_with = transition_errors, .handler = &reports::discard},
    Route{.method = Method::get, .path = "/v1/reports/{id}/revisions", .operation_id = "listReportRevisions", .tag = "reports",
          .summary = "The publications of a report that the caller may read, oldest first",
          .permission = Permission::report_read, .response = "report", .list = true, .query = page_parameters, .fails_with = missing_errors, .handler = &reports::revisions},
    Route{.method = Method::get, .path = "/v1/reports/{id}/revisions/{revision}", .operation_id = "getReportRevision", .tag = "reports",
          .summary = "One publication of a report",
          .permission = Permission::report_read, .response = "report", .fails_with = missing_errors, .handler = &reports::revision},
    Route{.method = Method::get, .path = "/v1/reports/{id}/difference", .operation_id = "compareReportRevisions", .tag = "reports",
          .summary = "What changed between two publications",
          .permission = Permission::report_read, .response = "report-difference", .query = difference_parameters, .fails_with = missing_errors, .handler = &reports::difference},
    Route{.method = Method::post, .path = "/v1/reports/{id}/submit", .operation_id = "submitReport", .tag = "reports",
          .summary = "Submit the draft for national approval: its content is frozen",
          .permission = Permission::report_draft, .response = "report", .condition = Condition::if_match, .fails_with = submit_errors, .handler = &reports::submit},
    Route{.method = Method::post, .path = "/v1/reports/{id}/return", .operation_id = "returnReport", .tag = "reports",
          .summary = "Return a submitted report to its drafters, with a reason",
          .permission = Permission::report_return, .request = "report-return", .response = "report", .condition = Condition::if_match, .fails_with = transition_errors, .handler = &reports::give_back},
    Route{.method = Method::post, .path = "/v1/reports/{id}/publish", .operation_id = "publishReport", .tag = "reports",
          .summary = "Publish a submitted report of one's own State",
          .permission = Permission::report_publish, .request = "report-publish", .response = "report", .condition = Condition::if_match, .fails_with = publish_errors, .handler = &reports::publish},
    Route{.method = Method::post, .path = "/v1/reports/{id}/revise", .operation_id = "reviseReport", .tag = "reports",
          .summary = "Begin a revision of a published report, as a draft",
          .permission = Permission::report_draft, .response = "report", .success = 201, .condition = Condition::if_match, .fails_with = transition_errors, .handler = &reports::revise},
    Route{.method = Method::post, .path = "/v1/reports/{id}/label", .operation_id = "changeReportLabel", .tag = "reports",
          .summary = "Change the label; wider counts as publishing and may wait as a proposal (202)",
          .permission = Permission::report_audience, .request = "report-label", .response = "report-audience-outcome", .condition = Condition::if_match, .fails_with = audience_errors, .handler = &reports::change_label},
    Route{.method = Method::post, .path = "/v1/reports/{id}/recipients", .operation_id = "changeReportRecipients", .tag = "reports",
          .summary = "Change the recipients; wider counts as publishing and may wait as a proposal (202)",
          .permission = Permission::report_audience, .request = "report-recipients", .response = "report-audience-outcome", .condition = Condition::if_match, .fails_with = audience_errors, .handler = &reports::change_recipients},
    Route{.method = Method::post, .path = "/v1/reports/{id}/withdraw", .operation_id = "withdrawReport", .tag = "reports",
          .summary = "Withdraw a published report: a marker is left for its former audience",
          .permission = Permission::report_withdraw, .response = "report", .condition = Condition::if_match, .fails_with = transition_errors, .handler = &reports::withdraw},
    Route{.method = Method::post, .path = "/v1/reports/{id}/erase", .operation_id = "eraseReport", .tag = "reports",
          .summary = "Erase the contents of a withdrawn report; every proof still holds",
          .permission = Permission::report_erase, .response = "report", .condition = Condition::if_match, .fails_with = transition_errors, .handler = &reports::erase},

    // MANY AT ONCE
    Route{.method = Method::post, .path = "/v1/batches", .operation_id = "sendBatch", .tag = "batches",
          .summary = "Hand in many reports and nominations of one's own State at once: JSON array, NDJSON or CSV",
          .permission = Permission::batch_send, .request = "batch-create", .takes = batch_types, .response = "batch", .success = 201, .query = batch_parameters, .fails_with = batch_errors,
          .handler = &batches::create, .body_limit = service::max_batch_bytes, .preparation = &batches::read, .aside = Aside::bulk},
    Route{.method = Method::get, .path = "/v1/batches/{id}", .operation_id = "getBatch", .tag = "batches",
          .summary = "What became of each item of a batch that this account sent",
          .permission = Permission::batch_send, .response = "batch", .fails_with = found_errors, .handler = &batches::get},

    // LEDGER: what changed, what proves it, who did it
    Route{.method = Method::get, .path = "/v1/changes", .operation_id = "listChanges", .tag = "changes",
          .summary = "Everything that changed, in order, as far as the caller may see it; also as server-sent events",
          .permission = Permission::changes_read, .response = "change-list", .query = changes_query, .fails_with = beyond_errors, .handler = &changes::list, .also = events},
    Route{.method = Method::get, .path = "/v1/receipts/{seq}", .operation_id = "getReceipt", .tag = "receipts",
          .summary = "The signed receipt of an accepted change, with what it commits to",
          .permission = Permission::changes_read, .response = "receipt", .fails_with = missing_errors, .handler = &receipts::get, .also = plain_text},
    Route{.method = Method::get, .path = "/v1/log/leaves", .operation_id = "listLeaves", .tag = "log",
          .summary = "Leaf hashes of a range of positions, hidden ones included",
          .permission = Permission::log_read, .response = "leaf-range", .query = leaves_query, .fails_with = beyond_errors, .handler = &log::leaves},
    Route{.method = Method::get, .path = "/v1/log/checkpoint", .operation_id = "getCheckpoint", .tag = "log",
          .summary = "The latest published checkpoint (C2SP tlog-checkpoint), with a line for each witness that has signed it (C2SP tlog-cosignature)",
          .permission = Permission::log_read, .response = "", .fails_with = missing_errors, .handler = &log::checkpoint, .media_type = "text/plain"},
    Route{.method = Method::get, .path = "/v1/log/key", .operation_id = "getLogKey", .tag = "log",
          .summary = "The log's present and earlier public keys",
          .permission = Permission::log_read, .response = "log-key", .handler = &log::key},
    Route{.method = Method::get, .path = "/v1/log/inclusion", .operation_id = "getInclusionProof", .tag = "log",
          .summary = "Proof that a leaf is in the tree of a size (RFC 6962)",
          .permission = Permission::log_read, .response = "inclusion", .query = inclusion_query, .fails_with = beyond_errors, .handler = &log::inclusion},
    Route{.method = Method::get, .path = "/v1/log/consistency", .operation_id = "getConsistencyProof", .tag = "log",
          .summary = "Proof that a later tree extends an earlier one (RFC 6962)",
          .permission = Permission::log_read, .response = "consistency", .query = consistency_query, .fails_with = beyond_errors, .handler = &log::consistency},
    Route{.method = Method::get, .path = "/v1/log/tile/{rest*}", .operation_id = "getTile", .tag = "log",
          .summary = "A tile of hashes (C2SP tlog-tiles)",
          .permission = Permission::log_read, .response = "", .fails_with = missing_errors, .handler = &log::tile, .media_type = "application/octet-stream"},
    Route{.method = Method::post, .path = "/v1/log/cosignatures", .operation_id = "addCosignatures", .tag = "log",
          .summary = "Hand in a published checkpoint that a witness of one's own State has signed; the checkpoint of that size carries the line from then on, for everyone (200 when it did already)",
          .permission = Permission::log_cosign, .request = "cosignature-create", .response = "cosignature", .success = 201, .fails_with = cosign_errors, .handler = &log::cosign},
    Route{.method = Method::get, .path = "/v1/log/witnesses", .operation_id = "listWitnesses", .tag = "log",
          .summary = "The witnesses of all States and their verifier keys, revoked ones too: what is needed to check the lines below a checkpoint",
          .permission = Permission::log_read, .response = "witness", .list = true, .query = page_parameters, .fails_with = page_errors, .handler = &log::witnesses},
    Route{.method = Method::get, .path = "/v1/audit", .operation_id = "listAudit", .tag = "audit",
          .summary = "Who did what in one's own State; for the auditor everywhere, without contents",
          .permission = Permission::audit_read, .response = "audit-list", .query = audit_query, .handler = &audit::list},

    // REGISTRY
    Route{.method = Method::get, .path = "/v1/states", .operation_id = "listStates", .tag = "registry",
          .summary = "List the member States",
          .permission = Permission::registry_read, .response = "state", .list = true, .query = page_parameters, .handler = &registry::list_states},
    Route{.method = Method::get, .path = "/v1/states/{code}", .operation_id = "getState", .tag = "registry",
          .summary = "Get one State",
          .permission = Permission::registry_read, .response = "state", .fails_with = found_errors, .handler = &registry::get_state},
    Route{.method = Method::patch, .path = "/v1/states/{code}", .operation_id = "changeState", .tag = "registry",
          .summary = "Change a State's names, languages, time zone, calling codes, membership or participation",
          .permission = Permission::registry_write, .request = "state-change", .response = "state", .condition = Condition::if_match, .fails_with = registry_change_errors, .handler = &registry::change_state},
    Route{.method = Method::get, .path = "/v1/measures", .operation_id = "listMeasures", .tag = "registry",
          .summary = "List the confidence-building measures",
          .permission = Permission::registry_read, .response = "measure", .list = true, .query = page_parameters, .handler = &registry::list_measures},
    Route{.method = Method::get, .path = "/v1/measures/{code}", .operation_id = "getMeasure", .tag = "registry",
          .summary = "Get one measure",
          .permission = Permission::registry_read, .response = "measure", .fails_with = found_errors, .handler = &registry::get_measure},
    Route{.method = Method::post, .path = "/v1/measures", .operation_id = "createMeasure", .tag = "registry",
          .summary = "Add a measure to the catalogue",
          .permission = Permission::registry_write, .request = "measure-create", .response = "measure", .success = 201, .handler = &registry::create_measure},
    Route{.method = Method::patch, .path = "/v1/measures/{code}", .operation_id = "changeMeasure", .tag = "registry",
          .summary = "Change a measure",
          .permission = Permission::registry_write, .request = "measure-change", .response = "measure", .condition = Condition::if_match, .fails_with = registry_change_errors, .handler = &registry::change_measure},
    Route{.method = Method::get, .path = "/v1/periods", .operation_id = "listPeriods", .tag = "registry",
          .summary = "List the reporting periods",
          .permission = Permission::registry_read, .response = "period", .list = true, .query = page_parameters, .handler = &registry::list_periods},
    Route{.method = Method::get, .path = "/v1/periods/{code}", .operation_id = "getPeriod", .tag = "registry",
          .summary = "Get one reporting period",
          .permission = Permission::registry_read, .response = "period", .fails_with = found_errors, .handler = &registry::get_period},
    Route{.method = Method::post, .path = "/v1/periods", .operation_id = "createPeriod", .tag = "registry",
          .summary = "Add a reporting period",
          .permission = Permission::registry_write, .request = "period-create", .response = "period", .success = 201, .handler = &registry::create_period},
    Route{.method = Method::patch, .path = "/v1/periods/{code}", .operation_id = "changePeriod", .tag = "registry",
          .summary = "Change a reporting period",
          .permission = Permission::registry_write, .request = "period-change", .response = "period", .condition = Condition::if_match, .fails_with = registry_change_errors, .handler = &registry::change_period},
    Route{.method = Method::get, .path = "/v1/documents", .operation_id = "listDocuments", .tag = "documents",
          .summary = "List reference documents",
          .permission = Permission::registry_read, .response = "document", .list = true, .query = document_parameters, .handler = &documents::list},
    Route{.method = Method::get, .path = "/v1/documents/{id}", .operation_id = "getDocument", .tag = "documents",
          .summary = "Get one reference document",
          .permission = Permission::registry_read, .response = "document", .fails_with = found_errors, .handler = &documents::get},
    Route{.method = Method::post, .path = "/v1/documents", .operation_id = "createDocument", .tag = "documents",
          .summary = "Add a reference document",
          .permission = Permission::registry_write, .request = "document-create", .response = "document", .success = 201, .handler = &documents::create},
    Route{.method = Method::patch, .path = "/v1/documents/{id}", .operation_id = "changeDocument", .tag = "documents",
          .summary = "Change a reference document, or record that its State verified it",
          .permission = Permission::registry_write, .request = "document-change", .response = "document", .condition = Condition::if_match, .fails_with = registry_change_errors, .handler = &documents::change},

    // DIRECTORY: points of contact, and the nominations that put them there
    Route{.method = Method::get, .path = "/v1/contacts", .operation_id = "listContacts", .tag = "directory",
          .summary = "Points of contact; as CSV, vCard or JSContact up to 10,000 in one answer",
          .permission = Permission::contact_read, .response = "contact", .list = true, .query = contact_parameters, .fails_with = page_errors, .handler = &contacts::list, .also = contacts::list_formats},
    Route{.method = Method::get, .path = "/v1/contacts.ics", .operation_id = "getContactCalendar", .tag = "directory",
          .summary = "The days on which contacts are to be confirmed again, as a calendar (RFC 5545): one's own State's; for offices all States'",
          .permission = Permission::contact_read, .response = "", .query = calendar_parameters, .handler = &contacts::calendar, .media_type = "text/calendar"},
    Route{.method = Method::get, .path = "/v1/contacts/{id}", .operation_id = "getContact", .tag = "directory",
          .summary = "One point of contact; a response team also as RFC 2350 text (text/plain)",
          .permission = Permission::contact_read, .response = "contact", .query = one_contact_parameters, .fails_with = contact_get_errors, .handler = &contacts::get, .also = contacts::formats},
    Route{.method = Method::post, .path = "/v1/contacts/{id}/confirm", .operation_id = "confirmContact", .tag = "directory",
          .summary = "Confirm that the entry is right (nominating authority) or that one can be reached (the contact itself)",
          .permission = Permission::contact_confirm, .request = "contact-confirm", .response = "contact", .condition = Condition::if_match, .fails_with = contact_step_errors, .handler = &contacts::confirm},
    Route{.method = Method::post, .path = "/v1/contacts/{id}/audience", .operation_id = "changeContactAudience", .tag = "directory",
          .summary = "Say which States see the reduced scope of a contact of one's own State",
          .permission = Permission::contact_reduce, .request = "contact-audience", .response = "contact", .condition = Condition::if_match, .fails_with = contact_step_errors, .handler = &contacts::audience},
    Route{.method = Method::post, .path = "/v1/contacts/{id}/erase", .operation_id = "eraseContact", .tag = "directory",
          .summary = "Erase what is personal about a removed contact and its nominations; proofs still hold",
          .permission = Permission::contact_erase, .response = "contact", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &contacts::erase},
    Route{.method = Method::get, .path = "/v1/nominations", .operation_id = "listNominations", .tag = "directory",
          .summary = "Nominations, amendments and removals of one's own State; for the secretariat of all",
          .permission = Permission::nomination_read, .response = "nomination", .list = true, .query = nomination_parameters, .fails_with = page_errors, .handler = &nominations::list},
    Route{.method = Method::post, .path = "/v1/nominations", .operation_id = "makeNomination", .tag = "directory",
          .summary = "Nominate, amend or remove a contact by note verbale; the secretariat records a note that came on paper",
          .permission = Permission::nomination_make, .request = "nomination-create", .response = "nomination", .success = 201, .fails_with = nomination_errors, .handler = &nominations::create,
          .body_limit = nominations::body_limit_bytes, .preparation = &nominations::examine},
    Route{.method = Method::get, .path = "/v1/nominations/{id}", .operation_id = "getNomination", .tag = "directory",
          .summary = "One nomination",
          .permission = Permission::nomination_read, .response = "nomination", .fails_with = missing_errors, .handler = &nominations::get},
    Route{.method = Method::get, .path = "/v1/nominations/{id}/note", .operation_id = "getNominationNote", .tag = "directory",
          .summary = "The signed note verbale, where its file was given",
          .permission = Permission::nomination_read, .response = "", .fails_with = missing_errors, .handler = &nominations::note, .media_type = "application/pdf", .also = nominations::note_formats},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/accept", .operation_id = "acceptNomination", .tag = "directory",
          .summary = "Accept: the contact is listed, amended or removed",
          .permission = Permission::nomination_decide, .response = "nomination", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::accept},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/return", .operation_id = "returnNomination", .tag = "directory",
          .summary = "Return to the nominating authority, for a reason of form",
          .permission = Permission::nomination_decide, .request = "nomination-reason", .response = "nomination", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::give_back},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/withdraw", .operation_id = "withdrawNomination", .tag = "directory",
          .summary = "Take back what one's own State asked and nobody has decided",
          .permission = Permission::nomination_answer, .response = "nomination", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::withdraw},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/confirm", .operation_id = "confirmNomination", .tag = "directory",
          .summary = "Confirm, as the State, what the secretariat recorded on its behalf",
          .permission = Permission::nomination_answer, .response = "nomination", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::confirm},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/object", .operation_id = "objectToNomination", .tag = "directory",
          .summary = "Object, as the State, to what the secretariat recorded: others do not see it any more",
          .permission = Permission::nomination_answer, .request = "nomination-reason", .response = "nomination", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::object},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/erase", .operation_id = "eraseNomination", .tag = "directory",
          .summary = "Erase the contents of a nomination that was returned or withdrawn",
          .permission = Permission::nomination_answer, .response = "nomination", .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::erase},

    // ACCOUNTS, CREDENTIALS, WHAT WAITS FOR A SECOND PERSON
    Route{.method = Method::get, .path = "/v1/me", .operation_id = "getMe", .tag = "accounts",
          .summary = "Who the portal takes the caller for",
          .permission = Permission::own_credential, .response = "me", .handler = &accounts::me},
    Route{.method = Method::get, .path = "/v1/accounts", .operation_id = "listAccounts", .tag = "accounts",
          .summary = "Accounts of one's own State or office",
          .permission = Permission::account_read, .response = "account", .list = true, .query = page_parameters, .fails_with = page_errors, .handler = &accounts::list},
    Route{.method = Method::post, .path = "/v1/accounts", .operation_id = "createAccount", .tag = "accounts",
          .summary = "Create an account of one's own State or office",
          .permission = Permission::account_write, .request = "account-create", .response = "account", .success = 201, .fails_with = account_errors, .handler = &accounts::create},
    Route{.method = Method::get, .path = "/v1/accounts/{id}", .operation_id = "getAccount", .tag = "accounts",
          .summary = "One account",
          .permission = Permission::account_read, .response = "account", .handler = &accounts::get},
    Route{.method = Method::patch, .path = "/v1/accounts/{id}", .operation_id = "changeAccount", .tag = "accounts",
          .summary = "Change name, roles or status of an account; never one's own roles or status",
          .permission = Permission::account_write, .request = "account-change", .response = "account", .condition = Condition::if_match, .fails_with = account_errors, .handler = &accounts::change},
    Route{.method = Method::post, .path = "/v1/accounts/{id}/confirm", .operation_id = "confirmAccount", .tag = "accounts",
          .summary = "Confirm, as another nominator, an account that was made without the State",
          .permission = Permission::account_write, .response = "account", .condition = Condition::if_match, .fails_with = account_errors, .handler = &accounts::confirm},
    Route{.method = Method::post, .path = "/v1/accounts/{id}/erase", .operation_id = "eraseAccount", .tag = "accounts",
          .summary = "Erase what is personal about a disabled account; proofs still hold",
          .permission = Permission::account_write, .response = "account", .condition = Condition::if_match, .fails_with = account_errors, .handler = &accounts::erase},
    Route{.method = Method::get, .path = "/v1/accounts/{id}/credentials", .operation_id = "listCredentials", .tag = "credentials",
          .summary = "Credentials of an account",
          .permission = Permission::account_read, .response = "credential", .list = true, .query = page_parameters, .fails_with = page_errors, .handler = &credentials::list},
    Route{.method = Method::post, .path = "/v1/accounts/{id}/credentials", .operation_id = "registerCredential", .tag = "credentials",
          .summary = "Register a certificate or issue a token for another account; the token is shown once",
          .permission = Permission::account_write, .request = "credential-register", .response = "credential", .success = 201, .fails_with = account_errors, .handler = &credentials::create},
    Route{.method = Method::post, .path = "/v1/credentials/renew", .operation_id = "renewCredential", .tag = "credentials",
          .summary = "The token of this call replaces itself; the old one ends within 14 days",
          .permission = Permission::own_credential, .request = "credential-renew", .response = "credential", .success = 201, .fails_with = account_errors, .handler = &credentials::renew},
    Route{.method = Method::get, .path = "/v1/credentials/{id}", .operation_id = "getCredential", .tag = "credentials",
          .summary = "One credential; never its secret",
          .permission = Permission::account_read, .response = "credential", .handler = &credentials::get},
    Route{.method = Method::post, .path = "/v1/credentials/{id}/revoke", .operation_id = "revokeCredential", .tag = "credentials",
          .summary = "Revoke a credential of one's own or of an account in one's care",
          .permission = Permission::own_credential, .response = "credential", .fails_with = conflict_errors, .handler = &credentials::revoke},
    Route{.method = Method::get, .path = "/v1/delegations", .operation_id = "listDelegations", .tag = "delegations",
          .summary = "Delegations in one's own State or office",
          .permission = Permission::account_read, .response = "delegation", .list = true, .query = page_parameters, .fails_with = page_errors, .handler = &delegations::list},
    Route{.method = Method::post, .path = "/v1/delegations", .operation_id = "giveDelegation", .tag = "delegations",
          .summary = "Lend a part of one's own roles to another account of the same home",
          .permission = Permission::delegation_write, .request = "delegation-create", .response = "delegation", .success = 201, .fails_with = account_errors, .handler = &delegations::create},
    Route{.method = Method::get, .path = "/v1/delegations/{id}", .operation_id = "getDelegation", .tag = "delegations",
          .summary = "One delegation",
          .permission = Permission::account_read, .response = "delegation", .handler = &delegations::get},
    Route{.method = Method::post, .path = "/v1/delegations/{id}/end", .operation_id = "endDelegation", .tag = "delegations",
          .summary = "End a delegation before its time",
          .permission = Permission::delegation_write, .response = "delegation", .fails_with = conflict_errors, .handler = &delegations::end},
    Route{.method = Method::get, .path = "/v1/signing-keys", .operation_id = "listSigningKeys", .tag = "signing keys",
          .summary = "Public keys with which one's own State signs its submissions, and those of its witnesses",
          .permission = Permission::signing_key_read, .response = "signing-key", .list = true, .query = page_parameters, .fails_with = page_errors, .handler = &signing_keys::list},
    Route{.method = Method::post, .path = "/v1/signing-keys", .operation_id = "registerSigningKey", .tag = "signing keys",
          .summary = "Register a public key of one's own State; with the use \"witness\" its name, State, key and times become public (GET /v1/log/witnesses)",
          .permission = Permission::signing_key_write, .request = "signing-key-register", .response = "signing-key", .success = 201, .fails_with = account_errors, .handler = &signing_keys::create},
    Route{.method = Method::get, .path = "/v1/signing-keys/{id}", .operation_id = "getSigningKey", .tag = "signing keys",
          .summary = "One signing key",
          .permission = Permission::signing_key_read, .response = "signing-key", .handler = &signing_keys::get},
    Route{.method = Method::post, .path = "/v1/signing-keys/{id}/revoke", .operation_id = "revokeSigningKey", .tag = "signing keys",
          .summary = "Revoke a public key of one's own State",
          .permission = Permission::signing_key_write, .response = "signing-key", .fails_with = conflict_errors, .handler = &signing_keys::revoke},
    Route{.method = Method::get, .path = "/v1/states/{code}/settings", .operation_id = "getStateSettings", .tag = "settings",
          .summary = "What one's own State has chosen for itself",
          .permission = Permission::state_settings_read, .response = "state-settings", .handler = &state_settings::get},
    Route{.method = Method::patch, .path = "/v1/states/{code}/settings", .operation_id = "changeStateSettings", .tag = "settings",
          .summary = "Turn a safeguard on, at once, or off, which waits as a proposal (202) for a second person",
          .permission = Permission::state_settings_write, .request = "state-settings-change", .response = "state-settings-outcome", .condition = Condition::if_match, .fails_with = account_errors, .handler = &state_settings::change},
    Route{.method = Method::get, .path = "/v1/proposals", .operation_id = "listProposals", .tag = "proposals",
          .summary = "What waits, or waited, for a second person",
          .permission = Permission::proposal_read, .response = "proposal", .list = true, .query = proposal_parameters, .fails_with = page_errors, .handler = &proposals::list},
    Route{.method = Method::post, .path = "/v1/proposals", .operation_id = "makeProposal", .tag = "proposals",
          .summary = "Propose, as the secretariat, a change of a State's accounts or credentials",
          .permission = Permission::proposal_make, .request = "proposal-create", .response = "proposal", .success = 201, .fails_with = account_errors, .handler = &proposals::create},
    Route{.method = Method::get, .path = "/v1/proposals/{id}", .operation_id = "getProposal", .tag = "proposals",
          .summary = "One proposal",
          .permission = Permission::proposal_read, .response = "proposal", .handler = &proposals::get},
    Route{.method = Method::post, .path = "/v1/proposals/{id}/confirm", .operation_id = "confirmProposal", .tag = "proposals",
          .summary = "Confirm a proposal: it takes effect",
          .permission = Permission::proposal_decide, .response = "proposal", .condition = Condition::if_match, .fails_with = decision_errors, .handler = &proposals::confirm},
    Route{.method = Method::post, .path = "/v1/proposals/{id}/decline", .operation_id = "declineProposal", .tag = "proposals",
          .summary = "Decline a proposal: nothing happens",
          .permission = Permission::proposal_decide, .response = "proposal", .condition = Condition::if_match, .fails_with = decision_errors, .handler = &proposals::decline},

    // THE PORTAL ITSELF
    Route{.method = Method::get, .path = "/", .operation_id = "getIndex", .tag = "portal",
          .summary = "Where to find what",
          .permission = Permission::portal_read, .response = "index", .handler = &description::index},
    Route{.method = Method::get, .path = "/docs", .operation_id = "getDocsIndex", .tag = "portal",
          .summary = "Documentation for scripts: where to begin, and its pages",
          .permission = Permission::portal_read, .response = "", .handler = &docs::index, .media_type = "text/html", .also = markdown},
    Route{.method = Method::get, .path = "/docs/{page}", .operation_id = "getDocsPage", .tag = "portal",
          .summary = "One page of the documentation for scripts; Markdown for who asks for it",
          .permission = Permission::portal_read, .response = "", .fails_with = found_errors, .handler = &docs::get, .media_type = "text/html", .also = markdown},
    Route{.method = Method::get, .path = "/docs/style.css", .operation_id = "getDocsStyle", .tag = "portal",
          .summary = "The style sheet of the portal's pages",
          .permission = Permission::portal_read, .response = "", .handler = &docs::style, .media_type = "text/css"},
    Route{.method = Method::get, .path = "/openapi.json", .operation_id = "getOpenapi", .tag = "portal",
          .summary = "This description",
          .permission = Permission::portal_read, .response = "", .handler = &description::openapi},
    Route{.method = Method::get, .path = "/problems", .operation_id = "listProblems", .tag = "portal",
          .summary = "List the problems that an answer can name",
          .permission = Permission::portal_read, .response = "problem-page", .list = true, .handler = &description::list_problems},
    Route{.method = Method::get, .path = "/problems/{code}", .operation_id = "getProblem", .tag = "portal",
          .summary = "What a problem means and what to do; HTML for who asks for it",
          .permission = Permission::portal_read, .response = "problem-page", .fails_with = found_errors, .handler = &description::get_problem, .also = html},
    Route{.method = Method::get, .path = "/schemas", .operation_id = "listSchemas", .tag = "portal",
          .summary = "List the JSON Schemas",
          .permission = Permission::portal_read, .response = "schema-name", .list = true, .handler = &description::list_schemas},
    Route{.method = Method::get, .path = "/schemas/{name}", .operation_id = "getSchema", .tag = "portal",
          .summary = "Get one JSON Schema",
          .permission = Permission::portal_read, .response = "", .fails_with = found_errors, .handler = &description::get_schema, .media_type = "application/schema+json"},
    Route{.method = Method::get, .path = "/.well-known/security.txt", .operation_id = "getSecurityTxt", .tag = "portal",
          .summary = "Whom to tell about a vulnerability (RFC 9116)",
          .permission = Permission::portal_read, .response = "", .fails_with = found_errors, .handler = &description::security_txt, .media_type = "text/plain"},
    Route{.method = Method::get, .path = "/healthz", .operation_id = "getHealth", .tag = "portal",
          .summary = "Whether the process answers",
          .permission = Permission::portal_read, .response = "health", .handler = &health::alive},
    Route{.method = Method::get, .path = "/readyz", .operation_id = "getReadiness", .tag = "portal",
          .summary = "Whether the portal takes writes",
          .permission = Permission::portal_read, .response = "health", .fails_with = ready_errors, .handler = &health::ready},
};

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace cbmx::api
