// QUOTAS: how much room each State or office, and each account, has in the portal, so that nobody takes that of the others
// (rules.md 27e). The same for every State; the secretariat may raise one for a State, never lower it below what stands here. /docs/limits
// is written from this table. What is used is counted by triggers (schema/migrations/0008_quotas.sql) in the transaction that uses it;
// service/quotas.hpp asks. Only what is new is refused, never a decision on what is there.
#pragma once
#include "domain/error.hpp"
#include "domain/table.hpp"
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cbmx::domain {

enum class Quota { drafts, draft_bytes, entries, submitted_bytes, accounts, credentials, proposals, retries };
inline constexpr std::size_t quota_count = static_cast<std::size_t>(Quota::retries) + 1;

enum class QuotaOf { home, account };  // home: a State or an office
enum class QuotaSpan { now, day };     // what there is now, or what came on one day (UTC)

struct QuotaRow {
    Quota quota;
    std::string_view name;
    QuotaOf of;
    QuotaSpan span;
    std::int64_t limit;
    Rule rule;              // what the refusal says
    std::string_view what;  // English: of what, for the documentation
};

inline constexpr std::int64_t quota_raised_at_most = 100;  // times the limit that stands here

// clang-format off
inline constexpr std::array quota_table{
    QuotaRow{Quota::drafts,          "drafts",          QuotaOf::home,    QuotaSpan::now,       5'000, Rule::quota_drafts,
             "working copies of reports"},
    QuotaRow{Quota::draft_bytes,     "draft_bytes",     QuotaOf::home,    QuotaSpan::now,  67'108'864, Rule::quota_draft_bytes,
             "bytes of all working copies together"},
    QuotaRow{Quota::entries,         "entries",         QuotaOf::home,    QuotaSpan::day,      20'000, Rule::quota_entries,
             "entries in the log on one day (UTC), after which nothing new is taken"},
    QuotaRow{Quota::submitted_bytes, "submitted_bytes", QuotaOf::home,    QuotaSpan::day, 268'435'456, Rule::quota_submitted_bytes,
             "bytes of what is submitted on one day (UTC)"},
    QuotaRow{Quota::accounts,        "accounts",        QuotaOf::home,    QuotaSpan::now,         200, Rule::quota_accounts,
             "accounts that are not disabled"},
    QuotaRow{Quota::credentials,     "credentials",     QuotaOf::account, QuotaSpan::now,          50, Rule::quota_credentials,
             "credentials that are not revoked, and open enrolments"},
    QuotaRow{Quota::proposals,       "proposals",       QuotaOf::home,    QuotaSpan::now,         200, Rule::quota_proposals,
             "proposals that wait for a decision"},
    QuotaRow{Quota::retries,         "retries",         QuotaOf::account, QuotaSpan::now,      50'000, Rule::quota_retries,
             "`Idempotency-Key` records that are kept"},
};
// clang-format on
static_assert(has_row_for_each(quota_table, &QuotaRow::quota, quota_count), "one row per quota, in the enum's order");

constexpr const QuotaRow& row_of(Quota quota) { return quota_table[static_cast<std::size_t>(quota)]; }
constexpr std::string_view name_of(Quota quota) { return row_of(quota).name; }

constexpr std::optional<Quota> quota_from(std::string_view name)
{
    for (const auto& row : quota_table)
        if (row.name == name)
            return row.quota;
    return std::nullopt;
}

}  // namespace cbmx::domain
