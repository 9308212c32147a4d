// The results of batches, item by item, kept for a time.
#pragma once
#include "store/connection.hpp"
#include <optional>
#include <string>

namespace cbmx::store {

struct BatchRow {
    std::string id, account, at;
    std::string result;  // JSON
};
std::optional<BatchRow> batch_of(Connection& db, const std::string& account, const std::string& id);
void insert_batch(Connection& db, const BatchRow& row);
std::int64_t forget_batches(Connection& db, const std::string& before);  // at most 1,000 a call

}  // namespace cbmx::store
