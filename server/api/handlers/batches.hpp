// POST /v1/batches and GET /v1/batches/{id}. service/intake/batches.hpp does it.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::batches {

bool read(Call& call, bool off_thread);  // Route::preparation: the items, each judged as far as it can be outside the writer
bool is_tried_first(const Call& call);   // what is carried out as a whole, and dry runs
bool is_unfinished(const Call& call, store::Connection& db, const std::string& id);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);  // all of it, or the next part
Result<Answer> get(const Call& call, store::Connection& db);

// The representation of a batch, for the answer to its POST.
Result<service::Representation> represent(const Call& call, store::Connection& db, const std::string& id);
nlohmann::json dry_content(const Call& call, store::Connection& db);  // after a dry run

}  // namespace cbmx::api::batches
