// GET /v1/export: all that the caller may see, in one archive. What is in it: service/export/export.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::exports {

inline constexpr std::string_view media_type = "application/zip";

bool prepare(Call& call, bool off_thread);                     // writes the archive; takes long, always
Result<Answer> head(const Call& call, store::Connection& db);  // what can be said without the archive
Result<Answer> get(const Call& call, store::Connection& db);

}  // namespace cbmx::api::exports
