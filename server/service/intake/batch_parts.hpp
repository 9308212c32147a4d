// What the files of batches share among themselves; for everybody else: batches.hpp.
#pragma once
#include "service/intake/batches.hpp"

namespace cbmx::service {

// What an item says, with what belongs to its caller alone put right.
nlohmann::json body_of(const Principal& principal, const BatchItem& item);
// The violation of an item's body at its place in the batch: "item:3/report/status", "line:4/status".
Violation placed(const BatchItem& item, const nlohmann::json& body, Violation violation);
// The faults of one item as its sender gets them: beyond max_violations_of_batch of all items the first alone, with more_errors. told:
// how many there were so far, and are then.
std::vector<Violation> as_told(const BatchItem& item, std::vector<Violation> faults, std::size_t& told);

// What became of one item.
struct Done {
    bool known = false;  // an earlier request had brought it
    domain::Subject subject = domain::Subject::report;
    std::string id;
    std::optional<std::string> state;  // workflow state of a report, status of a nomination
    std::vector<Seq> seqs;
    std::optional<nlohmann::json> to_sign = {};  // in a dry run: what the State is to sign
};
// Both as the row of a batch keeps them. done: nullopt when the item is refused, with its faults.
nlohmann::json kept(const BatchItem& item, const std::optional<Done>& done, const std::vector<Violation>& faults);
// goal, mode, created_at, counts and items; waiting: how many items have no result yet.
nlohmann::json result_of(BatchGoal goal, bool is_atomic, const std::string& created_at, nlohmann::json items, std::size_t waiting);

}  // namespace cbmx::service
