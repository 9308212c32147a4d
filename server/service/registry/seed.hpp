// The registry that a new portal starts with (schema/catalogue), one ledger entry per row, by the operator.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// Into empty tables, inside the job of `cbmx init`. Throws std::runtime_error that names file and row when the
// embedded catalogue breaks a rule of the registry: that is a fault of the program, not of a caller.
void seed_registry(Transaction& transaction, const Principal& machine_operator);
// Fictional holders of chair, vice-chair and reviewers, by decisions that say that they are a demonstration.
void seed_demonstration_terms(Transaction& transaction, const Principal& machine_operator);

}  // namespace cbmx::service
