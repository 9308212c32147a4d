// Handlers of reference documents. Rules: service/registry/documents.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::documents {

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::documents
