// THE TABLE OF SUBJECTS: what there are entries and answers about. To add a subject:
// 1. here: its value in Subject, its row in subject_table; domain/event.hpp: its kinds of entries;
// 2. schema/migrations: its tables; store/retention.cpp: a row for each; store/rows/: its reads and writes;
// 3. store/subjects.cpp: its row: the SQL by which a new epoch copies it and verify reads it;
// 4. service/: what can be done with it; service/subjects.cpp: its row: change record, answer to a write, export;
// 5. api/represent.cpp: its row: the path; api/routes/: its routes; with content of its own: service/export/records.cpp and verify/ too.
// A forgotten row or cell does not compile; a forgotten table, route or text fails tests/contract/subjects_test.cpp.
#pragma once
#include "domain/table.hpp"
#include <array>
#include <optional>
#include <string_view>

namespace cbmx::domain {

// The pair (subject, id) names one row, whose last entry says how it stands.
enum class Subject {
    portal,
    state,
    state_settings,
    state_quotas,
    measure,
    period,
    office_term,
    document,
    account,
    enrolment,
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
inline constexpr std::size_t subject_count = static_cast<std::size_t>(Subject::cosignature) + 1;

enum class Entries { own, none };        // none: only answers to writes are about it
enum class Erasure { never, by_entry };  // by_entry: an entry says that what earlier ones commit to was taken out

struct SubjectRow {
    Subject subject;
    std::string_view name;  // as entries say it
    Cell<Entries> entries;
    Cell<Erasure> erasure;
};

// clang-format off
inline constexpr std::array subject_table{
    SubjectRow{Subject::portal,         "portal",         Entries::own,  Erasure::never},
    SubjectRow{Subject::state,          "state",          Entries::own,  Erasure::never},
    SubjectRow{Subject::state_settings, "state_settings", Entries::own,  Erasure::never},
    SubjectRow{Subject::state_quotas,   "state_quotas",   Entries::own,  Erasure::never},
    SubjectRow{Subject::measure,        "measure",        Entries::own,  Erasure::never},
    SubjectRow{Subject::period,         "period",         Entries::own,  Erasure::never},
    SubjectRow{Subject::office_term,    "office_term",    Entries::own,  Erasure::never},
    SubjectRow{Subject::document,       "document",       Entries::own,  Erasure::never},
    SubjectRow{Subject::account,        "account",        Entries::own,  Erasure::by_entry},
    SubjectRow{Subject::enrolment,      "enrolment",      Entries::own,  Erasure::never},
    SubjectRow{Subject::credential,     "credential",     Entries::own,  Erasure::never},
    SubjectRow{Subject::signing_key,    "signing_key",    Entries::own,  Erasure::never},
    SubjectRow{Subject::delegation,     "delegation",     Entries::own,  Erasure::never},
    SubjectRow{Subject::proposal,       "proposal",       Entries::own,  Erasure::never},
    SubjectRow{Subject::report,         "report",         Entries::own,  Erasure::by_entry},
    SubjectRow{Subject::nomination,     "nomination",     Entries::own,  Erasure::by_entry},
    SubjectRow{Subject::contact,        "contact",        Entries::own,  Erasure::by_entry},
    SubjectRow{Subject::batch,          "batch",          Entries::none, Erasure::never},
    SubjectRow{Subject::cosignature,    "cosignature",    Entries::none, Erasure::never},
};
// clang-format on
static_assert(has_row_for_each(subject_table, &SubjectRow::subject, subject_count), "one row per subject, in the enum's order");

constexpr const SubjectRow& row_of(Subject subject) { return subject_table[static_cast<std::size_t>(subject)]; }
constexpr std::string_view name_of(Subject subject) { return row_of(subject).name; }
constexpr bool has_entries(Subject subject) { return row_of(subject).entries == Entries::own; }
constexpr bool is_erasable(Subject subject) { return row_of(subject).erasure == Erasure::by_entry; }

constexpr std::optional<Subject> subject_from(std::string_view name)
{
    for (const auto& row : subject_table)
        if (row.name == name)
            return row.subject;
    return std::nullopt;
}

inline constexpr const char* portal_id = "portal";  // the subject of entries about the portal itself

}  // namespace cbmx::domain
