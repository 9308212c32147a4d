// From what a write did to what its answer shows: the subject as the caller may read it now, with receipt and opening.
#pragma once
#include "api/route.hpp"

namespace cbmx::api {

struct Written {
    // JSON: the subject as GET gives it (its id alone when it is gone or no longer the caller's to read: schema out-of-sight), with
    // "receipt" and "opening", null where the write was no entry; those of a batch stand with its items. A credential's with "token"; a
    // proposal's to erase a report with "openings", once more all that will be gone, unless the answer is a replay.
    std::string text;
    std::string entity_tag;  // of the subject, as GET gives it; empty: it is not shown
};
Written represent(const Call& call, const service::Outcome& outcome, bool is_replay);  // in a snapshot of its own
nlohmann::json represent_dry_run(const Call& call, const service::Outcome& outcome);   // {"dry_run", "status"}; "content" of a batch

// The canonical path of a subject, for Location; empty where it has none.
std::string path_of(const service::Outcome& outcome);

}  // namespace cbmx::api
