// What rows of the route table name in common: query parameters, problems, media types. Only routes.cpp uses it.
#pragma once
#include "api/answer.hpp"
#include "api/handlers/changes.hpp"
#include "domain/event.hpp"
#include "service/log/changes.hpp"
#include <array>

namespace cbmx::api::rows {

inline constexpr std::array report_parameters{
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
inline constexpr std::array difference_parameters{
    Parameter{.name = "from", .kind = Kind::integer, .summary = "The earlier revision", .required = true},
    Parameter{.name = "to", .kind = Kind::integer, .summary = "The later revision", .required = true},
};
inline constexpr std::array report_list_errors{ErrorCode::invalid_parameter, ErrorCode::beyond_published_size};
inline constexpr std::array report_create_errors{ErrorCode::validation_failed, ErrorCode::audience_contradiction,
                                                 ErrorCode::reference_conflict};
inline constexpr std::array report_edit_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::audience_contradiction};
inline constexpr std::array transition_errors{ErrorCode::conflict};
inline constexpr std::array submit_errors{ErrorCode::conflict, ErrorCode::not_eligible};
inline constexpr std::array publish_errors{ErrorCode::conflict, ErrorCode::four_eyes, ErrorCode::validation_failed,
                                           ErrorCode::signature_invalid, ErrorCode::signature_required};
inline constexpr std::array audience_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::audience_contradiction};
inline constexpr std::array cosign_errors{ErrorCode::validation_failed, ErrorCode::signature_invalid};
inline constexpr std::array ready_errors{ErrorCode::read_only};
inline constexpr std::array page_parameters{limit_parameter, cursor_parameter};
inline constexpr std::array proposal_parameters{
    Parameter{.name = "status", .kind = Kind::choice, .summary = "Only proposals in this state", .choices = "waiting|confirmed|declined"},
    limit_parameter, cursor_parameter};
inline constexpr std::array page_errors{ErrorCode::invalid_parameter};
inline constexpr std::array account_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};
inline constexpr std::array conflict_errors{ErrorCode::conflict};
inline constexpr std::array decision_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};
inline constexpr std::array batch_parameters{
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
inline constexpr std::array<std::string_view, 3> batch_types{"application/json", "application/x-ndjson", "text/csv"};
inline constexpr std::array batch_errors{ErrorCode::malformed_json, ErrorCode::validation_failed};
inline constexpr std::array export_errors{ErrorCode::unavailable};
inline constexpr std::array changes_query{
    Parameter{.name = "after", .kind = Kind::seq, .summary = "The last number that was processed; without it the feed begins at entry 0"},
    Parameter{
        .name = "limit", .kind = Kind::integer, .summary = "Entries per answer, 1 to 1000 (default 100)", .maximum = service::max_changes},
    Parameter{.name = "wait",
              .kind = Kind::integer,
              .summary = "How many seconds to wait, 0 to 25, when there is nothing new yet (long polling)",
              .minimum = 0,
              .maximum = changes::longest_wait_seconds},
};
inline constexpr std::array<std::string_view, 1> events{changes::event_stream_type};
inline constexpr std::array leaves_query{
    Parameter{.name = "from", .kind = Kind::seq, .summary = "First position", .required = true},
    Parameter{.name = "to", .kind = Kind::seq, .summary = "Last position (inclusive); at most 1000 positions"},
};
inline constexpr std::array inclusion_query{
    Parameter{.name = "index", .kind = Kind::seq, .summary = "Position of the leaf", .required = true},
    Parameter{.name = "size", .kind = Kind::seq, .summary = "Size of the tree", .required = true},
};
inline constexpr std::array consistency_query{
    Parameter{.name = "first", .kind = Kind::seq, .summary = "Size of the earlier tree, at least 1", .required = true},
    Parameter{.name = "second", .kind = Kind::seq, .summary = "Size of the later tree", .required = true},
};
inline constexpr std::array audit_query{
    Parameter{.name = "subject", .kind = Kind::text, .summary = "Only entries about the record of this id or code"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only entries of this kind", .choices = domain::event_kind_choices},
    Parameter{.name = "after", .kind = Kind::seq, .summary = "The last number of the previous page"},
    Parameter{
        .name = "limit", .kind = Kind::integer, .summary = "Entries per answer, 1 to 1000 (default 100)", .maximum = service::max_changes},
};
inline constexpr std::array beyond_errors{ErrorCode::beyond_published_size};
inline constexpr std::array missing_errors{ErrorCode::not_found};
inline constexpr std::array document_parameters{
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
inline constexpr std::array found_errors{ErrorCode::not_found};
inline constexpr std::array<std::string_view, 1> plain_text{"text/plain"};
inline constexpr std::array<std::string_view, 1> html{"text/html"};
inline constexpr std::array<std::string_view, 1> markdown{"text/markdown"};
inline constexpr Parameter scope_parameter{.name = "scope",
                                           .kind = Kind::choice,
                                           .summary = "minimal: only State, category, office, institution, languages and freshness",
                                           .choices = "full|minimal"};
inline constexpr Parameter contact_state{
    .name = "state", .kind = Kind::text, .summary = "Only contacts of this State (ISO 3166-1 alpha-2)"};
inline constexpr Parameter contact_category{
    .name = "category", .kind = Kind::choice, .summary = "Only this category", .choices = "policy|foreign_affairs|technical"};
inline constexpr std::array contact_parameters{
    contact_state,
    contact_category,
    Parameter{.name = "status",
              .kind = Kind::choice,
              .summary = "Default: listed. Objected and removed contacts are visible only to their State and the secretariat",
              .choices = "listed|objected|removed"},
    Parameter{.name = "language", .kind = Kind::text, .summary = "Only contacts that work in this language (BCP 47; es finds es-419)"},
    Parameter{.name = "reachable_now", .kind = Kind::choice, .summary = "Only contacts that are within their hours now", .choices = "true"},
    Parameter{.name = "confirmation_due",
              .kind = Kind::choice,
              .summary = "Only contacts whose yearly confirmation is due within 30 days, or has lapsed",
              .choices = "true"},
    Parameter{.name = "key_expiring",
              .kind = Kind::choice,
              .summary = "Only contacts with a key that expires within 60 days or has expired",
              .choices = "true"},
    Parameter{.name = "text", .kind = Kind::text, .summary = "Only contacts that contain all these words, ignoring case and accents"},
    scope_parameter,
    limit_parameter,
    cursor_parameter,
};
inline constexpr std::array calendar_parameters{contact_state, contact_category};
inline constexpr std::array one_contact_parameters{scope_parameter};
inline constexpr std::array nomination_parameters{
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only nominations by this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only this kind", .choices = "nomination|amendment|removal"},
    Parameter{
        .name = "status", .kind = Kind::choice, .summary = "Only nominations in this state", .choices = "open|accepted|returned|withdrawn"},
    Parameter{.name = "state_position",
              .kind = Kind::choice,
              .summary = "Only nominations that the secretariat recorded and the State has answered this way",
              .choices = "unanswered|confirmed|objected"},
    Parameter{.name = "contact", .kind = Kind::text, .summary = "Only nominations about this contact"},
    limit_parameter,
    cursor_parameter,
};
inline constexpr std::array contact_step_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};
inline constexpr std::array contact_get_errors{ErrorCode::not_found, ErrorCode::not_acceptable};
inline constexpr std::array nomination_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::reference_conflict,
                                              ErrorCode::unavailable};
inline constexpr std::array registry_change_errors{ErrorCode::not_found, ErrorCode::precondition_failed};

}  // namespace cbmx::api::rows
