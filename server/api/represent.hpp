// From what a write did to what its answer shows: the subject as the caller may read it now, with receipt and opening.
#pragma once
#include "api/route.hpp"

namespace cbmx::api {

// The subject as GET gives it. not_found when it is gone or no longer the caller's to read.
Result<service::RenderedRecord> represent(store::Connection& db, const domain::Principal& principal, i18n::Language language,
                                          const service::Outcome& outcome, domain::Instant now);

// The canonical path of a subject, for Location; empty where it has none.
std::string path_of(const service::Outcome& outcome);

}  // namespace cbmx::api
