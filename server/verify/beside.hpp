// What stands beside receipt and opening in the answer to a write: the record as the portal showed it then. What the entry or the opening
// says must be said here too; what neither says is named, so that nobody takes it for proven.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbmx::service {

// Whether all of it are members that the meta of some answer has, by its schema: their names are printed.
bool has_known_members(const nlohmann::json& meta);

struct Beside {
    std::string differing;               // the first member that is not what it must be: "content", "meta.version"; empty: none
    std::vector<std::string> unvouched;  // members for which nothing speaks, in the order of their names
};

// answer: {"id", "receipt", "opening"} with what else such an answer has (verify/receipt_file.cpp); entry: proven; opening: null, or
// without a fault.
Beside judge_beside(const nlohmann::json& answer, const nlohmann::json& entry, const nlohmann::json& opening);

// The id of the record that the answer is about: of a proposal the one that it names.
std::string answered_subject(const nlohmann::json& entry, const nlohmann::json& opening);

}  // namespace cbmx::service
