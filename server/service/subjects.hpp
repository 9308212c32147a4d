// What every kind of subject has: the change record that a row stands for, the answer to a write about it, its records in an
// export. The table is in subjects.cpp.
#pragma once
#include "service/portal.hpp"
#include <functional>

namespace cbmx::service {

// Whom a record is shown to, and how.
struct Reader {
    const Principal& principal;
    i18n::Language language;
    domain::Instant now;
};

// Canonical JSON: what the row's last ledger entry must commit to. For Subject::report the record of its audience, whatever its
// last entry was. The row must exist.
std::string current_record(Connection& db, domain::Subject subject, const std::string& id);

// The subject of a write as GET gives it. not_found when it is gone, no longer the reader's to read, or no record (portal, batch).
Result<RenderedRecord> render_subject(Connection& db, const Reader& reader, const Outcome& outcome);

// How an export keeps the records of a subject: one file each in a folder of this name if they have content of their own
// (domain::has_content), else all in one list.
struct Exported {
    std::string_view name;          // "reports"; empty: they are in no export
    domain::Permission permission;  // without which there are none
};
Exported exported(domain::Subject subject);

// Gives every record of the subject that the reader sees, as the API's list does. The operator gets those of every State.
void each_record(Connection& db, const Reader& reader, domain::Subject subject, const std::function<void(const nlohmann::json&)>& take);

}  // namespace cbmx::service
