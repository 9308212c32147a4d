// Handlers of enrolments. Rules: service/accounts/enrolments.hpp.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::enrolments {

Result<Answer> list(const Call& call, store::Connection& connection);
Result<Answer> get(const Call& call, store::Connection& connection);
Result<service::Outcome> create(const Call& call, store::Transaction& transaction);
Result<service::Outcome> reset(const Call& call, store::Transaction& transaction);
inline constexpr std::uint64_t body_limit_bytes = 4U << 20;  // with a note, in base64
bool read(Call& call, bool off_thread);                      // Route::preparation: of an attestation by note
Result<service::Outcome> attest(const Call& call, store::Transaction& transaction);
Result<service::Outcome> end(const Call& call, store::Transaction& transaction);
Result<service::Outcome> use(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::enrolments
