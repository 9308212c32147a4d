// The stable names of the rules, in the enum's order; a test checks that every one has its four texts.
#include "domain/error.hpp"

namespace cbmx::domain {

std::string_view name_of(Rule rule)
{
    // clang-format off
    static constexpr std::array<std::string_view, static_cast<std::size_t>(last_rule) + 1> names{
        "malformed", "duplicate_member", "too_deep", "too_many_members", "number_not_integer", "number_out_of_range",
        "lone_surrogate", "nul_character", "required", "unknown_member", "wrong_type", "not_allowed_value",
        "too_short", "too_long", "too_few_items", "too_many_items", "duplicate_item", "below_minimum",
        "above_maximum", "pattern", "format", "not_a_const", "forbidden_character", "server_owned", "no_variant",
        "unknown_parameter", "repeated_parameter", "invalid_value", "unknown_state", "unknown_measure",
        "unknown_period", "unknown_account", "unknown_reference", "not_active", "already_exists",
        "label_recipients", "needs_named_accounts", "needs_eligible_approver", "not_now", "not_participating",
        "somebody_else_can", "by_decision", "nobody_could_confirm", "not_own_role",
        "not_delegable", "end_required", "same_person", "four_eyes", "own_credential", "key_unreadable", "key_secret",
        "key_ended", "file_type", "needs_person_or_office", "needs_a_way_to_reach", "csirt_only_technical",
        "order_of_dates", "contact_account", "empty_interval", "only_named_contact",
        "note_in_future", "wider_on_paper", "refused", "not_this_log",
        "too_many_for_atomic", "row_cells", "no_holder", "term_overlaps", "stale_tag", "weak_tag", "no_tag_matches", "one_strong_tag",
        "holder_enrols", "wrong_code", "wrong_words", "own_hands", "not_attested", "enrolment_ended", "no_possession",
        "certificate_authority", "certificate_purpose", "certificate_expired", "certificate_not_yet_valid", "certificate_revoked",
        "certificate_list_ended", "certificate_other", "asked_again", "suspended", "two_claimants", "not_yet_renewable", "chain_ended",
        "renewed_twice", "without_authority", "needs_nominator", "founded_by_note", "key_not_shown", "two_nominators",
        "no_key", "one_holder", "more_errors", "too_many_values",
        "statement_form", "statement_origin", "statement_kind", "statement_subject", "statement_label", "statement_recipients",
        "statement_content", "statement_version", "statement_key", "statement_time", "statement_salt", "statement_unused", "quota_drafts",
        "quota_draft_bytes", "quota_entries", "quota_submitted_bytes", "quota_accounts", "quota_credentials", "quota_proposals",
        "quota_retries"};
    // clang-format on
    return names[static_cast<std::size_t>(rule)];
}

bool is_cut_short(const std::vector<Violation>& violations) { return !violations.empty() && violations.back().rule == Rule::more_errors; }

Violation more_errors(std::string pointer, std::size_t named)
{
    return {std::move(pointer), Rule::more_errors, {{"limit", std::to_string(named)}}};
}

}  // namespace cbmx::domain
