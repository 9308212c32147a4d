// The results of batches, item by item, kept for a time. Those of one batch come in parts, in the order of its items.
#pragma once
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct BatchRow {
    std::string id, account, at;
    std::string goal, mode;
    std::int64_t items = 0;  // that it has
};
struct BatchPart {
    std::string batch;
    std::int64_t first = 1;  // number of its first item
    std::int64_t items = 0;
    std::string result;  // JSON: an array of as many
};
std::optional<BatchRow> batch_of(Connection& db, const std::string& account, const std::string& id);
std::int64_t items_done(Connection& db, const std::string& batch);              // how many have a result
std::vector<std::string> results_of(Connection& db, const std::string& batch);  // of its parts, in order
void insert_batch(Connection& db, const BatchRow& row);
void insert_batch_part(Connection& db, const BatchPart& part);
std::int64_t forget_batches(Connection& db, const std::string& before);  // with their parts; at most 1,000 a call

}  // namespace cbmx::store
