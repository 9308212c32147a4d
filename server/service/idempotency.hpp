// Safe retries: a write that comes again under its Idempotency-Key is answered as before and not carried out twice.
// Kept in the transaction of its effect; the rows are store/rows/idempotency.hpp.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

struct RetryKey {
    std::string account, key;
    base::Hash fingerprint{};  // of method, path, If-Match and body
};

// What was done under the key; nullopt: nothing yet. Error idempotency_key_reused: it was for another request.
Result<std::optional<Outcome>> earlier_outcome(Connection& connection, const RetryKey& retry);
void remember_outcome(Transaction& transaction, const RetryKey& retry, const Outcome& outcome);

}  // namespace cbmx::service
