// What can go wrong because of a caller's input. Everything here becomes an RFC 9457 problem in api/problem.cpp;
// what means that the machine or the program is broken is an exception instead.
// ErrorCode names the problem as a whole, Rule the single rule that one place in the input breaks.
#pragma once
#include <array>
#include <boost/system/result.hpp>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbmx::domain {

// clang-format off
enum class ErrorCode {
    bad_request, malformed_json, unknown_parameter, invalid_parameter,
    unauthenticated, invalid_credential, forbidden, token_scope, four_eyes, not_eligible,
    not_found, method_not_allowed, not_acceptable, request_timeout,
    conflict, reference_conflict, quota_exceeded, beyond_published_size,
    precondition_failed, content_too_large, uri_too_long, unsupported_media_type, misdirected,
    validation_failed, audience_contradiction, signature_invalid, signature_required, idempotency_key_reused,
    precondition_required, too_many_requests, headers_too_large,
    internal, not_implemented, storage_low, unavailable, read_only,
};
// clang-format on

struct ErrorRow {
    ErrorCode code;
    int status;             // HTTP
    std::string_view slug;  // /problems/{slug}; texts under "problem.{slug}.title" and ".detail"
};

// clang-format off
inline constexpr std::array error_table{
    ErrorRow{ErrorCode::bad_request, 400, "bad-request"},
    ErrorRow{ErrorCode::malformed_json, 400, "malformed-json"},
    ErrorRow{ErrorCode::unknown_parameter, 400, "unknown-parameter"},
    ErrorRow{ErrorCode::invalid_parameter, 400, "invalid-parameter"},
    ErrorRow{ErrorCode::unauthenticated, 401, "unauthenticated"},
    ErrorRow{ErrorCode::invalid_credential, 401, "invalid-credential"},
    ErrorRow{ErrorCode::forbidden, 403, "forbidden"},
    ErrorRow{ErrorCode::token_scope, 403, "token-scope"},
    ErrorRow{ErrorCode::four_eyes, 403, "four-eyes"},
    ErrorRow{ErrorCode::not_eligible, 403, "not-eligible"},
    ErrorRow{ErrorCode::not_found, 404, "not-found"},
    ErrorRow{ErrorCode::method_not_allowed, 405, "method-not-allowed"},
    ErrorRow{ErrorCode::not_acceptable, 406, "not-acceptable"},
    ErrorRow{ErrorCode::request_timeout, 408, "request-timeout"},
    ErrorRow{ErrorCode::conflict, 409, "conflict"},
    ErrorRow{ErrorCode::reference_conflict, 409, "reference-conflict"},
    ErrorRow{ErrorCode::quota_exceeded, 409, "quota-exceeded"},
    ErrorRow{ErrorCode::beyond_published_size, 404, "beyond-published-size"},
    ErrorRow{ErrorCode::precondition_failed, 412, "precondition-failed"},
    ErrorRow{ErrorCode::content_too_large, 413, "content-too-large"},
    ErrorRow{ErrorCode::uri_too_long, 414, "uri-too-long"},
    ErrorRow{ErrorCode::unsupported_media_type, 415, "unsupported-media-type"},
    ErrorRow{ErrorCode::misdirected, 421, "misdirected"},
    ErrorRow{ErrorCode::validation_failed, 422, "validation-failed"},
    ErrorRow{ErrorCode::audience_contradiction, 422, "audience-contradiction"},
    ErrorRow{ErrorCode::signature_invalid, 422, "signature-invalid"},
    ErrorRow{ErrorCode::signature_required, 422, "signature-required"},
    ErrorRow{ErrorCode::idempotency_key_reused, 422, "idempotency-key-reused"},
    ErrorRow{ErrorCode::precondition_required, 428, "precondition-required"},
    ErrorRow{ErrorCode::too_many_requests, 429, "too-many-requests"},
    ErrorRow{ErrorCode::headers_too_large, 431, "headers-too-large"},
    ErrorRow{ErrorCode::internal, 500, "internal"},
    ErrorRow{ErrorCode::not_implemented, 501, "not-implemented"},
    ErrorRow{ErrorCode::storage_low, 503, "storage-low"},
    ErrorRow{ErrorCode::unavailable, 503, "unavailable"},
    ErrorRow{ErrorCode::read_only, 503, "read-only"},
};
// clang-format on

constexpr const ErrorRow& row_of(ErrorCode code)
{
    for (const auto& row : error_table)
        if (row.code == code)
            return row;
    std::terminate();
}
static_assert(
    [] {
        for (std::size_t i = 0; i < error_table.size(); ++i)
            if (static_cast<std::size_t>(error_table[i].code) != i)
                return false;
        return error_table.size() == static_cast<std::size_t>(ErrorCode::read_only) + 1;
    }(),
    "error_table has one row per code, in the enum's order");

