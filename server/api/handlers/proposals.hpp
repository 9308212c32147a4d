// Handlers of proposals, and of what the secretariat sees of how each State can act. Rules: service/proposals/proposals.hpp,
// state_access.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::proposals {

inline constexpr std::uint64_t body_limit_bytes = 4U << 20;  // with a decision's document, in base64

bool read(Call& call, bool off_thread);  // Route::preparation: the document of a decision; what has none is done at once

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<Answer> list_state_access(const Call& call, store::Connection& connection);
Result<Answer> get_state_access(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction);
Result<service::Outcome> decline(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::proposals
