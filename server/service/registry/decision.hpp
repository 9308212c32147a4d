// What decided a change of the registry: a State's own note verbale or a resolution of the organ, cited with number, date, file
// and SHA-256. One shape for all that cite one: schema/json/common.schema.json, decision_input and decision. The file is kept
// once under its hash (store/rows/decisions.hpp); what cites it commits to the hash.
#pragma once
#include "service/paper.hpp"
#include "service/portal.hpp"

namespace cbmx::service {

struct CitedDecision {
    nlohmann::json cited;  // as it is kept and shown: kind, number, date, file {name, media_type, bytes, sha256}
    FileFacts file;
};

// given: valid by decision_input; pointer: where it stands in the body. Belongs on a worker's thread: it decodes and hashes the file.
// Error validation_failed with all faults: note_in_future, too_long, file_type, and invalid_value where the hash is another's.
Result<CitedDecision> read_decision(const nlohmann::json& given, const std::string& pointer, domain::Instant now);

// Keeps the file, in the transaction of what cites it.
void keep_decision_file(Transaction& transaction, const CitedDecision& decision);

// For the secretariat, which compares it. Error: not_found.
Result<FileFacts> get_decision_file(Connection& connection, const std::string& sha256);

}  // namespace cbmx::service