// The stable machine code of one broken rule; texts under "rule.{code}".
// clang-format off
enum class Rule {
    malformed,            // not JSON, not UTF-8, bad encoding; args: at (byte offset)
    duplicate_member, too_deep, too_many_members, number_not_integer, number_out_of_range, lone_surrogate, nul_character,
    required, unknown_member, wrong_type, not_allowed_value, too_short, too_long, too_few_items, too_many_items,
    duplicate_item, below_minimum, above_maximum, pattern, format, not_a_const, forbidden_character, server_owned,
    no_variant,           // none of the alternatives of oneOf / anyOf fits
    unknown_parameter, repeated_parameter, invalid_value,
    unknown_state, unknown_measure, unknown_period, unknown_account, unknown_reference, not_active, already_exists,
    label_recipients, needs_named_accounts, needs_eligible_approver,
    not_now,              // args: workflow_state
    not_participating, somebody_else_can, by_decision,
    nobody_could_confirm, // nobody of the State has the role, a credential and four eyes now
    not_own_role, not_delegable, end_required, same_person, four_eyes, own_credential,
    key_unreadable, key_secret, key_ended,
    file_type,            // args: allowed
    needs_person_or_office, needs_a_way_to_reach, csirt_only_technical, order_of_dates, contact_account, empty_interval,
    only_named_contact, note_in_future, wider_on_paper,
    refused,              // of an item of a batch, by the problem that args name: problem (slug), and its own arguments
    not_this_log,
    too_many_for_atomic,  // of a batch, which mode=each takes in parts; args: limit (items), kib (of text)
    row_cells,            // of a table: more or fewer than columns; args: cells, columns
    no_holder, term_overlaps,  // of an office; args: office; term
    stale_tag, weak_tag, no_tag_matches,  // of If-Match; args: present (version: "4", "d4" of a working copy)
    one_strong_tag,
    holder_enrols,        // a certificate: its holder brings it
    wrong_code,           // of an enrolment; args: left (tries)
    wrong_words,          // of an attestation: other check words than its holder was given
    own_hands,            // who attests could have held the credential too
    not_attested,         // somebody else could hold the caller's credential
    enrolment_ended,      // used, taken back, or its time is over
    no_possession,        // what should prove the possession of a key does not
    certificate_authority, certificate_purpose, certificate_expired, certificate_not_yet_valid, certificate_revoked,
    certificate_list_ended, certificate_other,  // why a handshake would refuse it
    asked_again,          // of a State whose one official acts alone; args: from
    suspended,            // the caller's account, by a note verbale
    two_claimants,        // of one State, until its mission confirms its note in person
    not_yet_renewable,    // args: from
    chain_ended,          // of renewals; args: days
    renewed_twice,        // with another hash: both have ended
    without_authority,    // neither a note verbale nor a nominator of the State stands behind the account
    needs_nominator,      // of the officials that a note founds a State with
    founded_by_note,      // what the operator does not do for a State
    key_not_shown,        // a key of a State: neither its key before, nor a note verbale, nor anybody who could confirm it
    two_nominators,       // of a State, whose key needs no note verbale
    no_key,               // of the State for statements is active
    one_holder,           // of a State that would require its signature of itself
    more_errors,          // judging stopped after as many as args say: limit
    too_many_values,      // of a JSON text, on all levels together; args: limit
    statement_form,       // what a State signed is no statement
    statement_origin, statement_kind, statement_subject, statement_label, statement_recipients, statement_content,
                          // it says something else than what is being made; args: what that is
    statement_version,    // args: said, version
    statement_key,        // no key of the State that signs statements now
    statement_time,       // in the future, or too long ago; args: days
    statement_salt,       // not 32 bytes, or used before
    statement_unused,     // nothing that a State signs comes of this request
    quota_drafts, quota_draft_bytes, quota_entries, quota_submitted_bytes, quota_accounts, quota_credentials, quota_proposals,
    quota_retries,        // domain/quotas.hpp; args: limit, and of entries: from
};
// clang-format on
inline constexpr Rule last_rule = Rule::quota_retries;

std::string_view name_of(Rule rule);  // "unknown_member"; error.cpp holds the table, in the enum's order

using Arguments = std::vector<std::pair<std::string, std::string>>;  // named values for the text's {placeholders}

struct Violation {
    std::string pointer;  // JSON Pointer into the body (RFC 6901), or "query:limit", "header:If-Match", "path:id", "line:3/hours" of a
                          // table, "item:3/report/status" of a batch
    Rule rule;
    Arguments arguments = {};
};

// Judging stops at these bounds (rules.md 9): whoever sends a body full of mistakes costs no more than one who sends a few. The list
// then ends with more_errors, and is one longer than the bound.
inline constexpr std::size_t max_violations_of_body = 100;
inline constexpr std::size_t max_violations_of_item = 20;      // of a batch or a table
inline constexpr std::size_t max_violations_of_batch = 1'000;  // of all its items; beyond, one for each item that is refused

// Whether judging stopped before its end: what the list does not name may be wrong, too, even have the wrong type.
bool is_cut_short(const std::vector<Violation>& violations);
Violation more_errors(std::string pointer, std::size_t named);

struct Error {
    ErrorCode code;
    std::vector<Violation> violations = {};
    Arguments arguments = {};
};

// boost::system::result asks for this when value() is called on an error: that is a bug of ours.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&)
{
    throw std::logic_error("unchecked result: " + std::string(row_of(error.code).slug));
}

template <class T>
using Result = boost::system::result<T, Error>;

inline Error not_found() { return Error{ErrorCode::not_found}; }
inline Error invalid(std::string pointer, Rule rule, Arguments arguments = {})
{
    return Error{ErrorCode::validation_failed, {Violation{std::move(pointer), rule, std::move(arguments)}}};
}

}  // namespace cbmx::domain
