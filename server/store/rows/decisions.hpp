// The documents of decisions that changes of the registry, foundings and attestations cite, each once, under its SHA-256. Who cites
// them: the records.
#pragma once
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct DecisionFile {
    std::string media_type;  // application/pdf, image/png or image/jpeg
    std::string bytes;
};

std::optional<DecisionFile> decision_file(Connection& connection, const std::string& sha256);  // without a caller: for verify
// Not that of a founding by which an account came, or of an attestation of one, that is going to be erased (visibility/hidden.hpp).
std::optional<DecisionFile> find_visible_decision_file(Connection& connection, const std::string& sha256);
void keep_decision_file(Connection& connection, const std::string& sha256, const DecisionFile& file);  // again: nothing happens

// For verify: the hash of each document that there is, and of each that a record cites.
std::vector<std::string> decision_files(Connection& connection);
std::vector<std::string> cited_decision_files(Connection& connection);
void forget_uncited_decision_files(Connection& connection);  // once what cited it was erased

}  // namespace cbmx::store
