// The kinds of ledger entries: what each is about, who sees it, what it commits to. One row per kind.
#pragma once
#include "domain/subject.hpp"

namespace cbmx::domain {

// clang-format off
enum class EventKind {
    genesis, portal_changed, log_key_changed,
    state_changed, state_membership_changed, state_access_changed, state_settings_changed, state_quotas_changed,
    measure_changed, period_changed, office_term_changed, document_changed,
    account_created, account_changed, account_suspended, account_objected, account_erased,
    enrolment_made, enrolment_used, enrolment_attested, enrolment_ended,
    credential_offered, credential_registered, credential_proven, credential_claimed, credential_revoked,
    signing_key_registered, signing_key_revoked,
    delegation_given, delegation_ended, proposal_made, proposal_scheduled, proposal_declined, proposal_confirmed,
    proposal_ended,
    report_submitted, report_returned, report_published, report_label_changed, report_recipients_changed,
    report_withdrawn, report_restored, report_erased,
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
constexpr std::string_view name_of(EntryAudience audience) { return entry_audience_names[static_cast<std::size_t>(audience)]; }

// What the commitment of an entry covers.
enum class Commits {
    content,  // of the record: the text that a State stands by
    change,   // the change record: how the row stands after it
    erasure,  // the change record; what the subject's earlier entries commit to was taken out
};

// Whether an entry of a kind is a word of the State whose account makes it, which the State's key may sign (rules.md 27c).
enum class Signing {
    none,
    free,  // signed as its State likes: it is how a State comes by its keys, and gets rid of them
    due,   // signed where its State's settings ask for that
};

struct EventRow {
    EventKind kind;
    std::string_view name;
    Cell<Subject> subject;
    Cell<EntryAudience> audience;
    Cell<Commits> commits;
    Cell<Signing> signing;
};

// clang-format off
inline constexpr auto event_table = [] {
    using enum EventKind;
    using enum Commits;
    using enum Signing;
    return std::to_array<EventRow>({
        {genesis,                   "genesis",                   Subject::portal,         EntryAudience::everyone,   change,  none},
        {portal_changed,            "portal_changed",            Subject::portal,         EntryAudience::everyone,   change,  none},
        {log_key_changed,           "log_key_changed",           Subject::portal,         EntryAudience::everyone,   change,  none},
        {state_changed,             "state_changed",             Subject::state,          EntryAudience::everyone,   change,  none},
        {state_membership_changed,  "state_membership_changed",  Subject::state,          EntryAudience::everyone,   change,  none},
        {state_access_changed,      "state_access_changed",      Subject::state,          EntryAudience::everyone,   change,  none},
        {state_settings_changed,    "state_settings_changed",    Subject::state_settings, EntryAudience::own_state,  change,  due},
        {state_quotas_changed,      "state_quotas_changed",      Subject::state_quotas,   EntryAudience::registrars, change,  none},
        {measure_changed,           "measure_changed",           Subject::measure,        EntryAudience::everyone,   change,  none},
        {period_changed,            "period_changed",            Subject::period,         EntryAudience::everyone,   change,  none},
        {office_term_changed,       "office_term_changed",       Subject::office_term,    EntryAudience::everyone,   change,  none},
        {document_changed,          "document_changed",          Subject::document,       EntryAudience::everyone,   change,  none},
        {account_created,           "account_created",           Subject::account,        EntryAudience::own_state,  change,  none},
        {account_changed,           "account_changed",           Subject::account,        EntryAudience::own_state,  change,  none},
        {account_suspended,         "account_suspended",         Subject::account,        EntryAudience::own_state,  change,  none},
        {account_objected,          "account_objected",          Subject::account,        EntryAudience::own_state,  change,  none},
        {account_erased,            "account_erased",            Subject::account,        EntryAudience::own_state,  erasure, none},
        {enrolment_made,            "enrolment_made",            Subject::enrolment,      EntryAudience::own_state,  change,  none},
        {enrolment_used,            "enrolment_used",            Subject::enrolment,      EntryAudience::own_state,  change,  none},
        {enrolment_attested,        "enrolment_attested",        Subject::enrolment,      EntryAudience::own_state,  change,  none},
        {enrolment_ended,           "enrolment_ended",           Subject::enrolment,      EntryAudience::own_state,  change,  none},
        {credential_offered,        "credential_offered",        Subject::credential,     EntryAudience::own_state,  change,  none},
        {credential_registered,     "credential_registered",     Subject::credential,     EntryAudience::own_state,  change,  none},
        {credential_proven,         "credential_proven",         Subject::credential,     EntryAudience::own_state,  change,  none},
        {credential_claimed,        "credential_claimed",        Subject::credential,     EntryAudience::own_state,  change,  none},
        {credential_revoked,        "credential_revoked",        Subject::credential,     EntryAudience::own_state,  change,  none},
        {signing_key_registered,    "signing_key_registered",    Subject::signing_key,    EntryAudience::everyone,   change,  free},
        {signing_key_revoked,       "signing_key_revoked",       Subject::signing_key,    EntryAudience::everyone,   change,  free},
        {delegation_given,          "delegation_given",          Subject::delegation,     EntryAudience::own_state,  change,  none},
        {delegation_ended,          "delegation_ended",          Subject::delegation,     EntryAudience::own_state,  change,  none},
        {proposal_made,             "proposal_made",             Subject::proposal,       EntryAudience::own_state,  change,  none},
        {proposal_scheduled,        "proposal_scheduled",        Subject::proposal,       EntryAudience::own_state,  change,  none},
        {proposal_declined,         "proposal_declined",         Subject::proposal,       EntryAudience::own_state,  change,  none},
        {proposal_confirmed,        "proposal_confirmed",        Subject::proposal,       EntryAudience::own_state,  change,  none},
        {proposal_ended,            "proposal_ended",            Subject::proposal,       EntryAudience::own_state,  change,  none},
        {report_submitted,          "report_submitted",          Subject::report,         EntryAudience::drafters,   content, none},
        {report_returned,           "report_returned",           Subject::report,         EntryAudience::drafters,   change,  none},
        {report_published,          "report_published",          Subject::report,         EntryAudience::readers,    content, due},
        {report_label_changed,      "report_label_changed",      Subject::report,         EntryAudience::readers,    change,  due},
        {report_recipients_changed, "report_recipients_changed", Subject::report,         EntryAudience::readers,    change,  due},
        {report_withdrawn,          "report_withdrawn",          Subject::report,         EntryAudience::readers,    change,  due},
        {report_restored,           "report_restored",           Subject::report,         EntryAudience::readers,    change,  due},
        {report_erased,             "report_erased",             Subject::report,         EntryAudience::readers,    erasure, due},
        {nomination_made,           "nomination_made",           Subject::nomination,     EntryAudience::registrars, content, due},
        {nomination_recorded,       "nomination_recorded",       Subject::nomination,     EntryAudience::registrars, content, none},
        {nomination_accepted,       "nomination_accepted",       Subject::nomination,     EntryAudience::registrars, change,  none},
        {nomination_returned,       "nomination_returned",       Subject::nomination,     EntryAudience::registrars, change,  none},
        {nomination_withdrawn,      "nomination_withdrawn",      Subject::nomination,     EntryAudience::registrars, change,  none},
        {nomination_confirmed,      "nomination_confirmed",      Subject::nomination,     EntryAudience::registrars, change,  due},
        {nomination_objected,       "nomination_objected",       Subject::nomination,     EntryAudience::registrars, change,  due},
        {nomination_erased,         "nomination_erased",         Subject::nomination,     EntryAudience::registrars, erasure, none},
        {contact_listed,            "contact_listed",            Subject::contact,        EntryAudience::directory,  content, none},
        {contact_amended,           "contact_amended",           Subject::contact,        EntryAudience::directory,  content, due},
        {contact_confirmed,         "contact_confirmed",         Subject::contact,        EntryAudience::directory,  change,  due},
        {contact_reduced,           "contact_reduced",           Subject::contact,        EntryAudience::registrars, change,  due},
        {contact_objected,          "contact_objected",          Subject::contact,        EntryAudience::registrars, change,  none},
        {contact_removed,           "contact_removed",           Subject::contact,        EntryAudience::directory,  change,  due},
        {contact_relisted,          "contact_relisted",          Subject::contact,        EntryAudience::directory,  change,  none},
        {contact_erased,            "contact_erased",            Subject::contact,        EntryAudience::directory,  erasure, none},
    });
}();
// clang-format on
static_assert(has_row_for_each(event_table, &EventRow::kind, static_cast<std::size_t>(EventKind::contact_erased) + 1),
              "one row per kind, in the enum's order");

constexpr const EventRow& row_of(EventKind kind) { return event_table[static_cast<std::size_t>(kind)]; }
constexpr bool is_content_kind(EventKind kind) { return row_of(kind).commits == Commits::content; }
constexpr bool is_erasure(EventKind kind) { return row_of(kind).commits == Commits::erasure; }

constexpr std::optional<EventKind> event_kind_from(std::string_view name)
{
    for (const auto& row : event_table)
        if (row.name == name)
            return row.kind;
    return std::nullopt;
}

// The first kind of this subject that commits so; nullopt: it has none.
constexpr std::optional<EventKind> kind_that(Commits commits, Subject subject)
{
    for (const auto& row : event_table)
        if (row.subject == subject && row.commits == commits)
            return row.kind;
    return std::nullopt;
}

// Subjects whose entries commit to content of their own: reports, nominations, contacts.
constexpr bool has_content(Subject subject) { return kind_that(Commits::content, subject).has_value(); }

static_assert(
    [] {
        for (const auto& row : subject_table)
            if (has_entries(row.subject) != (has_content(row.subject) || kind_that(Commits::change, row.subject)) ||
                is_erasable(row.subject) != kind_that(Commits::erasure, row.subject).has_value())
                return false;
        return true;
    }(),
    "a subject has kinds of entries if its row says so, and one that erases if it can be erased");

// "genesis|portal_changed|...": every kind, as the choices of a parameter.
inline constexpr auto event_kind_choices = joined<[](auto take) {
    for (const auto& row : event_table) {
        take(row.kind == event_table.front().kind ? "" : "|");
        take(row.name);
    }
}>();

}  // namespace cbmx::domain
