// The kinds of ledger entries: what each is about, who sees it, what it commits to. One row per kind.
#pragma once
#include <array>
#include <optional>
#include <string_view>

namespace cbmx::domain {

// What an entry is about. The pair (subject kind, id) names one row, whose last entry says how it stands. The last two
// are of no entry: only answers to writes are about them.
enum class Subject {
    portal,
    state,
    state_settings,
    measure,
    period,
    document,
    account,
    credential,
    signing_key,
    delegation,
    proposal,
    report,
    nomination,
    contact,
    batch,
    cosignature
};
inline constexpr std::array<std::string_view, 16> subject_names{
    "portal",      "state",      "state_settings", "measure", "period",     "document", "account", "credential",
    "signing_key", "delegation", "proposal",       "report",  "nomination", "contact",  "batch",   "cosignature"};
constexpr std::string_view name_of(Subject subject) { return subject_names[static_cast<std::size_t>(subject)]; }

inline constexpr const char* portal_id = "portal";  // the subject of entries about the portal itself

// clang-format off
enum class EventKind {
    genesis, portal_changed, log_key_changed,
    state_changed, state_settings_changed, measure_changed, period_changed, document_changed,
    account_created, account_changed, account_erased,
    credential_registered, credential_revoked, signing_key_registered, signing_key_revoked,
    delegation_given, delegation_ended, proposal_made, proposal_declined, proposal_confirmed,
    report_submitted, report_returned, report_published, report_label_changed, report_recipients_changed,
    report_withdrawn, report_erased,
    nomination_made, nomination_recorded, nomination_accepted, nomination_returned, nomination_withdrawn,
    nomination_confirmed, nomination_objected, nomination_erased,
    contact_listed, contact_amended, contact_confirmed, contact_reduced, contact_objected, contact_removed, contact_relisted,
    contact_erased,
};
// clang-format on

// Who sees entries of a kind (judged when read). Auditors see every entry and no content.
enum class EntryAudience {
    everyone,
    own_state,   // accounts of the State or office; the secretariat where it acted
    drafters,    // who may read the State's drafts (for RED: the named accounts)
    readers,     // everyone who may read the record now
    registrars,  // accounts of the State concerned, and the secretariat
    directory,   // everyone who may read the contact now
};
inline constexpr std::array<std::string_view, 6> entry_audience_names{"everyone", "own_state",  "drafters",
                                                                      "readers",  "registrars", "directory"};

struct EventRow {
    EventKind kind;
    std::string_view name;
    Subject subject;
    EntryAudience audience;
};

// clang-format off
inline constexpr std::array event_table{
    EventRow{EventKind::genesis, "genesis", Subject::portal, EntryAudience::everyone},
    EventRow{EventKind::portal_changed, "portal_changed", Subject::portal, EntryAudience::everyone},
    EventRow{EventKind::log_key_changed, "log_key_changed", Subject::portal, EntryAudience::everyone},
    EventRow{EventKind::state_changed, "state_changed", Subject::state, EntryAudience::everyone},
    EventRow{EventKind::state_settings_changed, "state_settings_changed", Subject::state_settings, EntryAudience::own_state},
    EventRow{EventKind::measure_changed, "measure_changed", Subject::measure, EntryAudience::everyone},
    EventRow{EventKind::period_changed, "period_changed", Subject::period, EntryAudience::everyone},
    EventRow{EventKind::document_changed, "document_changed", Subject::document, EntryAudience::everyone},
    EventRow{EventKind::account_created, "account_created", Subject::account, EntryAudience::own_state},
    EventRow{EventKind::account_changed, "account_changed", Subject::account, EntryAudience::own_state},
    EventRow{EventKind::account_erased, "account_erased", Subject::account, EntryAudience::own_state},
    EventRow{EventKind::credential_registered, "credential_registered", Subject::credential, EntryAudience::own_state},
    EventRow{EventKind::credential_revoked, "credential_revoked", Subject::credential, EntryAudience::own_state},
    EventRow{EventKind::signing_key_registered, "signing_key_registered", Subject::signing_key, EntryAudience::own_state},
    EventRow{EventKind::signing_key_revoked, "signing_key_revoked", Subject::signing_key, EntryAudience::own_state},
    EventRow{EventKind::delegation_given, "delegation_given", Subject::delegation, EntryAudience::own_state},
    EventRow{EventKind::delegation_ended, "delegation_ended", Subject::delegation, EntryAudience::own_state},
    EventRow{EventKind::proposal_made, "proposal_made", Subject::proposal, EntryAudience::own_state},
    EventRow{EventKind::proposal_declined, "proposal_declined", Subject::proposal, EntryAudience::own_state},
    EventRow{EventKind::proposal_confirmed, "proposal_confirmed", Subject::proposal, EntryAudience::own_state},
    EventRow{EventKind::report_submitted, "report_submitted", Subject::report, EntryAudience::drafters},
    EventRow{EventKind::report_returned, "report_returned", Subject::report, EntryAudience::drafters},
    EventRow{EventKind::report_published, "report_published", Subject::report, EntryAudience::readers},
    EventRow{EventKind::report_label_changed, "report_label_changed", Subject::report, EntryAudience::readers},
    EventRow{EventKind::report_recipients_changed, "report_recipients_changed", Subject::report, EntryAudience::readers},
    EventRow{EventKind::report_withdrawn, "report_withdrawn", Subject::report, EntryAudience::readers},
    EventRow{EventKind::report_erased, "report_erased", Subject::report, EntryAudience::readers},
    EventRow{EventKind::nomination_made, "nomination_made", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_recorded, "nomination_recorded", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_accepted, "nomination_accepted", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_returned, "nomination_returned", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_withdrawn, "nomination_withdrawn", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_confirmed, "nomination_confirmed", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_objected, "nomination_objected", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::nomination_erased, "nomination_erased", Subject::nomination, EntryAudience::registrars},
    EventRow{EventKind::contact_listed, "contact_listed", Subject::contact, EntryAudience::directory},
    EventRow{EventKind::contact_amended, "contact_amended", Subject::contact, EntryAudience::directory},
    EventRow{EventKind::contact_confirmed, "contact_confirmed", Subject::contact, EntryAudience::directory},
    EventRow{EventKind::contact_reduced, "contact_reduced", Subject::contact, EntryAudience::registrars},
    EventRow{EventKind::contact_objected, "contact_objected", Subject::contact, EntryAudience::registrars},
    EventRow{EventKind::contact_removed, "contact_removed", Subject::contact, EntryAudience::directory},
    EventRow{EventKind::contact_relisted, "contact_relisted", Subject::contact, EntryAudience::directory},
    EventRow{EventKind::contact_erased, "contact_erased", Subject::contact, EntryAudience::directory},
};
// clang-format on
static_assert(
    [] {
        for (std::size_t i = 0; i < event_table.size(); ++i)
            if (static_cast<std::size_t>(event_table[i].kind) != i)
                return false;
        return event_table.size() == static_cast<std::size_t>(EventKind::contact_erased) + 1;
    }(),
    "one row per kind, in the enum's order");

// Entries that say that what their subject's earlier entries commit to was taken out.
constexpr bool is_erasure(EventKind kind)
{
    return kind == EventKind::account_erased || kind == EventKind::report_erased || kind == EventKind::nomination_erased ||
           kind == EventKind::contact_erased;
}

// Entries that commit to content; all others commit to a change record.
constexpr bool is_content_kind(EventKind kind)
{
    using enum EventKind;
    return kind == report_submitted || kind == report_published || kind == nomination_made || kind == nomination_recorded ||
           kind == contact_listed || kind == contact_amended;
}

constexpr const EventRow& row_of(EventKind kind) { return event_table[static_cast<std::size_t>(kind)]; }

constexpr std::optional<EventKind> event_kind_from(std::string_view name)
{
    for (const auto& row : event_table)
        if (row.name == name)
            return row.kind;
    return std::nullopt;
}

}  // namespace cbmx::domain
